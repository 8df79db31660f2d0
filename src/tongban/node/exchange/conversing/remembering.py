"""Conversations after an old backup was put back: each peer gives back what both sides once kept.

A peer's word is believed only with the signature of who said it. What is taken up again takes effect once,
thread by thread, each in a transaction of its own, so that one that cannot be taken up holds up no other.
"""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.db.models import Q

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import identity, limits
from tongban.node.exchange.conversing import storing
from tongban.node.exchange.conversing.models import Letter, Peer
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.nonces import count_once
from tongban.node.exchange.transport import Transport
from tongban.protocol import Code, HttpRequest, HttpResponse, Refused
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import AnyUtterance
from tongban.protocol.conversations.memories import (
    AT_ONCE,
    Memory,
    RecallAsked,
    Remembered,
    memory,
    open_memories,
    open_recall,
    seal_memories,
    seal_recall,
)

BYTES_AT_ONCE = 2 * 1024 * 1024
"""Bodies that one reply holds together, at most, unless a single one is larger."""

log = logging.getLogger(__name__)


@dataclass
class TakenUp:
    """What was taken up again of the conversations with one peer.

    `decided` names what this node itself had said and forgotten, as (case, kind): the conversation and, if it
    was in the backup, the case know it again, but not which officer it was. `left` names cases whose
    conversations could not be taken up.
    """

    messages: int = 0
    decided: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def is_for(request: HttpRequest) -> bool:
    """Whether a recall asks for messages of conversations."""
    try:
        return protocol.messages.checked_object(request.body, ("recall-asked",)) == "recall-asked"
    except Refused:
        return False


def receive(request: HttpRequest) -> HttpResponse:
    """The messages that this node kept with the one that asks; it never raises."""
    try:
        node = identity.current()
        asked, verified = open_recall(request, node.directory, node.me, now=true_now())
        with limits.share_of(asked.sender):
            count_once(verified)
            return seal_memories(_kept(asked, node), request, node.key, now=true_now())
    except Refused as why:
        refused = why
    except (ConfigError, DatabaseError, InterfaceError) as error:
        log.error("a recall cannot be answered: %s", type(error).__name__)
        refused = Refused(Code.TRY_LATER)
    return protocol.plain_reply(protocol.refusal(refused, this_node().name, None, true_now()))


def take_up(peer: str, since: datetime, node: Identity, transport: Transport) -> TakenUp:
    """Ask a peer for the messages since then and take up what is missing here.

    Raises Unreachable, LogUnavailable, or Refused with the peer's code.
    """
    told = list(_pages(peer, since, node, transport))
    found = TakenUp()
    for case_ref in dict.fromkeys(message.case_ref for message, _ in told):
        of_case = [(message, proof) for message, proof in told if message.case_ref == case_ref]
        try:
            with transaction.atomic():
                again = _take_up_thread(peer, case_ref, of_case, node)
        except (Refused, ObjectDoesNotExist, IntegrityError) as why:
            log.error("a thread cannot be taken up again with=%s: %s", peer, type(why).__name__)
            found.left.append(case_ref)
            continue
        found.messages += len(again)
        found.decided += [(case_ref, message.kind) for message in again if message.sender == node.me]
    if not found.left:
        Peer.objects.filter(name=peer).update(is_ahead_of_us=False)
    return found


def _kept(asked: RecallAsked, node: Identity) -> Remembered:
    # a heard message without its proof was kept by an earlier version: nobody would believe it
    rows = Letter.objects.filter(Q(is_own=True) | Q(proof__isnull=False), peer=asked.sender)
    rows = rows.exclude(body=b"")  # emptied: it ended longer ago than any backup that may be restored
    rows = rows.filter(Q(kept_at=None) | Q(kept_at__gte=asked.since)).order_by("pk")
    memories: list[Memory] = []
    size, total = 0, rows.count()
    for row in rows[asked.after : asked.after + AT_ONCE].iterator(chunk_size=20):
        size += len(row.body)
        if memories and size > BYTES_AT_ONCE:
            break
        memories.append(_memory_of(row, node))
    end = asked.after + len(memories)
    return Remembered(
        sender=node.me, memories=tuple(memories), next=end if memories and end < total else None
    )


def _memory_of(row: Letter, node: Identity) -> Memory:
    body = bytes(row.body)
    if row.proof is not None:
        return Memory(body=body.decode(), headers=row.proof)
    nonce = secrets.token_urlsafe(24)
    return memory(talk.seal_utterance(body, row.peer, node.directory, node.key, now=true_now(), nonce=nonce))


def _pages(
    peer: str, since: datetime, node: Identity, transport: Transport
) -> Iterator[tuple[AnyUtterance, HttpRequest]]:
    after: int | None = 0
    while after is not None:
        now = true_now()
        asked = RecallAsked(sender=node.me, receiver=peer, since=since, after=after, created=now)
        request = seal_recall(asked, node.directory, node.key, secrets.token_urlsafe(24))
        response = transport(node.directory.node(peer), request)
        told, after = open_memories(response, request, asked, node.directory, now=true_now())
        yield from told


def _take_up_thread(
    peer: str, case_ref: str, told: list[tuple[AnyUtterance, HttpRequest]], node: Identity
) -> tuple[AnyUtterance, ...]:
    proofs = {message.id: proof for message, proof in told}
    own = tuple(message for message, _ in told if message.sender == node.me)
    theirs = tuple(message for message, _ in told if message.sender == peer)
    locked = storing.lock(peer, case_ref)
    waiting = Letter.objects.filter(is_own=True, is_waiting=True, message__in=[message.id for message in own])
    waiting.update(is_waiting=False, kept_at=true_now(), lease=None, lease_until=None, problem="")
    again = talk.merge(locked.thread, own, theirs)
    for message in again:
        step = talk.recall(locked.thread, storing.find(message.conversation), message, node.me)
        storing.keep_recalled(locked, step, message, proofs[message.id])
    return again
