"""Presentation responses: encrypted by the wallet, opened and held against the request by the verifier.

Promises: only ECDH-ES on P-256 with AES-GCM is taken, with the key of this very request; every presentation
is verified for this verifier and nonce, and the whole against the query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from joserfc.jwk import ECKey
from pydantic import Field

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS
from tongban.credentials.openid.data import Message, read, read_form, read_json
from tongban.credentials.openid.dcql import Query, check_answer
from tongban.credentials.openid.encryption import ENCRYPTION, key_among, seal, unseal
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.requests import ReceivedRequest
from tongban.credentials.openid.transactions import Agreement, signed_by
from tongban.credentials.sdjwt import KeyBinding
from tongban.credentials.vc import Known, Verification, verify_credential

_Presentation = Annotated[str, Field(min_length=1, max_length=DEFAULT_LIMITS.token_bytes)]


class _Answer(Message):
    vp_token: Annotated[
        dict[str, Annotated[list[_Presentation], Field(min_length=1, max_length=20)]],
        Field(min_length=1, max_length=20),
    ]
    state: Annotated[str, Field(max_length=2000)] | None = None


class WalletRefused(OpenIdRefused):
    """The wallet answered with an error, such as that its holder declined."""


@dataclass(frozen=True, slots=True)
class Response:
    """An opened answer: presentations by query id, none of them verified yet."""

    presentations: Mapping[str, tuple[str, ...]]
    state: str | None


def seal_response(request: ReceivedRequest, presentations: Mapping[str, list[str]]) -> dict[str, str]:
    """The form that a wallet posts to `response_uri`."""
    key = key_among(request.client_metadata.jwks.keys)
    if key is None:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the verifier gives no key to encrypt to")
    offered = request.client_metadata.encrypted_response_enc_values_supported
    encryption = next((name for name in ENCRYPTION if name in offered), None)
    if encryption is None:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the verifier offers no known encryption")
    answer: dict[str, object] = {"vp_token": dict(presentations)}
    if request.state is not None:
        answer["state"] = request.state
    return {"response": seal(jws.dump_json(answer), key, encryption)}


def open_response(body: bytes, key: ECKey) -> Response:
    """The answer in a posted form, by the key of the request; WalletRefused for the wallet's own error."""
    fields = read_form(body)
    if "error" in fields:
        known = {error.value: error for error in OpenIdError}
        raise WalletRefused(
            known.get(fields["error"], OpenIdError.ACCESS_DENIED), "the wallet did not show anything"
        )
    sealed = fields.get("response")
    if sealed is None:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "response: expected an encrypted answer")
    members = read_json(
        unseal(sealed, [key], OpenIdError.INVALID_REQUEST, "response"), OpenIdError.INVALID_REQUEST
    )
    answer = read(_Answer, members, OpenIdError.INVALID_REQUEST)
    shown = {query_id: tuple(found) for query_id, found in answer.vp_token.items()}
    return Response(shown, answer.state)


def verify_response(
    response: Response,
    query: Query,
    known: Known,
    *,
    client_id: str,
    nonce: str,
    now: datetime,
    agreements: Sequence[Agreement] = (),
) -> dict[str, list[Verification]]:
    """The verdict on every presentation, by query id; the answer as a whole gives what was asked for.

    `client_id` is for whom the wallet had to sign: the verifier, or `audience_of` the origin that asked.
    `agreements` are what the request asked the holder to agree to; a presentation has to sign its own.

    Raises CredentialRefused for a presentation that is forged, of another type, or not bound to this request,
    and OpenIdRefused for an answer that lacks something. Verdicts other than `valid` are returned, not
    raised; an answer counts when all of its verdicts are `valid`.
    """
    found: dict[str, list[Verification]] = {}
    for query_id, presentations in response.presentations.items():
        one = query.by_id(query_id)
        if one is None:
            raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "nothing was asked under this id")
        texts = signed_by(agreements, query_id, response.presentations)
        binding = KeyBinding(client_id, nonce, transactions=texts)
        found[query_id] = [
            verify_credential(
                shown,
                known,
                now=now,
                key_binding=binding if one.require_cryptographic_holder_binding else None,
                accepted=frozenset(one.meta.vct_values),
            )
            for shown in presentations
        ]
    if all(verification.claims for verifications in found.values() for verification in verifications):
        check_answer(
            query,
            {query_id: [one.claims for one in verifications] for query_id, verifications in found.items()},
        )
    return found
