"""The transparency log of a simulated node: its writer, and what it shows to others.

Records stand in the node's database; heads are signed a little later and shown, with all entries, as files
that no backup rolls back. Leaves, roots, heads and proofs are made by the library.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tongban.federation.simulation import books
from tongban.federation.simulation.disk import DiskFull
from tongban.protocol import HttpRequest, HttpResponse
from tongban.protocol.tlog.checkpoints import Checkpoint, cosigned_at, sign_checkpoint
from tongban.protocol.tlog.hashing import Hash, leaf_hash, node_hash
from tongban.protocol.tlog.notes import Note, NoteError, NoteSignature
from tongban.protocol.tlog.origins import origin_of
from tongban.protocol.tlog.proofs import consistency_proof
from tongban.protocol.tlog.subtrees import Span, Subtree, root_of
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH, AddCheckpoint

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node

SECONDS_TO_A_HEAD = 20.0
"""Virtual seconds from a record to a head, so that heads are about several; a node takes one second."""
SECONDS_BETWEEN_OFFERS = 180.0
WITNESSES = 2
"""Other nodes that each node asks to cosign; a federation of real nodes asks all."""
_TEXT = (("content-type", "text/plain; charset=utf-8"),)


class Tree:
    """All perfect subtrees of a log, by level."""

    def __init__(self) -> None:
        self._levels: list[list[Hash]] = []

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self._levels[0]) if self._levels else 0

    def append(self, leaf: Hash) -> None:
        """Add the next entry's hash."""
        level, made = 0, leaf
        while True:
            if level == len(self._levels):
                self._levels.append([])
            row = self._levels[level]
            row.append(made)
            if len(row) % 2:
                return
            level, made = level + 1, node_hash(row[-2], made)

    def read(self, subtree: Subtree) -> Hash:
        """The hash of a perfect subtree."""
        return self._levels[subtree.level][subtree.index]

    def root(self, size: int) -> Hash:
        """The root over the first `size` entries."""
        return root_of(Span(0, size), self.read)


