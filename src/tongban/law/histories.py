"""The algebra of month histories on plain integers: what every spells operation means, exactly.

A history is a tuple of `(first, last, place, kind)` with month ordinals, both ends included, sorted.
"""

from collections.abc import Iterable
from itertools import pairwise

from tongban.law.values import place_within

Piece = tuple[int, int, int, int]
History = tuple[Piece, ...]
Run = tuple[int, int]


def runs(history: History) -> list[Run]:
    """Give the covered months as separate intervals in order; neighbours are joined."""
    joined: list[Run] = []
    for first, last, _, _ in history:
        if joined and first <= joined[-1][1] + 1:
            if last > joined[-1][1]:
                joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def months(history: History) -> int:
    """Count covered months, each once."""
    return sum(last - first + 1 for first, last in runs(history))


def within(history: History, place: int) -> History:
    """Keep the spells in that place or what lies in it."""
    return tuple(piece for piece in history if place_within(piece[2], place))


def of_kind(history: History, kind: int) -> History:
    """Keep the spells of that kind."""
    return tuple(piece for piece in history if piece[3] == kind)


def up_to(history: History, month: int) -> History:
    """Cut off what lies after the month."""
    return ordered((f, min(t, month), p, k) for f, t, p, k in history if f <= month)


def starting(history: History, month: int) -> History:
    """Cut off what lies before the month."""
    return ordered((max(f, month), t, p, k) for f, t, p, k in history if t >= month)


def union(left: History, right: History) -> History:
    """Give all spells of both."""
    return ordered((*left, *right))


def intersection(left: History, right: History) -> History:
    """Give the parts of the left spells in months that the right ones cover."""
    covered = runs(right)
    return ordered(
        (max(f, first), min(t, last), p, k)
        for f, t, p, k in left
        for first, last in covered
        if max(f, first) <= min(t, last)
    )


def difference(left: History, right: History) -> History:
    """Give the parts of the left spells in months that the right ones do not cover."""
    covered = runs(right)
    return ordered(piece for part in left for piece in _without(part, covered))


def overlap(left: History, right: History) -> int:
    """Count the months that both cover."""
    return months(intersection(left, right))


def covers(history: History, month: int) -> bool:
    """Whether the month is covered."""
    return any(first <= month <= last for first, last, _, _ in history)


def longest_run(history: History, bridging: int) -> int:
    """Count the covered months of the longest run; interruptions up to `bridging` months do not end it."""
    return max((length for _, length in _bridged(history, bridging)), default=0)


def run_ending(history: History, month: int, bridging: int) -> int:
    """Count the covered months of the run that ends with `month`.

    0 when the month is not covered; with `bridging`, when no covered month lies in it or that many before it.
    """
    cut = _bridged(up_to(history, month), bridging)
    if not cut:
        return 0
    last, length = cut[-1]
    return length if month - last <= bridging else 0


def gaps(history: History) -> int:
    """Count uncovered months between the first and the last covered one."""
    return sum(_gap_lengths(history))


def longest_gap(history: History) -> int:
    """Give the length of the longest interruption."""
    return max(_gap_lengths(history), default=0)


def first(history: History) -> int | None:
    """Give the first covered month."""
    return history[0][0] if history else None


def last(history: History) -> int | None:
    """Give the last covered month."""
    return max((piece[1] for piece in history), default=None)


def last_place(history: History) -> int | None:
    """Give the place of the spell with the last month; among equals the highest code."""
    return max(((piece[1], piece[2]) for piece in history), default=(0, None))[1]


def first_month_with(history: History, count: int) -> int | None:
    """Give the month in which the count-th covered month was reached; count below 1 asks for the first."""
    missing = max(count, 1)
    for begin, end in runs(history):
        if end - begin + 1 >= missing:
            return begin + missing - 1
        missing -= end - begin + 1
    return None


def ordered(pieces: Iterable[Piece]) -> History:
    """Sort into a history."""
    return tuple(sorted(pieces))


def _without(piece: Piece, covered: list[Run]) -> Iterable[Piece]:
    begin, end, place, kind = piece
    for covered_from, covered_to in covered:
        if covered_to < begin or covered_from > end:
            continue
        if covered_from > begin:
            yield begin, covered_from - 1, place, kind
        begin = covered_to + 1
    if begin <= end:
        yield begin, end, place, kind


def _bridged(history: History, bridging: int) -> list[Run]:
    """Give (last month, covered months) of each run, runs with short interruptions taken together."""
    taken: list[Run] = []
    for begin, end in runs(history):
        if taken and begin - taken[-1][0] - 1 <= bridging:
            taken[-1] = (end, taken[-1][1] + end - begin + 1)
        else:
            taken.append((end, end - begin + 1))
    return taken


def _gap_lengths(history: History) -> list[int]:
    covered = runs(history)
    return [after[0] - before[1] - 1 for before, after in pairwise(covered)]
