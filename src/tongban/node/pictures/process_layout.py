"""Lays a procedure out: a lane for each party that a case may await, states in columns, ends at the right.

Promises: the same procedure always gives the same layout; no two states overlap; every way between states is
there once, whatever number of events takes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tongban.node.casework.procedure import Awaited, Happening, Procedure

BOX_WIDTH, BOX_HEIGHT = 148, 60
COLUMN, ROW = 196, 84
LANE_HEAD, EDGE = 96, 24
LANES: tuple[Awaited, ...] = ("citizen", "officer", "node", "other-side")


@dataclass(frozen=True)
class Box:
    """A state's place, in units of the picture."""

    state: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        """The height at which ways come and go."""
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True)
class Lane:
    """The band of everything that awaits one party."""

    awaits: Awaited
    y: int
    height: int


@dataclass(frozen=True)
class Way:
    """A way from one state to another, with the events that take it."""

    source: str
    target: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A procedure's picture before it is drawn."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    boxes: Mapping[str, Box]
    ways: tuple[Way, ...]
    starts: tuple[str, ...]


def starts(procedure: Procedure) -> tuple[str, ...]:
    """The states in which a case begins: the first one, and those to which another side's message leads."""
    openings = (one for one in procedure.happenings.values() if not one.during and "peer" in one.by)
    by_peer = {state for one in openings for state in one.reaches} - {procedure.initial}
    return (procedure.initial, *sorted(by_peer))


def ways(procedure: Procedure) -> tuple[Way, ...]:
    """Every way between two states; a returning event leads back to each state that was left for its own."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for happening in procedure.happenings.values():
        for source in sorted(happening.during):
            for target in sorted(_targets(procedure, happening, source)):
                kinds.setdefault((source, target), []).append(happening.kind)
    return tuple(Way(source, target, tuple(taken)) for (source, target), taken in sorted(kinds.items()))


def lay_out(procedure: Procedure) -> Layout:
    """The layout of a procedure, each state once."""
    all_ways, first = ways(procedure), starts(procedure)
    ranks = _ranks(procedure, all_ways, first)
    boxes: dict[str, Box] = {}
    lanes: list[Lane] = []
    y = EDGE
    for awaits in LANES:
        members = [code for code, state in procedure.states.items() if state.awaits == awaits]
        if not members:
            continue
        taken: dict[int, int] = {}
        for code in members:
            row = taken.get(ranks[code], 0)
            taken[ranks[code]] = row + 1
            boxes[code] = Box(code, _column(ranks[code]), y + (ROW - BOX_HEIGHT) // 2 + row * ROW)
        height = max(taken.values()) * ROW
        lanes.append(Lane(awaits, y, height))
        y += height
    ends = [code for code, state in procedure.states.items() if state.is_final]
    last = max(ranks[code] for code in boxes) + 1
    bottom = max(y, EDGE + len(ends) * ROW)
    if bottom > y:
        lanes[-1] = Lane(lanes[-1].awaits, lanes[-1].y, lanes[-1].height + bottom - y)
    step = (bottom - EDGE) // len(ends)
    for row, code in enumerate(ends):
        boxes[code] = Box(code, _column(last), EDGE + row * step + (step - BOX_HEIGHT) // 2)
    return Layout(_column(last + 1), bottom + EDGE, tuple(lanes), boxes, all_ways, first)


def _column(rank: int) -> int:
    return LANE_HEAD + EDGE + rank * COLUMN


def _targets(procedure: Procedure, happening: Happening, source: str) -> frozenset[str]:
    if happening.stays:
        return frozenset()
    if not happening.returns:
        return happening.reaches - {source}
    leaving = (one for one in procedure.happenings.values() if one.leaves and source in one.reaches)
    return frozenset[str]().union(*(one.during for one in leaving))


def _ranks(procedure: Procedure, all_ways: tuple[Way, ...], first: tuple[str, ...]) -> dict[str, int]:
    """The column of each state: behind everything that leads to it, ways back left aside."""
    steps = _steps(all_ways, first)
    order = {code: (steps.get(code, 0), number) for number, code in enumerate(procedure.states)}
    ranks = dict.fromkeys(procedure.states, 0)
    for code in sorted(procedure.states, key=order.__getitem__):
        before = [way.source for way in all_ways if way.target == code and order[way.source] < order[code]]
        ranks[code] = max((ranks[source] + 1 for source in before), default=0)
    return ranks


def _steps(all_ways: tuple[Way, ...], first: tuple[str, ...]) -> dict[str, int]:
    """How many steps each state is from a beginning, by the shortest way."""
    steps = dict.fromkeys(first, 0)
    front = list(first)
    while front:
        state = front.pop(0)
        for way in all_ways:
            if way.source == state and way.target not in steps:
                steps[way.target] = steps[state] + 1
                front.append(way.target)
    return steps
