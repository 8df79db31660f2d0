"""The strip "who looked": a calendar line with a dot for every access to a person's data.

Promises: dots of one day stand on each other, so that none hides another; the description lists them all.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.clock import LOCAL_ZONE
from tongban.node.pictures.markup import element, together
from tongban.node.theme.wording import is_english, moment_words, short_day

_SHORTEST = timedelta(days=9)
_HIGHEST = 6
_EDGE = 34


@dataclass(frozen=True)
class Look:
    """One access: when, by whom in words, and the style class of that side."""

    at: datetime
    who: str
    side: str


def _day(look: Look) -> date:
    return look.at.astimezone(LOCAL_ZONE).date()


def _ticks(first: date, last: date, most: int) -> list[date]:
    days = (last - first).days
    step = max(1, -(-days // (most - 1)))
    return [first + timedelta(days=offset) for offset in range(0, days + 1, step)]


def description(looks: Sequence[Look]) -> str:
    """The accesses as sentences."""
    listed = (";" if is_english() else "；").join(f"{moment_words(look.at)} {look.who}" for look in looks)
    count = _("共 %(count)s 次：") % {"count": len(looks)}
    return f"{count}{listed}"


def _drawing(looks: Sequence[Look], width: int, form: str) -> SafeString:
    by_day: dict[date, list[Look]] = defaultdict(list)
    for look in sorted(looks, key=lambda look: look.at):
        by_day[_day(look)].append(look)
    first, last = min(by_day), max(by_day)
    padding = max((_SHORTEST - (last - first)) // 2, timedelta(days=1))
    first, last = first - padding, last + padding
    days = (last - first).days
    stack = min(max(len(group) for group in by_day.values()), _HIGHEST)
    line = 14 + stack * 14

    def at(day: date) -> float:
        return _EDGE + (day - first).days * (width - 2 * _EDGE) / days

    dots = []
    for day, group in by_day.items():
        for row, look in enumerate(group[:_HIGHEST]):
            dots.append(
                element("circle", cx=at(day), cy=line - row * 14, r=5.5, class_=f"strip__dot {look.side}")
            )
        if len(group) > _HIGHEST:
            dots.append(
                element(
                    "text",
                    f"+{len(group) - _HIGHEST}",
                    x=at(day) + 8,
                    y=line - stack * 14 + 18,
                    class_="strip__tick",
                )
            )
    ticks = [
        element("text", short_day(day), x=at(day), y=line + 24, text_anchor="middle", class_="strip__tick")
        for day in _ticks(first, last, 9 if width > 500 else 4)
    ]
    return element(
        "svg",
        element("title", _("谁看过您的数据"), id=f"strip-title-{form}"),
        element("desc", description(looks), id=f"strip-desc-{form}"),
        element("line", x1=4, x2=width - 4, y1=line, y2=line, class_="strip__line"),
        *ticks,
        *dots,
        viewBox=f"0 0 {width} {line + 32}",
        role="img",
        aria_labelledby=f"strip-title-{form} strip-desc-{form}",
        class_=f"strip strip--{form}",
    )


def who_looked(looks: Sequence[Look]) -> SafeString:
    """The strip for wide and for narrow screens; nothing when nobody looked."""
    if not looks:
        return together()
    return together(_drawing(looks, 860, "wide"), _drawing(looks, 340, "narrow"))
