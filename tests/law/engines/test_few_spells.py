"""However many spells people have, the native engine answers as the interpreter does; few go side by side."""

import random
from collections.abc import Mapping

import numpy as np
import pytest

from tests.law.engines.people import in_columns, interpreted, someone, told
from tongban.law import Date, RuleSet
from tongban.law.engines.batch import Batch
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.program import program_for
from tongban.law.tables.columns import Column
from tongban.law.tables.histories import History

_ASKED = {
    "months": ("int", "work.months()"),
    "longest": ("int", "work.longest_run()"),
    "bridged": ("int", "work.longest_run(bridging=3)"),
    "ending": ("int", "work.run_ending(month)"),
    "ending_bridged": ("int", "work.run_ending(month, bridging=5)"),
    "gaps": ("int", "work.gaps()"),
    "longest_gap": ("int", "work.longest_gap()"),
    "first_month": ("Month | None", "work.first()"),
    "last_month": ("Month | None", "work.last()"),
    "place": ("PlaceCode | None", "work.last_place()"),
    "reached": ("Month | None", "work.first_month_with(12)"),
    "covered": ("bool", "month in work"),
    "inside": ("int", 'work.within(PlaceCode("510000")).months()'),
    "actual": ("int", "work.of_kind(SpellKind.ACTUAL).longest_gap()"),
    "place_before": ("PlaceCode | None", "work.up_to(month).last_place()"),
    "run_since": ("int", "work.starting(month).longest_run()"),
    "either": ("int", "(work if flag else work.of_kind(SpellKind.DEEMED)).months()"),
}
_RULES = "".join(
    f"""
@rule(zh="某", en="some", cites="s. 1", outcome=True)
def {name}(work: Spells, month: Month, flag: bool) -> {kind}:
    return {asked}
"""
    for name, (kind, asked) in _ASKED.items()
)
_SOURCE = f'''"""Spells."""
from tongban.law import Month, PlaceCode, SpellKind, Spells, fact, rule, ruleset

ruleset("spells", version="1", zh="史", en="spells")
work = fact(Spells, zh="史", en="work")
month = fact(Month, zh="月", en="month")
flag = fact(bool, zh="否", en="flag")
{_RULES}'''


@pytest.fixture(scope="module")
def law() -> RuleSet:
    return RuleSet.from_files({"spells/rules.py": _SOURCE}, "spells")


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4, 7, 8, 9])
def test_every_question_is_answered_as_the_interpreter_does(law: RuleSet, most: int) -> None:
    program = program_for(law, Date("2026-11-22"))
    luck = random.Random(most)
    people = [person for person in (someone(program, luck) for _ in range(900)) if _spells(person) <= most]
    batch = in_columns(program, people)
    expected = [interpreted(law, program, person) for person in people]
    assert len(people) > 50
    assert told(program, batch, NativeEngine(program).run(batch)) == expected


def _spells(person: Mapping[str, object]) -> int:
    work = person["work"]
    return len(work) if isinstance(work, tuple) else 0


@pytest.mark.parametrize("others", [0, 9])
def test_spells_that_cannot_be_refuse_the_person(law: RuleSet, others: int) -> None:
    early, late, one, two = 1800 * 12, 2300 * 12, 2000 * 12, 2001 * 12
    people = [
        [(one, two, 0)],
        [(two, one, 0)],
        [(early, one, 0)],
        [(one, late, 0)],
        [(one, two, 0), (two, two + 1, 0)],
        [(one, two, 0), (two, two + 1, 110000)],
        [(one + month, one + month, 0) for month in range(others)],
    ]
    first, last, place = np.array([spell for person in people for spell in person], np.int32).T
    offsets = np.cumsum([0, *map(len, people)])
    work = History(offsets, place.copy(), np.zeros(len(first), np.int8), first.copy(), last.copy())
    columns = {
        "month": Column(np.full(len(people), two, np.int32)),
        "flag": Column(np.zeros(len(people), np.int8)),
    }
    batch = Batch(len(people), columns, {"work": work}, ())
    refused = NativeEngine(program_for(law, Date("2026-11-22"))).run(batch).refused
    assert refused.tolist() == [False, True, True, True, True, False, False]
