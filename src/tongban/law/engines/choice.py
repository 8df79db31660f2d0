"""Engines by name, loaded when one is asked for."""

import importlib
from collections.abc import Callable, Mapping
from typing import Protocol

from tongban.law.engines.batch import Answers, Batch
from tongban.law.engines.program import Program


class Engine(Protocol):
    """Computes the outcomes of a program for many persons."""

    name: str

    def run(self, batch: Batch) -> Answers:
        """Compute the outcomes of a batch."""


ENGINES: Mapping[str, str] = {
    "native": "tongban.law.engines.native:NativeEngine",
    "numpy": "tongban.law.engines.vectors:NumpyEngine",
    "duckdb": "tongban.law.engines.sql:DuckdbEngine",
}


def make_engine(name: str, program: Program) -> Engine:
    """Give the engine of this name for a program without scalar-only rules; KeyError for another name."""
    module, _, kind = ENGINES[name].partition(":")
    make: Callable[[Program], Engine] = getattr(importlib.import_module(module), kind)
    return make(program)
