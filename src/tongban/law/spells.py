"""Histories of months as an author and a test write them: `Spells`, made of `Spell`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tongban.law import histories
from tongban.law.values import Month, PlaceCode, SpellKind

KINDS = tuple(SpellKind)


@dataclass(frozen=True)
class Spell:
    """Months from `first` to `last`, both included, in one place and of one kind (一段缴费)."""

    place: PlaceCode
    first: Month
    last: Month
    kind: SpellKind = SpellKind.ACTUAL


@dataclass(frozen=True)
class Spells:
    """A history of months (缴费经历); every operation gives a new one."""

    history: histories.History

    @classmethod
    def of(cls, spells: Iterable[Spell]) -> Self:
        """Take spells in any order; ValueError when one ends before it begins."""
        pieces = [(s.first.ordinal, s.last.ordinal, s.place.number, KINDS.index(s.kind)) for s in spells]
        if any(first > last for first, last, _, _ in pieces):
            raise ValueError("a spell ends before it begins")
        return cls(histories.ordered(pieces))

    def months(self) -> int:
        """Count covered months, each once."""
        return histories.months(self.history)

    def within(self, place: PlaceCode) -> "Spells":
        """Keep the spells in that place or what lies in it."""
        return Spells(histories.within(self.history, place.number))

    def of_kind(self, kind: SpellKind) -> "Spells":
        """Keep the spells of that kind."""
        return Spells(histories.of_kind(self.history, KINDS.index(kind)))

    def up_to(self, month: Month) -> "Spells":
        """Cut off what lies after the month."""
        return Spells(histories.up_to(self.history, month.ordinal))

    def starting(self, month: Month) -> "Spells":
        """Cut off what lies before the month."""
        return Spells(histories.starting(self.history, month.ordinal))

    def overlap(self, other: "Spells") -> int:
        """Count months covered by both."""
        return histories.overlap(self.history, other.history)

    def longest_run(self, *, bridging: int = 0) -> int:
        """Count covered months of the longest run; interruptions up to `bridging` months do not end it."""
        return histories.longest_run(self.history, bridging)

    def run_ending(self, month: Month, *, bridging: int = 0) -> int:
        """Count covered months of the run that ends with `month`."""
        return histories.run_ending(self.history, month.ordinal, bridging)

    def gaps(self) -> int:
        """Count uncovered months between the first and the last covered one."""
        return histories.gaps(self.history)

    def longest_gap(self) -> int:
        """Give the length of the longest interruption."""
        return histories.longest_gap(self.history)

    def first(self) -> Month | None:
        """Give the first covered month."""
        return _month(histories.first(self.history))

    def last(self) -> Month | None:
        """Give the last covered month."""
        return _month(histories.last(self.history))

    def last_place(self) -> PlaceCode | None:
        """Give the place of the spell with the last month."""
        place = histories.last_place(self.history)
        return None if place is None else PlaceCode(f"{place:06d}")

    def first_month_with(self, count: int) -> Month | None:
        """Give the month in which the count-th covered month was reached."""
        return _month(histories.first_month_with(self.history, count))

    def __or__(self, other: "Spells") -> "Spells":
        return Spells(histories.union(self.history, other.history))

    def __and__(self, other: "Spells") -> "Spells":
        return Spells(histories.intersection(self.history, other.history))

    def __sub__(self, other: "Spells") -> "Spells":
        return Spells(histories.difference(self.history, other.history))

    def __contains__(self, month: Month) -> bool:
        return histories.covers(self.history, month.ordinal)


def _month(ordinal: int | None) -> Month | None:
    return None if ordinal is None else Month.from_ordinal(ordinal)
