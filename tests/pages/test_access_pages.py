"""Who looked at a person's data, page by page: every look is on one page, none on two."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.casework.walk import RESIDENT_ID
from tests.pages.test_portal import few_queries
from tongban.node.clock import now
from tongban.node.people.access import LINES_A_PAGE, _shown, page_of
from tongban.node.people.models import AccessRecord, Account, Person
from tongban.node.people.register import create_citizen
from tongban.node.portal.looks import look_lines

MANY = 2 * LINES_A_PAGE + 7


@pytest.fixture
def account(db: None) -> Account:
    return create_citizen("woman", "x", RESIDENT_ID, "刘芳")


@pytest.fixture
def person(account: Account) -> Person:
    """Somebody whose data were looked at often, three times at each moment."""
    assert account.person is not None
    text = {"zh": "核对", "en": "Checking"}
    at = now()
    AccessRecord.objects.bulk_create(
        AccessRecord(
            pseudonym=account.person.pseudonym,
            at=at - timedelta(minutes=number // 3),
            direction="own",
            agency="510100-yb",
            asking_node="sichuan",
            service="medical-retirement",
            case_ref=f"SC-2026-{number:07}",
            basis=text,
            purpose=text,
        )
        for number in range(MANY)
    )
    return account.person


def look(person: Person, direction: str) -> str:
    text = {"zh": "移交", "en": "Handing over"}
    access = AccessRecord(
        pseudonym=person.pseudonym,
        at=now(),
        direction=direction,
        agency="500000-yb",
        asking_node="chongqing",
        service="hotline-handover",
        case_ref="SC-2026-1",
        basis=text,
        purpose=text,
    )
    (line,) = look_lines([_shown(access, "")])
    return line.how


def test_what_travelled_with_a_case_is_not_called_asked_for(account: Account) -> None:
    assert account.person is not None
    hows = [look(account.person, direction) for direction in ("out", "sent", "taken", "in")]
    assert hows == [
        "从chongqing一侧询问，由本地部门提供",
        "随办件转到chongqing",
        "随办件从另一地转来",
        "收到另一地提供的记录",
    ]


def test_every_look_is_on_one_page_and_none_on_two(person: Person) -> None:
    seen, after = [], ""
    for _ in range(3):
        page = page_of(person, after)
        seen += [look.case_ref for look in page.looks]
        after = page.next
    assert (len(seen), len(set(seen)), after) == (MANY, MANY, "")


def test_a_look_that_comes_meanwhile_shifts_nothing(person: Person) -> None:
    first = page_of(person)
    AccessRecord.objects.create(
        pseudonym=person.pseudonym,
        at=now(),
        direction="own",
        agency="510100-yb",
        asking_node="sichuan",
        service="",
        case_ref="later",
        basis={"zh": "", "en": ""},
        purpose={"zh": "", "en": ""},
    )
    second = page_of(person, first.next)
    assert not {look.id for look in first.looks} & {look.id for look in second.looks}


@pytest.mark.parametrize("after", ["x", "_", "2026-11-01_1", "2026-11-01T00:00:00_" + "0" * 32, "\0"])
def test_an_unusable_place_gives_the_latest(person: Person, after: str) -> None:
    assert page_of(person, after) == page_of(person)


def test_the_page_leads_on_to_the_first_look(client: Client, account: Account, person: Person) -> None:
    client.force_login(account)
    with few_queries():
        page = client.get("/accesses/").content.decode()
    assert page.count("looks__who") == LINES_A_PAGE
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "回到最近的" in client.get(f"/accesses/{following}").content.decode()
