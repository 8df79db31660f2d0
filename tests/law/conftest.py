"""Rule sets of countries that are not on the map."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tongban.law import RuleSet
from tongban.law.rule_sets import read_folder

RULESETS = Path(__file__).parent / "rulesets"


@pytest.fixture(scope="session")
def files() -> Mapping[str, str]:
    return read_folder(RULESETS)


@pytest.fixture(scope="session")
def ruritania(files: Mapping[str, str]) -> RuleSet:
    return RuleSet.from_files(files, "ruritania")


@pytest.fixture
def clerk() -> dict[str, object]:
    """A clerk of sixty who worked 300 months in Strelsau."""
    return {
        "birth_month": "1966-05",
        "trade": "clerk",
        "wage": "3000.00",
        "claim_month": "2026-05",
        "work": [{"place": "990101", "from": "2000-01", "to": "2024-12"}],
    }
