"""Attributes and methods of values: which there are on each type, what they give, within which range."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tongban.law.declarations import READY_ENUMS
from tongban.law.ir import (
    BOOL,
    DATE,
    DATETIME,
    INT,
    MONTH,
    PLACE,
    SPELLS,
    EnumType,
    OptionalType,
    Range,
    Text,
    Type,
)
from tongban.law.ranges import DEFAULT_RANGES
from tongban.law.terms import BOOLEAN, Refusal, Term, fit, made, whole
from tongban.law.values import MINUTES_A_DAY

KIND_OF_SPELL: EnumType = READY_ENUMS["SpellKind"]
MOST_MONTHS = 300 * 12
SPELL_MONTHS = DEFAULT_RANGES["month"]
COUNTED = Range(0, MOST_MONTHS)


@dataclass(frozen=True)
class Member:
    """An attribute (no parameters, not called) or a method."""

    op: str
    result: Type
    range: Callable[[Term, tuple[Term, ...]], Range | None]
    takes: tuple[Type, ...] = ()
    called: bool = True
    option: str = ""
    words: Mapping[str, str] | None = None
    bridging: bool = False


def _fixed(low: int, high: int) -> Callable[[Term, tuple[Term, ...]], Range | None]:
    return lambda _term, _args: Range(low, high)


def _nothing(_term: Term, _args: tuple[Term, ...]) -> Range | None:
    return None


def _divided(by: int, shift: int = 0) -> Callable[[Term, tuple[Term, ...]], Range | None]:
    def found(term: Term, _args: tuple[Term, ...]) -> Range | None:
        return (
            Range(int(term.range.low) // by + shift, int(term.range.high) // by + shift)
            if term.range
            else None
        )

    return found


def _month_days(term: Term, _args: tuple[Term, ...]) -> Range | None:
    if term.range is None:
        return None
    return Range(
        int((term.range.low - 1970 * 12) * 30.4) - 40, int((term.range.high - 1970 * 12) * 30.5) + 70
    )


def _day_months(term: Term, _args: tuple[Term, ...]) -> Range | None:
    if term.range is None:
        return None
    low, high = int(term.range.low), int(term.range.high)
    return Range(1970 * 12 + _floor_months(low) - 1, 1970 * 12 + _floor_months(high) + 1)


def _floor_months(days: int) -> int:
    return days * 4800 // 146_097


def _day_years(term: Term, args: tuple[Term, ...]) -> Range | None:
    months = _day_months(term, args)
    return Range(int(months.low) // 12, int(months.high) // 12) if months else None


def _moved(per: int) -> Callable[[Term, tuple[Term, ...]], Range | None]:
    def found(term: Term, args: tuple[Term, ...]) -> Range | None:
        count = args[0].range
        if term.range is None or count is None:
            return None
        months = Range(count.low * per, count.high * per)
        return Range(
            term.range.low + _days(months.low, low=True), term.range.high + _days(months.high, low=False)
        )

    return found


def _days(months: int | float, *, low: bool) -> int:
    return int(months) * 146_097 // 4800 + (-32 if low else 32)


def _between(per_year: int) -> Callable[[Term, tuple[Term, ...]], Range | None]:
    def found(term: Term, args: tuple[Term, ...]) -> Range | None:
        end = args[0].range
        if term.range is None or end is None:
            return None
        low, high = int(end.low - term.range.high), int(end.high - term.range.low)
        return Range(_floor_months(low) * per_year // 12 - 2, _floor_months(high) * per_year // 12 + 2)

    return found


def _at(term: Term, args: tuple[Term, ...]) -> Range | None:
    minutes = args[0].range
    if minutes is None or minutes.low < 0 or minutes.high > MINUTES_A_DAY:
        raise Refusal("minutes")
    return Range(term.range.low * 1440, term.range.high * 1440 + 1440) if term.range else None


_OVERFLOW = {"last-day": "last_day", "next-month": "next_month"}
_LEAP_DAY = {"feb-28": "feb_28", "mar-1": "mar_1"}
MEMBERS: dict[Type, dict[str, Member]] = {
    MONTH: {
        "year": Member("month_year", INT, _divided(12), called=False),
        "number": Member("month_number", INT, _fixed(1, 12), called=False),
        "first_day": Member("month_first_day", DATE, _month_days, called=False),
        "last_day": Member("month_last_day", DATE, _month_days, called=False),
    },
    DATE: {
        "year": Member("date_year", INT, _day_years, called=False),
        "month": Member("date_month", MONTH, _day_months, called=False),
        "day": Member("date_day", INT, _fixed(1, 31), called=False),
        "at": Member("date_at", DATETIME, _at, (INT,)),
        "plus_months": Member(
            "date_plus_months", DATE, _moved(1), (INT,), option="overflow", words=_OVERFLOW
        ),
        "plus_years": Member("date_plus_years", DATE, _moved(12), (INT,), option="overflow", words=_OVERFLOW),
        "full_years_to": Member("full_years", INT, _between(1), (DATE,), option="leap_day", words=_LEAP_DAY),
        "full_months_to": Member(
            "full_months", INT, _between(12), (DATE,), option="overflow", words=_OVERFLOW
        ),
    },
    DATETIME: {
        "date": Member("datetime_date", DATE, _divided(MINUTES_A_DAY), called=False),
        "minute_of_day": Member("datetime_minute", INT, _fixed(0, MINUTES_A_DAY - 1), called=False),
    },
    PLACE: {
        "province": Member("place_province", PLACE, _nothing, called=False),
        "city": Member("place_city", PLACE, _nothing, called=False),
        "within": Member("place_within", BOOL, lambda _t, _a: BOOLEAN, (PLACE,)),
    },
    SPELLS: {
        "months": Member("spells_months", INT, lambda _t, _a: COUNTED),
        "within": Member("spells_within", SPELLS, _nothing, (PLACE,)),
        "of_kind": Member("spells_of_kind", SPELLS, _nothing, (KIND_OF_SPELL,)),
        "up_to": Member("spells_up_to", SPELLS, _nothing, (MONTH,)),
        "starting": Member("spells_starting", SPELLS, _nothing, (MONTH,)),
        "overlap": Member("spells_overlap", INT, lambda _t, _a: COUNTED, (SPELLS,)),
        "longest_run": Member("spells_longest_run", INT, lambda _t, _a: COUNTED, bridging=True),
        "run_ending": Member("spells_run_ending", INT, lambda _t, _a: COUNTED, (MONTH,), bridging=True),
        "gaps": Member("spells_gaps", INT, lambda _t, _a: COUNTED),
        "longest_gap": Member("spells_longest_gap", INT, lambda _t, _a: COUNTED),
        "first": Member("spells_first", OptionalType(MONTH), lambda _t, _a: SPELL_MONTHS),
        "last": Member("spells_last", OptionalType(MONTH), lambda _t, _a: SPELL_MONTHS),
        "last_place": Member("spells_last_place", OptionalType(PLACE), _nothing),
        "first_month_with": Member(
            "spells_first_month_with", OptionalType(MONTH), lambda _t, _a: SPELL_MONTHS, (INT,)
        ),
    },
}


def member(term: Term, name: str) -> Member:
    """Give the attribute or method of the value's type; Refusal when there is none."""
    known = MEMBERS.get(term.type, {})
    if name in known:
        return known[name]
    listed = ", ".join(f"{n}()" if m.called else n for n, m in known.items())
    raise Refusal("no-member" if listed else "no-member/none", type=term.type, name=name, known=listed)


