"""The tutorial does what it says: its files are taken from the page and tried."""

import re
from datetime import date
from pathlib import Path

import pytest

from tongban.law import RuleSet, RuleSetError
from tongban.law.examples import examples_of, failures

PAGE = Path(__file__).parents[2] / "docs" / "law" / "tutorial.md"
ADULT = {"born": "1990-04-01", "home": "990200", "hives": 6}


def shown(language: str) -> list[str]:
    """The page's examples in a language, in order."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found


@pytest.fixture(scope="module")
def beekeeping() -> RuleSet:
    python, toml = shown("python"), shown("toml")
    files = {
        "beekeeping/rules.py": python[0] + python[1],
        "beekeeping/parameters.toml": toml[0],
        "beekeeping/examples/thresholds.toml": toml[1],
    }
    return RuleSet.from_files(files, "beekeeping")


def test_its_examples_hold(beekeeping: RuleSet) -> None:
    examples = examples_of(beekeeping)
    assert len(examples) == 7
    assert [failures(beekeeping, example) for example in examples] == [[]] * 7


@pytest.mark.parametrize(("on", "amount"), [(date(2026, 6, 1), "297.00"), (date(2026, 2, 1), "240.00")])
def test_the_law_of_the_day_decides(beekeeping: RuleSet, on: date, amount: str) -> None:
    assert beekeeping.explain(ADULT, on).outcomes == {"subsidy": amount}


def test_the_newspaper_is_not_trusted(beekeeping: RuleSet) -> None:
    assert beekeeping.explain(ADULT, date(2026, 6, 1)).unverified == ["most"]


def test_a_fraction_of_a_fen_is_refused_as_the_page_says() -> None:
    python, toml = shown("python"), shown("toml")
    bare = (python[0] + python[1]).replace(
        "return round_half_up(amount + amount * bonus[hives])", "return amount + amount * bonus[hives]"
    )
    with pytest.raises(RuleSetError, match="Round it: round_half_up"):
        RuleSet.from_files({"beekeeping/rules.py": bare, "beekeeping/parameters.toml": toml[0]}, "beekeeping")
