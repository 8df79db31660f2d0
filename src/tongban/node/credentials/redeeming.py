"""Codes for a minute, whichever node signed them: the verifier asks that node and checks its answer itself.

Promises: a code is redeemed once; the answer is bound to the verifier's name and nonce by the holder's key,
so that it serves nobody else.
"""

import secrets
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Annotated

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongban.credentials import Code, CredentialRefused
from tongban.credentials.codes.online import read_online_code
from tongban.credentials.vc import Verification
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, portraits, showing
from tongban.node.credentials.models import OnlineCode
from tongban.node.fetching import Away, Site

TIMEOUT_SECONDS = 10
MOST_BYTES = 300_000
MOST_NAME = 200
PATH = "/credentials/redeem/"


class IssuerAway(Exception):
    """The node that signed the code does not answer, or not as it should."""


class Asked(BaseModel):
    """What a verifier at another node asks for: the code, and what the answer has to be bound to."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    code: Annotated[str, Field(min_length=1, max_length=2000)]
    audience: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    nonce: Annotated[str, Field(min_length=16, max_length=100)]
    to: Annotated[str, Field(max_length=MOST_NAME)] = ""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    presentation: Annotated[str, Field(max_length=MOST_BYTES)] | None = None
    photo: Annotated[str, Field(max_length=MOST_BYTES)] | None = None
    refused: Code | None = Field(default=None, strict=False)


@dataclass(frozen=True)
class Given:
    """What the node that signed a code gives for it: the presentation, and the holder's photo if shown."""

    presentation: str = field(repr=False)
    photo: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Redeemed:
    """What a code showed: verdict and claims, the proof, and the photo whose hash the issuer signed."""

    found: Verification
    presentation: str = field(repr=False)
    photo: bytes | None = field(default=None, repr=False)


def redeem(text: str, to: str) -> Redeemed:
    """What a code for a minute shows to whoever scanned it, once.

    `to` is the name that the holder reads. Raises CredentialRefused for a code that is forged, expired or
    used up, Untrusted for an unknown signer, IssuerAway.
    """
    now = true_now()
    issuer = read_online_code(text, issuers.trust_list(now), now=now).issuer
    audience = issuers.verifier_name()
    asked = Asked(code=text, audience=audience, nonce=secrets.token_hex(16), to=to[:MOST_NAME])
    given = give(asked) if issuer == audience else _ask(issuer, asked)
    found = showing.check(given.presentation, audience=audience, nonce=asked.nonce)
    is_theirs = given.photo is not None and portraits.fits(given.photo, found.claims.get(portraits.CLAIM))
    return Redeemed(found, given.presentation, given.photo if is_theirs else None)


def give(asked: Asked) -> Given:
    """What a code of this node stands for. Uses the code up and notes who was shown what.

    Raises CredentialRefused for a code that is forged, expired, used up or another node's.
    """
    with transaction.atomic():
        row = _use_up(asked.code)
        paths = showing.paths_of(row.chosen)
        presentation = showing.present(row.holding, paths, audience=asked.audience, nonce=asked.nonce)
        showing.note_online(row.holding, asked.to or _told(asked.audience), row.chosen)
        photo = portraits.picture_of(row.holding.person) if portraits.CLAIM in row.chosen else None
    return Given(presentation, photo)


def _use_up(code: str) -> OnlineCode:
    """What a code of this node stands for, now used up. Inside a transaction.

    Raises CredentialRefused for a code that is forged, expired, used up or another node's.
    """
    now = true_now()
    reference = read_online_code(code, issuers.trust_list(now), now=now)
    rows = OnlineCode.objects.select_for_update(of=("self",)).select_related("holding__person")
    row = rows.filter(name=reference.id).first()
    if row is None:
        raise CredentialRefused(Code.EXPIRED, "code")
    if row.redeemed_at is not None:
        raise CredentialRefused(Code.ALREADY_USED, "code")
    row.redeemed_at = now
    row.save(update_fields=["redeemed_at"])
    return row


def _told(audience: str) -> str:
    return "" if audience == issuers.verifier_name() else audience


def _ask(issuer: str, asked: Asked) -> Given:
    """The answer of the node that signed the code; `issuer` is a name of the trust list, never the code's."""
    try:
        answer = _Answer.model_validate_json(_post(issuer, asked))
    except ValidationError as error:
        raise IssuerAway(f"{issuer}: {type(error).__name__}") from error
    if answer.refused is not None:
        raise CredentialRefused(answer.refused, "code")
    if answer.presentation is None:
        raise IssuerAway(f"{issuer}: neither presentation nor refusal")
    return Given(answer.presentation, _bytes(answer.photo))


def _post(issuer: str, asked: Asked) -> bytes:
    """What the issuer's node answers. Raises IssuerAway."""
    try:
        with Site(seconds=TIMEOUT_SECONDS, most_bytes=MOST_BYTES) as site:
            answer = site.ask("POST", f"{issuer}{PATH}", json=asked.model_dump())
    except Away as away:
        raise IssuerAway(f"{issuer}: {away}") from away
    if answer.status not in {200, 409, 429}:
        raise IssuerAway(f"{issuer}: {answer.status}")
    return answer.content


def _bytes(photo: str | None) -> bytes | None:
    try:
        return b64decode(photo, validate=True) if photo else None
    except ValueError:
        return None
