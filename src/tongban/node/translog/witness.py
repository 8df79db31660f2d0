"""This node as a witness of the other nodes' logs (C2SP tlog-witness).

Promises: last checkpoint and cosignature are stored in one transaction before the cosignature leaves; two
signed heads that cannot belong to one log are kept as proof.
"""

import logging
from dataclasses import dataclass

from django.db import transaction

from tongban.node.clock import true_now
from tongban.node.exchange.identity import Identity
from tongban.node.translog.models import WitnessedConflict, WitnessedLog
from tongban.node.translog.parties import present_keys
from tongban.protocol import Refused
from tongban.protocol.tlog.checkpoints import Checkpoint, cosign
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.origins import node_of, origin_of
from tongban.protocol.tlog.witnessing import (
    SIZE_TYPE,
    AddCheckpoint,
    WitnessRefusal,
    judge,
    shows_two_histories,
)
from tongban.suites import VerifyingKey

REQUEST_LIMIT = 16 * 1024
_TEXT = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WitnessReply:
    """What a log gets: status, media type, body."""

    status: int
    content_type: str
    body: bytes


def add_checkpoint(body: bytes, node: Identity) -> WitnessReply:
    """Cosign another node's checkpoint if it continues the one cosigned last."""
    try:
        if len(body) > REQUEST_LIMIT:
            raise WitnessRefusal(413, f"a request has at most {REQUEST_LIMIT} bytes")
        return WitnessReply(200, _TEXT, _cosigned(AddCheckpoint.parse(body), node))
    except WitnessRefusal as refused:
        if refused.held_size is not None:
            return WitnessReply(refused.status, SIZE_TYPE, f"{refused.held_size}\n".encode())
        return WitnessReply(refused.status, _TEXT, f"{refused.sentence}\n".encode())


def log_keys(origin: str, node: Identity) -> tuple[VerifyingKey, ...]:
    """The keys that may sign the log of that name now; WitnessRefusal 404 when it is no other node's."""
    name = node_of(origin)
    try:
        entry = node.directory.node(name or "")
    except Refused:
        raise WitnessRefusal(404, "no node of the directory has a log of this name") from None
    if entry.id == node.me:
        raise WitnessRefusal(404, "a node does not witness its own log")
    return present_keys(entry, true_now())


def _cosigned(request: AddCheckpoint, node: Identity) -> bytes:
    origin = request.note.text.partition("\n")[0]
    keys = log_keys(origin, node)
    with transaction.atomic():
        WitnessedLog.objects.get_or_create(origin=origin)
        seen = WitnessedLog.objects.select_for_update().get(origin=origin)
        held = Note.parse(bytes(seen.note)) if seen.size else None
        try:
            checkpoint = judge(request, Checkpoint.parse(held.text) if held else None, origin, keys)
        except WitnessRefusal as refused:
            conflict = _conflict(refused, request, held)
            if conflict is None:
                raise
            refusal = refused
        else:
            cosignature = cosign(request.note.text, origin_of(node.me), node.log_key, true_now())
            seen.size = checkpoint.size
            seen.note = request.note.with_signatures([cosignature]).encode()
            seen.seen_at = true_now()
            seen.save()
            return cosignature.line.encode()
    _keep(conflict)
    raise refusal


def _conflict(refused: WitnessRefusal, request: AddCheckpoint, held: Note | None) -> WitnessedConflict | None:
    """The proof that the log has two histories, if this refusal is one."""
    known = Checkpoint.parse(held.text) if held else None
    if held is None or known is None or not shows_two_histories(refused, request, known):
        return None
    return WitnessedConflict(
        origin=known.origin, held=held.encode(), offered=request.note.encode(), why=refused.sentence
    )


def _keep(conflict: WitnessedConflict) -> None:
    log.error("log=%s shows another history than the one cosigned: %s", conflict.origin, conflict.why)
    is_known = WitnessedConflict.objects.filter(origin=conflict.origin, offered=conflict.offered).exists()
    if not is_known:
        conflict.save()
