"""A person sees for each look that its record is in the log, and takes the proof along."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from tests.protocol.federation_of_two import SICHUAN_KEY, directory
from tongban.node.clock import today, true_now
from tongban.node.exchange import identity
from tongban.node.exchange.identity import Identity
from tongban.node.people import withholding
from tongban.node.people.access import accesses_of, record_reading
from tongban.node.people.models import Account, Officer, Person, Withholding
from tongban.node.people.register import create_citizen
from tongban.node.translog.proof_documents import check_document
from tongban.node.translog.sequencing import place_waiting
from tongban.services import Text

pytestmark = pytest.mark.django_db

KNOWN = directory(around=true_now())


@pytest.fixture(autouse=True)
def _sichuan_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "current", lambda: Identity("sichuan", SICHUAN_KEY, KNOWN, b""))


@pytest.fixture
def look(woman: Person, officer: Officer) -> UUID:
    """An officer has read the person's name."""
    record_reading(
        person=woman,
        officer=officer,
        service="medical-retirement",
        case_ref="SC-2026-000001",
        basis=Text(zh="某法第三条", en="Some Act, article 3"),
        purpose=Text(zh="审查办件", en="Examining the case"),
        fields=["name"],
    )
    return accesses_of(woman)[0].id


@pytest.fixture
def signed_in(citizen: Account) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


def test_every_look_leads_to_its_proof(signed_in: Client, look: UUID) -> None:
    assert f"/accesses/{look}/proof/" in signed_in.get("/accesses/").content.decode()


def test_the_page_tells_number_and_witnesses_and_offers_the_file(signed_in: Client, look: UUID) -> None:
    place_waiting("tongban/sichuan", SICHUAN_KEY)
    shown = signed_in.get(f"/accesses/{look}/proof/").content.decode()
    assert "谁也不能悄悄改掉" in shown
    assert "还没有其他节点见证" in shown
    assert f"/accesses/{look}/proof.json" in shown


def test_the_file_is_checked_with_the_directory_only(signed_in: Client, look: UUID) -> None:
    place_waiting("tongban/sichuan", SICHUAN_KEY)
    response = signed_in.get(f"/accesses/{look}/proof.json")
    assert response["Content-Type"] == "application/json"
    assert check_document(response.content, KNOWN).file.index == 0


def test_a_record_that_is_about_to_enter_the_log_says_so(signed_in: Client, look: UUID) -> None:
    assert "还在入账" in signed_in.get(f"/accesses/{look}/proof/").content.decode()
    assert signed_in.get(f"/accesses/{look}/proof.json").status_code == 404


def test_the_proof_of_somebody_elses_look_is_not_found(look: UUID) -> None:
    place_waiting("tongban/sichuan", SICHUAN_KEY)
    other = Client()
    other.force_login(create_citizen("other", "a long password", "510104199003072424", "别人"))
    for path in ("proof/", "proof.json"):
        assert other.get(f"/accesses/{look}/{path}").status_code == 404
    assert other.get(f"/accesses/{uuid4()}/proof/").status_code == 404


def test_a_look_that_was_withheld_shows_until_when_and_why(
    signed_in: Client, officer: Officer, look: UUID, woman: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = today() + timedelta(days=3)
    Withholding.objects.create(
        case_ref="SC-2026-000001",
        agency=officer.agency,
        officer=officer,
        basis={"zh": "反诈法第四条", "en": "Act, article 4"},
        since=accesses_of(woman)[0].at,
        until=until,
    )
    assert signed_in.get(f"/accesses/{look}/proof/").status_code == 404
    assert str(look) not in signed_in.get("/accesses/").content.decode()

    def day() -> date:
        return until

    monkeypatch.setattr(withholding, "today", day)
    shown = signed_in.get("/accesses/").content.decode()
    assert "依法暂缓公开" in shown
    assert "反诈法第四条" in shown


def test_the_log_is_open_to_anybody_at_the_pages_address(look: UUID) -> None:
    place_waiting("tongban/sichuan", SICHUAN_KEY)
    anybody = Client()
    assert anybody.get("/log/checkpoint").content.startswith(b"tongban/sichuan\n1\n")
    assert anybody.get("/log/tile/0/000.p/1")["Content-Type"] == "application/octet-stream"
    assert anybody.get("/log/tile/0/001").status_code == 404
    assert anybody.post("/log/checkpoint").status_code == 405
