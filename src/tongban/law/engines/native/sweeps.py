"""The two ways in which code for one person meets spells.

A sweep goes through each person's spells and leaves the numbers asked of them in columns; the fused loop that
follows reads those columns, so that it has no inner loop and stays wide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tongban.law import ir
from tongban.law.engines.native.assembly import FALSE, TRUE, Assembly, Value, whole
from tongban.law.engines.native.lower import Lowered, SpellList
from tongban.law.engines.native.spells import NEVER
from tongban.law.engines.program import Unsupported

NONE_CODE, REFUSED_CODE = -1, -2
_FIRST_MONTH, _LAST_MONTH = 1900 * 12, 2199 * 12 + 11
_ALL_PLACES = 1_000_000
_ANY_KIND = -1
_FOR_EVER = 2**31 - 1
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
            return 0, _ALL_PLACES - 1
        return 0, _LAST_MONTH - _FIRST_MONTH + 1


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

    def chosen(self, condition: Value, then: SpellList, otherwise: SpellList) -> SpellList:
        """One of two lists."""
        if condition == TRUE:
            return then
        if condition == FALSE:
            return otherwise
        choose = f"select i1 {condition.text}, "
        count = self._code.do(f"{choose}i64 {then.count}, i64 {otherwise.count}")
        a, b = self._sizes[then.count], self._sizes[otherwise.count]
        self._sizes[count] = lambda most: max(a(most), b(most))
        pairs = (
            (then.firsts, otherwise.firsts),
            (then.lasts, otherwise.lasts),
            (then.places, otherwise.places),
            (then.kinds, otherwise.kinds),
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
        kept = self._kept(op, arguments[1])
        return self._made(f"@kept({left.everything}, {kept}, ", self._sizes[left.count])

    def _kept(self, op: str, argument: Lowered) -> str:
        """Which spells are kept and to which months they are cut."""
        value = _number(argument)
        places, kind, low, high = f"i32 0, i32 {_ALL_PLACES}", f"{_ANY_KIND}", "0", str(_FOR_EVER)
        text = self._code.cast(value, "i32")
        match op:
            case "spells_within":
                places = self._places_in(value)
            case "spells_of_kind":
                kind = text
            case "spells_up_to":
                high = text
            case "spells_starting":
                low = text
            case _:
                raise Unsupported(f"the operation {op}")
        return f"{places}, i32 {kind}, i32 {low}, i32 {high}"

    def _places_in(self, outer: Value) -> str:
        code = self._code
        size = whole(1)
        for unit in (100, 10_000, _ALL_PLACES):
            ends_so = code.compare("eq", code.modulo(outer, whole(unit)), whole(0))
            size = code.select(ends_so, whole(unit), size)
        end = code.add(outer, size)
        return f"i32 {code.cast(outer, 'i32')}, i32 {code.cast(end, 'i32')}"

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
        value = _number(answer)
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
                wanted = self._code.cast(self._code.greater(_number(arguments[1]), whole(1)), "i32")
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
        return self._code.cast(_number(argument), "i32")

    def _bridging(self, argument: Lowered) -> str:
        return self._code.cast(self._code.bounded(_number(argument), 0, _FOR_EVER), "i32")

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

    def chosen(self, condition: Value, then: SpellList, otherwise: SpellList) -> SpellList:
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


def _list(lowered: Lowered) -> SpellList:
    if isinstance(lowered.value, SpellList):
        return lowered.value
    raise TypeError("a number is not spells")


def _number(lowered: Lowered) -> Value:
    if isinstance(lowered.value, SpellList):
        raise TypeError("spells are not a number")
    return lowered.value