class Shelf:
    """The files of a log: entries and heads as they were shown to everybody; who cosigned the newest head."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.heads: list[Note] = []
        self.cosigned_by: set[str] = set()
        self.size = 0

    def show(self, entries: list[bytes], head: Note, size: int) -> None:
        """Show further entries and the head about all `size` of them."""
        self.entries += entries
        self.heads.append(head)
        self.cosigned_by = set()
        self.size = size


class Ledger:
    """One node's log; `halted` says why it takes no records any more, empty while it does.

    Its witnesses are the nodes that come next in the federation's order.
    """

    def __init__(self, node: "Node") -> None:
        self._node = node
        self.before_tampering: tuple[bytes, ...] = ()
        self.shelf = Shelf()
        self.halted = ""
        self.other_view: dict[int, bytes] = {}
        names = node.members.names
        own = names.index(node.name)
        self.witnesses = tuple(
            names[(own + step) % len(names)] for step in range(1, min(WITNESSES + 1, len(names)))
        )
        self.forget()

    def forget(self) -> None:
        """Lose what is only in memory."""
        self._trees: dict[bool, Tree] = {False: Tree(), True: Tree()}
        self._held: dict[str, int] = {}
        self._offers: dict[str, tuple[str, Note]] = {}
        self._is_writing = self._is_offering = False

    @property
    def origin(self) -> str:
        """The log's name."""
        return origin_of(self._node.name)

    def look(self) -> None:
        """See to it that there will be a head about all records, and that witnesses are asked."""
        if not self._is_writing and books.log_size(self._node.disk) != self.shelf.size:
            self._is_writing = True
            self._later(SECONDS_TO_A_HEAD, self.write_head)
        if not self._is_offering and self.shelf.heads and not self.is_cosigned:
            self._is_offering = True
            self._later(SECONDS_BETWEEN_OFFERS, self.offer)

    @property
    def is_cosigned(self) -> bool:
        """Whether all witnesses have cosigned the newest head."""
        return len(self.shelf.cosigned_by) == len(self.witnesses)

    def write_head(self) -> None:
        """Sign a head about all records there are, keep it, show it."""
        self._is_writing = False
        disk, node = self._node.disk, self._node
        size = books.log_size(disk)
        if size == self.shelf.size or self.halted:
            return
        node.make_durable()
        root = self._tree(False, size).root(size)
        note = sign_checkpoint(Checkpoint(self.origin, size, root), node.members.keys[node.name])
        try:
            with disk.transaction():
                disk.put("heads", size, note)
                node.point()
            node.make_durable()
        except DiskFull:
            self.look()
            return
        shown = len(self.shelf.entries)
        self.shelf.show([disk.get("log", index) for index in range(shown, size)], note, size)
        self.look()

    def offer(self) -> None:
        """Ask each witness to cosign the newest head."""
        self._is_offering = False
        if self.shelf.heads and not self.halted:
            for witness in self.witnesses:
                if witness not in self.shelf.cosigned_by:
                    self._offer(witness)
            self.look()

    def hear(self, nonce: str, response: HttpResponse) -> bool:
        """Take a witness's reply; False when `nonce` is not that of an offer."""
        found = self._offers.pop(nonce, None)
        if found is None:
            return False
        witness, note = found
        size = Checkpoint.parse(note.text).size
        if response.status == 200:
            self._take(witness, note, size, response.body)
        elif response.status == 422:
            self.halted = f"{witness} cosigned other records than this log has"
        elif response.status == 409 and response.body.strip().isdigit():
            self._compare(witness, size, int(response.body))
        return True

    def resume(self) -> None:
        """After an old backup was restored: take back in what the files have, and record how much it was."""
        disk = self._node.disk
        before = books.log_size(disk)
        with disk.transaction():
            for index in range(before, len(self.shelf.entries)):
                books.append_entry(disk, self.shelf.entries[index])
            for head in self.shelf.heads:
                disk.put("heads", Checkpoint.parse(head.text).size, head)
            books.append_entry(disk, books.restored_entry(before, len(self.shelf.entries)))
        disk.sync()

    def _offer(self, witness: str) -> None:
        node = self._node
        is_other = bool(self.other_view) and witness == self.witnesses[-1]
        note, size = self.shelf.heads[-1], self.shelf.size
        tree = self._tree(is_other, size)
        if is_other:
            checkpoint = Checkpoint(self.origin, size, tree.root(size))
            note = sign_checkpoint(checkpoint, node.members.keys[node.name])
        old = min(self._held.get(witness, 0), size)
        body = AddCheckpoint(old, consistency_proof(old, size, tree.read), note).encode()
        nonce = node.world.new_nonce()
        self._offers[nonce] = witness, note
        authority = node.members.directory.node(witness).authority
        request = HttpRequest("POST", authority, ADD_CHECKPOINT_PATH, _TEXT, body)
        node.world.send(node.name, witness, request, nonce)

    def _take(self, witness: str, note: Note, size: int, lines: bytes) -> None:
        try:
            given = [NoteSignature.parse(line) for line in lines.decode().splitlines()]
            named = Note(note.text, tuple(given))
            if cosigned_at(named, origin_of(witness), (self._node.members.public(witness),)) is None:
                return
        except (NoteError, UnicodeDecodeError):
            return
        self._held[witness] = max(size, self._held.get(witness, 0))
        if size == self.shelf.size:
            self.shelf.cosigned_by.add(witness)
        if self.shelf.heads and note.text == self.shelf.heads[-1].text:
            self.shelf.heads[-1] = self.shelf.heads[-1].with_signatures(given)

    def _compare(self, witness: str, size: int, held: int) -> None:
        """The witness cosigned another size last: what it has must be a part of this log."""
        if held > books.log_size(self._node.disk):
            self.halted = f"{witness} cosigned {held} records, which is more than there are"
        elif held != self._held.get(witness, 0):
            self._held[witness] = held
            self._offer(witness)

    def _tree(self, is_other: bool, size: int) -> Tree:
        """The tree of the log, or of what the other view shows, with `size` entries at least."""
        tree = self._trees[is_other]
        for index in range(tree.size, size):
            entry = self._node.disk.get("log", index)
            tree.append(leaf_hash(self.other_view.get(index, entry) if is_other else entry))
        return tree

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        self._node.world.later(self._node.name, seconds, work)
