"""Taking in messages of conversations: each takes effect once, and the receipt leaves after the commit.

`receive` always gives a response: a receipt, or a refusal with its code; it never raises.
"""

import logging
from uuid import UUID

from django.db import DatabaseError, DataError, InterfaceError, connection, transaction

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import identity, limits
from tongban.node.exchange.conversing import storing
from tongban.node.exchange.conversing.peers import note_ahead
from tongban.node.exchange.conversing.saying import here
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.receiving import BODY_LIMIT
from tongban.node.translog.api import LogUnavailable
from tongban.protocol import Code, HttpRequest, HttpResponse, Refusal, Refused
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import Delivered, Receipt

_UNSTORABLE = Refused(Code.SCHEMA_VIOLATED, "body", "this node cannot store what it says")

log = logging.getLogger(__name__)


def receive(request: HttpRequest) -> HttpResponse:
    """The response to a message of another node."""
    try:
        node = identity.current()
    except (ConfigError, DatabaseError, InterfaceError) as error:
        log.error("the exchange cannot answer: %s", type(error).__name__)
        refusal = protocol.refusal(Refused(Code.TRY_LATER), this_node().name, None, true_now())
        return protocol.plain_reply(refusal)
    reply = _reply_to(request, node)
    try:
        return talk.seal_receipt(reply, request, node.key, now=true_now())
    except Refused as unsealed:
        unbound = (
            reply if isinstance(reply, Refusal) else protocol.refusal(unsealed, node.me, None, true_now())
        )
        return protocol.plain_reply(unbound)


def _reply_to(request: HttpRequest, node: Identity) -> Receipt | Refusal:
    message: UUID | None = None
    refused = Refused(Code.TRY_LATER)
    try:
        if len(request.body) > BODY_LIMIT:
            raise Refused(Code.TOO_LARGE, "body", f"at most {BODY_LIMIT} bytes")
        delivered = talk.authenticate_utterance(request, node.directory, node.me, now=true_now())
        message = delivered.message.id
        with limits.share_of(delivered.message.sender):
            return _take_in(delivered, node)
    except Refused as why:
        log.info("refused message=%s code=%s path=%s", message, why.code.value, why.path)
        refused = why
    except talk.Forgotten as forgotten:
        log.error("%s has heard more from this node than it remembers", forgotten.peer)
        note_ahead(forgotten.peer)
    except LogUnavailable as unavailable:
        log.error("nothing is taken in without a record: %s", unavailable.reason)
        refused = Refused(Code.LOG_UNAVAILABLE)
    except DataError:
        refused = _UNSTORABLE
    except (DatabaseError, InterfaceError) as error:
        log.error("the node's database failed: %s", type(error).__name__)
    except Exception as error:  # the door answers whatever happens behind it; the text may hold personal data
        log.error("taking in failed: %s", type(error).__name__)
    return protocol.refusal(refused, node.me, message, true_now())


def _take_in(delivered: Delivered, node: Identity) -> Receipt:
    """Take the message in; a matter that cannot be stored is declined, so that its side hears of it."""
    message = delivered.message
    try:
        receipt = _stored(delivered, node, None)
    except DataError as error:
        log.error("message=%s holds what cannot be stored: %s", message.id, type(error).__name__)
        receipt = _stored(delivered, node, _UNSTORABLE)
    log.info("heard message=%s kind=%s from=%s", message.id, message.kind, message.sender)
    return receipt


def _stored(delivered: Delivered, node: Identity, inadmissible: Refused | None) -> Receipt:
    with transaction.atomic():
        _wait_briefly()
        storage = storing.DatabaseStorage()
        return talk.take_in(delivered, storage, node.directory, here(node), inadmissible=inadmissible)


def _wait_briefly() -> None:
    """Give up a lock that an officer's own step holds, before the two can wait for each other.

    PostgreSQL looks for deadlocks after a second; this step gives up first, and the message comes again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '500ms'")
