"""Every comparison of a rule is held by an example on its boundary: shifted by one, it is noticed.

A shifted comparison that gives the same outcomes for every person is named with the reason; one that an
example notices after all must leave that list.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.law.noticing import SETS, Change, own_file, unnoticed
from tongban.law import RuleSet

SHIFTED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
SENTENCE = "only the sentence differs"
EQUAL = "on the boundary both ways give the same"
SAME = {
    "chronic-disease": {
        "fund_pays: by_share >= cap_left": EQUAL,
    },
    "elderly-ability": {
        "levels_raised: raised == -1": SENTENCE,
        "levels_raised: raised == 1": SENTENCE,
    },
    "housing-fund-loan": {
        "household: children > -1": "the parameter is above one",
        "household: children > 1": "the parameter is above one",
        "household: children >= 0": "the parameter is above one",
    },
    "long-term-care": {
        "worse_level: severity[cognition_level] > severity[perception_level]": EQUAL,
    },
    "medical-retirement": {
        "earliest_eligible_month: enough > statutory_retirement_month": EQUAL,
        "earliest_eligible_month: missing > -1": SENTENCE,
        "earliest_eligible_month: missing > 1": SENTENCE,
        "earliest_eligible_month: missing >= 0": SENTENCE,
        "insured_months: elsewhere > -1": SENTENCE,
        "insured_months: elsewhere > 1": SENTENCE,
        "insured_months: elsewhere >= 0": SENTENCE,
        "months_to_go: max(unbroken - run, -1) < shortfall_months": "whoever has the run lacks nothing",
        "months_to_go: max(unbroken - run, 0) <= shortfall_months": EQUAL,
        "months_to_go: max(unbroken - run, 1) < shortfall_months": "whoever has the run lacks nothing",
        "months_to_go: shortfall_months == -1": EQUAL,
        "recommended_pool: months_in_pool_500000 >= months_in_pool_510100": EQUAL,
        "recommended_pool: top_up_500000 <= top_up_510100": EQUAL,
        "shortfall_months: actual_missing >= in_all_missing": EQUAL,
        "shortfall_months: in_all_missing > -1": SENTENCE,
        "shortfall_months: in_all_missing >= 0": SENTENCE,
        "top_up: shortfall_months == -1": EQUAL,
    },
    "old-age-allowance": {
        "monthly_amount: amount == Fen(-1)": SENTENCE,
        "monthly_amount: amount == Fen(1)": SENTENCE,
    },
    "residence-permit": {
        "counts_from: late > -1": SENTENCE,
        "counts_from: late > 1": SENTENCE,
        "counts_from: late >= 0": SENTENCE,
        "endorsed_until: endorsed < on": "an endorsement of today extends what is valid today",
    },
    "resident-waiting": {
        "waiting_months: together <= minimum_after_repair": EQUAL,
    },
    "retirement-age": {
        "delay_months_by_reform: delay > most": EQUAL,
        "delay_months_by_reform: nth < 0": EQUAL,
        "delay_months_by_reform: nth <= -1": EQUAL,
        "earliest_retirement_month: earlier <= original_month": EQUAL,
    },
    "transit-exemption": {
        "bad_stops: len(outside) == -1": SENTENCE,
        "bad_stops: len(outside) == 1": SENTENCE,
        "reasons: len(against) == -1": SENTENCE,
        "reasons: len(against) == 1": SENTENCE,
    },
    "unemployment-benefit": {
        "benefit_months: local >= national_months": EQUAL,
    },
    "work-injury-grant": {
        "monthly_allowance: by_wage <= minimum_wage": EQUAL,
    },
}


def shifted(ruleset: RuleSet) -> Iterator[Change]:
    """Every comparison of the rule set's own rules a unit away: what it becomes, and the text with it."""
    path = own_file(ruleset, "rules.py")
    tree = ast.parse(ruleset.files[path])
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Compare):
                for _ in each_shift(node):
                    yield f"{function.name}: {ast.unparse(node)}", path, ast.unparse(tree)


def each_shift(compared: ast.Compare) -> Iterator[None]:
    """Change the comparison in place, once at a time: its sign, or a whole number in it."""
    for position, sign in enumerate(compared.ops):
        if type(sign) in SHIFTED:
            compared.ops[position] = SHIFTED[type(sign)]()
            yield
            compared.ops[position] = sign
    for node in ast.walk(compared):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            whole = node.value
            for node.value in (whole - 1, whole + 1):
                yield
            node.value = whole


@pytest.mark.parametrize("name", sorted(SETS))
def test_an_example_notices_every_comparison_that_is_a_unit_away(name: str) -> None:
    ruleset = SETS[name]
    assert unnoticed(ruleset, shifted(ruleset)) == set(SAME.get(name, {}))
