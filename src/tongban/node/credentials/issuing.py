"""Issues credentials and changes their status: what an officer decided becomes something to carry.

Promises: credential, entries, wallet and the record in the log are one transaction; each change of status has
officer, reason and time, and is in the list at once.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from tongban.credentials import Code, CredentialRefused
from tongban.credentials.sdjwt.issuing import NO_HEADER
from tongban.credentials.status import StatusReference
from tongban.credentials.types import CredentialType
from tongban.credentials.vc import Slot, issue_batch
from tongban.node.casework.models import Case
from tongban.node.clock import LOCAL_ZONE, true_now
from tongban.node.credentials import issuers, lists, wallet
from tongban.node.credentials.models import Issued, StatusChange
from tongban.node.people.models import Officer, Person
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json
from tongban.suites import Suite, VerifyingKey, new_signing_key

BATCH = 5
"""Copies of one credential in a wallet, each bound to a key of its own: verifiers cannot link them."""

ISSUED = "credential-issued"
HANDED_OUT = "credential-handed-out"
CHANGED = "credential-status"


def issue(
    *,
    person: Person,
    vct: str,
    claims: Mapping[str, object],
    agency: str,
    officer: Officer | None = None,
    case: Case | None = None,
) -> Issued:
    """Issue a credential and put a batch of copies into the person's wallet on this node.

    Raises CredentialRefused for an unknown type or claims that do not fit it, NoIssuer, ListFull,
    LogUnavailable.
    """
    own = issuers.own(vct)
    kind = issuers.types().find(vct)
    now = true_now()
    with transaction.atomic():
        credential = Issued.objects.create(
            vct=vct,
            person=person,
            case=case,
            agency=agency,
            claims=dict(claims),
            issued_by=officer,
            issued_at=now,
            expires=_end(kind, claims, now),
        )
        keys = [new_signing_key("holder", Suite.ES256) for _ in range(BATCH)]
        compacts = copies_for(credential, [key.verifying_key for key in keys])
        wallet.put(person, vct, own.uri, list(zip(compacts, keys, strict=True)), batch=credential.id)
        _record(ISSUED, credential)
    return credential


def _end(kind: CredentialType, claims: Mapping[str, object], now: datetime) -> datetime:
    """When a credential of the type ends: with the day that its claim tells, after its days at the latest.

    Raises CredentialRefused when that day is over.
    """
    latest = now + timedelta(days=kind.valid_days)
    told = claims.get(kind.ends_with) if kind.ends_with else None
    if not isinstance(told, str):
        return latest
    try:
        end = datetime.combine(date.fromisoformat(told), time.max, LOCAL_ZONE).replace(microsecond=0)
    except ValueError as error:
        raise CredentialRefused(Code.MALFORMED, kind.ends_with) from error
    if end <= now:
        raise CredentialRefused(Code.EXPIRED, kind.ends_with)
    return min(latest, end)


def copies_for(
    credential: Issued, holders: list[VerifyingKey], header: Mapping[str, object] = NO_HEADER
) -> list[str]:
    """A copy of the credential for each of these holders' keys, with status entries of their own.

    `header` are more members of the copies' JWS header.
    """
    own = issuers.own(credential.vct)
    kind = issuers.types().find(credential.vct)
    entries = lists.take_entries(credential, len(holders)) if kind.has_status else []
    references: list[StatusReference | None] = [reference for _, reference in entries]
    references = references or [None] * len(holders)
    slots = [Slot(holder, reference) for holder, reference in zip(holders, references, strict=True)]
    return issue_batch(
        kind,
        credential.claims,
        slots,
        issuer=own.uri,
        key=own.key,
        now=true_now(),
        expires=credential.expires,
        header=header,
    )


def hand_out(credential: Issued, holders: list[VerifyingKey], header: Mapping[str, object]) -> list[str]:
    """Copies for a wallet elsewhere, in the log before they leave. Inside a transaction.

    Raises LogUnavailable, ListFull.
    """
    copies = copies_for(credential, holders, header)
    _record(HANDED_OUT, credential, copies=len(copies))
    return copies


def change(
    credential: Issued, state: Issued.State, officer: Officer, reason: str = ""
) -> StatusChange | None:
    """Suspend, restore or revoke; None when the credential is in that state already.

    Telling the holder is left to whoever changes: an event of the case does, or `tell_holder`. Raises
    AlreadyRevoked, for what was revoked stays so, and LogUnavailable.
    """
    with transaction.atomic():
        row = Issued.objects.select_for_update().get(pk=credential.pk)
        if row.state == state:
            return None
        if row.state == Issued.State.REVOKED:
            raise AlreadyRevoked
        row.state = state
        row.save(update_fields=["state"])
        changed = StatusChange.objects.create(
            credential=row, state=state, reason=reason, officer=officer, at=true_now()
        )
        lists.apply(row)
        _record(CHANGED, row)
    return changed


class AlreadyRevoked(Exception):
    """A revocation is not taken back; a new credential has to be issued."""

    def __init__(self) -> None:
        super().__init__("the credential is revoked, which is not taken back; issue a new one")


def _record(kind: str, credential: Issued, **more: Json) -> None:
    content: dict[str, Json] = {
        "credential": str(credential.id),
        "type": credential.vct,
        "person": credential.person.pseudonym,
        "agency": credential.agency,
        "state": str(credential.state),
        "case": credential.case.number if credential.case else None,
        **more,
    }
    translog.record_all([translog.prepare(kind, uuid.uuid4(), content)])
