"""A simulated node as a witness of other nodes' logs; what it cosigned is on its disk before it says so."""

from typing import TYPE_CHECKING

from tongban.federation.simulation.disk import DiskFull
from tongban.protocol import HttpRequest, HttpResponse
from tongban.protocol.tlog.checkpoints import Checkpoint, cosign
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.origins import node_of, origin_of
from tongban.protocol.tlog.witnessing import AddCheckpoint, WitnessRefusal, judge, shows_two_histories

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node


def witness(node: "Node", request: HttpRequest) -> HttpResponse:
    """Cosign another node's head if it continues the one cosigned last; keep the proof if it cannot."""
    try:
        asked = AddCheckpoint.parse(request.body)
        return HttpResponse(200, (), _cosigned(node, asked))
    except WitnessRefusal as refused:
        held = f"{refused.held_size}\n" if refused.held_size is not None else ""
        return HttpResponse(refused.status, (), held.encode())
    except DiskFull:
        return HttpResponse(503, (), b"")


def _cosigned(node: "Node", asked: AddCheckpoint) -> bytes:
    origin = asked.note.text.partition("\n")[0]
    owner = node_of(origin)
    if owner is None or owner not in node.members.names or owner == node.name:
        raise WitnessRefusal(404, "no other node has a log of this name")
    held: Note | None = node.disk.get("witnessed", origin)
    known = Checkpoint.parse(held.text) if held else None
    try:
        judge(asked, known, origin, (node.members.public(owner),))
    except WitnessRefusal as refused:
        if held is not None and known is not None and shows_two_histories(refused, asked, known):
            with node.disk.transaction():
                node.disk.put("conflicts", (origin, asked.note.text), (held, asked.note, refused.sentence))
            node.make_durable()
        raise
    cosignature = cosign(asked.note.text, origin_of(node.name), node.members.keys[node.name], node.moment)
    with node.disk.transaction():
        node.disk.put("witnessed", origin, asked.note.with_signatures([cosignature]))
        node.point()
    node.make_durable()
    return cosignature.line.encode()
