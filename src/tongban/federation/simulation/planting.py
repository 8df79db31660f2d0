"""A planted mistake as data: its name, what is wrong, what stands in the place of what; and planting it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tongban.federation.simulation.plan import ANYTHING, Aim
from tongban.protocol.conversations import kinds


@dataclass(frozen=True)
class Mutation:
    """One planted mistake; `places` are (owner, attribute or key, what stands there instead).

    `aim` is what a run has to be about for the mistake to show soon.
    """

    name: str
    says: str
    places: tuple[tuple[Any, Any, Any], ...]
    aim: Aim = ANYTHING


@contextmanager
def planted(mutation: Mutation | None) -> Iterator[None]:
    """Run with the mistake in place; everything is as it was afterwards."""
    before = [(owner, name, _get(owner, name)) for owner, name, _ in mutation.places] if mutation else []
    try:
        for owner, name, instead in mutation.places if mutation else ():
            _set(owner, name, instead)
        yield
    finally:
        for owner, name, was in before:
            _set(owner, name, was)


def _get(owner: Any, name: Any) -> Any:
    return owner[name] if isinstance(owner, dict) else getattr(owner, name)


def _set(owner: Any, name: Any, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)


def table_with(kind: kinds.Kind, says: str, **changes: Any) -> tuple[tuple[Any, str, Any], ...]:
    """The places where a row of a kind's table stands, with the row changed."""
    moves = tuple(_changed(move, changes) if move.says == says else move for move in kind.moves)
    changed = replace(kind, moves=moves)
    of_messages = tuple((kinds.KIND_OF_MESSAGE, move.says, changed) for move in kind.moves)
    return ((kinds.KINDS, kind.name, changed), *of_messages)


def _changed(move: kinds.Move, changes: dict[str, Any]) -> kinds.Move:
    """The row with some members replaced; states are added to those that are there."""
    merged: dict[str, Any] = {
        name: getattr(move, name) | value if isinstance(value, dict) else value
        for name, value in changes.items()
    }
    return replace(move, **merged)
