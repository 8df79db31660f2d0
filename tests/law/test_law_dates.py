"""Every day from which a number or rule is law is held by an example: a day earlier or later is noticed.

Numbers that begin together are moved back together: before the first of them there is no law either way. A
day that cannot show, because another number is not known yet, is named with the reason.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.law.noticing import SETS, Change, own_file, unnoticed
from tongban.law import RuleSet

HIDDEN = {
    "chronic-disease": {
        "fund_share[1] 2023-01-01 +1": "the province's row gives Chengdu the same",
    },
    "housing-fund-loan": dict.fromkeys(
        (
            "months_for_employees[0] 2021-01-01 +1",
            "months_for_employees[1] 2021-01-01 +1",
            "months_for_flexible_workers[0] 2021-08-01 +1",
            "months_for_flexible_workers[1] 2021-08-01 +1",
            "months_for_flexible_workers[2] 2025-07-21 +1",
            "several_children[0] 2021-01-01 +1",
            "first_home_rate[0] 2025-05-08 +1",
            "2021-01-01 -1",
            "2021-08-01 -1",
            "2025-05-08 -1",
            "2025-07-21 -1",
        ),
        "no loan cap is known before 2026",
    ),
    "medical-retirement": dict.fromkeys(
        (
            "required_total[0] 2001-12-01 +1",
            "required_total[1] 2009-01-01 +1",
            "required_continuous[0] 2001-12-01 +1",
            "required_continuous[1] 2009-01-01 +1",
            "required_actual[0] 2001-12-01 +1",
            "required_actual[1] 2009-01-01 +1",
            "counts_deemed[0] 2001-12-01 +1",
            "counts_deemed[1] 2009-01-01 +1",
            "2001-12-01 -1",
            "2009-01-01 -1",
        ),
        "no contribution base is known before 2025",
    ),
    "retirement-age": dict.fromkeys(
        ("original_age_months[0] 1978-06-02 +1", "flexible_months[0] 1978-06-02 +1", "1978-06-02 -1"),
        "no minimum of contributions is known before 1997",
    ),
    "unemployment-transfer": dict.fromkeys(
        ("services_share[1] 2011-11-25 +1", "2011-11-25 -1"), "the national share is the same"
    ),
}

_DAY = re.compile(r'\b(?:since|until)\s*=\s*"?(\d{4}-\d\d-\d\d)')
_SECTION = re.compile(r"^\[+([a-z0-9_]+)", re.MULTILINE)


def moved(ruleset: RuleSet) -> Iterator[Change]:
    """Each day of the rule set's own files, a day later or earlier: name, file, text with it."""
    for file in ("parameters.toml", "rules.py"):
        path = own_file(ruleset, file)
        text = ruleset.files[path]
        found = list(_DAY.finditer(text))
        sections = [section(text, one.start()) for one in found]
        for place, one in enumerate(found):
            entry = f"{sections[place]}[{sections[:place].count(sections[place])}]"
            yield f"{entry} {one.group(1)} +1", path, shifted(text, [one.span(1)], 1)
        for day in sorted({one.group(1) for one in found}):
            together = [one.span(1) for one in found if one.group(1) == day]
            yield f"{day} -1", path, shifted(text, together, -1)


def section(text: str, at: int) -> str:
    """The parameter that stands there; "rules" in rules.py."""
    return next((one.group(1) for one in reversed(list(_SECTION.finditer(text, 0, at)))), "rules")


def shifted(text: str, spans: list[tuple[int, int]], days: int) -> str:
    """The text with the days at these places moved."""
    for begin, end in sorted(spans, reverse=True):
        day = date.fromisoformat(text[begin:end]) + timedelta(days=days)
        text = text[:begin] + day.isoformat() + text[end:]
    return text


@pytest.mark.parametrize("name", sorted(SETS))
def test_an_example_notices_every_day_of_the_law_that_is_moved(name: str) -> None:
    ruleset = SETS[name]
    assert unnoticed(ruleset, moved(ruleset)) == set(HIDDEN.get(name, {}))
