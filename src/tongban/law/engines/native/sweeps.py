"""The two ways in which code for one person meets spells.

A sweep goes through each person's spells and leaves the numbers asked of them in columns; the fused loop that
follows reads those columns, so that it has no inner loop and stays wide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tongban.law import ir
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.lower import Lowered, SomeSpells, SpellList, number_of
from tongban.law.engines.native.operands import FALSE, TRUE, Value, whole
from tongban.law.engines.native.spells import NEVER
from tongban.law.engines.program import Unsupported

NONE_CODE, REFUSED_CODE = -1, -2
_FIRST_MONTH, _LAST_MONTH = 1900 * 12, 2199 * 12 + 11
ALL_PLACES = 1_000_000
ANY_KIND = -1
FOR_EVER = 2**31 - 1
Capacity = Callable[[int], int]
Key = tuple[str, int]


@dataclass(frozen=True)
class Asked:
    """A number asked of spells: the column it is left in and what it can be."""

    column: int
    type: ir.Type

    @property
    def bounds(self) -> tuple[int, int]:
        """What the number can be where there is one."""
        kind = self.type.item if isinstance(self.type, ir.OptionalType) else self.type
        if kind == ir.MONTH:
            return _FIRST_MONTH, _LAST_MONTH
        if kind == ir.PLACE:
            return 0, ALL_PLACES - 1
        return 0, _LAST_MONTH - _FIRST_MONTH + 1


@dataclass(frozen=True)
class Kept:
    """Which spells are kept: of which places and kind; and to which months they are cut (texts of i32)."""

    place_low: str = "0"
    place_end: str = str(ALL_PLACES)
    kind: str = str(ANY_KIND)
    month_low: str = "0"
    month_high: str = str(FOR_EVER)

    @property
    def arguments(self) -> str:
        """As arguments of a function."""
        numbers = (self.place_low, self.place_end, self.kind, self.month_low, self.month_high)
        return ", ".join(f"i32 {number}" for number in numbers)


def keeping(code: Assembly, op: str, value: Value) -> Kept:
    """Which spells an operation keeps, given its other argument."""
    match op:
        case "spells_within":
            return Kept(code.cast(value, "i32"), code.cast(code.add(value, _size(code, value)), "i32"))
        case "spells_of_kind":
            return Kept(kind=code.cast(value, "i32"))
        case "spells_up_to":
            return Kept(month_high=code.cast(value, "i32"))
        case "spells_starting":
            return Kept(month_low=code.cast(value, "i32"))
    raise Unsupported(f"the operation {op}")


def _size(code: Assembly, place: Value) -> Value:
    """How many codes lie within a place, its own included."""
    size = whole(1)
    for unit in (100, 10_000, ALL_PLACES):
        ends_so = code.compare("eq", code.modulo(place, whole(unit)), whole(0))
        size = code.select(ends_so, whole(unit), size)
    return size


class Sweep:
    """Code that goes through the spells; remembers what was asked and how large each list made can become."""

    def __init__(self, code: Assembly, scratch: str, layout: str) -> None:
        self._code = code
        self._scratch = scratch
        self._layout = layout
        self._sizes: dict[str, Capacity] = {}
        self.capacities: list[Capacity] = []
        self.answers: dict[Key, tuple[Asked, Lowered]] = {}

    def fact(self, spells: SpellList) -> SpellList:
        """Spells as given by the table."""
        self._sizes[spells.count] = lambda most: most
        return spells

    def chosen(self, condition: Value, then: SomeSpells, otherwise: SomeSpells) -> SpellList:
        """One of two lists."""
        some, others = _own(then), _own(otherwise)
        if condition == TRUE:
            return some
        if condition == FALSE:
            return others
        choose = f"select i1 {condition.text}, "
        count = self._code.do(f"{choose}i64 {some.count}, i64 {others.count}")
        a, b = self._sizes[some.count], self._sizes[others.count]
        self._sizes[count] = lambda most: max(a(most), b(most))
        pairs = (
            (some.firsts, others.firsts),
            (some.lasts, others.lasts),
            (some.places, others.places),
            (some.kinds, others.kinds),
        )
        return SpellList(count, *(self._code.do(f"{choose}ptr {left}, ptr {right}") for left, right in pairs))

    def derived(self, op: str, arguments: Sequence[Lowered]) -> SpellList:
        """A list made of others, in scratch memory of its own."""
        left = _list(arguments[0])
        if op in _TWO_LISTS:
            name, capacity = _TWO_LISTS[op]
            right = _list(arguments[1])
            a, b = self._sizes[left.count], self._sizes[right.count]
            return self._made(
                f"@{name}({left.everything}, {right.everything}, ", lambda most: capacity(a(most), b(most))
            )
        kept = keeping(self._code, op, number_of(arguments[1]))
        return self._made(f"@kept({left.everything}, {kept.arguments}, ", self._sizes[left.count])

    def _made(self, call: str, capacity: Capacity) -> SpellList:
        number = len(self.capacities)
        self.capacities.append(capacity)
        parts = []
        for part in range(4):
            at = self._code.do(f"getelementptr i64, ptr {self._layout}, i64 {4 * number + part}")
            offset = self._code.do(f"load i64, ptr {at}")
            parts.append(self._code.do(f"getelementptr i8, ptr {self._scratch}, i64 {offset}"))
        count = self._code.do(f"call i64 {call}" + ", ".join(f"ptr {part}" for part in parts) + ")")
        self._sizes[count] = capacity
        return SpellList(count, *parts)

    def asked(self, key: Key, expr: ir.Op, lower: Callable[[], Sequence[Lowered]]) -> Lowered:
        """Compute what is asked and remember it for the column."""
        if key in self.answers:
            return self.answers[key][1]
        arguments = lower()
        refused = FALSE
        for argument in arguments:
            refused = self._code.either(refused, argument.refused)
        asked = Asked(len(self.answers), expr.type)
        number = self._answer(expr.op, arguments)
        low, high = asked.bounds
        value = Value(number, "i32", low, high)
        present = TRUE
        if isinstance(expr.type, ir.OptionalType):
            present = Value(self._code.do(f"icmp ne i32 {number}, {NEVER}"), "i1")
        if expr.type == ir.BOOL:
            value = Value(self._code.do(f"icmp ne i32 {number}, 0"), "i1")
        answer = Lowered(value, present, refused)
        self.answers[key] = asked, answer
        return answer

    def column_value(self, answer: Lowered) -> str:
        """What goes into the column: the number, or the codes for none and refused."""
        code = self._code
        value = number_of(answer)
        number = value if value.kind != "i1" else code.select(value, whole(1), whole(0))
        number = code.select(answer.present, number, whole(NONE_CODE))
        return code.cast(code.select(answer.refused, whole(REFUSED_CODE), number), "i32")

    def _answer(self, op: str, arguments: Sequence[Lowered]) -> str:
        spells = _list(arguments[0])
        if op in _SIMPLE:
            return self._code.do(f"call i32 @{_SIMPLE[op]}({spells.months})")
        match op:
            case "spells_covers":
                return self._flag(f"call i1 @covers({spells.months}, i32 {self._int(arguments[1])})")
            case "spells_longest_run":
                return self._code.do(
                    f"call i32 @longest_run({spells.months}, i32 {self._bridging(arguments[1])})"
                )
            case "spells_run_ending":
                return self._run_ending(arguments)
            case "spells_overlap":
                shared = self.derived("spells_intersection", arguments)
                return self._code.do(f"call i32 @months({shared.months})")
            case "spells_last_place":
                place = self._code.do(f"call i32 @last_place({spells.months}, ptr {spells.places})")
                return self._unless_empty(spells, place)
            case "spells_first_month_with":
                wanted = self._code.cast(self._code.greater(number_of(arguments[1]), whole(1)), "i32")
                month = self._code.do(f"call i32 @month_reaching({spells.months}, i32 {wanted})")
                found = self._code.do(f"icmp sgt i32 {month}, 0")
                return self._code.do(f"select i1 {found}, i32 {month}, i32 {NEVER}")
            case "spells_gaps":
                return self._gaps(spells)
        raise Unsupported(f"the operation {op}")

    def _gaps(self, spells: SpellList) -> str:
        first, last, covered = (
            self._code.do(f"call i32 @{name}({spells.months})")
            for name in ("first_month", "last_month", "months")
        )
        span = self._code.do(f"sub i32 {last}, {first}")
        uncovered = self._code.do(f"sub i32 {span}, {covered}")
        more = self._code.do(f"add i32 {uncovered}, 1")
        some = self._code.do(f"icmp sgt i64 {spells.count}, 0")
        return self._code.do(f"select i1 {some}, i32 {more}, i32 0")

    def _run_ending(self, arguments: Sequence[Lowered]) -> str:
        month, bridging = self._int(arguments[1]), self._int(arguments[2])
        cut = self.derived("spells_up_to", arguments[:2])
        last = self._code.do(f"call i32 @last_month({cut.months})")
        run = self._code.do(f"call i32 @last_run({cut.months}, i32 {self._bridging(arguments[2])})")
        away = self._code.do(f"sub i32 {month}, {last}")
        near = self._code.do(f"icmp sle i32 {away}, {bridging}")
        return self._code.do(f"select i1 {near}, i32 {run}, i32 0")

    def _unless_empty(self, spells: SpellList, number: str) -> str:
        some = self._code.do(f"icmp sgt i64 {spells.count}, 0")
        return self._code.do(f"select i1 {some}, i32 {number}, i32 {NEVER}")

    def _int(self, argument: Lowered) -> str:
        return self._code.cast(number_of(argument), "i32")

    def _bridging(self, argument: Lowered) -> str:
        return self._code.cast(self._code.bounded(number_of(argument), 0, FOR_EVER), "i32")

    def _flag(self, call: str) -> str:
        return self._code.do(f"zext i1 {self._code.do(call)} to i32")


class Columns:
    """Code of the fused loop: what was asked of spells is read from the columns that the sweep left."""

    def __init__(self, code: Assembly, asked: dict[Key, Asked], load: Callable[[int], str]) -> None:
        self._code = code
        self._asked = asked
        self._load = load
        self._loaded: dict[Key, Lowered] = {}

    def derived(self, op: str, arguments: Sequence[Lowered]) -> SpellList:
        """A list is never looked at here."""
        return SpellList("0", "null", "null", "null", "null")

    def chosen(self, condition: Value, then: SomeSpells, otherwise: SomeSpells) -> SomeSpells:
        """A list is never looked at here."""
        return then

    def asked(self, key: Key, expr: ir.Op, lower: Callable[[], Sequence[Lowered]]) -> Lowered:
        """The number from its column."""
        if key not in self._loaded:
            asked = self._asked[key]
            number = self._load(asked.column)
            refused = Value(self._code.do(f"icmp eq i32 {number}, {REFUSED_CODE}"), "i1")
            present = TRUE
            if isinstance(expr.type, ir.OptionalType):
                present = Value(self._code.do(f"icmp sge i32 {number}, 0"), "i1")
            if expr.type == ir.BOOL:
                value = Value(self._code.do(f"icmp eq i32 {number}, 1"), "i1")
            else:
                value = Value(number, "i32", *asked.bounds)
            self._loaded[key] = Lowered(value, present, refused)
        return self._loaded[key]


_SIMPLE = {
    "spells_months": "months",
    "spells_longest_gap": "longest_gap",
    "spells_first": "first_month",
    "spells_last": "last_month",
}
_TWO_LISTS: dict[str, tuple[str, Callable[[int, int], int]]] = {
    "spells_union": ("merge", lambda a, b: a + b),
    "spells_intersection": ("covered_parts", lambda a, b: a * b),
    "spells_difference": ("uncovered_parts", lambda a, b: a * (b + 1)),
}


def _own(spells: SomeSpells) -> SpellList:
    if isinstance(spells, SpellList):
        return spells
    raise TypeError("these spells are not a list in memory")


def _list(lowered: Lowered) -> SpellList:
    if isinstance(lowered.value, SomeSpells):
        return _own(lowered.value)
    raise TypeError("a number is not spells")
