"""Storing answers to other nodes: delivery, answers, access and log records in one transaction.

Promises: an answer is stored once a message, a delivery counts once, and neither is there without the other.
"""

import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from uuid import UUID, uuid4

from django.db import DataError, transaction

from tongban import protocol
from tongban.node import arrays, statements
from tongban.node.clock import true_now
from tongban.node.exchange import attachments, enclosing
from tongban.node.exchange.accesses import access_record, answered_record
from tongban.node.group_commit import GroupCommit
from tongban.node.metrics import GROUP_SIZE
from tongban.node.people.access import store as store_accesses_and_log
from tongban.node.people.models import AccessRecord
from tongban.protocol import Authenticated, Code, EvidenceAnswer, Refusal, Refused
from tongban.protocol.signature import Verified

Reply = EvidenceAnswer | Refusal


class Kept(Enum):
    """What became of an answer; `FAULTY` is one that the database cannot hold."""

    STORED = auto()
    ANSWERED_BEFORE = auto()
    FAULTY = auto()


@dataclass(frozen=True)
class Given:
    """The reply that a message gets, with the bytes that travel."""

    received: Authenticated
    reply: Reply = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Delivered:
    """A delivery that counts now, where it is named; with the answers to messages that it brought."""

    verified: Verified | None
    given: tuple[Given, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class _Stored:
    """A message that has its answer: the digest of what it said, and the answer's bytes."""

    body_sha256: bytes
    reply: bytes = field(repr=False)


_Key = tuple[str, UUID]

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
INSERT INTO exchange_inbox (received_at, id, sender, message, body_sha256, reply)
SELECT %s::timestamptz, * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::bytea[])
ON CONFLICT DO NOTHING RETURNING sender, message
"""

log = logging.getLogger(__name__)


def given(received: Authenticated, reply: Reply) -> Given:
    """The reply to a message, written."""
    return Given(received, reply, protocol.encode(reply))


def note(verified: Verified) -> None:
    """Count a delivery that stores nothing else; Refused `replayed` when it has arrived before."""
    (noted,) = store([Delivered(verified)])
    if isinstance(noted, Refused):
        raise noted


def store(deliveries: Sequence[Delivered]) -> list[list[Given | Refused] | Refused]:
    """Store the answers to what deliveries brought, and give what each message of each is to be told now.

    That is the answer, or the one that another delivery of the message got meanwhile. A delivery that has
    arrived before is Refused `replayed`, and nothing of it is stored.
    """
    kept = _writer.write(deliveries)
    return [
        Refused(Code.REPLAYED, "signature parameter nonce")
        if became is None
        else [_told(one, became_of) for one, became_of in zip(delivered.given, became, strict=True)]
        for delivered, became in zip(deliveries, kept, strict=True)
    ]


def stored_replies(messages: Sequence[Authenticated]) -> list[Given | Refused | None]:
    """What each message was answered before, if it was; Refused `id-reused` when it said something else."""
    known = _reader.write([(received.message.sender, received.message.id) for received in messages])
    return [_stored_reply(one, stored) for one, stored in zip(messages, known, strict=True)]


def _stored_reply(received: Authenticated, stored: _Stored | None) -> Given | Refused | None:
    if stored is None:
        return None
    if not hmac.compare_digest(stored.body_sha256, received.body_sha256):
        return Refused(Code.ID_REUSED, "id")
    return Given(received, protocol.parse_reply(stored.reply), stored.reply)


def _told(one: Given, became: Kept) -> Given | Refused:
    if became is Kept.STORED:
        return one
    if became is Kept.FAULTY:
        return Refused(Code.SCHEMA_VIOLATED, "body", "this node cannot store what it says")
    return stored_replies([one.received])[0] or Refused(Code.TRY_LATER)


def _read_stored(asked: Sequence[Sequence[_Key]]) -> list[list[_Stored | None]]:
    """What each message of a sender was answered before, in their order; None for a new one."""
    keys = [key for group in asked for key in group]
    senders, messages = (
        arrays.texts(sender for sender, _ in keys),
        arrays.uuids(message for _, message in keys),
    )
    found = {
        (sender, message): _Stored(bytes(body_sha256), bytes(reply))
        for sender, message, body_sha256, reply in statements.rows(_STORED, [senders, messages])
    }
    return [[found.get(key) for key in group] for group in asked]


def store_deliveries(group: Sequence[Delivered]) -> list[list[Kept] | None]:
    """Store a group in one transaction; what became of each one's answers, None for a replayed delivery.

    Where the database cannot hold one of the answers, each is stored by itself.
    """
    try:
        return _stored_together(group)
    except DataError as error:
        log.error("answers are stored one by one: %s", type(error).__name__)
    return [_stored_one_by_one(delivered) for delivered in group]


def _store_groups(groups: Sequence[Sequence[Delivered]]) -> list[list[list[Kept] | None]]:
    became = iter(store_deliveries([one for group in groups for one in group]))
    return [[next(became) for _ in group] for group in groups]


def _stored_one_by_one(delivered: Delivered) -> list[Kept] | None:
    if _stored_together([Delivered(delivered.verified)])[0] is None:
        return None
    kept: list[Kept] = []
    for one in delivered.given:
        try:
            kept += _stored_together([Delivered(None, (one,))])[0] or []
        except DataError:
            kept.append(Kept.FAULTY)
    return kept


def _stored_together(group: Sequence[Delivered]) -> list[list[Kept] | None]:
    with transaction.atomic():
        new = _count_deliveries(group)
        answers = [
            one for delivered, is_new in zip(group, new, strict=True) if is_new for one in delivered.given
        ]
        GROUP_SIZE.observe(len(answers))
        stored = _store_answers(answers)
        new_answers = [one for one in answers if id(one) in stored]
        _record(new_answers)
        _enclose(new_answers)
    return [
        [Kept.STORED if id(one) in stored else Kept.ANSWERED_BEFORE for one in delivered.given]
        if is_new
        else None
        for delivered, is_new in zip(group, new, strict=True)
    ]


def _record(answers: Sequence[Given]) -> None:
    """Record who saw what, and which messages were answered how."""
    accesses = [
        access_record(one.received.message, one.received.message.sender_agency, AccessRecord.Direction.OUT)
        for one in answers
    ]
    messages = (answered_record(one.received.message, one.received.body_sha256, one.body) for one in answers)
    store_accesses_and_log(accesses, messages)


def _enclose(answers: Sequence[Given]) -> None:
    """Have the files that answers name sent, once this transaction is over.

    Before the answer leaves, each file's note says to whom it was given: no old backup takes that back.
    """
    given = [
        (file.sha256, one.reply.case_ref, one.received.message.sender)
        for one in answers
        if isinstance(one.reply, EvidenceAnswer)
        for file in one.reply.body.files
    ]
    if given:
        enclosing.put_on_their_way(given)
        transaction.on_commit(partial(_note_given, given))


def _note_given(given: Sequence[tuple[str, str, str]]) -> None:
    files = attachments.own()
    for sha256, case_ref, peer in given:
        files.offered(sha256, case_ref, peer)


def _count_deliveries(group: Sequence[Delivered]) -> list[bool]:
    """Which deliveries are new: each counts for the first of the group that has its nonce."""
    claims = [delivered.verified for delivered in group]
    expires = {(claim.keyid, claim.nonce): claim.expires for claim in claims if claim is not None}
    rows = sorted(expires)
    unused: set[tuple[str, str]] = set()
    if rows:
        values = [
            arrays.texts(keyid for keyid, _ in rows),
            arrays.texts(nonce for _, nonce in rows),
            arrays.moments(expires[row] for row in rows),
        ]
        unused = {(keyid, nonce) for keyid, nonce in statements.rows(_NONCES, values)}
    new = []
    for claim in claims:
        delivery = (claim.keyid, claim.nonce) if claim is not None else None
        new.append(delivery is None or delivery in unused)
        unused -= {delivery} if delivery is not None else set()
    return new


def _store_answers(answers: Sequence[Given]) -> set[int]:
    """Store the answers of messages that have none; the Python ids of those that were."""
    first = {(one.received.message.sender, one.received.message.id): one for one in reversed(answers)}
    if not first:
        return set()
    rows = [first[key] for key in sorted(first)]
    values: list[statements.Value] = [
        true_now(),
        arrays.uuids(uuid4() for _ in rows),
        arrays.texts(one.received.message.sender for one in rows),
        arrays.uuids(one.received.message.id for one in rows),
        arrays.binaries(one.received.body_sha256 for one in rows),
        arrays.binaries(one.body for one in rows),
    ]
    return {id(first[sender, message]) for sender, message in statements.rows(_ANSWERS, values)}


_reader = GroupCommit(_read_stored)
_writer = GroupCommit(_store_groups)
