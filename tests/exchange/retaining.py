"""Retention periods as an operator declares them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tongban.node import retention
from tongban.node.config import this_node


def declaring(period: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What declares a period, a TOML text with a place for its confidence, in the operator's own file."""

    def declare(confidence: str) -> None:
        path.write_text(period.format(confidence=confidence))
        config = this_node().model_copy(update={"retention_path": path})
        monkeypatch.setattr(retention, "this_node", lambda: config)

    return declare
