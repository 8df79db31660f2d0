"""A question that Sichuan asks, with the consent that it needs."""

from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from tests.protocol.federation_of_two import FIELDS, SUBJECT
from tongban.node.exchange import api
from tongban.node.exchange.models import Outbox, Peer
from tongban.protocol import Text

CASE = "SC-2026-000001"
PURPOSE = Text(zh="核对缴费年限", en="count the months")


def give_consent(**changes: Any) -> UUID:
    given_for: dict[str, Any] = {
        "subject": SUBJECT,
        "service": "medical-retirement",
        "case_ref": CASE,
        "from_agency": "510100-yb",
        "to_agency": "500000-yb",
        "evidence_type": "contribution-spells",
        "fields": FIELDS,
        "purpose": PURPOSE,
    }
    return api.give_consent(**{**given_for, **changes})


def a_question(**changes: Any) -> api.Question:
    asked: dict[str, Any] = {
        "case_ref": CASE,
        "service": "medical-retirement",
        "asking_agency": "510100-yb",
        "evidence_type": "contribution-spells",
        "place": "500000",
        "subject": SUBJECT,
        "fields": FIELDS,
        "purpose": PURPOSE,
    }
    basis = {} if "basis" in changes else {"basis": api.ByConsent(give_consent())}
    return api.Question(**{**asked, **basis, **changes})


def make_due() -> None:
    Outbox.objects.update(next_try=Now(), lease=None, lease_until=None)
    Peer.objects.update(rests_until=None)
