"""A table is computed, or told apart where its rows begin and end; either way it gives what the rows say."""

import pytest

from tests.law.engines.people import in_columns, interpreted, told
from tongban.law import Date, RuleSet
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.native.kernel import make_recipe
from tongban.law.engines.native.shapes import Shape
from tongban.law.engines.program import program_for

_RULES = """\"\"\"Slopes.\"\"\"
from tongban.law import Table, fact, rule, ruleset

ruleset("slopes", version="1", zh="坡", en="slopes")
year = fact(int, zh="年", en="year", at_least=0, at_most=40)


@rule(zh="某", en="some", cites="s. 1", outcome=True)
def found(year: int, needed: Table[int, int]) -> int:
    return needed[year]
"""
_TABLE = """
[needed]
zh = "某"
en = "some"
type = "int"
keys = {{ year = "{match}" }}
values = [{{ since = 2000-01-01, source = "s. 1", confidence = "high", rows = {rows} }}]
"""
_RISING = [[0, 180], *([9 + step, 180 + 6 * step] for step in range(1, 11))]
_FALLING = [[0, 7], *([step, 7 - 3 * step] for step in range(1, 41))]
_BENT = [[0, 180], [10, 186], [11, 192], [12, 198], [13, 204], [14, 211]]
_HALTING = [[0, 180], [10, 186], [11, 192], [13, 198], [14, 204], [15, 210]]


def _law(rows: list[list[int]], match: str = "int from") -> RuleSet:
    files = {"slopes/rules.py": _RULES, "slopes/parameters.toml": _TABLE.format(rows=rows, match=match)}
    return RuleSet.from_files(files, "slopes")


_SCATTERED = [[3, 1], [4, 1], [9, 5], [40, 2]]


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        *((rows, "int from") for rows in (_RISING, _FALLING, _BENT, _HALTING, _SCATTERED)),
        (_SCATTERED, "int"),
        (_SCATTERED, "int up-to"),
        (_SCATTERED[:3], "int up-to"),
    ],
)
def test_every_key_gives_what_its_row_says(rows: list[list[int]], match: str) -> None:
    law = _law(rows, match)
    program = program_for(law, Date("2026-11-22"))
    people = [{"year": year} for year in range(41)]
    batch = in_columns(program, people)
    expected = [interpreted(law, program, person) for person in people]
    assert told(program, batch, NativeEngine(program).run(batch)) == expected


@pytest.mark.parametrize(("rows", "searched"), [(_RISING, False), (_FALLING, False), (_BENT, True)])
def test_a_steady_slope_is_not_searched(rows: list[list[int]], searched: bool) -> None:
    program = program_for(_law(rows), Date("2026-11-22"))
    assembly = make_recipe(program, {"year": Shape("i64")}).assembly
    assert (assembly.count("select") > 4) == searched
