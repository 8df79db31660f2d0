"""A planted mistake as data: its name, what is wrong, what stands in the place of what; and planting it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mutation:
    """One planted mistake; `places` are (owner, attribute, what stands there instead)."""

    name: str
    says: str
    places: tuple[tuple[Any, str, Any], ...]


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


def _get(owner: Any, name: str) -> Any:
    return owner[name] if isinstance(owner, dict) else getattr(owner, name)


def _set(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)
