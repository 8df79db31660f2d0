"""A procedure as a picture: lanes, states and ways as SVG, with the same told in words beside it.

Promises: drawn from the definition alone; the present state is marked by shape and in words, not by colour
only; a reader of the words misses nothing that the picture shows.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from tongban.node.casework.procedure import Awaited, Procedure
from tongban.node.pictures.markup import Child, element, together
from tongban.node.pictures.process_layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    EDGE,
    LANE_HEAD,
    Box,
    Lane,
    Layout,
    Way,
    lay_out,
)
from tongban.services import Text

Say = Callable[[Text], str]

LANE_NAMES: dict[Awaited, Text] = {
    "citizen": Text(zh="申请人", en="Applicant"),
    "officer": Text(zh="工作人员", en="Officer"),
    "node": Text(zh="系统", en="The node"),
    "other-side": Text(zh="对方", en="Other side"),
}
_NOW = Text(zh="现在在这里", en="the case is here")
_FROM_HERE = Text(zh="从“{state}”可以到：{targets}", en="From “{state}” on to: {targets}")
_ENDS = Text(zh="“{state}”：到此结束", en="“{state}”: the end")
_TITLE = Text(zh="办理流程图：{name}", en="The procedure as a picture: {name}")
_WORDS = Text(zh="用文字说明这张图", en="The same in words")
_LINE_UNITS = 16


@dataclass(frozen=True)
class _Drawing:
    procedure: Procedure
    layout: Layout
    current: str
    say: Say
    name: str


def process_picture(procedure: Procedure, current: str, say: Say) -> SafeString:
    """The picture with the state `current` marked (empty: none), and its words folded under it."""
    title = say(_TITLE.filled({"name": procedure.title}))
    words = element(
        "details",
        element("summary", say(_WORDS)),
        element("ol", *(element("li", line) for line in told(procedure, current, say))),
        class_="fold",
    )
    frame = element(
        "div",
        process_svg(procedure, current, say),
        class_="process__scroll",
        tabindex="0",
        role="region",
        aria_label=title,
    )
    return element("figure", frame, words, class_="process")


def process_svg(procedure: Procedure, current: str, say: Say, *, style: str = "") -> SafeString:
    """The picture alone; `style` is put into it where no page brings the classes."""
    name = f"process-{procedure.kind}"
    drawing = _Drawing(procedure, lay_out(procedure), current, say, name)
    layout = drawing.layout
    return element(
        "svg",
        element("title", say(_TITLE.filled({"name": procedure.title})), id=f"{name}-title"),
        element("style", style) if style else "",
        element("defs", _arrow(name)),
        *(_lane(drawing, lane) for lane in layout.lanes),
        *(_way(drawing, way) for way in layout.ways),
        *(_box(drawing, box) for box in layout.boxes.values()),
        *(_start(drawing, state) for state in layout.starts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {layout.width} {layout.height}",
        width=layout.width,
        height=layout.height,
        role="img",
        aria_labelledby=f"{name}-title",
        class_="process__picture",
    )


def told(procedure: Procedure, current: str, say: Say) -> Iterator[str]:
    """The picture in sentences: each state, where it leads, and where the case is."""
    layout = lay_out(procedure)
    for code in sorted(procedure.states, key=lambda one: (layout.boxes[one].x, layout.boxes[one].y)):
        targets = [procedure.states[way.target].text for way in layout.ways if way.source == code]
        joined = Text(
            zh="、".join(one.zh for one in targets) or "—", en="; ".join(one.en for one in targets) or "—"
        )
        values = {"state": procedure.states[code].text, "targets": joined}
        sentence = say((_FROM_HERE if targets else _ENDS).filled(values))
        yield f"{sentence} ({say(_NOW)})" if code == current else sentence


def _arrow(name: str) -> SafeString:
    return element(
        "marker",
        element("path", d="M0 0 L8 4 L0 8 z", class_="process__head"),
        id=f"{name}-arrow",
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=7,
        markerHeight=7,
        orient="auto-start-reverse",
    )


def _lane(drawing: _Drawing, lane: Lane) -> SafeString:
    width = drawing.layout.width - 2
    return together(
        element("rect", x=1, y=lane.y, width=width, height=lane.height, class_="process__lane"),
        element(
            "text",
            drawing.say(LANE_NAMES[lane.awaits]),
            x=12,
            y=lane.y + lane.height // 2 + 5,
            class_="process__party",
        ),
    )


def _box(drawing: _Drawing, box: Box) -> SafeString:
    state = drawing.procedure.states[box.state]
    is_now = box.state == drawing.current
    kind = "end" if state.is_final else "wait" if state.awaits != "officer" else "task"
    radius = BOX_HEIGHT // 2 if state.is_final else 6
    text = drawing.say(state.text)
    return element(
        "g",
        element("title", f"{text} — {drawing.say(_NOW)}" if is_now else text),
        element("rect", x=box.x, y=box.y, width=BOX_WIDTH, height=BOX_HEIGHT, rx=radius),
        *_lines(text, box),
        _pin(box) if is_now else "",
        class_=f"process__state process__state--{kind}{' process__state--now' if is_now else ''}",
    )


def _lines(text: str, box: Box) -> Iterator[Child]:
    lines = wrapped(text, _LINE_UNITS)[:3]
    top = box.middle - 8 * (len(lines) - 1) + 5
    for number, line in enumerate(lines):
        yield element("text", line, x=box.x + BOX_WIDTH // 2, y=top + 16 * number, text_anchor="middle")


def wrapped(text: str, units: int) -> list[str]:
    """The text in lines of at most so many units; a wide character takes two, English breaks at spaces."""
    lines, line = [], ""
    pieces = text.split(" ") if text.isascii() else list(text)
    joint = " " if text.isascii() else ""
    most = units + 6 if text.isascii() else units
    for piece in pieces:
        longer = f"{line}{joint}{piece}" if line else piece
        if line and _units(longer) > most:
            lines.append(line)
            line = piece
        else:
            line = longer
    return [*lines, line]


def _units(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _pin(box: Box) -> SafeString:
    x = box.x + BOX_WIDTH // 2
    return element("path", d=f"M{x - 8} {box.y - 12} h16 l-8 10 z", class_="process__pin")


def _start(drawing: _Drawing, state: str) -> SafeString:
    box = drawing.layout.boxes[state]
    x = LANE_HEAD
    return together(
        element("circle", cx=x, cy=box.middle, r=6, class_="process__start"),
        element(
            "path",
            d=f"M{x + 6} {box.middle} H{box.x - 1}",
            class_="process__way",
            marker_end=f"url(#{drawing.name}-arrow)",
        ),
    )


def _way(drawing: _Drawing, way: Way) -> SafeString:
    source, target = drawing.layout.boxes[way.source], drawing.layout.boxes[way.target]
    is_left = way.source == drawing.current
    return element(
        "path",
        d=_course(source, target),
        class_=f"process__way{' process__way--next' if is_left else ''}",
        marker_end=f"url(#{drawing.name}-arrow)",
    )


def _course(source: Box, target: Box) -> str:
    """Forward from side to side; within a column from edge to edge; back around the boxes."""
    if target.x > source.x:
        x1, y1, x2, y2 = source.x + BOX_WIDTH, source.middle, target.x - 1, target.middle
        bend = max(24, (x2 - x1) // 2)
        return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    if target.x == source.x:
        down = target.y > source.y
        y1, y2 = (source.y + BOX_HEIGHT, target.y - 1) if down else (source.y, target.y + BOX_HEIGHT + 1)
        x1, x2 = (
            source.x + BOX_WIDTH // 2 + (12 if down else -12),
            target.x + BOX_WIDTH // 2 + (12 if down else -12),
        )
        return f"M{x1} {y1} C{x1 + EDGE} {(y1 + y2) // 2} {x2 + EDGE} {(y1 + y2) // 2} {x2} {y2}"
    up = target.y < source.y or (target.y == source.y)
    y1 = source.y if up else source.y + BOX_HEIGHT
    y2 = target.y + BOX_HEIGHT + 1 if target.y < source.y else target.y - 1
    x1, x2 = source.x + BOX_WIDTH // 3, target.x + 2 * BOX_WIDTH // 3
    middle = (y1 + y2) // 2 if target.y != source.y else source.y - EDGE
    return f"M{x1} {y1} C{x1} {middle} {x2} {middle} {x2} {y2}"
