"""Spells side by side: where nobody has more than a few, they are values of the one fused loop.

A person's spells are in a fixed number of slots, eight persons go through at once, and nothing branches. An
empty slot begins and ends at NEVER, before all months, so that whoever looks at it learns nothing new.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tongban.law import ir
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.lower import Lowered, SomeSpells, number_of
from tongban.law.engines.native.operands import FALSE, TRUE, Value
from tongban.law.engines.native.spells import NEVER
from tongban.law.engines.native.sweeps import ALL_PLACES, ANY_KIND, FOR_EVER, Asked, Kept, Key, keeping
from tongban.law.engines.program import Fact, Program, Unsupported
from tongban.law.terms import walk

SIZES = (1, 2, 4, 8)
_MAKE_MORE = frozenset({"spells_union", "spells_intersection", "spells_difference", "spells_overlap"})


def suit(program: Program) -> bool:
    """Whether no list of spells is made that can have more of them than the table gives."""
    rules = (*program.rules.values(), *program.checks)
    ops = {part.op for rule in rules for part in walk(rule.body) if isinstance(part, ir.Op)}
    return not ops & _MAKE_MORE and any(fact.type == ir.SPELLS for fact in program.facts)


@dataclass(frozen=True)
class Slot:
    """One spell: first and last month, place and kind (names of i32, the kind of i8)."""

    first: str
    last: str
    place: str
    kind: str


@dataclass(frozen=True)
class Slots(SomeSpells):
    """A person's spells in the order of their first months; any of them may be empty."""

    slots: tuple[Slot, ...]


_NOTHING = Slot(str(NEVER), str(NEVER), "0", "0")
EMPTY = Slots((_NOTHING,))


@dataclass(frozen=True)
class Arrays:
    """The arrays of a fact (names of pointers), the loop's index and the person it began with."""

    offsets: str
    firsts: str
    lasts: str
    places: str
    kinds: str
    index: str
    begin: str


