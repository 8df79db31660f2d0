"""Month histories of many persons on one line: person i's months are moved i × 65,536 to the right.

So every question is answered by running maxima and sums over flat arrays, without a loop over persons.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

_STRIDE = 65_536
_PLACES = 1_000_000
_LONGEST_BRIDGE = 4_000
_LAST = 40_000

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Timeline:
    """Spells in order of person and first month."""

    persons: int
    owner: Ints
    first: Ints
    last: Ints
    place: Ints
    kind: Ints

    def only(self, keep: Bools) -> "Timeline":
        """Some of the spells."""
        return Timeline(
            self.persons,
            self.owner[keep],
            self.first[keep],
            self.last[keep],
            self.place[keep],
            self.kind[keep],
        )

    def within(self, outer: Ints) -> "Timeline":
        """Spells in each person's place or what lies in it."""
        return self.only(place_within(self.place, outer[self.owner]))

    def of_kind(self, kind: Ints) -> "Timeline":
        """Spells of one kind."""
        return self.only(self.kind == kind[self.owner])

    def up_to(self, month: Ints) -> "Timeline":
        """Cut off what lies after each person's month."""
        limit = month[self.owner]
        return replace(self, last=np.minimum(self.last, limit)).only(self.first <= limit)

    def starting(self, month: Ints) -> "Timeline":
        """Cut off what lies before each person's month."""
        limit = month[self.owner]
        return replace(self, first=np.maximum(self.first, limit)).only(self.last >= limit)

    def union(self, other: "Timeline") -> "Timeline":
        """All spells of both."""
        pairs = (
            (self.owner, other.owner),
            (self.first, other.first),
            (self.last, other.last),
            (self.place, other.place),
            (self.kind, other.kind),
        )
        return Timeline(self.persons, *(np.concatenate(pair) for pair in pairs)).in_order()

    def in_order(self) -> "Timeline":
        """The spells sorted."""
        by = np.lexsort((self.first, self.owner))
        return Timeline(
            self.persons, self.owner[by], self.first[by], self.last[by], self.place[by], self.kind[by]
        )

    def runs(self) -> "Timeline":
        """Covered months as separate intervals; places and kinds mean nothing."""
        starts = self._starts(np.zeros(self.persons, np.int64))
        if not len(starts):
            return self
        begins = np.flatnonzero(starts)
        reach = np.maximum.accumulate(self.last + self.owner * _STRIDE)
        ends = np.append(begins[1:], len(starts)) - 1
        owner = self.owner[begins]
        zero = np.zeros(len(begins), np.int64)
        return Timeline(self.persons, owner, self.first[begins], reach[ends] - owner * _STRIDE, zero, zero)

    def intersection(self, other: "Timeline") -> "Timeline":
        """The parts of these spells in months that the others cover."""
        return self._cut_by(other.runs())

    def difference(self, other: "Timeline") -> "Timeline":
        """The parts of these spells in months that the others do not cover."""
        runs = other.runs()
        everyone = np.arange(self.persons, dtype=np.int64)
        begins = np.concatenate((np.zeros(self.persons, np.int64), runs.last + 1))
        ends = np.concatenate((runs.first - 1, np.full(self.persons, _LAST, np.int64)))
        begin_owner = np.concatenate((everyone, runs.owner))
        end_owner = np.concatenate((runs.owner, everyone))
        by_begin, by_end = np.lexsort((begins, begin_owner)), np.lexsort((ends, end_owner))
        zero = np.zeros(len(begins), np.int64)
        free = Timeline(self.persons, begin_owner[by_begin], begins[by_begin], ends[by_end], zero, zero)
        return self._cut_by(free)

    def months(self) -> Ints:
        """How many months are covered."""
        return self._sum(self._new())

    def overlap(self, other: "Timeline") -> Ints:
        """How many months both cover."""
        return self.intersection(other).months()

    def covers(self, month: Ints) -> Bools:
        """Whether each person's month is covered."""
        limit = month[self.owner]
        return self._sum(((self.first <= limit) & (limit <= self.last)).astype(np.int64)) > 0

    def longest_run(self, bridging: Ints) -> Ints:
        """Covered months of the longest run."""
        owner, lengths, _ = self._bridged(bridging)
        longest = np.zeros(self.persons, np.int64)
        np.maximum.at(longest, owner, lengths)
        return longest

    def run_ending(self, month: Ints, bridging: Ints) -> Ints:
        """Covered months of the run that ends with each person's month."""
        owner, lengths, ends = self.up_to(month)._bridged(bridging)
        final = np.zeros(self.persons, np.int64)
        end = np.full(self.persons, -_STRIDE, np.int64)
        final[owner] = lengths
        end[owner] = ends
        ending: Ints = np.where(month - end <= bridging, final, 0)
        return ending

    def gaps(self) -> Ints:
        """Months between the first and the last that are not covered."""
        begin, some = self.first_month()
        end, _ = self.last_month()
        return np.where(some, end - begin + 1 - self.months(), 0)

    def longest_gap(self) -> Ints:
        """The longest interruption."""
        runs = self.runs()
        longest = np.zeros(self.persons, np.int64)
        if len(runs.owner) > 1:
            inner = runs.owner[1:] == runs.owner[:-1]
            holes = runs.first[1:] - runs.last[:-1] - 1
            np.maximum.at(longest, runs.owner[1:][inner], holes[inner])
        return longest

    def first_month(self) -> tuple[Ints, Bools]:
        """The first covered month, and whether there is one."""
        month = np.full(self.persons, _STRIDE, np.int64)
        np.minimum.at(month, self.owner, self.first)
        return month, month < _STRIDE

    def last_month(self) -> tuple[Ints, Bools]:
        """The last covered month, and whether there is one."""
        month = np.full(self.persons, -1, np.int64)
        np.maximum.at(month, self.owner, self.last)
        return month, month >= 0

    def last_place(self) -> tuple[Ints, Bools]:
        """The place of the spell with the last month (of equals the highest), and whether there is one."""
        best = np.full(self.persons, -1, np.int64)
        np.maximum.at(best, self.owner, self.last * _PLACES + self.place)
        return best % _PLACES, best >= 0

    def first_month_with(self, count: Ints) -> tuple[Ints, Bools]:
        """The month in which the count-th covered month was reached, and whether it was."""
        wanted = np.maximum(count, 1)[self.owner]
        new = self._new()
        sums = np.cumsum(new)
        before_person = np.zeros(self.persons, np.int64)
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        before_person[self.owner[starts]] = sums[starts] - new[starts]
        reached = sums - before_person[self.owner]
        here = (reached - new < wanted) & (wanted <= reached)
        from_month = np.maximum(self.first, self._covered_before() - self.owner * _STRIDE + 1)
        month = np.full(self.persons, -1, np.int64)
        month[self.owner[here]] = (from_month + wanted - (reached - new) - 1)[here]
        return month, month >= 0

    def _cut_by(self, intervals: "Timeline") -> "Timeline":
        """Every spell with every interval of its person, as far as they meet."""
        counts = np.bincount(intervals.owner, minlength=self.persons)
        starts = np.cumsum(counts) - counts
        times = counts[self.owner]
        spell = np.repeat(np.arange(len(self.owner)), times)
        offset = np.arange(len(spell)) - np.repeat(np.cumsum(times) - times, times)
        interval = np.repeat(starts[self.owner], times) + offset
        first = np.maximum(self.first[spell], intervals.first[interval])
        last = np.minimum(self.last[spell], intervals.last[interval])
        parts = Timeline(self.persons, self.owner[spell], first, last, self.place[spell], self.kind[spell])
        return parts.only(first <= last).in_order()

    def _covered_before(self) -> Ints:
        """On the line, the last month covered by earlier spells."""
        reach = np.maximum.accumulate(self.last + self.owner * _STRIDE)
        return np.concatenate((np.array([-_STRIDE], np.int64), reach[:-1])) if len(reach) else reach

    def _new(self) -> Ints:
        """For each spell, how many of its months no earlier one covered."""
        shift = self.owner * _STRIDE
        begin = np.maximum(self.first + shift, self._covered_before() + 1)
        new: Ints = np.maximum(self.last + shift - begin + 1, 0)
        return new

    def _starts(self, bridging: Ints) -> Bools:
        """Which spells begin a new run."""
        holes = self.first + self.owner * _STRIDE - self._covered_before() - 1
        breaks: Bools = holes > np.clip(bridging, 0, _LONGEST_BRIDGE)[self.owner]
        return breaks

    def _bridged(self, bridging: Ints) -> tuple[Ints, Ints, Ints]:
        """Of each run: whose it is, its covered months, its last month."""
        starts = self._starts(bridging)
        if not len(starts):
            return self.owner, self.owner, self.owner
        begins = np.flatnonzero(starts)
        lengths = np.add.reduceat(self._new(), begins)
        reach = np.maximum.accumulate(self.last + self.owner * _STRIDE)
        ends = reach[np.append(begins[1:], len(starts)) - 1]
        owner = self.owner[begins]
        return owner, lengths, ends - owner * _STRIDE

    def _sum(self, numbers: Ints) -> Ints:
        sums = np.zeros(self.persons, np.int64)
        np.add.at(sums, self.owner, numbers)
        return sums


def place_within(inner: Ints, outer: Ints) -> Bools:
    """Whether each place is the outer one or lies in it; 000000 holds everything."""
    size = np.where(outer % 100 != 0, 1, np.where(outer % 10_000 != 0, 100, 10_000))
    inside: Bools = (outer == 0) | (inner // size == outer // size)
    return inside
