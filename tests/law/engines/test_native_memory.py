"""Outcomes can be computed into memory that is there already."""

import random
from pathlib import Path

import tongban.services
from tests.law.engines.people import in_columns, someone, told
from tongban.law import Date
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.program import program_for
from tongban.law.rule_sets import load_rulesets


def test_memory_used_again_holds_the_second_batch_only() -> None:
    ruleset = load_rulesets(Path(tongban.services.__file__).parent)["medical-retirement"]
    program = program_for(ruleset, Date("2026-11-22"))
    luck = random.Random(3)
    first, second = (in_columns(program, [someone(program, luck) for _ in range(50)]) for _ in range(2))
    engine = NativeEngine(program)
    memory = engine.memory(50)
    engine.compute(first, memory)
    again = engine.compute(second, memory)
    assert told(program, second, again) == told(program, second, engine.run(second))
