"""Every engine decides every shipped rule set as the interpreter does, for people of all kinds."""

import random
from pathlib import Path

import pytest

import tongban.services
from tests.law.engines.people import in_columns, interpreted, someone, told
from tongban.law import Date
from tongban.law.engines.choice import ENGINES, make_engine
from tongban.law.engines.program import program_for
from tongban.law.rule_sets import load_rulesets

RULESETS = load_rulesets(Path(tongban.services.__file__).parent)
DAYS = ("2025-01-01", "2026-11-22")
IN_COLUMNS = sorted(
    name for name, ruleset in RULESETS.items() if not program_for(ruleset, Date("2026-11-22")).scalar_only
)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", IN_COLUMNS)
def test_engine_agrees_with_the_interpreter(name: str, engine: str, day: str) -> None:
    ruleset = RULESETS[name]
    program = program_for(ruleset, Date(day))
    luck = random.Random(f"{name} {day}")
    people = [someone(program, luck) for _ in range(100)]
    batch = in_columns(program, people)
    answers = make_engine(engine, program).run(batch)
    assert told(program, batch, answers) == [interpreted(ruleset, program, person) for person in people]
