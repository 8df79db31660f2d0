"""What the loader proves holds: every value of every rule lies within the range worked out before it ran."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tongban.services
from tongban.law import FactsRefused, NoLaw, RuleSet, load_rulesets
from tongban.law.histories import ordered
from tongban.law.ir import EnumType, FactDeclared, Kind, ListType, MappingType, OptionalType, RecordType, Type
from tongban.law.ranges import DEFAULT_RANGES
from tongban.law.values import Date

SHIPPED = load_rulesets(Path(tongban.services.__file__).parent)
PLACES = st.sampled_from([500000, 500101, 510000, 510100, 510104, 990100])
DAY = Date("2026-11-22")
EDGES = """\
from tongban.law import *
ruleset("edges", version="1", zh="边界", en="Edges")
a = fact(int, zh="甲", en="a", at_least=-1000, at_most=1000)
b = fact(int, zh="乙", en="b", at_least=-7, at_most=9)
money = fact(Fen, zh="钱", en="money", at_least=Fen(-100000), at_most=Fen(100000))
day = fact(Date, zh="日", en="day")
other = fact(Date, zh="另一日", en="other")
month = fact(Month, zh="月", en="month")
work = fact(Spells, zh="经历", en="work")
"""
RULES = {
    "quotient": ("a: int, b: int", "int", "if b == 0:\n        return 0\n    return a // b"),
    "rest": ("a: int, b: int", "int", "if b == 0:\n        return 0\n    return a % b"),
    "rounded": (
        "a: int, b: int",
        "int",
        "if b == 0:\n        return 0\n    return round_half_up(a / b) - round_up(a / b)",
    ),
    "even": ("money: Fen", "Fen", "return round_half_even(money / 7)"),
    "yuan_only": ("money: Fen", "Fen", "return round_down(money * Rate('0.333'), to=yuan('1'))"),
    "product": ("a: int, b: int", "int", "return a * b - abs(a) * min(b, 3)"),
    "later": ("day: Date, b: int", "Date", "return day.plus_months(b, overflow='last-day')"),
    "years": ("day: Date, other: Date", "int", "return day.full_years_to(other, leap_day='mar-1')"),
    "full": ("day: Date, other: Date", "int", "return day.full_months_to(other, overflow='last-day')"),
    "of_day": ("day: Date", "int", "return day.year * 12 + day.day"),
    "in_month": ("day: Date", "Month", "return day.month + 1"),
    "end": ("month: Month, a: int", "Date", "return (month + a).last_day"),
    "apart": ("month: Month, day: Date", "int", "return day - month.first_day"),
    "spelled": (
        "work: Spells, month: Month",
        "int",
        "return work.longest_run() * 2 - work.run_ending(month)",
    ),
}


def edges() -> RuleSet:
    text = EDGES + "".join(
        f'@rule(zh="题", en="t", cites="s", outcome=True)\ndef {name}({arguments}) -> {result}:\n    {body}\n'
        for name, (arguments, result, body) in RULES.items()
    )
    return RuleSet.from_files({"edges/rules.py": text}, "edges")


def values(kind: Type, declared: FactDeclared | None = None) -> st.SearchStrategy[object]:
    """Give encoded values of a type, within what is declared."""
    limits = declared.range if declared else None
    match kind:
        case OptionalType(item=item):
            return st.none() | values(item, declared)
        case EnumType(values=members):
            return st.integers(0, len(members) - 1)
        case ListType(item=item):
            least, most = (int(limits.low), min(int(limits.high), 4)) if limits else (0, 3)
            return st.lists(values(item), min_size=least, max_size=most).map(tuple)
        case RecordType(fields=fields):
            return st.tuples(*(values(field.type, field) for field in fields))
        case MappingType(value=item):
            return st.dictionaries(st.integers(1990, 2030), values(item), max_size=4).map(
                lambda found: tuple(sorted(found.items()))
            )
        case Kind(name="spells"):
            return HISTORIES
        case Kind(name="place"):
            return PLACES
        case Kind(name="bool"):
            return st.booleans()
        case Kind(name="str"):
            return st.sampled_from(["HK", "US", "CN", "CKG", "CTU", "x"])
        case Kind(name=name):
            limits = limits or DEFAULT_RANGES[name]
            edge = st.sampled_from([int(limits.low), int(limits.high)])
            return edge | st.integers(int(limits.low), int(limits.high))
    raise AssertionError(kind)


HISTORIES = st.lists(
    st.tuples(st.integers(22800, 26399), st.integers(0, 300), PLACES, st.integers(0, 1)), max_size=4
).map(
    lambda found: ordered(
        (first, min(first + more, 26399), place, kind) for first, more, place, kind in found
    )
)


def people(ruleset: RuleSet) -> st.SearchStrategy[Mapping[str, object]]:
    return st.fixed_dictionaries(
        {
            name: st.sampled_from(fact.one_of) if fact.one_of else values(fact.type, fact)
            for name, fact in ruleset.facts.items()
            if name != "on"
        }
    ).map(lambda facts: {**facts, "on": DAY.ordinal})


@pytest.mark.parametrize("ruleset", [edges(), *SHIPPED.values()], ids=lambda ruleset: ruleset.name)
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)
@given(data=st.data())
def test_every_value_lies_in_its_range(ruleset: RuleSet, data: st.DataObject) -> None:
    facts = data.draw(people(ruleset))
    try:
        explanation = ruleset.decide(facts, DAY)
    except (FactsRefused, NoLaw):
        return
    for rule, value, *_ in explanation.taken:
        if rule.range is not None and isinstance(value, int | float):
            assert rule.range.low <= value <= rule.range.high, rule.name