def attribute(term: Term, name: str) -> Term:
    """Give the value of an attribute."""
    found = member(term, name)
    if found.called:
        raise Refusal("not-called", name=name)
    return made(found.op, (term,), found.result, found.range(term, ()))


def call(
    term: Term, name: str, arguments: list[Term], options: Mapping[str, ast.expr], bridging: Term | None
) -> Term:
    """Give the value of a method."""
    found = member(term, name)
    if not found.called:
        raise Refusal("called", name=name)
    if len(arguments) != len(found.takes):
        raise Refusal("arguments/member", name=name, count=len(found.takes), usage=_usage(name, found))
    fitted = tuple(fit(argument, kind) for argument, kind in zip(arguments, found.takes, strict=True))
    extra: tuple[Term, ...] = ()
    if found.bridging:
        extra = (bridging or whole(0),)
    elif bridging is not None:
        raise Refusal("option", name=name, option="bridging=", usage=_usage(name, found))
    op = found.op + _option(name, found, options)
    return made(op, (term, *fitted, *extra), found.result, found.range(term, fitted))


def _option(name: str, found: Member, options: Mapping[str, ast.expr]) -> str:
    unknown = set(options) - {found.option}
    if unknown:
        raise Refusal("option", name=name, option=sorted(unknown)[0], usage=_usage(name, found))
    if not found.option or found.words is None:
        return ""
    chosen = options.get(found.option)
    if isinstance(chosen, ast.Constant) and chosen.value in found.words:
        return "_" + found.words[str(chosen.value)]
    raise Refusal("ambiguous-months", name=name, option=found.option, usage=_usage(name, found))


def _usage(name: str, found: Member) -> Text:
    """Give how the member is written; the language says how choices are joined."""
    zh, en = (
        f".{name}({', '.join([*(str(kind) for kind in found.takes), *_choices(found, joint)])})"
        for joint in (" 或 ", " or ")
    )
    return Text(zh, en)


def _choices(found: Member, joint: str) -> list[str]:
    words = [f'{found.option}="{word}"' for word in found.words or ()]
    return [joint.join(words)] * bool(words) + ["bridging=n"] * found.bridging
