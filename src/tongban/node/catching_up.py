"""A node whose backup was put back asks its peers what it has missed, until each of them has told it.

The worker does it by itself from its start on; `tongban node catch-up` does the same and shows what came.
"""

import logging
from datetime import timedelta
from pathlib import Path

from tongban.node.backup import CAUGHT_UP, RESTORED, read_note
from tongban.node.exchange import recalling
from tongban.node.exchange.recalling import CaughtUp
from tongban.node.exchange.transport import Transport
from tongban.node.tls_folder import write_private

MARGIN = timedelta(minutes=10)
"""How far before the backup peers are asked: what was on its way when it was begun."""

log = logging.getLogger(__name__)


def go_on(home: Path, transport: Transport) -> list[CaughtUp]:
    """Catch up if a backup was put back and not every peer has told yet; nothing otherwise."""
    if not (home / RESTORED).exists() or (home / CAUGHT_UP).exists():
        return []
    found = catch_up(home, transport)
    for peer in found:
        log.warning(
            "caught up after a restored backup with=%s problem=%s accesses=%d messages=%d lost=%d left=%d",
            peer.peer,
            peer.problem or "none",
            peer.accesses,
            peer.conversations.messages,
            len(peer.lost),
            len(peer.conversations.left),
        )
    return found


def catch_up(home: Path, transport: Transport) -> list[CaughtUp]:
    """Ask every peer what crossed since the backup. Raises BackupError when none was put back."""
    found = recalling.catch_up(read_note(home / RESTORED).since - MARGIN, transport)
    if all(peer.is_whole for peer in found):
        write_private(home / CAUGHT_UP, (home / RESTORED).read_bytes())
    return found
