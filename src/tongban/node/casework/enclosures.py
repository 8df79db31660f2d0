"""Files that cross with a case: the message names each by its digest, the other side looks at it there.

Promises: an officer's file is the one that the message named; what crosses is what the applicant uploaded.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongban.node.casework import log
from tongban.node.casework.models import Case
from tongban.node.exchange import api

MOST = 20
_SHA256 = re.compile("[0-9a-f]{64}")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class File:
    """A file of an application, where it lies on this node."""

    name: str
    media_type: str
    path: Path


@dataclass(frozen=True)
class Received:
    """A file that came with a case; `has_come` says whether all of it is here."""

    name: str
    sha256: str
    size: int
    has_come: bool


Finder = Callable[[Case], Iterable[File]]
_finders: list[Finder] = []


def found_by(finder: Finder) -> None:
    """Have `finder` say which files a case has."""
    if finder not in _finders:
        _finders.append(finder)


def enclose(case: Case, peer: str) -> dict[str, str | int]:
    """Have the case's files sent to the node `peer`; what the message says of them. Raises api.Refused."""
    said: dict[str, str | int] = {}
    files = [file for finder in _finders for file in finder(case)]
    for number, file in enumerate(files[:MOST], start=1):
        enclosed = api.enclose(file.path, case.number, peer)
        said |= {
            f"file_{number}_name": file.name,
            f"file_{number}_sha256": enclosed.sha256,
            f"file_{number}_size": enclosed.size,
        }
    return said


def named_in(contents: Mapping[str, str | int]) -> list[dict[str, str | int]]:
    """The files that a message names, as the event keeps them; what is not named in full is left out."""
    named: list[dict[str, str | int]] = []
    for number in range(1, MOST + 1):
        parts = [contents.get(f"file_{number}_{part}") for part in ("name", "sha256", "size")]
        match parts:
            case [str(name), str(sha256), int(size)] if _SHA256.fullmatch(sha256) and size > 0:
                named.append({"name": name[:_LONGEST_NAME], "sha256": sha256, "size": size})
    return named


def received(case: Case) -> tuple[Received, ...]:
    """The files that came with the case from the other side, in the message's order."""
    files: list[dict[str, Any]] = log.history(case)[0].data.get("files", [])
    return tuple(
        Received(file["name"], file["sha256"], file["size"], api.has_come(file["sha256"])) for file in files
    )


def content(case: Case, sha256: str, peer: str) -> tuple[Received, bytes] | None:
    """One file that came with the case; None if none of that digest did, or not all of it yet."""
    file = next((one for one in received(case) if one.sha256 == sha256), None)
    found = api.enclosed_content(sha256, peer) if file is not None else None
    return (file, found) if file is not None and found is not None else None
