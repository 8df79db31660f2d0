"""The addresses of all pages that somebody reads, with something on each, as fixtures."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.casework.walk import Walk
from tests.pages.every_kind import CODE, add_every_kind
from tests.pages.test_rights import at_the_counter
from tests.services.shipped import copy_shipped
from tongban.node.casework import actions, catalogue, drafts
from tongban.node.people import permissions
from tongban.node.people.models import Account, Officer
from tongban.node.portal import complaint_work, complaints

NOWHERE = "/no-such-page/"


@pytest.fixture
def citizens_pages(walk: Walk, officer: Officer) -> list[str]:
    decided = walk.again(walk.proposed())
    actions.confirm(officer, decided.number, decided.revision)
    waiting = walk.submitted()
    complained = complaints.file(walk.person, uuid4(), "字" * 300, case=waiting.number)
    complaint_work.extend(officer, complained.pk, "字" * 300)
    draft = walk.draft()
    return [
        "/",
        "/services/medical-retirement/",
        "/plan/",
        "/plan/D5/",
        "/plan/D15/",
        *(f"/applications/{draft.pk}/questions/{key}/" for key in ("work", "base", "phone")),
        f"/applications/{draft.pk}/check/",
        f"/applications/{draft.pk}/consent/",
        "/cases/",
        f"/cases/{waiting.number}/",
        f"/cases/{waiting.number}/submitted/",
        f"/cases/{decided.number}/",
        f"/cases/{decided.number}/rating/",
        "/ratings/",
        "/complaints/",
        f"/complaints/new/?case={waiting.number}",
        "/complaints/new/",
        "/search/?q=yibao",
        "/search/?q=xyzzy",
        "/accesses/",
        "/notices/",
        NOWHERE,
    ]


@pytest.fixture
def question_pages(citizen: Account, tmp_path: Path) -> list[str]:
    """A page for each kind of question, an item of a group, and the group with an item."""
    root = copy_shipped(tmp_path / "services")
    add_every_kind(root)
    catalogue.publish(root)
    assert citizen.person is not None
    draft = drafts.begin(citizen.person, CODE)
    drafts.answer(draft, "jobs", [{"employer": "锦" * 40, "from": "2001-03", "ended": "no"}])
    keys = [question.key for question in drafts.questions(draft)]
    questions = f"/applications/{draft.pk}/questions/"
    return [f"{questions}{key}/" for key in keys] + [f"{questions}jobs/1/", f"{questions}jobs/2/"]


@pytest.fixture
def officers_pages(walk: Walk, officer: Officer, colleague: Officer, stranger: Officer) -> list[str]:
    for act in (permissions.Act.ASSIGN, permissions.Act.SUPERVISE, permissions.Act.OVERSEE):
        permissions.grant(officer, act)
    rooms = (
        "",
        "?status=done",
        "team/",
        "absence/",
        "statistics/",
        f"statistics/?agency={stranger.agency}",
        "ledger/",
        "mandates/",
        "mandates/new/",
        "follow-ups/",
        "shortcuts/",
        "complaints/",
        "complaints/?status=mine",
    )
    one = f"cases/{walk.proposed().number}/"
    for must_be_checked in (False, True):
        at_the_counter(walk, officer, must_be_checked=must_be_checked)
    waiting = complaints.file(walk.person, uuid4(), "字" * 300, service="medical-retirement")
    extended = complaints.file(walk.person, uuid4(), "字" * 300, case=walk.submitted().number)
    complaint_work.extend(officer, extended.pk, "字" * 300)
    complaint_work.assign(officer, extended.pk, colleague)
    theirs = [f"complaints/{filed.pk}/" for filed in (waiting, extended)]
    return [f"/workbench/{room}" for room in (*rooms, one, *theirs)]
