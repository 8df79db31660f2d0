"""Service folders: what loads, what is refused, and that a bundle is the whole service."""

from pathlib import Path

import pytest

from tests.services.shipped import SHIPPED, copy_shipped, edit
from tongban.services import Service, ServiceError, load


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_shipped(tmp_path)


def test_a_service_read_from_its_bundle_is_the_same_service(root: Path) -> None:
    service = load(root)["medical-retirement"]
    again = Service.from_bundle(dict(service.bundle))
    assert again == service
    assert again.sha256 == service.sha256


def test_the_hash_changes_with_any_file_of_the_bundle(root: Path) -> None:
    before = load(root)["medical-retirement"].sha256
    rules = root / "retirement_age" / "rules.py"
    rules.write_text(rules.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load(root)["medical-retirement"].sha256 != before


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('kind = "recognition"', 'kind = "magic"', "kind"),
        ('code = "medical-retirement"', 'code = "medical-retirements"', "code"),
        ("working_days = 15", "working_days = 0", "time_limit.working_days"),
        ('evidence = "contribution-spells"', 'evidence = "tax"', "decision.facts.spells"),
        ('pool_question = "pool"', 'pool_question = "pond"', "decision.pool_question"),
        ('answer = "work"', 'answer = "job"', "decision.facts.category.answer"),
        ('plan_items = ["D5"]', 'plan_items = ["X5"]', "plan_items"),
        ('ruleset = "medical-retirement"', 'ruleset = "no-such"', "decision.ruleset"),
        ('recommended = "recommended_pool"', 'recommended = "best"', "decision.recommended"),
        ('eligible = "eligible"', 'eligible = "rich"', "decision.eligible"),
        ("{shortfall_months}", "{wealth}", "decision.outcomes.refused"),
        ("sex = { person", "gender = { person", "decision.facts.gender"),
        ('{ case = "apply_month" }', '{ case = "place" }', "decision.facts.apply_month.case"),
        ("sex = { person", "sex = { people", "one of person, answer, evidence or case"),
        ('place = "500000"\nfields', 'place = "330000"\nfields', "evidence.spells-chongqing.place"),
    ],
)
def test_a_broken_definition_is_refused_with_file_and_key(root: Path, old: str, new: str, key: str) -> None:
    edit(root, old, new)
    with pytest.raises(ServiceError) as refused:
        load(root)
    assert refused.value.file == "medical_retirement/service.toml"
    assert key in f"{refused.value.key}: {refused.value.expected}"


def test_a_folder_without_its_form_is_refused(root: Path) -> None:
    (root / "medical_retirement" / "form.toml").unlink()
    with pytest.raises(ServiceError, match="expected this file"):
        load(root)


def test_a_file_that_is_not_toml_is_refused(root: Path) -> None:
    edit(root, "[name]", "[name", "service.toml")
    with pytest.raises(ServiceError, match="expected TOML"):
        load(root)


def test_an_unknown_key_is_refused(root: Path) -> None:
    edit(root, 'kind = "recognition"', 'kind = "recognition"\nspeed = 3')
    with pytest.raises(ServiceError, match="speed"):
        load(root)


def test_two_options_of_the_same_value_are_refused(root: Path) -> None:
    edit(root, 'value = "manager"', 'value = "worker"', "form.toml")
    with pytest.raises(ServiceError, match="each value once"):
        load(root)


def test_law_that_does_not_load_is_refused_with_its_line(root: Path) -> None:
    edit(root, "def ", "define ", "rules.py")
    with pytest.raises(ServiceError, match=r"decision\.ruleset: .*rules\.py"):
        load(root)


def test_every_shipped_service_loads() -> None:
    assert "medical-retirement" in load(SHIPPED)
