"""Figures with the target they are held to, and what one topic found, written as JSON and read back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).parents[1] / "results"
Bound = Literal["at least", "at most"]


@dataclass(frozen=True)
class Figure:
    """One number of the report; without `target` it is only told.

    `unit` is "times", "%", "ms" or the like; `measured` holds the times it was made of, in seconds.
    """

    what: str
    value: float
    unit: str
    target: float | None = None
    bound: Bound = "at least"
    measured: Mapping[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether the target is met; a figure without target always is."""
        if self.target is None:
            return True
        return self.value >= self.target if self.bound == "at least" else self.value <= self.target


@dataclass(frozen=True)
class Series:
    """A line of a plot: seconds by size."""

    name: str
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Result:
    """What a topic found; `versions` are those of everything that was compared."""

    topic: str
    title: str
    figures: tuple[Figure, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    series: tuple[Series, ...] = ()


def save(result: Result, machine: Mapping[str, str], folder: Path = RESULTS) -> Path:
    """Write a result as `<topic>.json`, with the machine it was measured on."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.topic}.json"
    document = asdict(result)
    for written, figure in zip(document["figures"], result.figures, strict=True):
        written["reached"] = figure.reached
    document["machine"] = dict(machine)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> Result:
    """Read a result back; KeyError or ValueError when the file is no result."""
    document = json.loads(path.read_text(encoding="utf-8"))
    figures = tuple(
        Figure(**{name: value for name, value in one.items() if name != "reached"})
        for one in document["figures"]
    )
    series = tuple(
        Series(one["name"], tuple((int(size), float(seconds)) for size, seconds in one["points"]))
        for one in document["series"]
    )
    return Result(document["topic"], document["title"], figures, document["versions"], series)
