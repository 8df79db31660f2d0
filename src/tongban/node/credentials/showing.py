"""Showing a credential: an offline code for a purpose, a code for a minute, or an answer to a request.

Promises: nothing is shown that the holder did not choose; every showing is in the holder's history.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from tongban.credentials import Code, CredentialRefused
from tongban.credentials.codes.offline import Listed, make_offline_code
from tongban.credentials.codes.online import LIFETIME, make_online_code
from tongban.credentials.codes.qr import QrCode
from tongban.credentials.sdjwt import KeyBinding, Path
from tongban.credentials.vc import Known, Verification, verify_credential
from tongban.node.clock import true_now
from tongban.node.credentials import copies, issuers, wallet
from tongban.node.credentials.models import Holding, Issued, OnlineCode, Showing
from tongban.node.people.models import Person


class CannotShow(Exception):
    """The card cannot be shown this way; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Shown:
    """A code on the screen: its picture, its text, and until when it can be scanned."""

    svg: str = field(repr=False)
    text: str = field(repr=False)
    until: datetime


def offline_code(person: Person, batch: uuid.UUID, purpose: str) -> Shown:
    """A code for one purpose that is verified without a network; made by the issuer, so only for its own.

    Raises CannotShow `not-here`, `issued-elsewhere`, `not-valid`; CredentialRefused `unknown-purpose`.
    """
    credential = _own_credential(person, batch)
    kind = issuers.types().find(credential.vct)
    wanted = kind.purpose(purpose)
    if wanted is None:
        raise CredentialRefused(Code.UNKNOWN_PURPOSE, "purpose")
    entry = credential.entries.order_by("pk").first()
    own = issuers.own(credential.vct)
    listed = Listed(entry.list_id, entry.index) if entry is not None else None
    now = true_now()
    text = make_offline_code(
        kind, purpose, credential.claims, listed, key=own.key, now=now, expires=credential.expires
    )
    paths = [".".join(path) for path in wanted.claims]
    _note(person, batch, kind.vct, Showing.How.OFFLINE, purpose=wanted.zh, claims=paths)
    until = min(now + timedelta(days=wanted.valid_days), credential.expires)
    return Shown(QrCode.of(text).svg(), text, until)


def online_code(person: Person, batch: uuid.UUID, chosen: Sequence[str]) -> Shown:
    """A code that lives a minute and is redeemed once at this node. Raises CannotShow `not-here`."""
    holding = wallet.next_copy(person, batch)
    if holding is None:
        raise CannotShow("not-here")
    own = issuers.own()
    now = true_now()
    text, name = make_online_code(own.key, now=now)
    with transaction.atomic():
        OnlineCode.objects.filter(expires__lt=now).delete()
        OnlineCode.objects.create(name=name, holding=holding, chosen=list(chosen), expires=now + LIFETIME)
    return Shown(QrCode.of(text).svg(), text, now + LIFETIME)


def present(
    holding: Holding, chosen: Sequence[Path], *, audience: str, nonce: str, transactions: Sequence[str] = ()
) -> str:
    """A presentation of these claims for one verifier and one request, signed with the holder's key.

    `transactions` are the texts of what the holder agrees to by it.
    """
    held, key = wallet.opened(holding)
    text = held.present_bound(
        chosen, key, audience=audience, nonce=nonce, now=true_now(), transactions=transactions
    )
    Holding.objects.filter(pk=holding.pk).update(shown_at=true_now())
    return text


def check(
    presentation: str, *, audience: str, nonce: str, accepted: frozenset[str] | None = None
) -> Verification:
    """Verify a presentation against what this node has at hand.

    Raises CredentialRefused for whatever is forged, malformed or meant for somebody else.
    """
    return verify_credential(
        presentation,
        known(),
        now=true_now(),
        key_binding=KeyBinding(audience=audience, nonce=nonce),
        accepted=accepted,
    )


def known() -> Known:
    """Trust list, types and status lists as this node has them now."""
    return Known(issuers.trust_list(), issuers.types(), copies.at_hand())


def history(person: Person, most: int = 200) -> list[Showing]:
    """What the person has shown, the latest first."""
    return list(Showing.objects.filter(person=person)[:most])


def note_online(holding: Holding, to: str, chosen: Sequence[str]) -> None:
    """Note that a code for a minute was redeemed, by whom as far as told."""
    _note(holding.person, holding.batch, holding.vct, Showing.How.ONLINE, to=to, claims=chosen)


def note_copied(credential: Issued) -> None:
    """Note that copies went into another wallet of the holder's."""
    _note(credential.person, credential.pk, credential.vct, Showing.How.COPY)


def note_in_case(person: Person, holding: Holding, case_number: str, chosen: Sequence[str]) -> None:
    """Note that the card was shown as evidence in a case."""
    _note(person, holding.batch, holding.vct, Showing.How.CASE, to=case_number, claims=chosen)


def note_request(holding: Holding, to: str, purpose: str, chosen: Sequence[str]) -> None:
    """Note a showing to a verifier that asked; `purpose` is what the holder agreed to by it."""
    _note(
        holding.person, holding.batch, holding.vct, Showing.How.REQUEST, to=to, purpose=purpose, claims=chosen
    )


def paths_of(chosen: Sequence[str]) -> list[Path]:
    """Claim paths out of the dotted names of a form."""
    return [tuple(int(step) if step.isdigit() else step for step in name.split(".")) for name in chosen]


def _own_credential(person: Person, batch: uuid.UUID) -> Issued:
    credential = Issued.objects.filter(person=person, pk=batch).first()
    if credential is None:
        is_held = Holding.objects.filter(person=person, batch=batch).exists()
        raise CannotShow("issued-elsewhere" if is_held else "not-here")
    if credential.state != Issued.State.VALID or credential.expires <= true_now():
        raise CannotShow("not-valid")
    return credential


def _note(
    person: Person,
    batch: uuid.UUID,
    vct: str,
    how: Showing.How,
    *,
    to: str = "",
    purpose: str = "",
    claims: Sequence[str] = (),
) -> None:
    Showing.objects.create(
        person=person,
        batch=batch,
        vct=vct,
        how=how,
        to=to,
        purpose=purpose,
        claims=list(claims),
        at=true_now(),
    )
