"""What a service's guide compares: the numbers of both sides' law today, each with where it comes from."""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from tongban.node.pictures.sides import Card, Line, two_sides
from tongban.node.theme.wording import heading, is_english, side_class, spoken
from tongban.services import Service, Side
from tongban.services.comparing import Compared, SideValue, compare


@dataclass(frozen=True)
class Origin:
    """Where one number comes from."""

    what: str
    value: str
    since: date
    source: str
    is_verified: bool


@dataclass(frozen=True)
class Comparison:
    """The two-sides card and the origin of every number on it, by side."""

    card: SafeString
    origins: tuple[tuple[Side, tuple[Origin, ...]], ...]


def comparison(service: Service, on: date) -> Comparison | None:
    """What both sides rule on that day; None where the law compares nothing by place."""
    things = [one for one in compare(service, on) if _is_even(one)]
    sides = service.definition.sides
    if not things or len(sides) < 2:
        return None
    cards = [
        Card(
            spoken(side.name),
            side_class(side.place),
            tuple(
                Line(_label(one, value), spoken(value.value), unverified=not value.is_verified)
                for one in things
                for value in one.values[side.place]
            ),
        )
        for side in sides
    ]
    return Comparison(two_sides(cards), tuple((side, _origins(side, things)) for side in sides))


def _origins(side: Side, things: list[Compared]) -> tuple[Origin, ...]:
    return tuple(
        Origin(_label(one, value), spoken(value.value), value.since, value.source, value.is_verified)
        for one in things
        for value in one.values[side.place]
    )


def _label(one: Compared, value: SideValue) -> str:
    title = heading(one.title)
    if value.under is None:
        return title
    return f"{title} ({spoken(value.under)})" if is_english() else f"{title}（{spoken(value.under)}）"


def _is_even(one: Compared) -> bool:
    """Whether every side rules for the same cases, so that the lines stand side by side."""
    cases = {tuple(value.under for value in values) for values in one.values.values()}
    return len(cases) == 1
