"""The two-sides card: the same thing under both sides' rules, the difference in bold."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.pictures.markup import element, together


@dataclass(frozen=True)
class Line:
    """One thing compared, as words."""

    label: str
    value: str
    unverified: bool = False


@dataclass(frozen=True)
class Card:
    """One side: heading, style class, its lines in the same order as the other side's."""

    title: str
    side: str
    lines: tuple[Line, ...]
    is_better: bool = False


def unverified_mark() -> SafeString:
    """The mark on everything that rests on a number nobody has verified yet."""
    return element("span", _("未核实"), class_="mark mark--warn")


def _differing(cards: Sequence[Card]) -> set[int]:
    rows = zip(*(card.lines for card in cards), strict=True)
    return {index for index, lines in enumerate(rows) if len({line.value for line in lines}) > 1}


def _row(line: Line, is_different: bool) -> SafeString:
    value = element("strong", line.value) if is_different else line.value
    mark = together(" ", unverified_mark()) if line.unverified else ""
    return element("div", element("dt", line.label), element("dd", value, mark), class_="sides__row")


def _card(card: Card, different: set[int]) -> SafeString:
    advice = element("span", _("更合适"), class_="mark mark--good") if card.is_better else ""
    heading = element("h3", card.title, " " if advice else "", advice, class_="govuk-heading-s")
    rows = (_row(line, index in different) for index, line in enumerate(card.lines))
    return element("div", heading, element("dl", *rows), class_=f"sides__card {card.side}")


def two_sides(cards: Sequence[Card]) -> SafeString:
    """The cards side by side. Raises ValueError when they do not compare the same things."""
    different = _differing(cards)
    return element("div", *(_card(card, different) for card in cards), class_="sides")
