"""An electronic ID voucher shown in a request for help tells the officer's side who it is."""

import shutil
from pathlib import Path

import pytest

from tests.credentials_node.conftest import AGENCY
from tests.services.shipped import SHIPPED
from tongban.node.casework import catalogue, drafts, log, submission
from tongban.node.casework.models import Case
from tongban.node.credentials import evidence, issuing
from tongban.node.exchange import api
from tongban.node.exchange.conversing.models import Letter
from tongban.node.people.models import Officer, Person

VOUCHER = "https://tongban.example/credentials/electronic-id/1"


@pytest.fixture
def case(woman: Person, tmp_path: Path) -> Case:
    """Her own request for help of Chongqing's officers."""
    folder = tmp_path / "virtual_window"
    shutil.copytree(SHIPPED / "virtual_window", folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "service.toml"
    file.write_text(file.read_text("utf-8").replace("-gx", "-rs"), "utf-8")
    catalogue.publish(tmp_path)
    draft = drafts.begin(woman, "virtual-window")
    for key, raw in {"wish": "不会填", "document": "", "phone": "13800000000"}.items():
        draft = drafts.answer(draft, key, raw)
    return submission.submit(woman, draft.pk, frozenset())


def test_a_voucher_that_is_shown_is_told_with_its_type_and_none_of_its_claims(
    woman: Person, officer: Officer, case: Case
) -> None:
    claims = {
        "name": woman.name,
        "sex": "female",
        "ethnic_group": "汉族",
        "birth_date": "1976-02-14",
        "age_over_18": True,
        "id_number": woman.resident_id,
        "id_tail": woman.resident_id[-4:],
        "household_place": "510104",
        "household_address": "锦江区",
        "authority": "成都市公安局",
    }
    card = issuing.issue(person=woman, vct=VOUCHER, claims=claims, agency=AGENCY, officer=officer)
    evidence.present_card(woman, card.id, case, ["name", "id_tail"])
    case.refresh_from_db()
    assert "credential-shown" in log.state_of(case).marks
    (told,) = [
        message.body.contents
        for talk in api.conversations(case.number)
        for message in api.said_and_heard(talk.id)
        if message.kind == "notice-given"
    ]
    assert told["topic"] == "credential-shown"
    assert set(told) == {"topic", "conversation", "vct", "issuer"}
    assert Letter.objects.filter(is_waiting=True).exists()
