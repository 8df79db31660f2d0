"""Storing answers to other nodes: delivery, answer, access and log records together, many in one transaction.

Promises: an answer is stored once a message, a delivery counts once, and neither is there without the other.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from uuid import UUID, uuid4

from django.db import connection, transaction

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange.accesses import access_record, answered_record
from tongban.node.group_commit import GroupCommit
from tongban.node.metrics import GROUP_SIZE
from tongban.node.people.access import store as store_accesses_and_log
from tongban.node.people.models import AccessRecord
from tongban.protocol import Authenticated, Code, EvidenceAnswer, EvidenceRequest, Refusal, Refused

Reply = EvidenceAnswer | Refusal


class Kept(Enum):
    """What became of a delivery."""

    STORED = auto()
    REPLAYED = auto()
    ANSWERED_BEFORE = auto()


@dataclass(frozen=True)
class Delivered:
    """A delivery that counts now; with `reply` also the message's answer and its access record."""

    received: Authenticated
    reply: Reply | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Stored:
    """A message that has its answer: the digest of what it said, and the answer's bytes."""

    body_sha256: bytes
    reply: bytes = field(repr=False)


_STORED = """
SELECT sender, message, body_sha256, reply
  FROM exchange_inbox JOIN unnest(%s::text[], %s::uuid[]) AS asked(sender, message) USING (sender, message)
"""
_NONCES = """
INSERT INTO exchange_seennonce (keyid, nonce, expires)
SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT DO NOTHING RETURNING keyid, nonce
"""
_ANSWERS = """
INSERT INTO exchange_inbox (id, sender, message, body_sha256, reply, received_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::bytea[], %s::timestamptz[])
ON CONFLICT DO NOTHING RETURNING sender, message
"""


def note(received: Authenticated) -> None:
    """Count a delivery that stores nothing else; Refused `replayed` when it has arrived before."""
    if _writer.write(Delivered(received)) is Kept.REPLAYED:
        raise Refused(Code.REPLAYED, "signature parameter nonce")


def store(received: Authenticated, reply: Reply) -> Reply:
    """Store the answer and give it, or the one that another delivery of the message got meanwhile.

    Raises Refused `replayed` when this delivery has arrived before.
    """
    kept = _writer.write(Delivered(received, reply))
    if kept is Kept.REPLAYED:
        raise Refused(Code.REPLAYED, "signature parameter nonce")
    if kept is Kept.STORED:
        return reply
    raced = stored_reply(received)
    if raced is None:
        raise Refused(Code.TRY_LATER)
    return raced


def stored_reply(received: Authenticated) -> Reply | None:
    """What the message was answered before, if it was; Refused `id-reused` when it said something else."""
    stored = _reader.write((received.message.sender, received.message.id))
    if stored is None:
        return None
    if not hmac.compare_digest(stored.body_sha256, received.body_sha256):
        raise Refused(Code.ID_REUSED, "id")
    return protocol.parse_reply(stored.reply)


def _read_stored(asked: Sequence[tuple[str, UUID]]) -> list[_Stored | None]:
    """What each message of a sender was answered before, in their order; None for a new one."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [[sender for sender, _ in asked], [message for _, message in asked]])
        found = {
            (sender, message): _Stored(bytes(body_sha256), bytes(reply))
            for sender, message, body_sha256, reply in cursor.fetchall()
        }
    return [found.get(one) for one in asked]


def store_deliveries(group: Sequence[Delivered]) -> list[Kept]:
    """Store a group in one transaction; what became of each, in its order."""
    GROUP_SIZE.observe(len(group))
    with transaction.atomic():
        new = _count_deliveries(group)
        answers = [one for one, is_new in zip(group, new, strict=True) if is_new and one.reply is not None]
        stored = _store_answers(answers)
        _record([one for one in answers if id(one) in stored])
    return [_kept(one, is_new, stored) for one, is_new in zip(group, new, strict=True)]


def _record(answers: Sequence[Delivered]) -> None:
    """Record who saw what, and which messages were answered how."""
    accesses = [_access(one.received.message) for one in answers]
    messages = [
        answered_record(one.received.message, one.received.body_sha256, protocol.encode(one.reply))
        for one in answers
        if one.reply is not None
    ]
    store_accesses_and_log(accesses, messages)


def _access(message: EvidenceRequest) -> AccessRecord:
    return access_record(message, message.sender_agency, AccessRecord.Direction.OUT)


def _kept(one: Delivered, is_new: bool, stored: set[int]) -> Kept:
    if not is_new:
        return Kept.REPLAYED
    return Kept.STORED if one.reply is None or id(one) in stored else Kept.ANSWERED_BEFORE


def _count_deliveries(group: Sequence[Delivered]) -> list[bool]:
    """Which deliveries are new: each counts for the first of the group that has its nonce."""
    claims = [one.received.verified for one in group]
    expires = {(claim.keyid, claim.nonce): claim.expires for claim in claims}
    rows = sorted(expires)
    with connection.cursor() as cursor:
        cursor.execute(
            _NONCES,
            [[keyid for keyid, _ in rows], [nonce for _, nonce in rows], [expires[row] for row in rows]],
        )
        unused = set(cursor.fetchall())
    new = []
    for claim in claims:
        delivery = (claim.keyid, claim.nonce)
        new.append(delivery in unused)
        unused.discard(delivery)
    return new


def _store_answers(answers: Sequence[Delivered]) -> set[int]:
    """Store the answers of messages that have none; the Python ids of those that were."""
    first = {(one.received.message.sender, one.received.message.id): one for one in reversed(answers)}
    if not first:
        return set()
    rows = [first[key] for key in sorted(first)]
    now = true_now()
    with connection.cursor() as cursor:
        cursor.execute(
            _ANSWERS,
            [
                [uuid4() for _ in rows],
                [one.received.message.sender for one in rows],
                [one.received.message.id for one in rows],
                [one.received.body_sha256 for one in rows],
                [protocol.encode(one.reply) for one in rows if one.reply is not None],
                [now for _ in rows],
            ],
        )
        return {id(first[key]) for key in cursor.fetchall()}


_reader = GroupCommit(_read_stored)
_writer = GroupCommit(store_deliveries)
