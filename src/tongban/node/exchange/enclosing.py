"""Files of a case on their way to the other side: kept with the case's event, sent by the worker.

Promises: what a message names by its digest is sent however often the way breaks off, and once only; what is
given out here has that digest.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db.models import F

from tongban.node.clock import true_now
from tongban.node.exchange import attachments, carrying
from tongban.node.exchange.models import Enclosure
from tongban.node.exchange.transport import HttpTransport, Unreachable, own_transport
from tongban.protocol import Refused

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
    Enclosure.objects.get_or_create(
        sha256=kept.sha256,
        peer=peer,
        defaults={"case_ref": case_ref, "next_try": true_now()},
    )
    return Enclosed(kept.sha256, kept.size)


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
    crossing = attachments.own().crossing(row.sha256)
    try:
        if crossing is None:
            raise FileNotFoundError(row.sha256)
        carrying.send(crossing, row.peer, transport)
    except (Unreachable, Refused, OSError) as error:
        wait = min(timedelta(seconds=2 ** min(row.tries, 12)), LONGEST_WAIT)
        chance = timedelta(seconds=secrets.randbelow(_FRACTIONS) / _FRACTIONS)
        Enclosure.objects.filter(pk=row.pk).update(tries=F("tries") + 1, next_try=true_now() + wait + chance)
        log.warning("a file of %s is not with %s yet: %s", row.case_ref, row.peer, type(error).__name__)
        return False
    Enclosure.objects.filter(pk=row.pk).update(sent_at=true_now())
    return True
