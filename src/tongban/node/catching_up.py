"""A node whose backup was put back asks its peers what it has missed, until each of them has told it.

The worker does it by itself from its start on; `tongban node catch-up` does the same and shows what came.
What came is kept in the node's home, for the operator's page.
"""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from tongban.node.backup import CAUGHT_UP, RESTORED, Backup, read_note
from tongban.node.exchange import recalling
from tongban.node.exchange.recalling import CaughtUp
from tongban.node.exchange.transport import Transport
from tongban.node.private_files import write_private

MARGIN = timedelta(minutes=10)
"""How far before the backup peers are asked: what was on its way when it was begun."""

REPORTS = "catch-up.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What one peer has told since the backup was put back.

    `lost` are this node's own questions that only the peer still knows; `decided` names cases with what this
    node had said in them and forgotten, `left` cases whose conversations could not be taken up. `files` are
    sent again, `files_lost` names the cases of those that are not here any more.
    """

    peer: str
    problem: str
    accesses: int
    messages: int
    lost: tuple[str, ...]
    decided: tuple[tuple[str, str], ...]
    left: tuple[str, ...]
    files: int = 0
    files_lost: tuple[str, ...] = ()


def go_on(home: Path, transport: Transport) -> list[CaughtUp]:
    """Catch up if a backup was put back and not every peer has told all of it yet; nothing otherwise.

    A peer has not if something was on its way to it while it was asked: it says that it knows more.
    """
    if not (home / RESTORED).exists() or ((home / CAUGHT_UP).exists() and not recalling.is_any_ahead()):
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
    backup = read_note(home / RESTORED)
    found = recalling.catch_up(backup.since - MARGIN, transport)
    _keep(home, backup, found)
    if all(peer.is_whole for peer in found):
        write_private(home / CAUGHT_UP, (home / RESTORED).read_bytes())
    return found


def restored(home: Path) -> Backup | None:
    """The backup that was put back last; None when none was."""
    return read_note(home / RESTORED) if (home / RESTORED).exists() else None


def is_under_way(home: Path) -> bool:
    """Whether a backup was put back and not every peer has told yet what it knows since."""
    return (home / RESTORED).exists() and not is_whole(home)


def is_whole(home: Path) -> bool:
    """Whether every peer has told what it knows since."""
    return (home / CAUGHT_UP).exists()


def reports(home: Path) -> tuple[Report, ...]:
    """What the peers have told since the backup was put back; nothing before the first was asked."""
    backup = restored(home)
    if backup is None or not (home / REPORTS).exists():
        return ()
    kept = json.loads((home / REPORTS).read_bytes())
    if kept["begun"] != backup.begun:
        return ()
    return tuple(
        Report(
            peer=one["peer"],
            problem=one["problem"],
            accesses=one["accesses"],
            messages=one["messages"],
            lost=tuple(one["lost"]),
            decided=tuple((case, kind) for case, kind in one["decided"]),
            left=tuple(one["left"]),
            files=one.get("files", 0),
            files_lost=tuple(one.get("files_lost", ())),
        )
        for one in kept["peers"]
    )


def _keep(home: Path, backup: Backup, found: list[CaughtUp]) -> None:
    before = {one.peer: one for one in reports(home)}
    kept = [asdict(_added(before.get(one.peer), one)) for one in found]
    document = {"begun": backup.begun, "peers": kept}
    write_private(home / REPORTS, json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")


def _added(before: Report | None, found: CaughtUp) -> Report:
    """What was known of a peer with what it has told now: things come once, so they are added up."""
    lost = (str(message) for message in found.lost)
    return Report(
        peer=found.peer,
        problem=found.problem,
        accesses=found.accesses + (before.accesses if before else 0),
        messages=found.conversations.messages + (before.messages if before else 0),
        lost=tuple(dict.fromkeys([*(before.lost if before else ()), *lost])),
        decided=tuple(dict.fromkeys([*(before.decided if before else ()), *found.conversations.decided])),
        left=tuple(found.conversations.left),
        files=max(found.files, before.files if before else 0),
        files_lost=tuple(dict.fromkeys(found.files_lost)),
    )
