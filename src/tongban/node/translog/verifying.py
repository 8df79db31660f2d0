"""Verifying a node's log with nothing but the log and the directory, and saying the result in plain words."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates

from tongban.node.clock import LOCAL_ZONE
from tongban.node.config import ConfigError, NodeConfig
from tongban.node.exchange.trust import read_directory
from tongban.node.translog.parties import parties_of
from tongban.node.translog.sources import reader_of, seen_in
from tongban.protocol import Directory
from tongban.protocol.tlog.auditing import Audit, Read, Seen, audit
from tongban.protocol.tlog.stamping import check_response

TRIES = 3
"""How often a log that grows meanwhile is verified before what was found is said."""
GROWING_SECONDS = 2.0
"""How long a running node takes at most to show in its files what a witness may have published already."""


@dataclass(frozen=True)
class Subject:
    """A log to be verified: whose, where it is read, by which directory, what others saw of it.

    `and_then` goes on with what can be verified only where the records themselves are.
    """

    node: str
    read: Read = field(repr=False)
    directory: Directory = field(repr=False)
    seen: tuple[Seen, ...] = ()
    roots: tuple[Certificate, ...] = field(default=(), repr=False)
    and_then: Callable[[Audit], None] | None = None

    def verified(self) -> Audit:
        """The result. Raises SourceError when the log cannot be read.

        What is found while the log grew may be that it grew; so it is verified anew, some times at most.
        """
        check = partial(check_stamp, self.roots) if self.roots else None
        parties = parties_of(self.node, self.directory)
        for _ in range(TRIES):
            head = self.read("checkpoint")
            result = audit(self.read, parties, self.seen, check_stamp=check)
            if not result.findings or not self._grows(head):
                break
        if self.and_then is not None:
            self.and_then(result)
        return result

    def _grows(self, head: bytes | None) -> bool:
        """Whether the log shows another head than this one, now or in a moment."""
        deadline = time.monotonic() + GROWING_SECONDS
        while self.read("checkpoint") == head:
            if time.monotonic() >= deadline:
                return False
            time.sleep(GROWING_SECONDS / 20)
        return True


def check_stamp(roots: Sequence[Certificate], text: str, response: bytes) -> datetime:
    """When a timestamp by an authority under `roots` says that a head's text was there. Raises StampError."""
    return check_response(response, text, roots)


def subject_of(config: NodeConfig, others: Sequence[NodeConfig]) -> Subject:
    """The log in the files of a node, with what the files of other nodes say of it.

    Raises ConfigError when the directory cannot be used, SourceError when a file cannot be read.
    """
    seen = [
        one
        for other in others
        if other.name != config.name and other.log_path.is_dir()
        for one in seen_in(str(other.log_path), other.name, config.name)
    ]
    folder = config.log_path
    read: Read = reader_of(str(folder)) if folder.is_dir() else _nothing
    directory = read_directory(config).directory
    return Subject(config.name, read, directory, tuple(seen), roots_of(config))


def roots_of(config: NodeConfig) -> tuple[Certificate, ...]:
    """The certificates to which the node's timestamp authority goes back. Raises ConfigError."""
    return roots_in(config.timestamp_roots_path) if config.timestamp_roots_path else ()


def roots_in(path: Path) -> tuple[Certificate, ...]:
    """The certificates in a PEM file. Raises ConfigError."""
    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        raise ConfigError(f"{path}: cannot be read; expected certificates as PEM") from None


def told(node: str, result: Audit) -> str:
    """The result as lines of text."""
    if not result.size and not result.findings:
        return f"{node}: the log is empty"
    records = f"{result.size} records under {result.heads} signed heads"
    if result.findings:
        lines = [f"{node}: NOT in order; {records}", *(f"  - {found.sentence}" for found in result.findings)]
    else:
        lines = [f"{node}: {records}, all in order"]
    for witness, (size, at) in sorted(result.cosigned.items()):
        lines.append(f"  cosigned by {witness.partition('/')[2]}: {size} records at {local(at)}")
    if result.stamped is not None:
        size, at = result.stamped
        lines.append(f"  stamped by a timestamp authority: {size} records at {local(at)}")
    lines += [f"  {note}" for note in result.notes]
    if not result.cosigned:
        lines.append("  cosigned by nobody yet: that it was not exchanged as a whole rests on the node alone")
    return "\n".join(lines)


def as_json(node: str, result: Audit) -> dict[str, object]:
    """The result for programs."""
    return {
        "node": node,
        "in_order": not result.findings,
        "records": result.size,
        "heads": result.heads,
        "cosigned": {
            witness.partition("/")[2]: {"records": size, "at": at.isoformat()}
            for witness, (size, at) in sorted(result.cosigned.items())
        },
        "stamped": result.stamped and {"records": result.stamped[0], "at": result.stamped[1].isoformat()},
        "notes": result.notes,
        "findings": [{"code": found.code, "sentence": found.sentence} for found in result.findings],
    }


def node_configs(home: Path) -> dict[str, Path]:
    """The configuration files of the nodes below a folder, by the names of their folders."""
    return {path.parent.name: path for path in sorted(home.glob("*/node.toml"))}


def local(at: datetime) -> str:
    """A moment as both sides write it."""
    return at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _nothing(_path: str) -> bytes | None:
    return None
