"""Asking a wallet to show a credential, and what it showed (OpenID4VP 1.0 by HAIP 1.0).

Promises: a request is answered once, within minutes; only what was asked for is taken; what was shown is
stored encrypted and forgotten when it was read or the request has ended.
"""

import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from joserfc.jwk import ECKey

from tongban.credentials import CredentialRefused
from tongban.credentials.openid import (
    Agreement,
    OpenIdError,
    OpenIdRefused,
    PresentationRequest,
    WalletRefused,
    audience_of,
    new_encryption_key,
    open_response,
    public_jwk,
    read_query,
    request_link,
    verify_response,
)
from tongban.credentials.trust import Untrusted
from tongban.credentials.types import CredentialType
from tongban.credentials.vc import Verification
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.credentials import showing
from tongban.node.credentials.sealing import seal, unseal
from tongban.node.credentials.wallets import addresses, authorities, tokens
from tongban.node.credentials.wallets.models import Asked
from tongban.node.credentials.wallets.reader import NoReader, Reader, reader

LIFETIME = timedelta(minutes=5)
KEPT = timedelta(minutes=10)
"""How long an answer waits for its verifier."""
QUERY_ID = "credential"
DECLINED = "declined"


@dataclass(frozen=True)
class Agreed:
    """What the holder agreed to, and the proof for others: the entry of the request and the presentation."""

    statement: str
    proof: str = field(repr=False)


@dataclass(frozen=True)
class Seen:
    """What a wallet showed: the verdict, and the claims, which are there whatever the verdict is."""

    verdict: str
    issuer: str
    claims: Mapping[str, Any] = field(repr=False)
    as_of: datetime | None
    agreed: Agreed | None = None


def ask(
    kind: CredentialType, claims: Sequence[str], *, statement: str = "", is_same_device: bool = False
) -> Asked:
    """Ask for some claims of a credential of this type. Raises NoReader, NoIssuer.

    `statement` is what the holder has to agree to by showing it, at most `MOST_STATEMENT` characters. A
    wallet on the same device leads back to the browser that asked; elsewhere nobody can see what it showed.
    """
    verifier = reader()
    now = true_now()
    Asked.objects.filter(expires__lt=now - KEPT).delete()
    query: dict[str, Any] = {
        "credentials": [
            {
                "id": QUERY_ID,
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [kind.vct]},
                "claims": [{"path": [name]} for name in claims] or [{"path": ["vct"]}],
                **({"trusted_authorities": by} if (by := authorities.trusted(kind.vct)) else {}),
            }
        ]
    }
    number = uuid.uuid4()
    key = new_encryption_key(str(number))
    asked = Asked(
        id=number,
        vct=kind.vct,
        query=query,
        client_id=verifier.client_id,
        nonce=tokens.fresh(),
        state=tokens.fresh(),
        key=seal(json.dumps(key.as_dict(private=True))),
        expires=now + LIFETIME,
        is_same_device=is_same_device,
        statement=statement,
    )
    asked.request = _signed(_request(asked), verifier, LIFETIME)
    asked.save()
    return asked


def for_wallet(asked: Asked, wallet_nonce: str) -> str | None:
    """The same request with the nonce of the wallet that fetches it; None where it cannot be signed."""
    try:
        verifier = reader()
    except NoReader:
        return None
    if verifier.client_id != asked.client_id:
        return None
    request = replace(_request(asked), wallet_nonce=wallet_nonce)
    return _signed(request, verifier, asked.expires - true_now())


def for_browser(asked: Asked) -> str:
    """The same request for the browser that asked, which finds a wallet by itself. Raises NoReader."""
    verifier = reader()
    request = replace(_request(asked), client_id=verifier.client_id, origin=addresses.pages_origin())
    return _signed(request, verifier, LIFETIME)


def _request(asked: Asked) -> PresentationRequest:
    return PresentationRequest(
        client_id=asked.client_id,
        response_uri=addresses.answer_uri(str(asked.pk)),
        nonce=asked.nonce,
        state=asked.state,
        query=asked.query,
        encryption_key=public_jwk(ECKey.import_key(json.loads(unseal(asked.key)))),
        client_name=this_node().title.zh,
        agreements=_agreements(asked.pk, asked.statement),
    )


def _signed(request: PresentationRequest, verifier: Reader, lifetime: timedelta) -> str:
    return request.sign(verifier.key, now=true_now(), lifetime=lifetime, chain=[verifier.certificate])


