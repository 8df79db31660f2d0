"""A bar chart as SVG, drawn on the server; the table beside it says the same to who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 240, 44, 28, 8


@dataclass(frozen=True)
class Bars:
    """One series: its name and a number for every place."""

    name: str
    values: Sequence[int]


def bars(places: Sequence[str], series: Sequence[Bars]) -> SafeString:
    """The chart; hidden from readers of the screen, since the table follows it."""
    highest = nice(max((value for one in series for value in one.values), default=0))
    step = (_WIDTH - _LEFT) / max(len(places), 1)
    width = step * 0.7 / max(len(series), 1)
    room = _HEIGHT - _BOTTOM - _TOP

    def rows() -> list[tuple[str, str, str, str, str, str, int]]:
        return [
            (
                str(number % 2),
                f"{_LEFT + index * step + step * 0.15 + number * width:.1f}",
                f"{_TOP + room - room * value / highest:.1f}",
                f"{width:.1f}",
                f"{room * value / highest:.1f}",
                f"{places[index]} {one.name}",
                value,
            )
            for number, one in enumerate(series)
            for index, value in enumerate(one.values)
        ]

    drawn = format_html_join(
        "",
        '<rect class="bar bar--{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        rows(),
    )
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        [
            (f"{_LEFT + (index + 0.5) * step:.1f}", str(_HEIGHT - 8), place)
            for index, place in enumerate(places)
            if index % max(len(places) // 6, 1) == 0
        ],
    )
    scale = format_html_join(
        "",
        '<line x1="{0}" x2="{1}" y1="{2}" y2="{2}"></line>'
        '<text x="{3}" y="{2}" dy="4" text-anchor="end">{4}</text>',
        [
            (
                str(_LEFT),
                str(_WIDTH),
                f"{_TOP + room - room * share / 2:.1f}",
                str(_LEFT - 6),
                highest * share // 2,
            )
            for share in range(3)
        ],
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}{}</svg>',
        _WIDTH,
        _HEIGHT,
        scale,
        drawn,
        labels,
    )


def nice(highest: int) -> int:
    """The end of a scale: 2, 10, 20, 50, 100 … whichever holds the highest value."""
    end = 2
    for power in range(1, 10):
        for lead in (1, 2, 5):
            if highest <= end:
                return end
            end = lead * 10**power
    return end
