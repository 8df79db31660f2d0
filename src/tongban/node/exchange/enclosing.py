"""Files of a case on their way to the other side: kept with the case's event, sent by the worker.

Promises: what a message names by its digest is sent however often the way breaks off, and once only; what is
given out here has that digest.
"""

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db.models import F

from tongban.node.clock import now, today, true_now
from tongban.node.exchange import attachments, carrying, connectors, identity, papers
from tongban.node.exchange.department import read_evidence
from tongban.node.exchange.models import Enclosure
from tongban.node.exchange.transport import HttpTransport, Unreachable, own_transport
from tongban.node.people import pseudonym
from tongban.node.people.access import Look, store
from tongban.node.people.models import AccessRecord
from tongban.protocol import EvidenceFile, Refused, Text

MOST_AT_ONCE = 20
LONGEST_WAIT = timedelta(minutes=10)
_FRACTIONS = 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Enclosed:
    """A file as a message names it."""

    sha256: str
    size: int


def enclose(source: Path, case_ref: str, peer: str) -> Enclosed:
    """Keep a file for the other node and have it sent once this transaction is over. Raises Refused."""
    kept = attachments.own().keep(source, case_ref, peer)
    put_on_their_way([(kept.sha256, case_ref, peer)])
    return Enclosed(kept.sha256, kept.size)


def put_on_their_way(files: Iterable[tuple[str, str, str]]) -> None:
    """Have files sent, each given by digest, case and peer, once this transaction is over.

    One that was sent before is offered once more: the peer may have purged it since, and says so.
    """
    now = true_now()
    rows = {
        (sha256, peer): Enclosure(sha256=sha256, peer=peer, case_ref=case_ref, next_try=now)
        for sha256, case_ref, peer in files
    }
    Enclosure.objects.bulk_create(
        [rows[key] for key in sorted(rows)],
        update_conflicts=True,
        unique_fields=["sha256", "peer"],
        update_fields=["case_ref", "next_try", "tries", "sent_at"],
    )


def enclose_again(sha256: str, case_ref: str, peer: str) -> bool:
    """Have a file sent that a message named before; whether it is here.

    What is still to be sent is forgotten with an old backup, the files are not. A peer that holds it says so.
    """
    is_here = attachments.own().hold_on_to(sha256)
    if is_here:
        put_on_their_way([(sha256, case_ref, peer)])
    return is_here


def send_again(sha256: str, case_ref: str, peer: str) -> bool:
    """Send a file that the peer says it lacks, though an answer named it; whether it may have it.

    That stands in the file's note, which no old backup takes back: only what was given to that very peer.
    """
    known = attachments.own().crossing(sha256)
    if known is None or peer not in known.peers or not attachments.own().hold_on_to(sha256):
        return False
    put_on_their_way([(sha256, case_ref, peer)])
    return True


@dataclass(frozen=True)
class OwnPapers:
    """Which papers of an own agency go along with what a case says to another node, and why."""

    case_ref: str
    service: str
    agency: str
    evidence_type: str
    subject: str = field(repr=False)
    peer: str
    basis: Text
    purpose: Text


def enclose_papers(asked: OwnPapers) -> tuple[EvidenceFile, ...]:
    """Read the files that the own department holds, record the look, and have them sent as `enclose` does.

    None where no connector is declared for them. Raises Refused `try-later` or `department-data-invalid`.
    """
    node = identity.current()
    connector = connectors.declared_for(asked.agency, asked.evidence_type, node.directory)
    if connector is None:
        return ()
    kind = node.directory.evidence_type(asked.evidence_type)
    records = read_evidence(connector, kind, asked.subject, kind.file_fields, today())
    store([_look(asked, kind.file_fields, node.me)])
    files = papers.described(kind, records)
    put_on_their_way((file.sha256, asked.case_ref, asked.peer) for file in files)
    return files


def _look(asked: OwnPapers, fields: Sequence[str], me: str) -> Look:
    return Look(
        pseudonym=pseudonym(asked.subject),
        at=now(),
        direction=AccessRecord.Direction.OWN,
        agency=asked.agency,
        asking_node=me,
        service=asked.service,
        case_ref=asked.case_ref,
        basis=asked.basis.model_dump(),
        purpose=asked.purpose.model_dump(),
        fields=list(fields),
    )


def send_due(transport: HttpTransport | None = None) -> int:
    """Send what is due; how many were taken. What is not taken is tried again, later and later."""
    due = Enclosure.objects.filter(sent_at=None, next_try__lte=true_now()).order_by("next_try")
    return sum(_send(row, transport or own_transport()) for row in due[:MOST_AT_ONCE])


def content(sha256: str, peer: str) -> bytes | None:
    """The whole of a file that crossed with `peer`; None before it came, and if it has changed."""
    files = attachments.own()
    crossing = files.crossing(sha256)
    if crossing is None or peer not in crossing.peers or not files.verify(sha256):
        return None
    return files.path(sha256).read_bytes()


def has_come(sha256: str) -> bool:
    """Whether all of a file is here."""
    return attachments.own().is_whole(sha256)


def _send(row: Enclosure, transport: HttpTransport) -> bool:
    try:
        carrying.send(attachments.own().offered(row.sha256, row.case_ref, row.peer), row.peer, transport)
    except (Unreachable, Refused, OSError) as error:
        wait = min(timedelta(seconds=2 ** min(row.tries, 12)), LONGEST_WAIT)
        chance = timedelta(seconds=secrets.randbelow(_FRACTIONS) / _FRACTIONS)
        Enclosure.objects.filter(pk=row.pk).update(tries=F("tries") + 1, next_try=true_now() + wait + chance)
        log.warning("a file of %s is not with %s yet: %s", row.case_ref, row.peer, type(error).__name__)
        return False
    Enclosure.objects.filter(pk=row.pk).update(sent_at=true_now())
    return True
