"""Whatever the law and whoever the people: every engine decides as the interpreter does."""

import random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.law.engines.countries import countries
from tests.law.engines.people import in_columns, interpreted, someone, told
from tongban.law import Date, RuleSet, RuleSetError
from tongban.law.engines.choice import ENGINES, make_engine
from tongban.law.engines.program import program_for


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(countries(), st.integers(0, 2**32))
def test_engines_agree_with_the_interpreter(files: dict[str, str], seed: int) -> None:
    try:
        ruleset = RuleSet.from_files(files, "chance")
    except RuleSetError:
        assume(False)
    program = program_for(ruleset, Date("2026-11-22"))
    luck = random.Random(seed)
    people = [someone(program, luck) for _ in range(60)]
    batch = in_columns(program, people)
    expected = [interpreted(ruleset, program, person) for person in people]
    for name in ENGINES:
        assert told(program, batch, make_engine(name, program).run(batch)) == expected, name
