"""After an old backup was put back: the node asks every peer what crossed since, and catches up.

What waits in the database is delivered again by itself and gets the stored answers. Here the node learns what
its database does not know at all: who saw data through it, written down again, and messages of its own that
it has lost, which an operator has to look into; messages of conversations are taken up again. Nothing is
written twice.
"""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, InterfaceError, transaction

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import enclosing, identity, limits, purging
from tongban.node.exchange.accesses import access_record
from tongban.node.exchange.conversing import remembering
from tongban.node.exchange.conversing.models import Peer
from tongban.node.exchange.conversing.remembering import TakenUp
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Inbox, Outbox
from tongban.node.exchange.nonces import count_once
from tongban.node.exchange.transport import Transport, Unreachable
from tongban.node.people.access import store
from tongban.node.people.models import AccessRecord
from tongban.node.translog.api import LogUnavailable
from tongban.protocol import Code, HttpRequest, HttpResponse, Refused
from tongban.protocol.recall import (
    PAGE,
    Answered,
    Heard,
    Recall,
    Recalled,
    authenticate_recall,
    open_recalled,
    seal_recall,
    seal_recalled,
)

log = logging.getLogger(__name__)


@dataclass
class CaughtUp:
    """What one peer had to tell; `problem` says why it could not be asked, if so.

    `files` counts those of answers that it lacks and that are sent again, `files_lost` names the cases of
    those that are not here any more.
    """

    peer: str
    problem: str = ""
    heard: int = 0
    accesses: int = 0
    files: int = 0
    files_lost: list[str] = field(default_factory=list)
    lost: list[UUID] = field(default_factory=list)
    conversations: TakenUp = field(default_factory=TakenUp)

    @property
    def is_whole(self) -> bool:
        """Nothing is left that asking this peer again could bring."""
        return not self.problem and not self.conversations.left


def receive(request: HttpRequest) -> HttpResponse:
    """The response to another node's recall; it never raises."""
    if remembering.is_for(request):
        return remembering.receive(request)
    try:
        node = identity.current()
        recall, verified = authenticate_recall(request, node.directory, node.me, now=true_now())
        with limits.share_of(recall.sender):
            count_once(verified)
            return seal_recalled(_remembered(recall, node), request, node.key, now=true_now())
    except Refused as why:
        refused = why
    except (ConfigError, DatabaseError, InterfaceError) as error:
        log.error("a recall cannot be answered: %s", type(error).__name__)
        refused = Refused(Code.TRY_LATER)
    return protocol.plain_reply(protocol.refusal(refused, this_node().name, None, true_now()))


def is_any_ahead() -> bool:
    """Whether some peer has said that it remembers more of this node than this node does itself."""
    return Peer.objects.filter(is_ahead_of_us=True).exists()


def catch_up(since: datetime, transport: Transport) -> list[CaughtUp]:
    """Ask every peer what crossed since that moment and write down again what is missing."""
    node = identity.current()
    return [
        _catch_up_with(peer.id, since, node, transport) for peer in node.directory.nodes if peer.id != node.me
    ]


def _remembered(recall: Recall, node: Identity) -> Recalled:
    heard = Inbox.objects.filter(sender=recall.sender, received_at__gte=recall.since)
    taken = Outbox.objects.filter(
        receiver=recall.sender,
        state=Outbox.State.SETTLED,
        settled_at__gte=recall.since,
        outcome__has_key="records",
    )
    here = slice(recall.skip, recall.skip + PAGE + 1)
    received = list(heard.order_by("received_at", "message").values_list("message", "received_at")[here])
    settled = list(taken.order_by("settled_at", "pk").values_list("body", "settled_at", "outcome")[here])
    return Recalled(
        sender=node.me,
        receiver=recall.sender,
        in_reply_to=recall.id,
        heard=tuple(Heard(id=message, at=at) for message, at in received[:PAGE]),
        answered=tuple(
            Answered(at=at, question=protocol.parse_request(bytes(body)), missing=_missing(outcome or {}))
            for body, at, outcome in settled[:PAGE]
            if at is not None
        ),
        more=len(received) > PAGE or len(settled) > PAGE,
    )


def _missing(outcome: dict[str, Any]) -> tuple[str, ...]:
    """The files that an answer named and that have not come; what was purged is not missed."""
    named = (str(file["sha256"]) for file in outcome.get("files", ()))
    return tuple(
        sha256 for sha256 in named if not enclosing.has_come(sha256) and purging.last_of(sha256) is None
    )


def _catch_up_with(peer: str, since: datetime, node: Identity, transport: Transport) -> CaughtUp:
    found = CaughtUp(peer)
    try:
        for page in _pages(peer, since, node, transport):
            found.heard += len(page.heard)
            found.lost += _unknown([heard.id for heard in page.heard])
            found.accesses += sum(_written_again(answered, peer, node) for answered in page.answered)
            _send_missing(page, peer, found)
        found.conversations = remembering.take_up(peer, since, node, transport)
    except Unreachable as unreachable:
        found.problem = unreachable.code.value
    except Refused as refused:
        found.problem = refused.code.value
    except LogUnavailable as halted:
        found.problem = f"the log takes no records: {halted.reason}"
    return found


def _pages(peer: str, since: datetime, node: Identity, transport: Transport) -> Iterator[Recalled]:
    skip, more = 0, True
    while more:
        recall = Recall(id=uuid4(), sender=node.me, receiver=peer, created=true_now(), since=since, skip=skip)
        nonce = secrets.token_urlsafe(24)
        delivery = seal_recall(recall, node.directory, node.key, now=true_now(), nonce=nonce)
        response = transport(node.directory.node(peer), delivery)
        page = open_recalled(response, delivery, recall, node.directory, now=true_now())
        yield page
        skip, more = skip + PAGE, page.more


def _send_missing(page: Recalled, peer: str, found: CaughtUp) -> None:
    """Send the files again that the peer lacks of this node's answers."""
    for answered in page.answered:
        case_ref = answered.question.case_ref
        for sha256 in answered.missing:
            if enclosing.send_again(sha256, case_ref, peer):
                found.files += 1
            else:
                found.files_lost.append(case_ref)


def _unknown(messages: list[UUID]) -> list[UUID]:
    known = set(Outbox.objects.filter(pk__in=messages).values_list("pk", flat=True))
    return [message for message in messages if message not in known]


def _written_again(answered: Answered, peer: str, node: Identity) -> bool:
    """Write down an access that the database does not know; whether it had to be."""
    question = answered.question
    if (question.sender, question.receiver) != (peer, node.me):
        raise Refused(Code.SCHEMA_VIOLATED, "answered", "a question between other nodes")
    with transaction.atomic():
        if AccessRecord.objects.filter(message_id=question.id).exists():
            return False
        record = access_record(question, question.sender_agency, AccessRecord.Direction.OUT)
        record.at = answered.at
        store([record])
    log.info("access written down again message=%s for=%s", question.id, peer)
    return True
