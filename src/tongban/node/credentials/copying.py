"""Copies of a credential for another wallet of its holder, which the issuer signs for that wallet's keys.

Promises: a code gives copies once; each copy is bound to a key that the taking node proved to have and has a
status entry of its own, so that a revocation reaches it; what names another person is not taken.
"""

import uuid
from typing import Annotated

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongban.credentials import Code, CredentialRefused
from tongban.credentials.codes.online import read_online_code
from tongban.credentials.openid import OpenIdRefused, check_proofs, sign_proof
from tongban.credentials.openid.issuance import Proofs
from tongban.credentials.sdjwt.keybinding import holder_key
from tongban.credentials.vc import Verification, verify_credential
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, redeeming, showing, wallet
from tongban.node.credentials.models import Issued, OnlineCode
from tongban.node.people.models import Person
from tongban.suites import SigningKey, Suite, new_signing_key

PATH = "/credentials/copies/"


class NotTaken(Exception):
    """The credential does not go into this wallet: `not-yours`, or `verdict` says why it does not count."""

    def __init__(self, reason: str, verdict: Verdict | None = None) -> None:
        self.reason = reason
        self.verdict = verdict
        super().__init__(reason)


class Asked(BaseModel):
    """What the other wallet asks for: the code, and a proof for each key that a copy is to be bound to."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    code: Annotated[str, Field(min_length=1, max_length=2000)]
    proofs: Annotated[list[str], Field(min_length=1, max_length=issuing.BATCH)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    credentials: Annotated[list[str], Field(max_length=issuing.BATCH)] | None = None
    refused: Code | None = Field(default=None, strict=False)


def give(asked: Asked) -> list[str]:
    """A copy of the credential that the code stands for, for each proved key. Uses the code up.

    Raises CredentialRefused for a code that is forged, expired or used up, for a proof that does not hold,
    and for a credential that does not count any more.
    """
    with transaction.atomic():
        row = redeeming.use_up(asked.code, OnlineCode.Use.COPY)
        name = bytes(row.name).hex()
        try:
            keys = check_proofs(
                Proofs(jwt=asked.proofs),
                issuer=issuers.own().uri,
                now=true_now(),
                knows_nonce=lambda nonce: nonce == name,
            )
        except (OpenIdRefused, ValidationError) as refused:
            raise CredentialRefused(Code.BAD_SIGNATURE, "proofs") from refused
        credential = Issued.objects.get(pk=row.holding.batch)
        if credential.state != Issued.State.VALID or credential.expires <= true_now():
            raise CredentialRefused(Code.EXPIRED, "credential")
        showing.note_copied(row.holding)
        return issuing.copies_for(credential, keys)


def take(person: Person, code: str) -> uuid.UUID:
    """Put copies of what the code stands for into the person's wallet here; gives the card's number.

    Raises NotTaken, CredentialRefused, Untrusted, IssuerAway.
    """
    now = true_now()
    reference = read_online_code(code, issuers.trust_list(now), now=now)
    keys = [new_signing_key("holder", Suite.ES256) for _ in range(issuing.BATCH)]
    proofs = [sign_proof(key, issuer=reference.issuer, nonce=reference.id.hex(), now=now) for key in keys]
    asked = Asked(code=code, proofs=proofs)
    is_own = reference.issuer == issuers.verifier_name()
    copies = give(asked) if is_own else _ask(reference.issuer, asked)
    if len(copies) != len(keys):
        raise redeeming.IssuerAway(f"{reference.issuer}: {len(copies)} copies")
    found = [_checked(person, *pair, reference.issuer) for pair in zip(copies, keys, strict=True)]
    return wallet.put(person, found[0].kind.vct, reference.issuer, list(zip(copies, keys, strict=True)))


def _checked(person: Person, compact: str, key: SigningKey, issuer: str) -> Verification:
    found = verify_credential(compact, showing.known(), now=true_now(), key_binding=None)
    bound = holder_key(found.claims)
    if found.issuer != issuer or bound is None or bound.public_key != key.public_key:
        raise CredentialRefused(Code.KEY_BINDING_MISMATCH, "cnf")
    if found.verdict is not Verdict.VALID:
        raise NotTaken("not-valid", found.verdict)
    if not wallet.is_of(person, found.claims):
        raise NotTaken("not-yours")
    return found


def _ask(issuer: str, asked: Asked) -> list[str]:
    try:
        answer = _Answer.model_validate_json(redeeming.post(issuer, PATH, asked))
    except ValidationError as error:
        raise redeeming.IssuerAway(f"{issuer}: {type(error).__name__}") from error
    if answer.refused is not None:
        raise CredentialRefused(answer.refused, "code")
    return answer.credentials or []
