"""What the tutorial says of the law comes out as it says."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tongban.cli import main
from tongban.federation.sample_people import sample_people
from tongban.federation.sides import SIDES

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def changed_law(tmp_path: Path) -> Path:
    """The copy of the rules with the change of step 7."""
    root = tmp_path / "law"
    shutil.copytree(ROOT / "src" / "tongban" / "services", root)
    with (root / "medical_retirement" / "parameters.toml").open("a", encoding="utf-8") as parameters:
        parameters.write("\n" + block("toml"))
    return root


def outcomes(root: Path, on: str) -> dict[str, object]:
    arguments = [
        "law",
        "--rulesets",
        str(root),
        "explain",
        "medical-retirement",
        "--facts",
        "-",
        "--on",
        on,
        "--json",
    ]
    result = CliRunner().invoke(main, arguments, input=block("json"), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)["outcomes"]
    return found


def test_the_decision_of_step_4() -> None:
    found = outcomes(ROOT / "src" / "tongban" / "services", "2026-11-22")
    assert found["insured_months"] == 283
    assert found["required_months_510100"] == 240
    assert (found["required_months_500000"], found["shortfall_months_500000"]) == (300, 17)


def test_the_changed_law_of_step_7_holds_from_its_date_on(changed_law: Path) -> None:
    after = outcomes(changed_law, "2027-02-01")
    assert (after["required_months_500000"], after["shortfall_months_500000"]) == (276, 0)
    assert after["eligible_500000"] is True
    assert outcomes(changed_law, "2026-12-31")["required_months_500000"] == 300


def test_the_accounts_of_the_tutorial_exist() -> None:
    officers = {officer for side in SIDES for officer in (side.officer, *(one.officer for one in side.posts))}
    accounts = {person.username for person in sample_people()} | officers
    named = set(re.findall(r"`((?:[a-z]+)\.(?:[a-z]+))`", TUTORIAL)) - {"woman.json"}
    assert named <= accounts
    assert named
