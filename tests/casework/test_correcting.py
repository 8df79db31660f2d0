"""An officer asks about single answers; what the applicant sends replaces those and nothing else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from tests.casework.test_officers_acts import LATER, do
from tests.casework.test_two_sides import told
from tests.casework.walk import CONSENTS, Walk
from tests.services.shipped import copy_shipped
from tongban.node.casework import cases, catalogue, drafts, log, submission
from tongban.node.casework.answered import answers_of
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import InputsRefused
from tongban.node.people.models import Account, Officer, Person
from tongban.node.people.register import create_citizen

pytestmark = pytest.mark.django_db

GROUP = """
[[questions]]
key = "jobs"
type = "group"
label = { zh = "您在哪些单位工作过？", en = "Where have you worked?" }

[[questions.questions]]
key = "employer"
type = "text"
label = { zh = "单位名称", en = "Employer" }

[[questions.questions]]
key = "from"
type = "month"
label = { zh = "起", en = "From" }
"""
JOBS = [{"employer": name, "from": f"200{year}-03"} for year, name in enumerate(("甲厂", "乙厂", "丙厂"), 1)]


@pytest.fixture
def grouped(tmp_path: Path, published: object) -> None:
    """The service with three jobs among what it asks."""
    root = copy_shipped(tmp_path / "services")
    form = root / "medical_retirement" / "form.toml"
    form.write_text(form.read_text(encoding="utf-8") + GROUP, encoding="utf-8")
    definition = root / "medical_retirement" / "service.toml"
    text = definition.read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version = "))
    definition.write_text(text.replace(version, 'version = "2999.1.1"', 1), encoding="utf-8")
    catalogue.publish(root)


@pytest.fixture
def case(grouped: None, walk: Walk) -> Case:
    draft = drafts.answer(walk.draft(), "jobs", JOBS)
    opened = submission.submit(walk.person, draft.pk, CONSENTS)
    walk.answer(opened, "510100")
    return walk.answer(opened, "500000")


def ask(officer: Officer, case: Case, about: str) -> Case:
    return do(officer, case, "request-correction", reason="请核对", until=LATER, about=about)


def answer(person: Person, case: Case, position: int, sent: object) -> Case:
    return do(person, case, "correct-answer", position=str(position), answer=json.dumps(sent))


def test_the_answer_replaces_one_row_and_the_event_tells_what_it_was(
    case: Case, officer: Officer, woman: Person
) -> None:
    ask(officer, case, "/jobs/1")
    changed = {"employer": "乙厂", "from": "2002-09"}
    answer(woman, case, 1, changed)
    assert answers_of(case)["jobs"] == [JOBS[0], changed, JOBS[2]]
    event = case.events.latest("revision")
    assert (event.kind, event.data["path"], len({event.data["old"], event.data["new"]})) == (
        "answer-corrected",
        "/jobs/1",
        2,
    )
    assert "您改正了：您在哪些单位工作过？ · 第 2 项" in told(case, woman)[-1]


def test_two_rows_are_asked_about_at_once_and_the_case_goes_on_when_both_are_corrected(
    case: Case, officer: Officer, woman: Person
) -> None:
    case = ask(officer, case, "/jobs/0 /jobs/2")
    asked = cases.for_citizen(woman, case.number).asked_about
    assert [one.row.label.zh[-5:] for one in asked if one.row] == ["第 1 项", "第 3 项"]
    case = answer(woman, case, 2, {"employer": "丁厂", "from": "2003-03"})
    with pytest.raises(InputsRefused, match="inputs-unusable"):
        do(woman, case, "correct")
    case = answer(woman, case, 1, {"employer": "戊厂", "from": "2001-03"})
    case = do(woman, case, "correct")
    assert [job["employer"] for job in answers_of(case)["jobs"]] == ["戊厂", "乙厂", "丁厂"]
    assert case.status == "deciding"


def test_the_law_works_the_case_out_again_with_what_was_corrected(
    case: Case, officer: Officer, woman: Person
) -> None:
    before = log.state_of(case).proposed_by
    ask(officer, case, "/jobs/1")
    answer(woman, case, 1, {"employer": "乙厂", "from": "2002-09"})
    case = do(woman, case, "correct")
    assert case.events.latest("revision").kind == "worked-out-again"
    assert log.state_of(case).proposed_by != before


def test_without_a_changed_answer_nothing_is_worked_out_again(
    case: Case, officer: Officer, woman: Person
) -> None:
    ask(officer, case, "/jobs/1")
    case = do(woman, case, "correct", words="没有错")
    assert case.events.latest("revision").kind == "corrected"


def test_a_row_that_was_removed_meanwhile_takes_no_other_row_along(
    case: Case, officer: Officer, woman: Person
) -> None:
    ask(officer, case, "/jobs/0 /jobs/2")
    case = answer(woman, case, 1, None)
    assert answers_of(case)["jobs"] == JOBS[1:]
    case = answer(woman, case, 2, {"employer": "丁厂", "from": "2003-03"})
    assert [job["employer"] for job in answers_of(case)["jobs"]] == ["乙厂", "丁厂"]
    with pytest.raises(InputsRefused) as gone:
        answer(woman, case, 1, {"employer": "甲厂", "from": "2001-03"})
    assert "不在了" in gone.value.fields["answer"].zh


def test_the_last_item_is_not_removed(case: Case, officer: Officer, woman: Person) -> None:
    ask(officer, case, "/jobs/0 /jobs/1 /jobs/2")
    answer(woman, case, 1, None)
    answer(woman, case, 2, None)
    with pytest.raises(InputsRefused):
        answer(woman, case, 3, None)
    assert len(answers_of(case)["jobs"]) == 1


@pytest.mark.parametrize("path", ["/jobs/3", "/jobs", "/nothing", "/jobs/0/employer", "jobs", "/jobs/-1"])
def test_a_row_that_does_not_exist_is_not_asked_about(case: Case, officer: Officer, path: str) -> None:
    with pytest.raises(InputsRefused) as refused:
        ask(officer, case, path)
    assert set(refused.value.fields) == {"about"}


def test_the_answer_that_decides_which_agency_is_competent_is_not_asked_about(
    case: Case, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = catalogue.of(case)
    definition = service.definition.model_copy(update={"place_question": "jobs"})
    monkeypatch.setattr(catalogue, "of", lambda _: replace(service, definition=definition))
    with pytest.raises(InputsRefused) as refused:
        ask(officer, case, "/jobs/0")
    assert "重新申请" in refused.value.fields["about"].zh


@pytest.mark.parametrize(
    "sent", [{"employer": "", "from": "2001-03"}, {"employer": "甲厂", "from": "x"}, "text", 7, [], {}]
)
def test_what_the_form_does_not_take_replaces_nothing(
    case: Case, officer: Officer, woman: Person, sent: object
) -> None:
    ask(officer, case, "/jobs/0")
    with pytest.raises(InputsRefused):
        answer(woman, case, 1, sent)
    assert answers_of(case)["jobs"] == JOBS


@pytest.mark.parametrize("position", [0, 2])
def test_what_was_not_asked_about_is_not_changed(
    case: Case, officer: Officer, woman: Person, position: int
) -> None:
    ask(officer, case, "/jobs/0")
    with pytest.raises(InputsRefused):
        answer(woman, case, position, JOBS[0])


def test_the_page_shows_the_one_row_and_takes_the_answer_once(
    client: Client, case: Case, citizen: Account, officer: Officer, woman: Person
) -> None:
    case = ask(officer, case, "/jobs/1")
    client.force_login(citizen)
    address = f"/cases/{case.number}/corrections/1/"
    assert address in client.get(f"/cases/{case.number}/").content.decode()
    page = client.get(address).content.decode()
    assert "乙厂" in page
    assert "甲厂" not in page
    sent = {"revision": case.revision, "employer": "乙厂", "from-year": "2002", "from-month": "x"}
    assert client.post(address, sent).status_code == 422
    sent["from-month"] = "9"
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 409]
    assert answers_of(case)["jobs"][1] == {"employer": "乙厂", "from": "2002-09"}
    assert client.get(f"/cases/{case.number}/corrections/2/").status_code == 404


def test_the_officer_ticks_what_is_to_be_corrected(client: Client, case: Case, officer: Officer) -> None:
    client.force_login(officer.account)
    page = client.get(f"/workbench/cases/{case.number}/").content.decode()
    assert 'type="checkbox"' in page
    assert 'value="/jobs/2"' in page
    sent = {"revision": case.revision, "reason": "请核对", "until": LATER, "about": ["/jobs/0", "/jobs/2"]}
    address = f"/workbench/cases/{case.number}/act/request-correction/"
    assert client.post(address, sent).status_code == 302
    case.refresh_from_db()
    assert [one["path"] for one in log.state_of(case).facts["about"]] == ["/jobs/0", "/jobs/2"]


def test_another_citizen_does_not_see_what_was_asked(client: Client, case: Case, officer: Officer) -> None:
    case = ask(officer, case, "/jobs/1")
    client.force_login(create_citizen("other", "a long password", "510104199003070023", "别人"))
    assert client.get(f"/cases/{case.number}/corrections/1/").status_code == 404
