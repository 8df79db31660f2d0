"""What a dishonest operator does to the node's own log: goes back, rewrites, cuts off, shows two histories.

It is done only to records that a witness has cosigned: nobody can find out about what nobody else has seen.
"""

from collections.abc import Sequence

from tongban.federation.simulation import books
from tongban.federation.simulation.faults import FaultKind
from tongban.federation.simulation.node import Node
from tongban.protocol.tlog.checkpoints import Checkpoint
from tongban.protocol.tlog.notes import Note

TAMPERING = frozenset(
    {FaultKind.LOG_ROLLED_BACK, FaultKind.REWRITTEN, FaultKind.TRUNCATED, FaultKind.SPLIT_VIEW}
)
FEWEST = 3
"""Cosigned records below which it is too early."""


def seen_by_others(node: Node, witnesses: Sequence[Node]) -> int | None:
    """How many records all witnesses have cosigned; None when it is too early, or the node is away."""
    if node.recovery.peers or not node.is_up:
        return None
    seen = min((_cosigned_size(node, witness) for witness in witnesses), default=0)
    return seen if seen >= FEWEST else None


def _cosigned_size(node: Node, witness: Node) -> int:
    held: Note | None = witness.disk.get("witnessed", node.ledger.origin)
    return Checkpoint.parse(held.text).size if held else 0


def tamper(node: Node, kind: FaultKind, seen: int) -> None:
    """Change the log of a node, of which `seen` records are cosigned by somebody honest."""
    shelf = node.ledger.shelf
    node.ledger.before_tampering = tuple(shelf.entries[:seen])
    match kind:
        case FaultKind.LOG_ROLLED_BACK:
            _cut(node, seen - 2)
            shelf.heads = [head for head in shelf.heads if Checkpoint.parse(head.text).size <= seen - 2]
        case FaultKind.TRUNCATED:
            _cut(node, seen - 1)
        case FaultKind.REWRITTEN:
            forged = books.restored_entry(0, seen)
            node.disk.table("log")[seen // 2] = forged
            shelf.entries[seen // 2] = forged
        case FaultKind.SPLIT_VIEW:
            node.ledger.other_view[seen - 1] = books.restored_entry(0, seen)
    shelf.size = min(shelf.size, len(shelf.entries))
    shelf.cosigned_by = set()
    node.ledger.forget()
    node.ledger.look()


def _cut(node: Node, size: int) -> None:
    log = node.disk.table("log")
    for index in range(size, books.log_size(node.disk)):
        del log[index]
    log["size"] = size
    del node.ledger.shelf.entries[size:]