class SideBySide:
    """Makes the code of operations on spells in slots."""

    def __init__(self, code: Assembly) -> None:
        self._code = code
        self._do = code.do
        self._answers: dict[Key, Lowered] = {}

    def given(self, fact: Fact, arrays: Arrays, most: int) -> tuple[Slots, Value]:
        """The spells of a fact, none where they cannot be facts, and whether they can."""
        do = self._do
        base, start, end = (
            do(f"load i64, ptr {do(f'getelementptr i64, ptr {arrays.offsets}, i64 {place}')}")
            for place in (arrays.begin, arrays.index, do(f"add nsw i64 {arrays.index}, 1"))
        )
        from_start = do(f"trunc i64 {do(f'sub nsw i64 {start}, {base}')} to i32")
        count = do(f"trunc i64 {do(f'sub nsw i64 {end}, {start}')} to i32")
        # Somebody in the chunk has a spell; who has fewer than others reads one that is there.
        latest = self._greater(do(f"add nsw i32 {from_start}, {do(f'sub nsw i32 {count}, 1')}"), "0")
        read = [self._read(arrays, base, from_start, latest, place) for place in range(most)]
        there = [do(f"icmp slt i32 {place}, {count}") for place in range(most)]
        fits = self._acceptable(fact, count, read, there)
        slots = (self._if(do(f"and i1 {fits}, {here}"), slot) for slot, here in zip(read, there, strict=True))
        return Slots(tuple(slots)), Value(fits, "i1")

    def _read(self, arrays: Arrays, base: str, start: str, latest: str, place: int) -> Slot:
        do = self._do
        near = self._smaller(do(f"add nsw i32 {start}, {place}"), latest)
        at = do(f"sext i32 {near} to i64")

        def load(array: str, kind: str) -> str:
            chunk = do(f"getelementptr {kind}, ptr {array}, i64 {base}")
            return do(f"load {kind}, ptr {do(f'getelementptr {kind}, ptr {chunk}, i64 {at}')}")

        return Slot(
            load(arrays.firsts, "i32"),
            load(arrays.lasts, "i32"),
            load(arrays.places, "i32"),
            load(arrays.kinds, "i8"),
        )

    def _acceptable(self, fact: Fact, count: str, slots: Sequence[Slot], there: Sequence[str]) -> str:
        """In the months admitted, none ends before it begins, none overlap at one place."""
        do = self._do
        few = do(f"icmp sge i32 {count}, {min(fact.fewest, FOR_EVER)}")
        fits = do(f"and i1 {few}, {do(f'icmp sle i32 {count}, {min(fact.most, FOR_EVER)}')}")
        for place, (slot, here) in enumerate(zip(slots, there, strict=True)):
            bad = do(f"icmp slt i32 {slot.first}, {int(fact.low)}")
            wrongs = [
                do(f"icmp sgt i32 {slot.last}, {int(fact.high)}"),
                do(f"icmp slt i32 {slot.last}, {slot.first}"),
            ]
            for earlier in slots[:place]:
                reaches = do(f"icmp sge i32 {earlier.last}, {slot.first}")
                same = do(f"icmp eq i32 {earlier.place}, {slot.place}")
                wrongs.append(do(f"and i1 {reaches}, {same}"))
            for wrong in wrongs:
                bad = do(f"or i1 {bad}, {wrong}")
            good = do(f"xor i1 {do(f'and i1 {bad}, {here}')}, true")
            fits = do(f"and i1 {fits}, {good}")
        return fits

    def derived(self, op: str, arguments: Sequence[Lowered]) -> Slots:
        """The spells that are kept, cut to the months asked for."""
        return self._kept(_slots(arguments[0]), keeping(self._code, op, number_of(arguments[1])))

    def chosen(self, condition: Value, then: SomeSpells, otherwise: SomeSpells) -> Slots:
        """One of two lists, the shorter one filled up with empty slots."""
        a, b = _own(then).slots, _own(otherwise).slots
        most = max(len(a), len(b))
        a, b = (*a, *[_NOTHING] * (most - len(a))), (*b, *[_NOTHING] * (most - len(b)))

        def choose(kind: str, left: str, right: str) -> str:
            return self._do(f"select i1 {condition.text}, {kind} {left}, {kind} {right}")

        return Slots(
            tuple(
                Slot(
                    choose("i32", left.first, right.first),
                    choose("i32", left.last, right.last),
                    choose("i32", left.place, right.place),
                    choose("i8", left.kind, right.kind),
                )
                for left, right in zip(a, b, strict=True)
            )
        )

    def asked(self, key: Key, expr: ir.Op, lower: Callable[[], Sequence[Lowered]]) -> Lowered:
        """A number, month or place asked of a list, computed once."""
        if key not in self._answers:
            self._answers[key] = self._asked(expr, lower())
        return self._answers[key]

    def _asked(self, expr: ir.Op, arguments: Sequence[Lowered]) -> Lowered:
        refused = FALSE
        for argument in arguments:
            refused = self._code.either(refused, argument.refused)
        number = self._answer(expr.op, arguments)
        if expr.type == ir.BOOL:
            return Lowered(Value(number, "i1"), refused=refused)
        low, high = Asked(0, expr.type).bounds
        present = TRUE
        if isinstance(expr.type, ir.OptionalType):
            present = Value(self._do(f"icmp ne i32 {number}, {NEVER}"), "i1")
            number = self._greater(number, str(low))
        return Lowered(Value(number, "i32", low, high), present, refused)

    def _answer(self, op: str, arguments: Sequence[Lowered]) -> str:
        spells = _slots(arguments[0]).slots
        match op:
            case "spells_months":
                return self._months(spells)
            case "spells_longest_gap":
                return self._longest_gap(spells)
            case "spells_first":
                return self._first(spells)
            case "spells_last":
                return self._last(spells)
            case "spells_covers":
                return self._covers(spells, self._int(arguments[1]))
            case "spells_longest_run":
                return self._runs(spells, self._bridging(arguments[1]))[0]
            case "spells_run_ending":
                return self._run_ending(arguments)
            case "spells_last_place":
                return self._last_place(spells)
            case "spells_first_month_with":
                return self._month_reaching(spells, self._greater(self._int(arguments[1]), "1"))
            case "spells_gaps":
                return self._gaps(spells)
        raise Unsupported(f"the operation {op}")

    # -- what is asked

    def _cover(self, slot: Slot, end: str) -> tuple[str, str, str, str]:
        """The month after those covered, the first and the number of months newly covered, the new end."""
        do = self._do
        after = do(f"add i32 {end}, 1")
        start = self._greater(slot.first, after)
        new = self._greater(do(f"add i32 {do(f'sub i32 {slot.last}, {start}')}, 1"), "0")
        return after, start, new, self._greater(end, slot.last)

    def _months(self, spells: Sequence[Slot]) -> str:
        end, total = str(NEVER), "0"
        for slot in spells:
            _, _, new, end = self._cover(slot, end)
            total = self._do(f"add i32 {total}, {new}")
        return total

    def _runs(self, spells: Sequence[Slot], bridging: str) -> tuple[str, str]:
        """The longest run and the last one."""
        do = self._do
        end, run, best = str(NEVER), "0", "0"
        for slot in spells:
            after, _, new, end = self._cover(slot, end)
            breaks = do(f"icmp sgt i32 {do(f'sub i32 {slot.first}, {after}')}, {bridging}")
            run = do(f"add i32 {do(f'select i1 {breaks}, i32 0, i32 {run}')}, {new}")
            best = self._greater(best, run)
        return best, run

    def _run_ending(self, arguments: Sequence[Lowered]) -> str:
        month, bridging = self._int(arguments[1]), self._int(arguments[2])
        cut = self.derived("spells_up_to", arguments[:2]).slots
        away = self._do(f"sub i32 {month}, {self._last(cut)}")
        near = self._do(f"icmp sle i32 {away}, {bridging}")
        return self._do(f"select i1 {near}, i32 {self._runs(cut, self._bridging(arguments[2]))[1]}, i32 0")

    def _longest_gap(self, spells: Sequence[Slot]) -> str:
        do = self._do
        end, best = str(NEVER), "0"
        for slot in spells:
            hole = do(f"sub i32 {slot.first}, {do(f'add i32 {end}, 1')}")
            inside = do(f"icmp ne i32 {end}, {NEVER}")
            best = self._greater(best, do(f"select i1 {inside}, i32 {hole}, i32 0"))
            end = self._greater(end, slot.last)
        return best

    def _gaps(self, spells: Sequence[Slot]) -> str:
        do = self._do
        first = self._first(spells)
        span = do(f"sub i32 {self._last(spells)}, {first}")
        uncovered = do(f"sub i32 {do(f'add i32 {span}, 1')}, {self._months(spells)}")
        some = do(f"icmp ne i32 {first}, {NEVER}")
        return do(f"select i1 {some}, i32 {uncovered}, i32 0")

    def _first(self, spells: Sequence[Slot]) -> str:
        first = str(NEVER)
        for slot in spells:
            none = self._do(f"icmp eq i32 {first}, {NEVER}")
            first = self._do(f"select i1 {none}, i32 {slot.first}, i32 {first}")
        return first

    def _last(self, spells: Sequence[Slot]) -> str:
        end = str(NEVER)
        for slot in spells:
            end = self._greater(end, slot.last)
        return end

    def _covers(self, spells: Sequence[Slot], month: str) -> str:
        do = self._do
        found = "false"
        for slot in spells:
            begun = do(f"icmp sle i32 {slot.first}, {month}")
            lasts = do(f"icmp sge i32 {slot.last}, {month}")
            found = do(f"or i1 {found}, {do(f'and i1 {begun}, {lasts}')}")
        return found

    def _last_place(self, spells: Sequence[Slot]) -> str:
        do = self._do
        end, place = str(NEVER), str(NEVER)
        for slot in spells:
            later = do(f"icmp sgt i32 {slot.last}, {end}")
            same = do(f"icmp eq i32 {slot.last}, {end}")
            tie = do(f"and i1 {same}, {do(f'icmp sgt i32 {slot.place}, {place}')}")
            real = do(f"icmp ne i32 {slot.last}, {NEVER}")
            takes = do(f"and i1 {do(f'or i1 {later}, {tie}')}, {real}")
            place = do(f"select i1 {takes}, i32 {slot.place}, i32 {place}")
            end = self._greater(end, slot.last)
        return place

    def _month_reaching(self, spells: Sequence[Slot], wanted: str) -> str:
        do = self._do
        end, total, month = str(NEVER), "0", str(NEVER)
        for slot in spells:
            _, start, new, end = self._cover(slot, end)
            more = do(f"add i32 {total}, {new}")
            before = do(f"icmp slt i32 {total}, {wanted}")
            here = do(f"and i1 {before}, {do(f'icmp sge i32 {more}, {wanted}')}")
            steps = do(f"sub i32 {do(f'sub i32 {wanted}, {total}')}, 1")
            month = do(f"select i1 {here}, i32 {do(f'add i32 {start}, {steps}')}, i32 {month}")
            total = more
        return month

    # -- what is kept

    def _kept(self, spells: Slots, kept: Kept) -> Slots:
        do = self._do
        made = []
        for slot in spells.slots:
            low, high = slot.first, slot.last
            if kept.month_low != "0":
                low = self._greater(low, kept.month_low)
            if kept.month_high != str(FOR_EVER):
                high = self._smaller(high, kept.month_high)
            keep = do(f"icmp sle i32 {low}, {high}")
            if (kept.place_low, kept.place_end) != ("0", str(ALL_PLACES)):
                not_below = do(f"icmp sge i32 {slot.place}, {kept.place_low}")
                inside = do(f"and i1 {not_below}, {do(f'icmp slt i32 {slot.place}, {kept.place_end}')}")
                keep = do(f"and i1 {keep}, {inside}")
            if kept.kind != str(ANY_KIND):
                same = do(f"icmp eq i32 {do(f'zext i8 {slot.kind} to i32')}, {kept.kind}")
                keep = do(f"and i1 {keep}, {same}")
            made.append(self._if(keep, Slot(low, high, slot.place, slot.kind)))
        return Slots(tuple(made))

    def _if(self, keep: str, slot: Slot) -> Slot:
        first, last = (
            self._do(f"select i1 {keep}, i32 {month}, i32 {NEVER}") for month in (slot.first, slot.last)
        )
        return Slot(first, last, slot.place, slot.kind)

    # -- numbers

    def _greater(self, a: str, b: str) -> str:
        return self._do(f"call i32 @llvm.smax.i32(i32 {a}, i32 {b})")

    def _smaller(self, a: str, b: str) -> str:
        return self._do(f"call i32 @llvm.smin.i32(i32 {a}, i32 {b})")

    def _int(self, argument: Lowered) -> str:
        return self._code.cast(number_of(argument), "i32")

    def _bridging(self, argument: Lowered) -> str:
        return self._greater(self._int(argument), "0")


def _own(spells: SomeSpells) -> Slots:
    if isinstance(spells, Slots):
        return spells
    raise TypeError("these spells are not in slots")


def _slots(lowered: Lowered) -> Slots:
    if isinstance(lowered.value, SomeSpells):
        return _own(lowered.value)
    raise TypeError("a number is not spells")
