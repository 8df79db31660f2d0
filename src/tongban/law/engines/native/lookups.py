"""Parameters in native code: a row is found by a chain of selects, or in an array where keys are dense."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tongban.law import ir
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.operands import FALSE, TRUE, Value, floating, whole
from tongban.law.parameters import Parameter, Resolved, RowKey

_LONGEST_CHAIN = 12
_LARGEST_ARRAY = 65_536
_FEWEST_STEPS = 4

Encode = Callable[[object], Value]


@dataclass(frozen=True)
class Found:
    """A row's value; `present` is false where the value is none, `hit` where there is no answer at all.

    `row` says whether it comes from a row, not from the parameter's answer for keys without one.
    """

    value: Value
    present: Value
    hit: Value
    row: Value


class Lookups:
    """Adds lookups to some assembly; `encode` makes constants of values, `arrays` collects constant data."""

    def __init__(self, code: Assembly, encode: Encode, arrays: list[str]) -> None:
        self._code = code
        self._encode = encode
        self._arrays = arrays

    def find(self, parameter: Parameter, day: Value, keys: Sequence[Value]) -> Found:
        """The row in force on the day; on a day known now only its rows are compiled."""
        days = sorted({day for entry in parameter.entries for day in _changes(entry.since, entry.until)})
        found: Found | None = None
        for begin, end in itertools.pairwise([-(2**31), *days, 2**31 - 1]):
            if day.low >= end or day.high < begin:
                continue
            here = self._on_day(Resolved(parameter, begin), keys)
            if found is None:
                found = here
                continue
            later = self._code.compare("sge", day, whole(begin))
            found = self._either(later, here, found)
        if found is None:
            raise ValueError(f"{parameter.name}: the day has no bounds")
        return found

    def contains(self, parameter: Parameter, day: Value, value: Value, *, within: bool) -> Found:
        """Whether a set in force on the day has the value as a member, or a place that contains it."""
        days = sorted({day for entry in parameter.entries for day in _changes(entry.since, entry.until)})
        found: Found | None = None
        for begin, end in itertools.pairwise([-(2**31), *days, 2**31 - 1]):
            if day.low >= end or day.high < begin:
                continue
            here = self._member(Resolved(parameter, begin), value, within)
            found = (
                here
                if found is None
                else self._either(self._code.compare("sge", day, whole(begin)), here, found)
            )
        if found is None:
            raise ValueError(f"{parameter.name}: the day has no bounds")
        return found

    def within(self, place: Value, outer: Value) -> Value:
        """Whether the place is the outer one or lies in it; 000000 holds everything."""
        if outer.is_constant:
            return self._within_constant(place, outer.low)
        code = self._code
        inner_city, outer_city = (code.floor_divide(p, whole(100)) for p in (place, outer))
        inner_province, outer_province = (code.floor_divide(p, whole(10_000)) for p in (place, outer))
        is_province = code.compare("eq", code.multiply(outer_province, whole(10_000)), outer)
        is_city = code.compare("eq", code.multiply(outer_city, whole(100)), outer)
        answer = code.select(
            is_province,
            code.compare("eq", inner_province, outer_province),
            code.select(
                is_city, code.compare("eq", inner_city, outer_city), code.compare("eq", place, outer)
            ),
        )
        return code.either(code.compare("eq", outer, whole(0)), answer)

    def _within_constant(self, place: Value, outer: int) -> Value:
        above = self._code.compare("sge", place, whole(outer))
        return self._code.both(above, self._code.compare("slt", place, whole(outer + _size(outer))))

    def _either(self, condition: Value, a: Found, b: Found) -> Found:
        select = self._code.select
        return Found(
            select(condition, a.value, b.value),
            select(condition, a.present, b.present),
            select(condition, a.hit, b.hit),
            select(condition, a.row, b.row),
        )

    def _on_day(self, resolved: Resolved, keys: Sequence[Value]) -> Found:
        parameter = resolved.parameter
        if all(key.is_constant and key.kind != "double" for key in keys) and not _has_texts(parameter):
            return self._constant(resolved, tuple(key.low for key in keys))
        rows = _by_precedence(resolved)
        sizes = [key.high - key.low + 1 for key in keys]
        cells = 1
        for size in sizes:
            cells *= size
        dense = all(key.kind not in ("double", "i1") for key in keys) and not _has_texts(parameter)
        if dense and len(keys) == 1 and len(rows) >= _FEWEST_STEPS and cells <= _LARGEST_ARRAY:
            slope = self._slope(resolved, keys[0])
            if slope is not None:
                return slope
        if dense and len(rows) > _LONGEST_CHAIN and cells <= _LARGEST_ARRAY:
            return self._array(resolved, keys)
        if dense and len(keys) == 1:
            return self._pieces(resolved, rows, keys[0])
        return self._chain(resolved, rows, keys)

    def _pieces(self, resolved: Resolved, rows: Sequence[tuple[RowKey, object]], key: Value) -> Found:
        """Between two keys at which a row begins or ends, all have the same answer: those keys are looked at.

        Where there is no answer, the number beside is taken, which saves a choice.
        """
        ends = {end for row, _ in rows for end in self._ends(resolved.parameter, row[0])}
        starts = [key.low, *sorted(end for end in ends if key.low < end <= key.high)]
        pieces = [self._constant(resolved, (start,)) for start in starts]
        known = next(
            (one.value for one in pieces if one.hit == TRUE and one.present == TRUE), pieces[0].value
        )
        found: Found | None = None
        for start, piece in zip(starts, pieces, strict=True):
            is_number = piece.hit == TRUE and piece.present == TRUE
            known = piece.value if is_number else known
            here = replace(piece, value=known)
            if found is None:
                found, before = here, here
            elif here != before:
                found, before = self._either(self._code.compare("sge", key, whole(start)), here, found), here
        assert found is not None
        return found

    def _ends(self, parameter: Parameter, start: object) -> tuple[int, ...]:
        """The keys at which a row begins to be found, or no longer is."""
        first, declared = self._encode(start).low, parameter.keys[0]
        if declared.match == "from":
            return (first,)
        if declared.match == "up-to":
            return (first + 1,)
        return first, first + (_size(first) if declared.type == ir.PLACE else 1)

    def _slope(self, resolved: Resolved, key: Value) -> Found | None:
        """A number that rises or falls by as much with every key between two of them, and not beyond."""
        cells = [self._constant(resolved, (one,)) for one in range(key.low, key.high + 1)]
        if any((cell.present, cell.hit, cell.row) != (TRUE, TRUE, TRUE) for cell in cells):
            return None
        if any(cell.value.kind in ("double", "i1") for cell in cells):
            return None
        steps = [after.value.low - before.value.low for before, after in itertools.pairwise(cells)]
        sloping = [at for at, step in enumerate(steps) if step]
        if len(sloping) < _FEWEST_STEPS:
            return None
        first, last = sloping[0], sloping[-1]
        if set(steps[first : last + 1]) != {steps[first]}:
            return None
        code, begin = self._code, key.low + first
        along = code.subtract(code.bounded(key, begin, key.low + last + 1), whole(begin))
        value = code.add(code.multiply(along, whole(steps[first])), cells[0].value)
        return Found(value, TRUE, TRUE, TRUE)

    def _constant(self, resolved: Resolved, key: RowKey) -> Found:
        row = resolved.find(key)
        if row is None:
            return self._otherwise(resolved.parameter)
        return self._row(row.value, resolved.parameter.type)

    def _row(self, value: object, kind: ir.Type) -> Found:
        if value is None:
            return Found(self._nothing(kind), FALSE, TRUE, TRUE)
        return Found(self._encode(value), TRUE, TRUE, TRUE)

    def _nothing(self, kind: ir.Type) -> Value:
        item = kind.item if isinstance(kind, ir.OptionalType) else kind
        return floating(0.0) if item == ir.FLOAT else FALSE if item == ir.BOOL else whole(0)

    def _otherwise(self, parameter: Parameter) -> Found:
        if parameter.has_otherwise:
            return replace(self._row(parameter.otherwise, parameter.type), row=FALSE)
        return Found(self._nothing(parameter.type), TRUE, FALSE, FALSE)

    def _chain(
        self, resolved: Resolved, rows: Sequence[tuple[RowKey, object]], keys: Sequence[Value]
    ) -> Found:
        found: Found | None = None if _complete(resolved, keys) else self._otherwise(resolved.parameter)
        for key, value in rows:
            row = self._row(value, resolved.parameter.type)
            found = (
                row
                if found is None
                else self._either(self._matches(resolved.parameter, key, keys), row, found)
            )
        return found or self._otherwise(resolved.parameter)

    def _matches(self, parameter: Parameter, key: RowKey, keys: Sequence[Value]) -> Value:
        code = self._code
        holds = TRUE
        for declared, wanted, given in zip(parameter.keys, key, keys, strict=True):
            constant = self._encode(wanted)
            if declared.match == "from":
                one = code.compare("sge", given, constant)
            elif declared.match == "up-to":
                one = code.compare("sle", given, constant)
            elif declared.type == ir.PLACE:
                one = (
                    self._within_constant(given, constant.low)
                    if _contains(constant.low)
                    else code.compare("eq", given, constant)
                )
            else:
                one = code.compare("eq", given, constant)
            holds = code.both(holds, one)
        return holds

    def _array(self, resolved: Resolved, keys: Sequence[Value]) -> Found:
        """Every key's row, found now and laid down as constant data."""
        cells = [
            self._constant(resolved, combination)
            for combination in itertools.product(*(range(key.low, key.high + 1) for key in keys))
        ]
        position = whole(0)
        for key in keys:
            size = key.high - key.low + 1
            inside = self._code.forced(self._code.subtract(key, whole(key.low)), 0, size - 1)
            position = self._code.add(self._code.multiply(position, whole(size)), inside)
        return Found(
            self._load([cell.value for cell in cells], position),
            self._load([cell.present for cell in cells], position),
            self._load([cell.hit for cell in cells], position),
            self._load([cell.row for cell in cells], position),
        )

    def _load(self, values: Sequence[Value], position: Value) -> Value:
        if all(value == values[0] for value in values):
            return values[0]
        low, high = min(value.low for value in values), max(value.high for value in values)
        name = f"@table{len(self._arrays)}"
        if values[0].kind == "double":
            kind = "double"
        else:
            kind = "i32" if low >= -(2**31) and high < 2**31 else "i64"
        truth = values[0].kind == "i1"
        written = ", ".join(f"{kind} {value.low if truth else value.text}" for value in values)
        self._arrays.append(f"{name} = private constant [{len(values)} x {kind}] [{written}]")
        index = self._code.cast(position, "i64")
        cell = self._code.do(f"getelementptr {kind}, ptr {name}, i64 {index}")
        loaded = self._code.do(f"load {kind}, ptr {cell}")
        if truth:
            return Value(self._code.do(f"icmp ne {kind} {loaded}, 0"), "i1")
        return Value(loaded, "double" if kind == "double" else "i32" if kind == "i32" else "i64", low, high)

    def _member(self, resolved: Resolved, value: Value, within: bool) -> Found:
        row = resolved.find(())
        if row is None:
            return Found(FALSE, TRUE, FALSE, FALSE)
        members = row.value if isinstance(row.value, frozenset) else frozenset()
        holds = FALSE
        for member in sorted(members, key=str):
            constant = self._encode(member)
            one = (
                self._within_constant(value, constant.low)
                if within
                else self._code.compare("eq", value, constant)
            )
            holds = self._code.either(holds, one)
        return Found(holds, TRUE, TRUE, TRUE)


