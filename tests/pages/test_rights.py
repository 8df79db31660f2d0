"""Every page as every role: what is allowed is really allowed, what is refused is really refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casework.walk import CONSENTS, Walk
from tests.pages.every_kind import CODE, add_every_kind
from tests.pages.files import picture
from tests.pages.rights import ROLES, ROOT, TABLE, clients_of, differences, pages
from tests.protocol.federation_of_two import SICHUAN_KEY
from tests.services.shipped import copy_shipped
from tongban.node.casework import actions, assigning, cases, catalogue, drafts, submission
from tongban.node.casework.models import Case, Event
from tongban.node.clock import today
from tongban.node.exchange import attachments
from tongban.node.people import counter, mandates
from tongban.node.people.access import accesses_of
from tongban.node.people.counter import Paper, Present
from tongban.node.people.mandates import Terms
from tongban.node.people.models import Account, Officer
from tongban.node.portal import complaints
from tongban.node.portal.uploads import store
from tongban.node.translog.sequencing import place_waiting
from tongban.services import Question, Text

SERVICE = "medical-retirement"
LACKING = frozenset({"end-session", "correction", "explain-difference"})
"""Sessions are listed from a real sign-in on; tests of sessions end them."""
CARD = Question(key="card", type="file", label=Text(zh="照片", en="Picture"), accepts=("jpeg",))


@pytest.fixture
def clients(citizen: Account, officer: Officer) -> Mapping[str, Client]:
    return clients_of(citizen, officer, (SERVICE, CODE))


@pytest.fixture
def named(clients: Mapping[str, Client], walk: Walk, officer: Officer, tmp_path: Path) -> Mapping[str, Any]:
    """Things of the owner's, by the names under which addresses ask for them."""
    draft = walk.draft()
    upload = store.keep(draft, CARD, SimpleUploadedFile("card.jpg", picture()))
    case = submission.submit(walk.person, draft.pk, CONSENTS)
    walk.answer(case, "510100")
    case = walk.answer(case, "500000")
    cases.for_officer(officer, case.number)
    actions.confirm(officer, case.number, case.revision)
    complaint = complaints.file(walk.person, uuid4(), "太慢了", case=case.number)
    place_waiting("tongban/sichuan", SICHUAN_KEY)
    root = copy_shipped(tmp_path / "services")
    add_every_kind(root)
    catalogue.publish(root)
    grouped = drafts.begin(walk.person, CODE)
    drafts.answer(grouped, "jobs", [{"employer": "锦江厂", "from": "2001-03", "ended": "no"}])
    stand_in = Officer.objects.get(account__username="supervisor")
    absence = assigning.be_absent(officer, today(), today(), stand_in)
    handed, sha256 = with_a_file_from_there(case, tmp_path)
    return {
        "number": case.number,
        "received-file.number": handed,
        "sha256": sha256,
        "absence": absence.pk,
        "draft_id": walk.draft().pk,
        **{f"{page}.draft_id": draft.pk for page in ("draft-file", "draft-file-page")},
        "upload_id": upload["id"],
        "access_id": accesses_of(walk.person)[0].id,
        "complaint": complaint.pk,
        "code": SERVICE,
        "language.code": "en",
        "act.code": "refuse",
        "citizen-act.code": "withdraw",
        "key": "work",
        "end-mandate.key": mandates.given_by(walk.person).get().pk,
        "end-counter-mandate.key": at_the_counter(walk, officer, must_be_checked=False),
        "check-counter-mandate.key": at_the_counter(walk, officer, must_be_checked=True),
        "end-session.key": 1,
        "plan-item.number": "D5",
        "correction.position": 1,
        **{f"{page}.draft_id": grouped.pk for page in ("item", "remove-item")},
        **{f"{page}.key": "jobs" for page in ("item", "remove-item")},
        **{f"{page}.position": 1 for page in ("item", "remove-item")},
    }


def at_the_counter(walk: Walk, officer: Officer, *, must_be_checked: bool) -> UUID:
    """A mandate of somebody's that the officer registered, or entered for a colleague to check."""
    key, names = (
        uuid4(),
        (Present("窗口代办人", "510104199003080029"), Present(walk.person.name, walk.person.resident_id)),
    )
    paper = Paper(names[0], names[1], Terms((SERVICE,), today(), today()), "委托书")
    counter.register(officer, paper, key, must_be_checked=must_be_checked)
    return key


def with_a_file_from_there(case: Case, tmp_path: Path) -> tuple[str, str]:
    """A case of the same person that came from Chongqing with a file; its number and the file's digest."""
    source = tmp_path / "contract.jpg"
    source.write_bytes(picture())
    kept = attachments.own().keep(source, "CQ-2026-0000007", "chongqing")
    at = case.opened_at
    handed = Case.objects.create(
        number="SC-2026-7000000",
        person=case.person,
        service=case.service,
        procedure=case.procedure,
        agency=case.agency,
        status=case.status,
        revision=1,
        snapshot=case.snapshot,
        conversation=uuid4(),
        opened_at=at,
        updated_at=at,
    )
    files = [{"name": "contract.jpg", "sha256": kept.sha256, "size": kept.size}]
    data: dict[str, object] = {"answers": {}, "files": files}
    Event.objects.create(
        case=handed, revision=1, kind="opened", status=case.status, at=at, actor={"role": "peer"}, data=data
    )
    return handed.number, kept.sha256


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_page_answers_the_role_as_the_table_says(
    clients: Mapping[str, Client], named: Mapping[str, Any], role: str
) -> None:
    found = list(differences(pages(of_credentials=False), role, clients, named, LACKING))
    assert not found, "\n".join(found)


def test_the_reference_is_what_the_addresses_and_definitions_say() -> None:
    written = Path(ROOT / "docs" / "reference" / "who-may-do-what.md").read_text(encoding="utf-8")
    assert written == TABLE["described"]() + "\n", "run: python tools/describe_rights.py"


def test_every_page_of_somebodys_things_has_a_door() -> None:
    kept = ("/cases/", "/applications/", "/workbench/", "/mandates/", "/accesses/", "/notices/")
    open_to_all = [page.pattern for page in TABLE["pages"]() if page.opens_for == "everybody"]
    assert not [pattern for pattern in open_to_all if pattern.startswith(kept)]
