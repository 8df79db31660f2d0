"""The topics there are: every module directly in `benchmarks/` is one."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.frame.figures import Result
from benchmarks.frame.size import Size

Measure = Callable[[Size], Result]
_FOLDER = Path(__file__).parents[1]


def names() -> list[str]:
    """All topics, in the order of their names."""
    return sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))


def measure(name: str, size: Size) -> Result:
    """Import a topic and measure it."""
    topic: Measure = import_module(f"benchmarks.{name}").measure
    return topic(size)
