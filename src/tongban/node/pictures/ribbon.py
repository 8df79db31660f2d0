"""The spell ribbon: a working life as months, one lane a side, with the required lengths beneath.

Promises: overlaps are hatched and counted once, gaps stay open, and everything that is drawn is also said
in the picture's description. Drawn twice, for wide and for narrow screens; styles show one of the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.pictures.markup import element, together
from tongban.node.theme.wording import is_english, month_words

_LANE = 34
_BAR = 24
_TOP = 26
_RULER = 30
_YEAR_ROOM = 72


@dataclass(frozen=True)
class Spell:
    """Months paid without a break: first and last month as `YYYY-MM`, both included."""

    first: str
    last: str


@dataclass(frozen=True)
class Lane:
    """One side's spells; `side` is its style class."""

    name: str
    side: str
    spells: tuple[Spell, ...]


@dataclass(frozen=True)
class Ruler:
    """A required number of months, laid beneath from the first month on."""

    name: str
    side: str
    months: int


@dataclass(frozen=True)
class _Scale:
    """Where a month lies on the picture."""

    start: int
    end: int
    left: float
    right: float

    def at(self, month: int) -> float:
        return self.left + (month - self.start) * (self.right - self.left) / (self.end - self.start)


def month_number(month: str) -> int:
    """Months since the year 0, so that months can be counted."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month_set(spells: Iterable[Spell]) -> frozenset[int]:
    """All months that the spells cover."""
    return frozenset(
        month for spell in spells for month in range(month_number(spell.first), month_number(spell.last) + 1)
    )


def _runs(months: Iterable[int]) -> list[tuple[int, int]]:
    """Unbroken runs as (first, one after the last)."""
    ordered = sorted(months)
    if not ordered:
        return []
    breaks = [index + 1 for index, (here, there) in enumerate(pairwise(ordered)) if there != here + 1]
    edges = [0, *breaks, len(ordered)]
    return [(ordered[first], ordered[last - 1] + 1) for first, last in pairwise(edges)]


def _words(count: int) -> str:
    return _("%(count)s 个月") % {"count": count}


def _month_text(number: int) -> str:
    return month_words(f"{number // 12:04d}-{number % 12 + 1:02d}")


def description(lanes: Sequence[Lane], rulers: Sequence[Ruler]) -> str:
    """All that the ribbon shows, as sentences."""
    sentences = []
    for lane in lanes:
        for first, after in _runs(month_set(lane.spells)):
            sentences.append(
                _("%(place)s：%(first)s至%(last)s，共 %(count)s 个月。")
                % {
                    "place": lane.name,
                    "first": _month_text(first),
                    "last": _month_text(after - 1),
                    "count": after - first,
                }
            )
    covered = [month_set(lane.spells) for lane in lanes]
    union = frozenset[int]().union(*covered)
    overlap = sum(map(len, covered)) - len(union)
    sentences.append(
        _("合计 %(count)s 个月，其中重复的 %(overlap)s 个月只计一次。")
        % {"count": len(union), "overlap": overlap}
    )
    sentences.extend(
        _("%(place)s要求 %(count)s 个月。") % {"place": ruler.name, "count": ruler.months} for ruler in rulers
    )
    return "".join(sentences) if not is_english() else " ".join(sentences)


def _bars(months: frozenset[int], scale: _Scale, top: float, class_: str) -> list[SafeString]:
    return [
        element(
            "rect",
            x=scale.at(first),
            y=top,
            width=scale.at(after) - scale.at(first),
            height=_BAR,
            rx=3,
            class_=class_,
        )
        for first, after in _runs(months)
    ]


def _label(months: frozenset[int], scale: _Scale, top: float, text: str) -> SafeString:
    """The lane's count: on its longest bar where that is wide enough, otherwise beside it."""
    first, after = max(_runs(months), key=lambda run: run[1] - run[0])
    width = scale.at(after) - scale.at(first)
    needed = sum(15 if ord(character) > 255 else 8.5 for character in text) + 8
    if width >= needed:
        return element(
            "text",
            text,
            x=(scale.at(first) + scale.at(after)) / 2,
            y=top + 17,
            text_anchor="middle",
            class_="ribbon__in",
        )
    last = scale.at(max(months) + 1)
    if last + needed < scale.right:
        return element("text", text, x=last + 6, y=top + 17, class_="ribbon__out")
    return element(
        "text", text, x=scale.at(min(months)) - 6, y=top + 17, text_anchor="end", class_="ribbon__out"
    )


