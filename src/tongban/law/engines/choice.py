"""Engines by name, loaded when one is asked for and kept as long as the rule set."""

import importlib
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Protocol
from weakref import WeakKeyDictionary

from tongban.law.engines.batch import Answers, Batch
from tongban.law.engines.program import Program, program_for
from tongban.law.rule_sets import RuleSet
from tongban.law.values import Date


class Engine(Protocol):
    """Computes the outcomes of a program for many persons."""

    name: str

    @property
    def reads_cells(self) -> Collection[str]:
        """Of which facts it reads the cells of tables itself, refusing whom it cannot read."""

    def run(self, batch: Batch) -> Answers:
        """Compute the outcomes of a batch."""


ENGINES: Mapping[str, str] = {
    "native": "tongban.law.engines.native:for_arrow",
    "numpy": "tongban.law.engines.vectors:NumpyEngine",
    "duckdb": "tongban.law.engines.sql:DuckdbEngine",
}


_DAYS_KEPT = 64
_kept: WeakKeyDictionary[RuleSet, dict[tuple[int, str], tuple[Program, Engine | None]]] = WeakKeyDictionary()
_keeping = threading.Lock()


def engine_for(ruleset: RuleSet, day: int, name: str) -> tuple[Program, Engine | None]:
    """The program of a day and its engine, none where rules work on lists; NoLaw when there is no outcome."""
    with _keeping:
        engines = _kept.setdefault(ruleset, {})
        found = engines.get((day, name))
        if found is None:
            program = program_for(ruleset, Date.from_ordinal(day))
            found = program, None if program.scalar_only else make_engine(name, program)
            if len(engines) >= _DAYS_KEPT:
                engines.clear()
            engines[day, name] = found
        return found


def make_engine(name: str, program: Program) -> Engine:
    """Give the engine of this name for a program without scalar-only rules; KeyError for another name."""
    module, _, kind = ENGINES[name].partition(":")
    make: Callable[[Program], Engine] = getattr(importlib.import_module(module), kind)
    return make(program)
