"""Files that cross with a case: the message names each by its digest, the other side looks at it there.

Promises: an officer's file is the one that the message named; what crosses is what the applicant uploaded.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tongban.node.casework import catalogue, log, partner
from tongban.node.casework.models import Case
from tongban.node.exchange import api

logger = logging.getLogger(__name__)

MOST = 20
FILES = "files"
"""What the files of an application are called where a look at them is recorded."""
_PARTS = ("name", "sha256", "size")
_NAMING = re.compile(r"file_\d+_(name|sha256|size)")
_SHA256 = re.compile("[0-9a-f]{64}")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class File:
    """A file of an application, where it lies on this node; answers name it by its id."""

    name: str
    media_type: str
    path: Path
    id: str = ""


@dataclass(frozen=True)
class Received:
    """A file that came with a case; `has_come` says whether all of it is here.

    `purged_at` is when its bytes were purged, after nothing had needed them for long.
    """

    name: str
    sha256: str
    size: int
    has_come: bool
    purged_at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """A file that came with a case, with its content; `of` says which of the person's data it is."""

    file: Received
    of: str
    content: bytes = field(repr=False)


Finder = Callable[[Case], Iterable[File]]
_finders: list[Finder] = []


def found_by(finder: Finder) -> None:
    """Have `finder` say which files a case has."""
    if finder not in _finders:
        _finders.append(finder)


def enclose(case: Case, peer: str, only: str | None = None) -> dict[str, str | int]:
    """Have the case's files sent to the node `peer`, or `only` that of an id; what the message says of them.

    Raises api.Refused.
    """
    found = [file for finder in _finders for file in finder(case) if only in {None, file.id}]
    files = found[:MOST]
    kept = [api.enclose(file.path, case.number, peer) for file in files]
    return naming((file.name, one.sha256, one.size) for file, one in zip(files, kept, strict=True))


def naming(files: Iterable[tuple[str, str, int]]) -> dict[str, str | int]:
    """What a message says of files, each given by name, digest and size."""
    said: dict[str, str | int] = {}
    for number, (name, sha256, size) in enumerate(files, start=1):
        said |= {f"file_{number}_name": name, f"file_{number}_sha256": sha256, f"file_{number}_size": size}
    return said


def others_in(contents: Mapping[str, str | int]) -> dict[str, str | int]:
    """What a message says besides naming files."""
    return {name: value for name, value in contents.items() if not _NAMING.fullmatch(name)}


def enclose_again(effect: api.Effect) -> None:
    """Have the files sent that a recalled message of this node names, as far as they are here."""
    talk = effect.conversation
    for file in named_in(getattr(effect.message.body, "contents", {})):
        if not api.enclose_again(str(file["sha256"]), talk.case_ref, talk.peer):
            logger.error("a file that was named to %s is not here: %s", talk.peer, talk.case_ref)


def named_in(contents: Mapping[str, str | int]) -> list[dict[str, str | int]]:
    """The files that a message names, as the event keeps them; what is not named in full is left out."""
    named: list[dict[str, str | int]] = []
    for number in range(1, MOST + 1):
        parts = [contents.get(f"file_{number}_{part}") for part in _PARTS]
        match parts:
            case [str(name), str(sha256), int(size)] if _SHA256.fullmatch(sha256) and size > 0:
                named.append({"name": name[:_LONGEST_NAME], "sha256": sha256, "size": size})
    return named


def received(case: Case) -> tuple[Received, ...]:
    """The files that the other side's messages about the case brought, in their order."""
    return tuple(_received(file) for event in log.history(case) for file in event.data.get("files", ()))


def papers(told: Mapping[str, Any]) -> tuple[Received, ...]:
    """The files that an event with evidence tells of."""
    return tuple(_received(file) for file in told.get("papers", ()))


def content(case: Case, sha256: str) -> Opened | None:
    """One file that came with the case; None if none of that digest did, or not all of it yet."""
    for file, peer, of in _with_senders(case):
        if file.sha256 == sha256:
            found = api.enclosed_content(sha256, peer)
            return Opened(file, of, found) if found is not None else None
    return None


def _with_senders(case: Case) -> Iterator[tuple[Received, str, str]]:
    """The files that came with the case, each with the node that sent it and what it is of the person's."""
    for file in received(case):
        yield file, api.node_of(partner.other_side(catalogue.of(case).definition).agency_code), FILES
    events = {event.revision: event for event in log.history(case)}
    for piece in log.state_of(case).evidence:
        told = events[piece.told_by].data if piece.told_by else {}
        for file in papers(told):
            yield file, api.node_of(piece.agency), _field_of(file, told["records"])


def _field_of(file: Received, records: Iterable[Mapping[str, object]]) -> str:
    return next(name for record in records for name, value in record.items() if value == file.sha256)


def _received(file: Mapping[str, Any]) -> Received:
    has_come = api.has_come(file["sha256"])
    purged = None if has_come else api.purged(file["sha256"])
    return Received(file["name"], file["sha256"], file["size"], has_come, purged.at if purged else None)