def _changes(since: int, until: int | None) -> tuple[int, ...]:
    return (since,) if until is None else (since, until + 1)


def _contains(place: int) -> bool:
    return place % 100 == 0


def _size(place: int) -> int:
    """How many codes lie in a place, its own included."""
    if place == 0:
        return 1_000_000
    return 10_000 if place % 10_000 == 0 else 100 if place % 100 == 0 else 1


def _has_texts(parameter: Parameter) -> bool:
    return any(key.type == ir.STR for key in parameter.keys)


def _by_precedence(resolved: Resolved) -> list[tuple[RowKey, object]]:
    """The rows, later ones going before earlier ones where both match."""
    parameter = resolved.parameter

    def order(key: RowKey) -> tuple[float, ...]:
        narrowness = tuple(float(_narrowness(key[position])) for position in parameter.places)
        if not parameter.bands:
            return narrowness
        band = key[-1]
        start = float(band) if isinstance(band, int | float) else 0.0
        return (*narrowness, start if parameter.keys[-1].match == "from" else -start)

    return [(key, resolved.rows[key].value) for key in sorted(resolved.rows, key=order)]


def _narrowness(place: object) -> int:
    if not isinstance(place, int) or place == 0:
        return 0
    return 1 if place % 10_000 == 0 else 2 if place % 100 == 0 else 3


def _complete(resolved: Resolved, keys: Sequence[Value]) -> bool:
    """Whether every key that can come has a row."""
    sizes = [key.high - key.low + 1 for key in keys]
    if len(sizes) != 1 or keys[0].kind == "double" or sizes[0] > 64 or _has_texts(resolved.parameter):
        return False
    return all(resolved.find((key,)) is not None for key in range(keys[0].low, keys[0].high + 1))
