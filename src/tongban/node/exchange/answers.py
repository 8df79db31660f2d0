"""Storing answers to other nodes: delivery, answers, access and log records in one transaction.

Promises: an answer is stored once a message, a delivery counts once, and neither is there without the other.
"""

import hmac
import logging
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from uuid import UUID, uuid4

from django.db import DataError, connection, transaction

from tongban import protocol
from tongban.node import arrays, statements
from tongban.node.clock import true_now
from tongban.node.exchange import attachments, enclosing
from tongban.node.exchange.accesses import answered_look
from tongban.node.group_commit import GroupCommit
from tongban.node.metrics import GROUP_SIZE
from tongban.node.people.access import store_within
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
  FROM exchange_inbox
  JOIN unnest((SELECT %s::text[]), (SELECT %s::uuid[])) AS asked(sender, message) USING (sender, message)
"""
"""In sub-selects, so that no plan depends on how many are asked for, and it is planned once a connection."""

_FRESH = """
INSERT INTO exchange_seennonce (keyid, nonce, expires)
SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT DO NOTHING RETURNING keyid, nonce
"""
_STORE = """
INSERT INTO exchange_inbox (received_at, id, sender, message, body_sha256, reply)
SELECT %s::timestamptz, id, sender, message, body_sha256, reply
  FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::bytea[], %s::text[], %s::text[])
       AS made(id, sender, message, body_sha256, reply, keyid, nonce)
 WHERE keyid = '' OR (keyid, nonce) IN (SELECT keyid, nonce FROM fresh)
ON CONFLICT DO NOTHING RETURNING id
"""
_COUNTED = "SELECT keyid, nonce, NULL::uuid FROM fresh"
_COUNTED_AND_STORED = """
SELECT keyid, nonce, NULL::uuid FROM fresh UNION ALL SELECT NULL, NULL, id FROM stored
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
    """One statement for all: without files beside the answers it is the whole transaction."""
    counted = _first_of_each(group)
    made = {uuid4(): (one, delivered.verified) for delivered in counted for one in delivered.given}
    GROUP_SIZE.observe(len(made))
    files = any(isinstance(one.reply, EvidenceAnswer) and one.reply.body.files for one, _ in made.values())
    with transaction.atomic() if files or connection.in_atomic_block else nullcontext():
        unused, rows = _write(counted, made)
        stored = {id(one) for row, (one, _) in made.items() if row in rows}
        if files:
            _enclose([one for one, _ in made.values() if id(one) in stored])
    first = set(map(id, counted))
    return [
        [Kept.STORED if id(one) in stored else Kept.ANSWERED_BEFORE for one in delivered.given]
        if id(delivered) in first and (delivered.verified is None or _nonce(delivered.verified) in unused)
        else None
        for delivered in group
    ]


def _first_of_each(group: Sequence[Delivered]) -> list[Delivered]:
    """The deliveries that may be new: each nonce counts for the first of the group that has it."""
    first: dict[object, Delivered] = {}
    for delivered in group:
        first.setdefault(_nonce(delivered.verified) if delivered.verified else id(delivered), delivered)
    return list(first.values())


def _nonce(verified: Verified) -> tuple[str, str]:
    return (verified.keyid, verified.nonce)


_Made = Mapping[UUID, tuple[Given, Verified | None]]
"""Answers to be stored, by the ids of their rows, with the deliveries on which it hangs whether they are."""


def _write(deliveries: Sequence[Delivered], made: _Made) -> tuple[set[tuple[str, str]], set[UUID]]:
    """Count deliveries and store the answers that are new; which nonces were unused, and the answers' ids.

    Nonces and messages go in sorted, so that two processes never wait for each other.
    """
    claims = sorted((one.verified for one in deliveries if one.verified is not None), key=_nonce)
    writes = statements.Writes()
    writes.add(
        "fresh",
        _FRESH,
        [
            arrays.texts(claim.keyid for claim in claims),
            arrays.texts(claim.nonce for claim in claims),
            arrays.moments(claim.expires for claim in claims),
        ],
    )
    if made:
        _add_answers(writes, made)
    written = writes.give(_COUNTED_AND_STORED if made else _COUNTED)
    return (
        {(keyid, nonce) for keyid, nonce, row in written if row is None},
        {row for _, _, row in written if row is not None},
    )


def _add_answers(writes: statements.Writes, made: _Made) -> None:
    """Store the answers whose delivery is fresh and whose message has none; record who saw what.

    The first of the group counts where a message has two.
    """
    rows = sorted(made, key=lambda row: _key(made[row][0]))
    answers = [made[row][0] for row in rows]
    nonces = [_nonce(claim) if claim is not None else ("", "") for _, claim in (made[row] for row in rows)]
    values: list[statements.Value] = [
        true_now(),
        arrays.uuids(rows),
        arrays.texts(one.received.message.sender for one in answers),
        arrays.uuids(one.received.message.id for one in answers),
        arrays.binaries(one.received.body_sha256 for one in answers),
        arrays.binaries(one.body for one in answers),
        arrays.texts(keyid for keyid, _ in nonces),
        arrays.texts(nonce for _, nonce in nonces),
    ]
    writes.add("stored", _STORE, values)
    looks = [answered_look(one.received.message, one.received.body_sha256, one.body) for one in answers]
    store_within(writes, "stored", list(zip(rows, looks, strict=True)))


def _key(one: Given) -> _Key:
    return (one.received.message.sender, one.received.message.id)


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


_reader = GroupCommit(_read_stored)
_writer = GroupCommit(_store_groups)
