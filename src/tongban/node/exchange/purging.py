"""Purging files that crossed and that nothing needs any more: the bytes go, what they were stays.

Promises: what an open case, a conversation or a delivery needs is left alone; that a file was purged, when
and by which rule, stands in the log in the transaction that decides it, before the bytes go.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from tongban.node import retention
from tongban.node.clock import true_now, true_today
from tongban.node.exchange import attachments
from tongban.node.exchange.conversing.models import Conversation
from tongban.node.exchange.models import Enclosure, PurgedFile
from tongban.node.retention import Period
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json

PURGED = "purged"
"""The kind of a purge's record in the log."""
AT_ONCE = 200
"""Files that one run purges at most."""
_MARGIN = timedelta(days=1)
"""What is due is older by far; so a file touched later than this before its purge was decided came once more,
be it while that was decided, or in the same tick of the file system's clock."""

Need = Callable[[Collection[str], timedelta], Collection[str]]
"""Which of these digests something needs, or needed last less than so long ago."""

_needs: list[Need] = []
log = logging.getLogger(__name__)


def on_need(need: Need) -> None:
    """Have `need` say which files are needed still, before any is purged."""
    if need not in _needs:
        _needs.append(need)


def purge_as_declared() -> int:
    """Purge what is due by the period of today, if that is verified; how many files."""
    period = retention.on(true_today())
    return len(purge(period)) if period is not None and period.is_verified else 0


def due(period: Period) -> list[str]:
    """The digests of files that nothing has needed for longer than the period, some of them at a time."""
    kept_for = timedelta(days=period.days)
    oldest = (true_now() - kept_for).timestamp()
    found = {path.name for path in attachments.own().whole() if path.stat().st_mtime < oldest}
    found -= set(Enclosure.objects.filter(sent_at=None, sha256__in=found).values_list("sha256", flat=True))
    found -= _in_open_conversations(found)
    for need in _needs if found else ():
        found -= set(need(found, kept_for))
    return sorted(found)[:AT_ONCE]


def purge(period: Period) -> list[PurgedFile]:
    """Purge what is due; what was purged. Raises LogUnavailable, and then nothing is."""
    _finish()
    rows = [_row(sha256, period) for sha256 in due(period)]
    with transaction.atomic():
        PurgedFile.objects.bulk_create(rows)
        translog.record_all([translog.prepare(PURGED, row.id, _facts(row)) for row in rows])
    _finish()
    if rows:
        log.info("files that nothing needs any more were purged by %s: %d", period.name, len(rows))
    return rows


def _finish() -> None:
    """Remove the bytes of what was decided, also after a crash between the two, unless it came once more."""
    for row in PurgedFile.objects.filter(removed_at=None):
        attachments.own().remove(row.sha256, unless_since=row.at - _MARGIN)
        PurgedFile.objects.filter(pk=row.pk).update(removed_at=true_now())


def last_of(sha256: str) -> PurgedFile | None:
    """When and by which rule a file was purged that is not here; None if it is here or never was."""
    if attachments.own().is_whole(sha256):
        return None
    return PurgedFile.objects.filter(sha256=sha256).order_by("-at").first()


def stored_purges(recorded: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | None]:
    """What the log should say of these purges, as they are stored now; None for one that is gone."""
    found = PurgedFile.objects.in_bulk([UUID(record["purge"]) for record in recorded])
    rows = [found.get(UUID(record["purge"])) for record in recorded]
    return [_facts(row) if row else None for row in rows]


def _row(sha256: str, period: Period) -> PurgedFile:
    files = attachments.own()
    known = files.crossing(sha256)
    return PurgedFile(
        id=uuid4(),
        sha256=sha256,
        size=files.held(sha256),
        case_ref=known.case_ref if known else "",
        peers=list(known.peers) if known else [],
        rule=period.name,
        rule_since=period.since,
        days=period.days,
        is_verified=period.is_verified,
        at=true_now(),
    )


def _facts(row: PurgedFile) -> dict[str, Json]:
    return {
        "purge": str(row.id),
        "sha256": row.sha256,
        "size": row.size,
        "case": row.case_ref,
        "rule": row.rule,
        "rule_since": row.rule_since.isoformat(),
        "days": row.days,
        "is_verified": row.is_verified,
        "at": row.at.isoformat(),
    }


def still_talked_about() -> set[str]:
    """The cases about which this node and another still talk."""
    return set(Conversation.objects.filter(has_ended=False).values_list("thread__case_ref", flat=True))


def _in_open_conversations(digests: Collection[str]) -> set[str]:
    open_cases = still_talked_about()
    files = attachments.own()
    crossings = (files.crossing(sha256) for sha256 in digests)
    return {one.sha256 for one in crossings if one is not None and one.case_ref in open_cases}
