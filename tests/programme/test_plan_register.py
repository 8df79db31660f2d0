"""The register shows what works because a folder shows it, and nothing else."""

import shutil
from pathlib import Path
from typing import get_args

import pytest

from tongban import services
from tongban.node.casework import reading
from tongban.node.programme.plans import catalogue
from tongban.node.programme.register import OWN_SERVICES, Progress, register
from tongban.services.definition import Kind


def state_of(root: Path, code: str) -> Progress:
    return next(state.progress for state in register(root).services if state.service.code == code)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    root = tmp_path / "services"
    root.mkdir()
    return root


def test_with_no_folders_nothing_works(folders: Path) -> None:
    found = register(folders)
    assert found.count(Progress.PLANNED) == len(found.services) == len(catalogue())
    assert all(state.working == 0 and state.progress is Progress.PLANNED for state in found.items)


def test_a_folder_with_rules_only_is_shown_as_rules(folders: Path) -> None:
    shutil.copytree(OWN_SERVICES / "transit_exemption", folders / "transit_exemption")
    assert state_of(folders, "inbound-travel") is Progress.RULES
    assert register(folders).count(Progress.WORKS) == 0


def test_rules_that_do_not_load_are_not_shown_as_rules(folders: Path) -> None:
    shutil.copytree(OWN_SERVICES / "transit_exemption", folders / "transit_exemption")
    with (folders / "transit_exemption" / "rules.py").open("a", encoding="utf-8") as rules:
        rules.write("\nwhile True: pass\n")
    assert state_of(folders, "inbound-travel") is Progress.PLANNED


def test_every_rule_set_folder_belongs_to_a_service_of_the_catalogue() -> None:
    known = {name for service in catalogue().values() for name in service.rulesets}
    for service in services.load(OWN_SERVICES).values():
        known |= {path.partition("/")[0].replace("_", "-") for path in service.bundle}
    folders = {path.parent.name.replace("_", "-") for path in OWN_SERVICES.glob("*/rules.py")}
    assert folders <= known


def test_a_service_may_only_be_of_a_kind_that_cases_can_run_on() -> None:
    assert set(get_args(Kind)) == set(reading.shipped())


def test_a_complete_folder_works_and_counts_for_its_items(folders: Path) -> None:
    for name in ("medical_retirement", "retirement_age"):
        shutil.copytree(OWN_SERVICES / name, folders / name)
    assert state_of(folders, "medical-retirement") is Progress.WORKS
    working = [state.item.number for state in register(folders).items if state.working]
    assert working == ["D5"]


def test_nothing_works_without_a_folder_that_loads() -> None:
    loaded = set(services.load(OWN_SERVICES))
    working = {state.service.code for state in register().services if state.progress is Progress.WORKS}
    assert working == loaded


def test_a_folder_that_the_catalogue_does_not_list_is_in_the_register_too(folders: Path) -> None:
    for name in ("medical_retirement", "retirement_age"):
        shutil.copytree(OWN_SERVICES / name, folders / name)
    moved = (folders / "medical_retirement").rename(folders / "other_retirement")
    for file in (moved / "service.toml", moved / "rules.py"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("medical-retirement", "other-retirement"), encoding="utf-8")
    assert state_of(folders, "other-retirement") is Progress.WORKS
    (item,) = (state for state in register(folders).items if state.working)
    assert (item.item.number, item.services[-1].service.code) == ("D5", "other-retirement")


def test_a_service_folder_has_plan_items_and_kind_of_the_catalogue_where_that_lists_it() -> None:
    for code, service in services.load(OWN_SERVICES).items():
        listed = catalogue().get(code)
        if listed is None:
            continue
        assert set(service.definition.plan_items) <= set(listed.items)
        assert service.definition.kind in listed.kinds


def test_every_item_shows_at_least_one_service() -> None:
    assert all(state.services for state in register().items)
    assert [state.item.number for state in register().of_plan("P")] == [
        f"P{number}" for number in range(1, 23)
    ]
