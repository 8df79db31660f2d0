"""Every number of a parameter file is held by an example: one unit more or less is noticed.

Numbers that cannot show, because another rule hides them, are named with the reason; one that an example
holds after all must leave that list.
"""

import re
from collections.abc import Iterator

import pytest

from tests.law.noticing import SETS, Change, own_file, unnoticed
from tongban.law import RuleSet

HIDDEN = {
    "chronic-disease": {
        'fund_share: ["510100", 1, "0.60"] 1 -> 0': "the province's row gives the same",
        'fund_share: ["510100", 3, "0.50"] 3 -> 4': "the province's row gives the same",
    },
    "elderly-ability": {
        "level_from_points: [0, 4] 4 -> 5": "no level lies above 4",
    },
    "housing-fund-loan": {
        'months_for_flexible_workers: ["510100", 12] 12 -> 13': "no loan cap is known before 2026",
        'months_for_flexible_workers: ["510100", 12] 12 -> 11': "no loan cap is known before 2026",
        'first_home_rate: [30, "0.026"] 30 -> 31': "no loan lasts longer than 30 years",
    },
    "long-term-care": {
        'adl_level_from_points: [45, "moderate"] 45 -> 44': "points come in fives",
        'adl_level_from_points: [65, "mild"] 65 -> 64': "points come in fives",
        'adl_level_from_points: [100, "intact"] 100 -> 99': "points come in fives",
        'severity: ["intact", 0] 0 -> 1': "only the order counts",
        'severity: ["mild", 1] 1 -> 2': "only the order counts",
        'severity: ["mild", 1] 1 -> 0': "only the order counts",
        'severity: ["moderate", 2] 2 -> 1': "only the order counts",
        'severity: ["severe", 3] 3 -> 4': "only the order counts",
    },
    "medical-retirement": {
        'required_actual: ["510100", 0] 0 -> 1': "only months that were paid count there",
    },
    "retirement-age": {
        "contribution_months_by_year: [0, 180] 0 -> 1": "nobody retires in the year 0",
    },
    "unemployment-benefit": {
        "national_maximum: [0, 0] 0 -> 1": "without a full year no table gives a month",
        "national_maximum: [1, 12] 12 -> 13": "neither table gives more",
        "national_maximum: [5, 18] 5 -> 4": "neither table gives more than 12 months for four years",
        "national_maximum: [5, 18] 18 -> 19": "neither table gives more",
        "national_maximum: [10, 24] 10 -> 9": "neither table gives more than 18 months for nine years",
        "national_maximum: [10, 24] 24 -> 25": "neither table gives more",
        'local_months: ["500000", 0, 0] 0 -> 1': "the national maximum is lower",
        'local_months: ["500000", 4, 12] 12 -> 13': "the national maximum is lower",
        'local_months: ["500000", 9, 18] 18 -> 19': "the national maximum is lower",
        'local_months: ["500000", 15, 24] 24 -> 25': "the national maximum is lower",
        'local_months: ["510000", 0, 0] 0 -> 1': "the national maximum is lower",
        'local_months: ["510000", 3, 12] 12 -> 13': "the national maximum is lower",
        'local_months: ["510000", 5, 15] 5 -> 4': "the national maximum is lower",
        'local_months: ["510000", 8, 18] 18 -> 19': "the national maximum is lower",
        'local_months: ["510000", 10, 24] 10 -> 9': "the national maximum is lower",
        'local_months: ["510000", 10, 24] 24 -> 25': "the national maximum is lower",
    },
    "vehicle-tax": {
        'car_tax: ["500000", 100000, 3600] 100000 -> 100001': "no engine is larger",
        'car_tax: ["510000", 100000, 4500] 100000 -> 100001': "no engine is larger",
        "vessel_per_tonne: [1000000, 6] 1000000 -> 1000001": "no vessel is larger",
    },
}

_TABLE = re.compile(r"^\[+([a-z0-9_]+)", re.MULTILINE)
_ROW = re.compile(r"\[[^\[\]]*\]")
_AMOUNT = re.compile(r'"(\d+\.\d+)"')
_WHOLE = re.compile(r"(?<![\w.\-\"])(\d+)(?![\w.\-\"])")
_WORDS = re.compile(
    r'(zh|en|source|note|unit|type|confidence|since|until|keys|words\.\w+)\s*=\s*("[^"]*"|[\d-]+|\{[^}]*\})'
)


def moved(ruleset: RuleSet) -> Iterator[Change]:
    """Every number of the rule set's own parameters a unit away: what it becomes, and the text with it."""
    path = own_file(ruleset, "parameters.toml")
    text = ruleset.files[path]
    plain = _WORDS.sub(lambda found: " " * len(found.group()), text)
    spans = [found.span(1) for pattern in (_AMOUNT, _WHOLE) for found in pattern.finditer(plain)]
    tables = [(found.start(), found.group(1)) for found in _TABLE.finditer(text)]
    rows = [found.span() for found in _ROW.finditer(plain)]
    for begin, end in sorted(spans):
        table = next(name for at, name in reversed(tables) if at < begin)
        row = next((text[a:b] for a, b in rows if a < begin < b), "value")
        for step in (1, -1):
            old = text[begin:end]
            new = changed(old, step)
            if new is not None:
                yield f"{table}: {row} {old} -> {new}", path, text[:begin] + new + text[end:]


def changed(number: str, step: int) -> str | None:
    """The number a unit of its last place away, unless it would be negative."""
    whole, _, fraction = number.partition(".")
    value = int(whole + fraction) + step
    if value < 0:
        return None
    digits = str(value).zfill(len(fraction) + 1)
    return f"{digits[: -len(fraction)]}.{digits[-len(fraction) :]}" if fraction else digits


@pytest.mark.parametrize("name", sorted(SETS))
def test_an_example_notices_every_number_that_is_a_unit_away(name: str) -> None:
    ruleset = SETS[name]
    assert unnoticed(ruleset, moved(ruleset)) == set(HIDDEN.get(name, {}))


def test_no_parameter_file_is_passed_over() -> None:
    numbered = {name: ruleset for name, ruleset in SETS.items() if ruleset.parameters}
    assert {name for name, ruleset in numbered.items() if not any(True for _ in moved(ruleset))} == set()
