"""Offers: the holder takes a credential of this node, or what a case will bring, into a wallet elsewhere.

Promises: an offer is taken up once, by its code with the number shown beside it, or by signing in; five wrong
numbers end it.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tongban.credentials.openid import (
    CredentialOffer,
    OpenIdError,
    OpenIdRefused,
    PreAuthorisedRequest,
    TransactionCode,
    link_to,
)
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import addresses, granting, tokens
from tongban.node.credentials.wallets.granting import Granted
from tongban.node.credentials.wallets.models import Offer

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
NUMBER_LENGTH = 6


@dataclass(frozen=True)
class Made:
    """An offer for the screen: the link (also as a QR code), the number to type in, until when."""

    link: str = field(repr=False)
    number: str = field(repr=False)
    until: datetime


def offer(credential: Issued) -> Made:
    """Offer a credential to whichever wallet comes first. Raises CannotOffer."""
    if credential.state != Issued.State.VALID or credential.expires <= true_now():
        raise CannotOffer
    return _make(Granted(credential))


def offer_case(case: Case) -> Made:
    """Offer what an open case will bring: the wallet that takes it up comes again. Raises CannotOffer."""
    if not granting.may_bring(case):
        raise CannotOffer
    return _make(Granted(case=case))


def _make(granted: Granted) -> Made:
    now = true_now()
    name = tokens.fresh()
    number = f"{secrets.randbelow(10**NUMBER_LENGTH):0{NUMBER_LENGTH}}"
    Offer.objects.filter(expires__lt=now).delete()
    Offer.objects.create(
        name=tokens.digest(name),
        code=tokens.digest(_code(name)),
        state=tokens.digest(_state(name)),
        number=tokens.derived(name, number),
        credential=granted.credential,
        case=granted.case,
        expires=now + LIFETIME,
    )
    return Made(link_to(addresses.offer_uri(name)), number, now + LIFETIME)


class CannotOffer(Exception):
    """Only a credential that counts can be put into a wallet, or what an open case may still bring."""


def read(name: str) -> CredentialOffer | None:
    """The offer of that name as a wallet reads it, while it can be taken up."""
    row = Offer.objects.filter(
        name=tokens.digest(name), redeemed_at=None, expires__gt=true_now(), tries__lt=MOST_TRIES
    ).first()
    if row is None:
        return None
    return CredentialOffer(
        issuer=issuers.own().uri,
        configurations=(granting.of(row).configuration,),
        pre_authorised=_with_name(name, _code(name)),
        transaction_code=TransactionCode(NUMBER_LENGTH, "The number shown beside the code"),
        issuer_state=_state(name),
    )


def redeem(asked: PreAuthorisedRequest) -> Granted:
    """What a code was made for; the code is spent. Raises OpenIdRefused."""
    name, _, code = asked.code.partition(".")
    with transaction.atomic():
        row = Offer.objects.select_for_update().filter(code=tokens.digest(code)).first()
        if row is None or row.redeemed_at is not None or row.expires <= true_now():
            raise _dead()
        if row.tries >= MOST_TRIES:
            raise _dead()
        right = hmac.compare_digest(row.number, tokens.derived(name, asked.tx_code or ""))
        if right:
            row.redeemed_at = true_now()
            row.save(update_fields=["redeemed_at"])
            return granting.of(row)
        Offer.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    raise OpenIdRefused(OpenIdError.INVALID_GRANT, "tx_code: type the number shown beside the code")


def by_state(state: str) -> Offer | None:
    """The offer that an authorisation refers to, while it can be taken up."""
    return Offer.objects.filter(
        state=tokens.digest(state), redeemed_at=None, expires__gt=true_now(), tries__lt=MOST_TRIES
    ).first()


def take_up(row: Offer) -> bool:
    """Spend an offer by signing in; whether it had not been taken up before."""
    return bool(Offer.objects.filter(pk=row.pk, redeemed_at=None).update(redeemed_at=true_now()))


def _dead() -> OpenIdRefused:
    return OpenIdRefused(
        OpenIdError.INVALID_GRANT, "pre-authorized_code: it was used or has ended; ask for a new offer"
    )


def _code(name: str) -> str:
    return tokens.derived(name, "offer code")


def _state(name: str) -> str:
    return tokens.derived(name, "offer state")


def _with_name(name: str, code: str) -> str:
    """The code carries the offer's name, with which its number is checked."""
    return f"{name}.{code}"
