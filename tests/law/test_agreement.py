"""The decision and plain Python agree: the same functions, called with the same values."""

import datetime
import json
from contextlib import suppress
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.law.test_plain_python import rules as rules  # noqa: PLC0414 - the fixture
from tongban.law import Date, Fen, LawError, Month, PlaceCode, Rate, RuleSet, Spell, Spells

ON = datetime.date(2026, 6, 30)
MONTHS = st.integers(1950 * 12, 2026 * 12 + 5).map(Month.from_ordinal)
AMOUNTS = st.integers(0, 10**8).map(Fen)


@st.composite
def histories(draw: st.DrawFn) -> list[Spell]:
    """Spells of two towns that do not overlap within one."""
    found: list[Spell] = []
    for town in ("990101", "990200"):
        month = draw(MONTHS)
        for _ in range(draw(st.integers(0, 3))):
            last = month + draw(st.integers(0, 200))
            found.append(Spell(PlaceCode(town), month, last))
            month = last + draw(st.integers(1, 30))
    return found


def written(spell: Spell) -> dict[str, str]:
    return {"place": str(spell.place), "from": str(spell.first), "to": str(spell.last)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    birth=MONTHS,
    trade=st.sampled_from(["miner", "clerk"]),
    wage=AMOUNTS,
    bonus=st.none() | AMOUNTS,
    children=st.integers(0, 30),
    claim=MONTHS,
    work=histories(),
)
def test_ruritania(
    rules: ModuleType,
    ruritania: RuleSet,
    birth: Month,
    trade: str,
    wage: Fen,
    bonus: Fen | None,
    children: int,
    claim: Month,
    work: list[Spell],
) -> None:
    if claim <= birth or claim < Month("1990-01"):
        return
    facts: dict[str, object] = {
        "birth_month": str(birth),
        "trade": trade,
        "wage": str(wage),
        "children": children,
        "bonus": None if bonus is None else str(bonus),
        "claim_month": str(claim),
        "work": [written(one) for one in work],
    }
    outcomes = ruritania.explain(facts, ON).outcomes
    pension_month = birth + 12 * {"miner": 50, "clerk": 60}[trade]
    months = rules.months_worked(Spells.of(work), claim)
    required = 240 if claim >= Month("2026-01") else 180
    entitled = rules.entitled(claim, pension_month, months, required)
    pension = rules.pension(entitled, wage, bonus, children, Rate("0.333"), Fen(1250))
    assert outcomes["pension_month"] == str(pension_month)
    assert outcomes["months_worked"] == months
    assert outcomes["entitled"] == entitled
    assert outcomes["pension"] == str(pension)


NAMES = ["birth_month", "trade", "wage", "children", "bonus", "work", "claim_month", "on"]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-01", "990100"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["place", "from", "to", "kind"]), inner)
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(NAMES),
    value=VALUES,
)
def test_any_value_is_decided_or_refused_at_its_path(ruritania: RuleSet, name: str, value: object) -> None:
    facts: dict[str, object] = {
        "birth_month": "1966-05",
        "trade": "clerk",
        "wage": "1",
        "claim_month": "2026-05",
        "work": [],
        name: value,
    }
    try:
        json.dumps(ruritania.explain(facts, ON).to_json())
    except LawError as error:
        paths = [problem.path for problem in getattr(error, "problems", ())]
        assert all(path.startswith((name, "claim_month")) for path in paths)


@pytest.mark.parametrize("day", [Date("1990-01-01"), Date("2199-12-31")])
def test_the_ends_of_time_are_decided_or_refused(
    ruritania: RuleSet, clerk: dict[str, object], day: Date
) -> None:
    with suppress(LawError):
        ruritania.explain(clerk, day.to_date())
