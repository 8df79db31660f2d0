"""What must hold of the nodes' logs: one history that everybody sees, and whoever changes it is found out.

The offline verifier of the library reads what each node shows, and holds against it what its witnesses have.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tongban.federation.simulation import books
from tongban.federation.simulation.faults import FaultKind
from tongban.federation.simulation.ledger import Shelf
from tongban.protocol.tlog.auditing import Audit, Parties, Seen, audit
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.origins import origin_of
from tongban.protocol.tlog.tiles import Bundle, Tile, TileError, join_entries, numbered_path, parse_path

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node
    from tongban.federation.simulation.world import SimulatedWorld

HEADS_IN_A_BUNDLE = 256


def is_shown(world: "SimulatedWorld", node: "Node") -> bool:
    """Whether a head is about all records of the log and cosigned by the honest witnesses."""
    size = books.log_size(node.disk)
    shelf = node.ledger.shelf
    return size == 0 or (
        shelf.size == size
        and shelf.cosigned_by.issuperset(witness.name for witness in _honest_witnesses(world, node))
    )


def is_judged(world: "SimulatedWorld", node: "Node") -> bool:
    """Whether the honest witnesses have been shown the log as it is now, whatever they said to it."""
    return bool(node.ledger.halted) or is_shown(world, node) or any(_conflicts(world, node))


def shown_and_cosigned(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """An honest log is shown whole, cosigned, verified by anybody, and accused by nobody."""
    for node in honest:
        if not is_shown(world, node):
            yield f"the log of {node.name} has records about which no cosigned head is"
        if node.ledger.halted:
            yield f"the log of {node.name} halted: {node.ledger.halted}"
        for finding in audited(world, node).findings:
            yield f"the log of {node.name}, {finding.code}: {finding.sentence}"
        for accuser, sentence in _conflicts(world, node):
            yield f"{accuser} accuses the log of {node.name}: {sentence}"


def _is_harmless(world: "SimulatedWorld", node: "Node", kind: FaultKind) -> bool:
    """Whether nobody honest was shown anything else, so that there is nothing to notice.

    A second view may have gone to a witness that lies itself; a record that was cut off comes back to the
    byte where the node recalls it after an old backup.
    """
    ledger = node.ledger
    if kind is FaultKind.SPLIT_VIEW:
        return ledger.witnesses[-1] in world.liars
    before = ledger.before_tampering
    return tuple(ledger.shelf.entries[: len(before)]) == before


def found_out(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """Whoever changes a log that a witness has cosigned is found out: by it, by himself or by a verifier."""
    for name, kind in world.tampered.items():
        node = world.nodes[name]
        is_found = node.ledger.halted or audited(world, node).findings or any(_conflicts(world, node))
        if not is_found and name not in world.liars and not _is_harmless(world, node, kind):
            yield f"{kind.value} at {name}, and nobody has noticed"


def audited(world: "SimulatedWorld", node: "Node") -> Audit:
    """What the offline verifier says of the log as it is shown, with what the witnesses have of it."""
    seen = []
    for witness in _honest_witnesses(world, node):
        held: Note | None = witness.disk.get("witnessed", node.ledger.origin)
        if held is not None:
            seen.append(Seen(f"the witness {witness.name}", held))
    key_of = world.members.public
    witnesses = {origin_of(name): (key_of(name),) for name in node.ledger.witnesses}
    return audit(
        _Files(node.ledger.shelf).read, Parties(node.ledger.origin, (key_of(node.name),), witnesses), seen
    )


def _honest_witnesses(world: "SimulatedWorld", node: "Node") -> list["Node"]:
    return [world.nodes[name] for name in node.ledger.witnesses if name not in world.liars]


def _conflicts(world: "SimulatedWorld", node: "Node") -> Iterator[tuple[str, str]]:
    for witness in _honest_witnesses(world, node):
        for (origin, _), (_, _, sentence) in witness.disk.table("conflicts").items():
            if origin == node.ledger.origin:
                yield witness.name, sentence


class _Files:
    """A shelf under the addresses of C2SP tlog-tiles."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._tiles: dict[tuple[int, int], bytes] = {}
        tree = GrowingTree(lambda tile, hashes: self._tiles.update({(tile.level, tile.number): hashes}))
        tree.extend(leaf_hash(entry) for entry in shelf.entries)
        self._tiles |= {(tile.level, tile.number): hashes for tile, hashes in tree.partial_tiles()}

    def read(self, path: str) -> bytes | None:
        """What stands at an address."""
        if path == "checkpoint":
            return self._shelf.heads[-1].encode() if self._shelf.heads else None
        if path.startswith("checkpoints/"):
            return self._heads(path.removeprefix("checkpoints/"))
        try:
            place = parse_path(path)
        except TileError:
            return None
        if isinstance(place, Tile):
            return self._tiles.get((place.level, place.number))
        return self._entries(place)

    def _heads(self, number: str) -> bytes | None:
        heads = self._shelf.heads
        for first in range(0, len(heads), HEADS_IN_A_BUNDLE):
            if number == numbered_path(first // HEADS_IN_A_BUNDLE):
                return join_entries([head.encode() for head in heads[first : first + HEADS_IN_A_BUNDLE]])
        return None

    def _entries(self, bundle: Bundle) -> bytes | None:
        first = bundle.number * 256
        entries = self._shelf.entries[first : first + bundle.width]
        return join_entries(entries) if entries else None
