"""What led to what in a decision, drawn as SVG: facts on the left, each rule right of what it used.

It has presentation attributes only (no script, no style sheet) and is the same for the same decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from tongban.law.explanation import Explanation
from tongban.law.writing import show

COLUMN, ROW, BOX, MARGIN = 300, 74, 230, 24
_INSIDE, _WIDE, _PLAIN, _BOLD = 10, 13, 7, 9
_FONT = "'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
_FILL = {"fact": "#f3f2f1", "rule": "#ffffff", "outcome": "#e3f1ea"}
_STROKE = {"fact": "#505a5f", "rule": "#1d70b8", "outcome": "#00703c"}


@dataclass(frozen=True)
class Node:
    """A fact or a rule in the picture."""

    name: str
    kind: str
    title: str
    value: str
    reason: str
    uses: tuple[str, ...]


def svg(explanation: Explanation, lang: str = "zh") -> str:
    """Draw a decision; `lang` is `zh` or `en`."""
    nodes = _nodes(explanation, lang)
    columns = _columns(nodes)
    places = _places(columns, nodes)
    width = MARGIN * 2 + (len(columns) - 1) * COLUMN + BOX
    height = MARGIN * 2 + max(len(column) for column in columns) * ROW
    label = escape(explanation.title.of(lang))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(explanation.title.of(lang))}" '
        f'font-family="{_FONT}" font-size="13"><title>{label}</title>'
    ]
    parts += [
        _edge(places[used], places[node.name])
        for node in nodes.values()
        for used in node.uses
        if used in places
    ]
    parts += [_box(node, places[node.name]) for node in nodes.values()]
    return "\n".join([*parts, "</svg>"])


def _nodes(explanation: Explanation, lang: str) -> Mapping[str, Node]:
    declared = explanation.forms.declared
    used = dict.fromkeys(name for one in explanation.taken for name in one.rule.facts)
    nodes = {
        name: Node(
            name,
            "fact",
            declared[name].title.of(lang),
            show(declared[name].type, explanation.facts[name], lang, explanation.forms.places),
            "",
            (),
        )
        for name in used
    }
    for one in explanation.taken:
        form = explanation.forms.rules[one.rule.name]
        nodes[one.rule.name] = Node(
            one.rule.name,
            "outcome" if one.rule.outcome else "rule",
            form.title["en" if lang == "en" else "zh"],
            form.show["en" if lang == "en" else "zh"](one.value),
            explanation.reason(one, "en" if lang == "en" else "zh"),
            (*one.rule.facts, *one.rule.rules),
        )
    return nodes


def _columns(nodes: Mapping[str, Node]) -> list[list[str]]:
    """Give the names column by column: facts first, each rule one right of the last thing it uses."""
    depth: dict[str, int] = {}
    for name, node in nodes.items():
        depth[name] = 0 if node.kind == "fact" else 1 + max((depth[used] for used in node.uses), default=0)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name, at in depth.items():
        columns[at].append(name)
    return columns


def _places(columns: Sequence[list[str]], nodes: Mapping[str, Node]) -> Mapping[str, tuple[int, int]]:
    """Give each node's corner; a column is ordered by the middle of what its nodes use."""
    places: dict[str, tuple[int, int]] = {}
    for at, column in enumerate(columns):
        middles = {
            name: sum(places[used][1] for used in nodes[name].uses) / max(len(nodes[name].uses), 1)
            for name in column
        }
        for row, name in enumerate(sorted(column, key=lambda one: middles[one])):
            places[name] = (MARGIN + at * COLUMN, MARGIN + row * ROW)
    return places


def _edge(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1, x2, y2 = start[0] + BOX, start[1] + 27, end[0], end[1] + 27
    bend = (x2 - x1) // 2
    return f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" fill="none" stroke="#b1b4b6"/>'


def _box(node: Node, place: tuple[int, int]) -> str:
    x, y = place
    hint = f"<title>{escape(node.reason)}</title>" if node.reason else ""
    return (
        f'<g>{hint}<rect x="{x}" y="{y}" width="{BOX}" height="54" rx="4" fill="{_FILL[node.kind]}" '
        f'stroke="{_STROKE[node.kind]}"/>'
        f'<text x="{x + 10}" y="{y + 22}" fill="#505a5f">{escape(_cut(node.title, _PLAIN))}</text>'
        f'<text x="{x + 10}" y="{y + 42}" fill="#0b0c0c" font-weight="700">'
        f"{escape(_cut(node.value, _BOLD))}</text></g>"
    )


def _cut(text: str, latin: int) -> str:
    """Shorten a line to the inside of a box; `latin` is how wide a Latin character is at most, in pixels."""
    room, kept = BOX - 2 * _INSIDE, ""
    for position, character in enumerate(text):
        room -= _WIDE if east_asian_width(character) in "WF" else latin
        if room < (0 if position == len(text) - 1 else latin):
            return kept + "…"
        kept += character
    return kept
