"""Service folders: what loads, what is refused, and that a bundle is the whole service."""

import shutil
from pathlib import Path

import pytest

import tongban.services
from tongban.services import Service, ServiceError, load

SHIPPED = Path(tongban.services.__file__).parent / "medical_retirement"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "medical_retirement"
    folder.mkdir()
    for name in ("service.toml", "form.toml"):
        shutil.copy(SHIPPED / name, folder)
    (folder / "rules.py").write_text("", encoding="utf-8")
    return tmp_path


def edit(root: Path, old: str, new: str, file: str = "service.toml") -> None:
    path = root / "medical_retirement" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_service_read_from_its_bundle_is_the_same_service(root: Path) -> None:
    service = load(root)["medical-retirement"]
    again = Service.from_bundle(dict(service.bundle))
    assert again == service
    assert again.sha256 == service.sha256


def test_the_hash_changes_with_any_file_of_the_bundle(root: Path) -> None:
    before = load(root)["medical-retirement"].sha256
    (root / "medical_retirement" / "rules.py").write_text("x = 1\n", encoding="utf-8")
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
