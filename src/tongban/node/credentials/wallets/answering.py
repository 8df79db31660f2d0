"""The portal's wallet answers a verifier that asks for a credential (OpenID4VP 1.0 by HAIP 1.0).

Promises: only nodes of the directory are answered, at their own addresses, for what they have signed; nothing
is shown that the holder did not tick; it is in the holder's history before it leaves.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from tongban.credentials import CredentialRefused, jws
from tongban.credentials.openid import (
    Agreement,
    OpenIdRefused,
    Query,
    ReceivedRequest,
    choose,
    open_request,
    seal_response,
    signed_by,
    x509_hash_client_id,
)
from tongban.credentials.openid.requests import HAIP_SCHEME, SCHEME
from tongban.credentials.sdjwt import Path
from tongban.credentials.x5c import leads_to, point, read_chain
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, showing, wallet
from tongban.node.credentials.redeeming import MOST_BYTES, TIMEOUT_SECONDS
from tongban.node.exchange import identity
from tongban.node.fetching import Away, Site
from tongban.node.people.models import Person
from tongban.suites import Suite, VerifyingKey


class NotAnswered(Exception):
    """Nothing was shown; `reason` is a stable code.

    `no-request`, `unknown-verifier`, `request-over`, `request-unclear`, `claims-missing`, `not-valid`,
    `not-here`, `verifier-away`.
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


@dataclass(frozen=True)
class Fitting:
    """A card that answers the request, and the claims that it would show."""

    card: wallet.Card
    paths: tuple[Path, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The claims by dotted names."""
        return tuple(".".join(str(step) for step in path) for path in self.paths)


def connection() -> Site:
    """How verifiers are reached."""
    return Site(seconds=TIMEOUT_SECONDS, most_bytes=MOST_BYTES)


def fetch(link: str) -> Request:
    """The request that a link or code leads to. Raises NotAnswered."""
    parts = urlsplit(link)
    if f"{parts.scheme}://" not in {SCHEME, HAIP_SCHEME}:
        raise NotAnswered("no-request")
    address = parse_qs(parts.query).get("request_uri", [""])[0]
    if not any(address.startswith(f"{verifier}/") for verifier in _verifiers()):
        raise NotAnswered("unknown-verifier")
    try:
        with connection() as site:
            answer = site.ask("GET", address)
    except Away:
        raise NotAnswered("verifier-away") from None
    if answer.status == 404:
        raise NotAnswered("request-over")
    if answer.status != 200:
        raise NotAnswered("verifier-away")
    return read(answer.content.decode("ascii", errors="replace"))


def read(text: str) -> Request:
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
        received = open_request(text, key, client_id=client_id, now=now)
        agreements = received.agreements
    except (CredentialRefused, OpenIdRefused, UnicodeEncodeError):
        raise NotAnswered("request-unclear") from None
    if not received.response_uri.startswith(f"{verifier}/") or len(received.dcql_query.credentials) != 1:
        raise NotAnswered("request-unclear")
    return Request(text, verifier, received, agreements)


def fitting(person: Person, request: Request) -> tuple[Fitting, ...]:
    """The person's cards that answer the request."""
    cards = {str(card.batch): card for card in wallet.cards(person)}
    copies = {name: wallet.next_copy(person, card.batch) for name, card in cards.items()}
    held = {name: wallet.opened(copy)[0] for name, copy in copies.items() if copy is not None}
    choice = choose(_for_cards_here(request.received.dcql_query), held)
    found = choice.candidates[_query_id(request)] if choice is not None else ()
    return tuple(Fitting(cards[one.credential], one.paths) for one in found)


def show(person: Person, request: Request, batch: uuid.UUID, ticked: Sequence[str]) -> str | None:
    """Show a card's claims to whoever asked; gives the address to which it leads the holder, if any.

    Every claim that is asked for has to be ticked. Raises NotAnswered; with `verifier-away` and
    `request-over` the showing stands in the history though nobody may have seen it.
    """
    one = next((found for found in fitting(person, request) if found.card.batch == batch), None)
    holding = wallet.next_copy(person, batch)
    if one is None or holding is None:
        raise NotAnswered("not-here")
    if one.card.state != "valid":
        raise NotAnswered("not-valid")
    if set(ticked) != set(one.names):
        raise NotAnswered("claims-missing")
    query_id = _query_id(request)
    agreed = "；".join(agreement.statement for agreement in request.agreements)
    with transaction.atomic():
        presentation = showing.present(
            holding,
            one.paths,
            audience=request.received.client_id,
            nonce=request.received.nonce,
            transactions=signed_by(request.agreements, query_id, [query_id]),
        )
        showing.note_request(person, holding, request.verifier, agreed, one.names)
    return _send(request, seal_response(request.received, {query_id: [presentation]}))


def decline(request: Request) -> None:
    """Tell whoever asked that nothing will be shown, if they can be reached."""
    state = {"state": request.received.state} if request.received.state is not None else {}
    try:
        _send(request, {"error": "access_denied", **state})
    except NotAnswered:
        return


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


def _query_id(request: Request) -> str:
    return request.received.dcql_query.credentials[0].id


def _for_cards_here(query: Query) -> Query:
    """The query without the authorities it trusts: cards here are the directory's, without one."""
    open_to_all = [one.model_copy(update={"trusted_authorities": None}) for one in query.credentials]
    return query.model_copy(update={"credentials": open_to_all})
