"""The virus scan of a file: by clamd where the node names one, else by the two signs that need no scanner.

Promises: a file that cannot be scanned is not taken; what a scanner finds is logged without the file's name.
"""

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol
from urllib.parse import urlsplit

from tongban.node.config import this_node
from tongban.node.portal.uploads.refusals import FileRefused

ENTRY_POINTS = "tongban.virus_scanners"
CLAMD_PORT = 3310
SECONDS = 30
_CHUNK = 1 << 16
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!")

_log = logging.getLogger(__name__)


class Scanner(Protocol):
    """Looks for viruses. A package offers its own as an entry point of `tongban.virus_scanners`."""

    def find(self, content: bytes) -> str:
        """The name of what was found, empty when nothing was. Raises OSError when it cannot scan."""


class SignatureScanner:
    """Knows the EICAR test file and programs: what is left when a node names no scanner."""

    def find(self, content: bytes) -> str:
        """The sign that was found."""
        if _EICAR in content:
            return "EICAR-Test-File"
        return "program" if content.startswith(_PROGRAMS) else ""


@dataclass(frozen=True)
class ClamdScanner:
    """ClamAV's daemon, asked by INSTREAM at `host:port`, or at a socket's path."""

    address: str | tuple[str, int]

    def find(self, content: bytes) -> str:
        """The name of the signature that clamd found."""
        with self._connection() as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            answer = _received(connection)
        if answer.endswith("OK"):
            return ""
        if answer.endswith("FOUND"):
            return answer.removeprefix("stream:").removesuffix("FOUND").strip()
        raise OSError(f"clamd answered {answer[:80]!r}")

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        with socket.socket(family) as connection:
            connection.settimeout(SECONDS)
            connection.connect(self.address)
            yield connection


def scanner() -> Scanner:
    """The node's scanner: `clamd://host:port`, `clamd:/path/of/socket`, or an entry point's name."""
    named = this_node().virus_scanner
    if not named:
        return SignatureScanner()
    parts = urlsplit(named)
    if parts.scheme == "clamd":
        host = parts.hostname
        return ClamdScanner((host, parts.port or CLAMD_PORT) if host else parts.path)
    made: Scanner = entry_points(group=ENTRY_POINTS)[named].load()()
    return made


def hold_clean(content: bytes) -> None:
    """Raise FileRefused for a file with a virus, and for one that cannot be scanned now."""
    try:
        found = SignatureScanner().find(content) or scanner().find(content)
    except (OSError, LookupError) as error:
        _log.exception("the virus scanner cannot be asked; the file was not taken")
        raise FileRefused("file-unscanned") from error
    if found:
        _log.warning("an uploaded file was refused: %s", found)
        raise FileRefused("file-virus")


def _received(connection: socket.socket) -> str:
    parts = []
    while part := connection.recv(_CHUNK):
        parts.append(part)
        if part.endswith(b"\0"):
            break
    return b"".join(parts).rstrip(b"\0\n").decode("utf-8", "replace")
