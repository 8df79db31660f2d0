"""Facts read quickly: never other than with care, and never left to care where they are as usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.law.noticing import SETS
from tongban.law import Date
from tongban.law.examples import examples_of
from tongban.law.ir import FactDeclared
from tongban.law.lateness import is_later, latest
from tongban.law.quick_reading import quick_reader
from tongban.law.reading import Unreadable, read_declared

DAY = Date("2026-06-30")
FACTS = {
    f"{ruleset.name} {name}": fact
    for ruleset in SETS.values()
    for name, fact in ruleset.facts.items()
    if name != "on"
}
ODD = [
    "",
    "none",
    "male",
    " 12",
    "1_0",
    "+1",
    "٣",
    "２",
    "1.",
    ".5",
    "1.2.3",
    "2024-W01-1",
    "2026-13",
    "12.340",
]
RAW: st.SearchStrategy[object] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from([*ODD, "000000", "510100", "2026-07", "2026-06", "2026-07-01", "2026-06-30"])
    | st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{0,8})?", fullmatch=True)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", fullmatch=True)
    | st.text(max_size=12)
    | st.just([])
)


def with_care(fact: FactDeclared, raw: object) -> object:
    value = read_declared(fact, raw, fact.name, True)
    if is_later(value, latest(fact, DAY)):
        raise Unreadable(())
    return value


@given(name=st.sampled_from(sorted(FACTS)), raw=RAW)
def test_what_is_read_quickly_is_what_care_reads(name: str, raw: object) -> None:
    fact = FACTS[name]
    try:
        quick = quick_reader(fact, latest(fact, DAY))(raw)
    except (ValueError, KeyError, TypeError):
        return
    careful = with_care(fact, raw)
    assert (quick, type(quick)) == (careful, type(careful))


@pytest.mark.parametrize("name", sorted(SETS))
def test_facts_of_the_examples_are_read_quickly(name: str) -> None:
    ruleset = SETS[name]
    for example in examples_of(ruleset):
        if example.refused:
            continue
        for fact, raw in example.facts.items():
            if fact != "on" and not (raw == "none" and ruleset.facts[fact].optional):
                declared = ruleset.facts[fact]
                assert quick_reader(declared, latest(declared, Date.from_date(example.on)))(
                    raw
                ) == read_declared(declared, raw, fact, True)