def _years(scale: _Scale, bottom: float) -> list[SafeString]:
    """A line and a number for as many years as find room."""
    first_year, last_year = -(-scale.start // 12), scale.end // 12
    room = max(1, int((scale.right - scale.left) // _YEAR_ROOM))
    step = -(-(last_year - first_year) // room)
    drawn: list[SafeString] = []
    for year in range(first_year, last_year + 1, max(1, step)):
        x = scale.at(year * 12)
        drawn.append(element("line", x1=x, x2=x, y1=_TOP - 6, y2=bottom, class_="ribbon__year"))
        anchor = "end" if x > scale.right - 18 else "middle"
        drawn.append(element("text", str(year), x=x, y=14, text_anchor=anchor, class_="ribbon__tick"))
    return drawn


def _rulers(rulers: Sequence[Ruler], scale: _Scale, origin: int, top: float) -> list[SafeString]:
    drawn: list[SafeString] = []
    for row, ruler in enumerate(rulers):
        y = top + row * _RULER + 20
        left, right = scale.at(origin), scale.at(origin + ruler.months)
        text = _("%(place)s要求 %(count)s 个月") % {"place": ruler.name, "count": ruler.months}
        drawn.append(
            element(
                "g",
                element("line", x1=left, x2=right, y1=y, y2=y, class_="ribbon__rule"),
                element("line", x1=left, x2=left, y1=y - 5, y2=y + 5, class_="ribbon__rule"),
                element("line", x1=right, x2=right, y1=y - 9, y2=y + 5, class_="ribbon__rule"),
                element("text", text, x=right - 6, y=y - 6, text_anchor="end", class_="ribbon__tick"),
                class_=ruler.side,
            )
        )
    return drawn


def _lane(lane: Lane, scale: _Scale, top: float) -> SafeString:
    months = month_set(lane.spells)
    name = element("text", lane.name, x=0, y=top + 18, class_="ribbon__lane")
    if not months:
        return name
    bars = _bars(months, scale, top, "ribbon__bar")
    return together(
        name, element("g", *bars, _label(months, scale, top, _words(len(months))), class_=lane.side)
    )


def _twice(months: frozenset[int], scale: _Scale, lanes: int, form: str) -> list[SafeString]:
    """The hatching over months that were paid on more than one side."""
    return [
        element(
            "rect",
            x=scale.at(first),
            y=_TOP - 3,
            width=scale.at(after) - scale.at(first),
            height=_LANE * lanes - 4,
            fill=f"url(#hatch-{form})",
            class_="ribbon__twice",
        )
        for first, after in _runs(months)
    ]


def _scale(union: frozenset[int], rulers: Sequence[Ruler], width: int) -> _Scale:
    """From the January before the first month to the January after all bars and rulers."""
    start = min(union)
    end = max(max(union) + 1, *(start + ruler.months for ruler in rulers), start + 12)
    return _Scale(start // 12 * 12, -(-end // 12) * 12, 92.0 if is_english() else 52.0, float(width - 8))


def _drawing(lanes: Sequence[Lane], rulers: Sequence[Ruler], width: int, form: str, total: str) -> SafeString:
    covered = [month_set(lane.spells) for lane in lanes]
    union = frozenset[int]().union(*covered)
    overlap = frozenset(month for month in union if sum(month in months for months in covered) > 1)
    scale = _scale(union, rulers, width)
    bottom = _TOP + _LANE * (len(lanes) + 1)
    sum_top = bottom - _LANE
    return element(
        "svg",
        element("title", _("您的缴费月份"), id=f"ribbon-title-{form}"),
        element("desc", description(lanes, rulers), id=f"ribbon-desc-{form}"),
        element("defs", _hatch(form)),
        *_years(scale, bottom - 8),
        *(_lane(lane, scale, _TOP + row * _LANE) for row, lane in enumerate(lanes)),
        *_twice(overlap, scale, len(lanes), form),
        element("text", _("合计"), x=0, y=sum_top + 18, class_="ribbon__lane"),
        element(
            "g",
            *_bars(union, scale, sum_top, "ribbon__bar"),
            _label(union, scale, sum_top, total),
            class_="side-both",
        ),
        *_rulers(rulers, scale, min(union), bottom),
        viewBox=f"0 0 {width} {bottom + _RULER * len(rulers) + 4}",
        role="img",
        aria_labelledby=f"ribbon-title-{form} ribbon-desc-{form}",
        class_=f"ribbon ribbon--{form}",
    )


def _hatch(form: str) -> SafeString:
    return element(
        "pattern",
        element("rect", width=6, height=6, class_="ribbon__gap"),
        element("rect", width=3, height=6, class_="ribbon__stripe"),
        id=f"hatch-{form}",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def spell_ribbon(lanes: Sequence[Lane], rulers: Sequence[Ruler]) -> SafeString:
    """The ribbon for wide and for narrow screens; nothing when no month was paid anywhere."""
    covered = [month_set(lane.spells) for lane in lanes]
    union = frozenset[int]().union(*covered)
    if not union:
        return together()
    overlap = sum(map(len, covered)) - len(union)
    short = _words(len(union))
    long = short
    if overlap:
        long = _("%(count)s 个月 · 重复的 %(overlap)s 个月只计一次") % {
            "count": len(union),
            "overlap": overlap,
        }
    return together(
        _drawing(lanes, rulers, 860, "wide", long),
        _drawing(lanes, rulers, 340, "narrow", short),
    )
