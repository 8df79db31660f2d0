"""Carrying attachments between nodes: offered, gone on with where it stopped, checked at the end.

The receiving side answers through the gateway; the sending side streams from the file. Neither holds more of
an attachment in memory than one piece.
"""

import json
import logging
import secrets
from collections.abc import Iterator
from uuid import uuid4

from django.db import DatabaseError, InterfaceError

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import attachments, identity, limits
from tongban.node.exchange.attachments import Crossing
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.nonces import count_once
from tongban.node.exchange.transport import HttpTransport
from tongban.protocol import Code, HttpRequest, HttpResponse, Refused
from tongban.protocol.attachments import (
    ATTACHMENTS_PATH,
    Fetch,
    Held,
    Offer,
    authenticate,
    open_held,
    seal,
    seal_held,
)

log = logging.getLogger(__name__)


def receive_offer(request: HttpRequest) -> HttpResponse:
    """The response to an offer: how much is held already; it never raises."""
    try:
        node = identity.current()
        offer, verified = authenticate(request, Offer, node.directory, node.me, now=true_now())
        with limits.share_of(offer.sender):
            count_once(verified)
            files = attachments.own()
            files.expect(Crossing(offer.sha256, offer.size, (offer.sender,), offer.case_ref))
            files.finish(offer.sha256)
        held = Held(
            sender=node.me,
            in_reply_to=offer.id,
            held=files.held(offer.sha256),
            complete=files.is_whole(offer.sha256),
        )
        return seal_held(held, request, node.key, now=true_now())
    except Refused as why:
        refused = why
    except (ConfigError, DatabaseError, InterfaceError, OSError) as error:
        log.error("an offer cannot be answered: %s", type(error).__name__)
        refused = Refused(Code.TRY_LATER)
    return protocol.plain_reply(protocol.refusal(refused, this_node().name, None, true_now()))


def fetched(request: HttpRequest) -> tuple[Crossing, int]:
    """Which attachment, from where on, the sender of this request may have. Raises Refused."""
    node = identity.current()
    fetch, verified = authenticate(request, Fetch, node.directory, node.me, now=true_now())
    with limits.share_of(fetch.sender):
        count_once(verified)
    files = attachments.own()
    known = files.crossing(fetch.sha256)
    if known is None or fetch.sender not in known.peers or not files.is_whole(fetch.sha256):
        raise Refused(Code.NOT_COVERED, "sha256", "no such attachment crossed between the two nodes")
    if fetch.offset > known.size:
        raise Refused(Code.SCHEMA_VIOLATED, "offset", f"at most {known.size}")
    return known, fetch.offset


def send(crossing: Crossing, peer: str, transport: HttpTransport) -> None:
    """Have `peer` hold the attachment; what it holds already is not sent again.

    It is there only when the peer has signed that it is: what is said of the bytes themselves is not signed.
    Raises Unreachable when the way breaks off (call it again later), Refused when the peer does not take it.
    """
    node = identity.current()
    before = _offer(crossing, peer, transport, node)
    if before.complete:
        return
    entry = node.directory.node(peer)
    headers = {
        "host": entry.authority,
        "content-type": "application/octet-stream",
        "content-length": str(crossing.size - before.held),
        "content-range": f"bytes {before.held}-{crossing.size - 1}/{crossing.size}",
    }
    status, said = transport.stream(
        entry, f"{ATTACHMENTS_PATH}/{crossing.sha256}", headers, _bytes_of(crossing, before.held)
    )
    if status != 200:
        raise _refusal_in(said)
    if not _offer(crossing, peer, transport, node).complete:
        raise Refused(Code.TRY_LATER, "sha256", "the other node has not signed that it holds all of it")


def _offer(crossing: Crossing, peer: str, transport: HttpTransport, node: Identity) -> Held:
    """What the peer signs that it holds of the attachment. Raises Unreachable and Refused."""
    offer = Offer(
        id=uuid4(),
        sender=node.me,
        receiver=peer,
        created=true_now(),
        case_ref=crossing.case_ref,
        sha256=crossing.sha256,
        size=crossing.size,
    )
    delivery = seal(offer, node.directory, node.key, now=true_now(), nonce=secrets.token_urlsafe(24))
    response = transport(node.directory.node(peer), delivery)
    return open_held(response, delivery, offer, node.directory, now=true_now())


def _bytes_of(crossing: Crossing, offset: int) -> Iterator[bytes]:
    return attachments.pieces(attachments.own().path(crossing.sha256), offset)


def _refusal_in(body: bytes) -> Refused:
    try:
        said = json.loads(body)
        return Refused(Code(said["code"]), str(said.get("path", "")), str(said.get("hint", "")))
    except (ValueError, KeyError, TypeError):
        return Refused(Code.TRY_LATER, "body", "the other node gave no reason")
