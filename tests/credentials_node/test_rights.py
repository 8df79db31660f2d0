"""Every page of credentials as every role: allowed really allowed, refused really refused."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from tests.credentials_node.conftest import TITLE
from tests.credentials_node.test_evidence import ANSWERS
from tests.pages.rights import ROLES, clients_of, differences, pages
from tests.services.shipped import FOLDERS, copy_shipped
from tongban.node.casework import catalogue, drafts, submission
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets.models import Awaited
from tongban.node.people.models import Account, Officer, Person

SERVICE = "professional-title"
LACKING = frozenset({"openid-authorise", "portrait"})
"""A wallet that asks, and a portrait in an agency's system, are not in this world."""


@pytest.fixture
def named(woman: Person, title: Issued, tmp_path: Path) -> Mapping[str, object]:
    """A credential and an open case of the owner's."""
    catalogue.publish(copy_shipped(tmp_path, (*FOLDERS, "professional_title")))
    draft = drafts.begin(woman, SERVICE)
    for key, raw in ANSWERS.items():
        draft = drafts.answer(draft, key, raw)
    case = submission.submit(woman, draft.pk, frozenset())
    return {
        "number": UUID(int=1),
        "case-credentials.number": case.number,
        "case-offer.number": case.number,
        "credential-awaited.number": _waited_for(woman),
        "status-list.number": 0,
        "batch": title.id,
        "case": case.pk,
        "key": title.id,
        "name": "nonsense",
        "purpose": issuers.types()[TITLE].purposes[0].key,
    }


def _waited_for(person: Person) -> UUID:
    """Something that the owner's wallet waited for in vain."""
    now = true_now()
    return Awaited.objects.create(
        person=person, vct=TITLE, issuer="x", secret="", asked_at=now, due=now, expires=now, ended="not-valid"
    ).pk


@pytest.mark.parametrize("role", ROLES)
def test_every_page_answers_the_role_as_the_table_says(
    citizen: Account, officer: Officer, named: Mapping[str, object], role: str
) -> None:
    clients: Mapping[str, Client] = clients_of(citizen, officer, (SERVICE,))
    found = list(differences(pages(of_credentials=True), role, clients, named, LACKING))
    assert not found, "\n".join(found)
