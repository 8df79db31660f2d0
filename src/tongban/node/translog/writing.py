"""What the log's writer does: places records, signs heads, has them cosigned, writes the log's files.

Any number of writers may run, one at a time places records. None of this is on a request's path; but what has
no place after a minute stops the recording, so that a dead writer is found.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import identity
from tongban.node.exchange.transport import Transport, own_transport
from tongban.node.translog.cosignatures import Witness, own_keys, peers_of
from tongban.node.translog.halting import discrepancy, halt
from tongban.node.translog.publishing import publish
from tongban.node.translog.sequencing import place_waiting
from tongban.node.translog.timestamps import stamp_newest
from tongban.protocol import NodeEntry
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.origins import origin_of

PLACE_SECONDS = 0.5
"""How often waiting records are looked for, from one look's beginning to the next; a head is signed about so
long after a record at most."""
SHORTEST_PAUSE_SECONDS = 0.05
PUBLISH_SECONDS = 1.0
"""How often the log's files are brought up to date: that costs more than giving records their places."""
ASK_SECONDS = 0.5
"""How often a witness is asked to cosign the newest head."""
COMPARE_SECONDS = 10.0
"""How long the first record waits at the start for what the witnesses have seen of this log."""
STAMP_SECONDS = 60.0
"""How often the newest head is stamped, where the configuration names a timestamp authority."""
PEERS_SECONDS = 5.0
"""How often the directory is looked at for other witnesses."""
FAILURE_SECONDS = 2.0

log = logging.getLogger(__name__)


class Writer:
    """The work of the process, in threads that end when `stop` is set."""

    def __init__(self, stop: threading.Event, transport: Transport | None = None) -> None:
        self._stop = stop
        self._transport = transport or own_transport()
        self._witnesses: dict[str, threading.Thread] = {}
        self._compared: set[str] = set()
        self._published_at = float("-inf")

    def run(self) -> None:
        """Work until `stop` is set."""
        peers = threading.Thread(target=self._repeat, args=(self._look_for_peers, PEERS_SECONDS))
        peers.start()
        stamps = threading.Thread(
            target=self._repeat, args=(lambda: stamp_newest(this_node()), STAMP_SECONDS)
        )
        stamps.start()
        self._repeat_until_done(self._compare_with_files)
        self._await_witnesses()
        self._repeat(self._place_and_publish, PLACE_SECONDS)
        self._published_at = float("-inf")
        _pause_after(self._place_and_publish, 0.0)
        connections.close_all()
        for thread in (peers, stamps, *self._witnesses.values()):
            thread.join()

    def _compare_with_files(self) -> bool:
        """Hold the database against the log's files, which restoring a backup does not roll back."""
        node = identity.current()
        try:
            note = Note.parse((_folder() / "checkpoint").read_bytes())
        except (OSError, NoteError):
            return True
        found = discrepancy(note, "the folder of the log's files", origin_of(node.me), own_keys(node))
        if found is not None:
            halt(found)
        return True

    def _await_witnesses(self) -> None:
        """Give the witnesses a moment to tell what they saw before the first record is placed."""
        deadline = time.monotonic() + COMPARE_SECONDS
        while not self._stop.wait(0.1) and time.monotonic() < deadline:
            if self._witnesses and self._compared.issuperset(self._witnesses):
                return

    def _place_and_publish(self) -> bool:
        node = identity.current()
        placed = place_waiting(origin_of(node.me), node.log_key)
        if time.monotonic() - self._published_at >= PUBLISH_SECONDS:
            self._published_at = time.monotonic()
            try:
                publish(_folder())
            except OSError as error:
                log.error("the log's files cannot be written: %s", error.strerror)
        return placed > 0

    def _look_for_peers(self) -> bool:
        for peer in peers_of(identity.current()):
            if peer.id not in self._witnesses:
                thread = threading.Thread(target=self._tend, args=(peer.id,))
                self._witnesses[peer.id] = thread
                thread.start()
        return False

    def _tend(self, name: str) -> None:
        """Compare with a witness once, then have it cosign each new head."""
        held: dict[str, int] = {}

        def ask() -> bool:
            peer = _peer(name)
            if peer is None:
                return False
            witness = Witness(peer, held.get(name, 0))
            node = identity.current()
            if name not in self._compared and witness.compare(node, self._transport):
                self._compared.add(name)
            witness.ask(node, self._transport)
            held[name] = witness.held
            return False

        self._repeat(ask, ASK_SECONDS)

    def _repeat(self, work: Callable[[], bool], seconds: float) -> None:
        while not self._stop.is_set():
            close_old_connections()
            began = time.monotonic()
            pause = _pause_after(work, seconds)
            took = time.monotonic() - began if pause == seconds else 0.0
            self._stop.wait(max(pause - took, SHORTEST_PAUSE_SECONDS))
        connections.close_all()

    def _repeat_until_done(self, work: Callable[[], bool]) -> None:
        done: list[bool] = []

        def once() -> bool:
            done.append(work())
            return True

        while not done and not self._stop.is_set():
            close_old_connections()
            self._stop.wait(_pause_after(once, 0.0))


def _folder() -> Path:
    return this_node().log_path


def _peer(name: str) -> NodeEntry | None:
    return next((peer for peer in peers_of(identity.current()) if peer.id == name), None)


def _pause_after(work: Callable[[], bool], seconds: float) -> float:
    try:
        work()
    except (DatabaseError, InterfaceError) as error:
        log.error("the node's database failed: %s", type(error).__name__)
        return FAILURE_SECONDS
    except ConfigError as error:
        log.error("the log waits: %s", error)
        return FAILURE_SECONDS
    except Exception:  # the writer goes on; what it could not do it does again
        log.exception("the log's work failed")
        return FAILURE_SECONDS
    return seconds
