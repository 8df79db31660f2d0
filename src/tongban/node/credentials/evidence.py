"""A credential shown as evidence in a case: verified first, then kept with the verdict.

Promises: only what the holder chose is kept; what is not valid does not become evidence.
"""

import secrets
import uuid
from collections.abc import Sequence

from django.db import transaction

from tongban.credentials.verdict import Verdict
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, showing, wallet
from tongban.node.credentials.models import Presented
from tongban.node.credentials.showing import CannotShow
from tongban.node.people.models import Person
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json

PRESENTED = "credential-presented"


def present(person: Person, batch: uuid.UUID, case: Case, chosen: Sequence[str]) -> Presented:
    """Show the card's chosen claims to this node for the case, verify, and keep claims and verdict.

    Raises CannotShow `not-here` and `not-valid`, CredentialRefused, LogUnavailable.
    """
    holding = wallet.next_copy(person, batch)
    if holding is None:
        raise CannotShow("not-here")
    audience, nonce = issuers.own().uri, secrets.token_hex(16)
    shown = showing.present(holding, showing.paths_of(chosen), audience=audience, nonce=nonce)
    found = showing.check(shown, audience=audience, nonce=nonce)
    if found.verdict is not Verdict.VALID:
        raise CannotShow("not-valid")
    names = {claim.path[0] for claim in found.kind.claims}
    with transaction.atomic():
        row = Presented.objects.create(
            case=case,
            vct=found.kind.vct,
            issuer=found.issuer,
            verdict=found.verdict.value,
            claims={name: value for name, value in found.claims.items() if name in names},
            status_as_of=found.status_as_of,
            at=true_now(),
        )
        showing.note_in_case(person, holding, case.number, chosen)
        content: dict[str, Json] = {
            "case": case.number,
            "type": row.vct,
            "issuer": row.issuer,
            "verdict": row.verdict,
            "claims": sorted(row.claims),
        }
        translog.record_all([translog.prepare(PRESENTED, uuid.uuid4(), content)])
    return row


def of_number(number: str) -> list[Presented]:
    """What was shown in the case of that number, the earliest first."""
    return list(Presented.objects.filter(case__number=number).order_by("at"))


def of_case(case: Case) -> list[Presented]:
    """What was shown in the case, the earliest first."""
    return list(Presented.objects.filter(case=case).order_by("at"))
