"""A plot of seconds by size, both axes logarithmic, as an SVG that reads in light and dark pages."""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.frame.figures import Series

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 30, 60
_COLOURS = ("#0f6f6f", "#b35900", "#5a4fcf", "#a3195b", "#4d7a00", "#0b5cad", "#7a5c00", "#666666")
_LEAST_GAP = 16.0


def plot(series: Sequence[Series], title: str, across: str, up: str) -> str:
    """The SVG; series without points are left out."""
    drawn = [one for one in series if one.points]
    sizes = [size for one in drawn for size, _ in one.points]
    seconds = [second for one in drawn for _, second in one.points]
    low_x, high_x = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    low_y, high_y = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))

    def place(size: float, second: float) -> tuple[float, float]:
        x = (math.log10(size) - low_x) / (high_x - low_x)
        y = (math.log10(second) - low_y) / (high_y - low_y)
        return LEFT + x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(low_x, high_x + 1):
        x, _ = place(10**power, 10**low_y)
        parts.append(_line(x, TOP, x, HEIGHT - BOTTOM))
        parts.append(_text(x, HEIGHT - BOTTOM + 20, _number(power), "middle"))
    for power in range(low_y, high_y + 1):
        _, y = place(10**low_x, 10**power)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y))
        parts.append(_text(LEFT - 8, y + 4, _number(power), "end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, across, "middle"))
    parts.append(_text(LEFT, TOP - 12, up, "start"))
    ends = [place(*one.points[-1]) for one in drawn]
    for number, (one, end, label) in enumerate(zip(drawn, ends, _apart(ends), strict=True)):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in one.points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in (place(*point) for point in one.points):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        parts.append(_text(end[0] + 10, label + 4, one.name, "start", colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _apart(ends: Sequence[tuple[float, float]]) -> list[float]:
    """How high each label stands: beside its line's end, moved down until it covers none beside it."""
    moved: list[float] = [0.0] * len(ends)
    above: dict[float, float] = {}
    for index in sorted(range(len(ends)), key=lambda index: ends[index][1]):
        x, y = ends[index]
        moved[index] = above[x] = max(y, above.get(x, -math.inf) + _LEAST_GAP)
    return moved


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#dddddd"/>'


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#1d1d1d") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _number(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