def _agreements(number: uuid.UUID, statement: str) -> tuple[Agreement, ...]:
    return (Agreement.of(statement, QUERY_ID, str(number)),) if statement else ()


def link(asked: Asked) -> str:
    """What a wallet opens or scans."""
    return request_link(asked.client_id, addresses.request_uri(str(asked.pk)))


def answer(number: uuid.UUID, body: bytes) -> str | None:
    """Take a wallet's answer: verified and kept, or refused. Raises OpenIdRefused.

    Gives the address to which a wallet on the same device has to lead its holder.
    """
    asked, secret = _answered(number, body, by_browser=False)
    return addresses.result_uri(str(number), secret) if asked.is_same_device else None


def answer_by_browser(number: uuid.UUID, body: bytes) -> str:
    """Take the answer that the browser which asked brings; gives the secret to see it by. As `answer`."""
    _, secret = _answered(number, body, by_browser=True)
    return secret


def _answered(number: uuid.UUID, body: bytes, *, by_browser: bool) -> tuple[Asked, str]:
    secret = tokens.fresh()
    with transaction.atomic():
        asked = Asked.objects.select_for_update().filter(pk=number, expires__gt=true_now()).first()
        if asked is None or asked.answered_at is not None:
            raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the request was answered or has ended")
        try:
            seen = _seen(asked, body, by_browser=by_browser)
        except WalletRefused:
            asked.problem = DECLINED
            seen = None
        asked.answered_at = true_now()
        if seen is not None:
            asked.shown = seal(json.dumps(seen))
        asked.way_back = tokens.digest(secret)
        asked.save(update_fields=["answered_at", "problem", "shown", "way_back"])
    return asked, secret


def has_come_back(asked: Asked, secret: str) -> bool:
    """Whether who looks may see what was shown: a wallet on the same device led them here, by its secret."""
    if not asked.is_same_device:
        return True
    return asked.way_back is not None and hmac.compare_digest(bytes(asked.way_back), tokens.digest(secret))


def take(number: uuid.UUID) -> Seen | None:
    """What was shown, for its verifier to read once; None while nothing was, or it was read."""
    with transaction.atomic():
        asked = Asked.objects.select_for_update().filter(pk=number).first()
        if asked is None or not asked.shown:
            return None
        members = json.loads(unseal(asked.shown))
        Asked.objects.filter(pk=number).delete()
    as_of, proof = members["as_of"], members["proof"]
    return Seen(
        members["verdict"],
        members["issuer"],
        members["claims"],
        datetime.fromisoformat(as_of) if as_of else None,
        Agreed(asked.statement, proof) if proof else None,
    )


def _seen(asked: Asked, body: bytes, *, by_browser: bool) -> dict[str, Any]:
    """What was shown, for whoever asked and nobody else: the verifier, or the page's origin in a browser."""
    response = open_response(body, ECKey.import_key(json.loads(unseal(asked.key))))
    if not by_browser and response.state != asked.state:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "state: expected that of the request")
    query = read_query(asked.query)
    audience = audience_of(addresses.pages_origin()) if by_browser else asked.client_id
    agreements = _agreements(asked.pk, asked.statement)
    try:
        found = verify_response(
            response,
            query,
            showing.known(),
            client_id=audience,
            nonce=asked.nonce,
            now=true_now(),
            agreements=agreements,
        )
    except CredentialRefused as refused:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, f"vp_token: {refused.code.value}") from None
    except Untrusted as untrusted:
        return {"verdict": untrusted.verdict.value, "issuer": "", "claims": {}, "as_of": None, "proof": ""}
    (verification,) = found[QUERY_ID]
    told = _told(verification, [str(claim["path"][0]) for claim in asked.query["credentials"][0]["claims"]])
    counts = verification.verdict is Verdict.VALID
    return told | {"proof": _proof(agreements, response.presentations[QUERY_ID][0]) if counts else ""}


def _proof(agreements: Sequence[Agreement], presentation: str) -> str:
    """What anybody can check the holder's agreement by; empty where nothing was agreed to."""
    if not agreements:
        return ""
    return json.dumps(
        {"transaction_data": [one.text for one in agreements], "presentation": presentation}, indent=1
    )


def _told(verification: Verification, wanted: Sequence[str]) -> dict[str, Any]:
    claims = {name: verification.claims[name] for name in wanted if name in verification.claims}
    as_of = verification.status_as_of
    return {
        "verdict": verification.verdict.value,
        "issuer": verification.issuer,
        "claims": claims,
        "as_of": as_of.isoformat() if as_of else None,
    }
