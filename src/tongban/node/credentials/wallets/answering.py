"""The portal's wallet reads what a verifier asks for, and answers it (OpenID4VP 1.0 by HAIP 1.0).

Promises: only nodes of the directory are answered, at their own addresses, for what they have signed; a
request that was fetched by POST answers this wallet's own nonce. What is shown is for `picking`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tongban.credentials import CredentialRefused, jws
from tongban.credentials.openid import (
    Agreement,
    OpenIdRefused,
    Query,
    ReceivedRequest,
    RequestLink,
    open_request,
    read_link,
    seal_response,
    wallet_fields,
    x509_hash_client_id,
)
from tongban.credentials.openid.requests import MEDIA_TYPE
from tongban.credentials.x5c import leads_to, point, read_chain
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.redeeming import MOST_BYTES, TIMEOUT_SECONDS
from tongban.node.credentials.wallets import tokens
from tongban.node.exchange import identity
from tongban.node.fetching import Answer, Away, Site
from tongban.suites import Suite, VerifyingKey

MOST_AT_ONCE = 10
"""How many credentials one request may ask for here, so that its holder can still judge it."""


class NotAnswered(Exception):
    """Nothing was shown; `reason` is a stable code.

    `no-request`, `unknown-verifier`, `request-over`, `request-unclear`, `claims-missing`, `cards-unfit`,
    `not-valid`, `not-here`, `verifier-away`.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Request:
    """What a verifier asks: `text` is what it signed, `verifier` its name in the directory.

    `agreements` are what the holder agrees to by showing it.
    """

    text: str = field(repr=False)
    verifier: str
    received: ReceivedRequest
    agreements: tuple[Agreement, ...]

    @property
    def query(self) -> Query:
        """What is asked for."""
        return self.received.dcql_query


def connection() -> Site:
    """How verifiers are reached."""
    return Site(seconds=TIMEOUT_SECONDS, most_bytes=MOST_BYTES)


def fetch(link: str) -> Request:
    """The request that a link or code leads to. Raises NotAnswered."""
    try:
        asked = read_link(link)
    except OpenIdRefused:
        raise NotAnswered("no-request") from None
    if not any(asked.request_uri.startswith(f"{verifier}/") for verifier in _verifiers()):
        raise NotAnswered("unknown-verifier")
    nonce = tokens.fresh() if asked.is_posted else None
    answer = _fetched(asked, nonce)
    if answer.status == 404:
        raise NotAnswered("request-over")
    if answer.status != 200:
        raise NotAnswered("verifier-away")
    request = read(answer.content.decode("ascii", errors="replace"), wallet_nonce=nonce)
    if request.received.client_id != asked.client_id:
        raise NotAnswered("request-unclear")
    return request


def read(text: str, *, wallet_nonce: str | None = None) -> Request:
    """A request that a node of the directory has signed and that still counts. Raises NotAnswered."""
    now = true_now()
    try:
        chain = read_chain(jws.take_apart(text.encode("ascii"), "request").header)
        verifier = next(
            (name for name, roots in _verifiers().items() if leads_to(chain, roots, now) is not None), None
        )
        if verifier is None:
            raise NotAnswered("unknown-verifier")
        key = VerifyingKey("verifier", Suite.ES256, point(chain[0]))
        client_id = x509_hash_client_id(chain[0].public_bytes(Encoding.DER))
        received = open_request(text, key, client_id=client_id, now=now, wallet_nonce=wallet_nonce)
        agreements = received.agreements
    except (CredentialRefused, OpenIdRefused, UnicodeEncodeError):
        raise NotAnswered("request-unclear") from None
    is_too_much = len(received.dcql_query.credentials) > MOST_AT_ONCE
    if is_too_much or not received.response_uri.startswith(f"{verifier}/"):
        raise NotAnswered("request-unclear")
    return Request(text, verifier, received, agreements)


def send(request: Request, presentations: Mapping[str, Sequence[str]]) -> str | None:
    """Send presentations by query; gives the address to which the verifier leads the holder, if any.

    Raises NotAnswered `verifier-away` or `request-over`, though what left may have been seen.
    """
    shown = {query_id: list(texts) for query_id, texts in presentations.items()}
    return _send(request, seal_response(request.received, shown))


def decline(request: Request) -> None:
    """Tell whoever asked that nothing will be shown, if they can be reached."""
    state = {"state": request.received.state} if request.received.state is not None else {}
    try:
        _send(request, {"error": "access_denied", **state})
    except NotAnswered:
        return


def _fetched(asked: RequestLink, nonce: str | None) -> Answer:
    try:
        with connection() as site:
            if nonce is None:
                return site.ask("GET", asked.request_uri)
            form = wallet_fields(nonce)
            return site.ask("POST", asked.request_uri, form=form, headers={"Accept": MEDIA_TYPE})
    except Away:
        raise NotAnswered("verifier-away") from None


def _send(request: Request, form: Mapping[str, str]) -> str | None:
    try:
        with connection() as site:
            answer = site.ask("POST", request.received.response_uri, form=form)
            told = json.loads(answer.content) if answer.status == 200 else None
    except (Away, ValueError):
        raise NotAnswered("verifier-away") from None
    if answer.status == 400:
        raise NotAnswered("request-over")
    if not isinstance(told, dict):
        raise NotAnswered("verifier-away")
    led_to = told.get("redirect_uri")
    return led_to if isinstance(led_to, str) and led_to.startswith(("https://", "http://")) else None


def _verifiers() -> dict[str, tuple[x509.Certificate, ...]]:
    """The nodes of the directory that may ask, by their addresses, with the certificates they go by."""
    directory = identity.current().directory
    names = {issuer.issuer for issuer in issuers.trust_list().keys}
    return {
        entry.issuer: tuple(
            x509.load_pem_x509_certificate(pem.encode()) for pem in directory.node(entry.node).certificates
        )
        for entry in directory.issues
        if entry.issuer in names
    }
