"""Purging the files of applications whose case is long over: the bytes go, what they were stays.

Promises: what an open case needs, or one about which two nodes still talk or somebody still complains, is
left alone; that a file was purged, when and by which rule, stands in the log in the transaction that decides
it, before the bytes go. Bytes that a crash leaves are removed by the sweep.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from tongban.node.casework import keeping
from tongban.node.clock import true_now, true_today
from tongban.node.exchange import api
from tongban.node.portal.models import Complaint, PurgedUpload, Upload
from tongban.node.portal.uploads import store
from tongban.node.retention import Kept, Period, on
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json

PURGED = "upload-purged"
"""The kind of a purge's record in the log."""
AT_ONCE = 200
"""Files that one run purges at most."""

log = logging.getLogger(__name__)


def purge_as_declared() -> int:
    """Purge what is due by the period of today, if that is verified; how many files."""
    period = on(true_today(), Kept.UPLOADED)
    return len(purge(period)) if period is not None and period.is_verified else 0


def due(period: Period) -> list[Upload]:
    """The uploads whose cases have needed nothing for longer than the period, the oldest, some at a time."""
    complained = Complaint.objects.filter(answered_at=None, case__isnull=False).values("case")
    over = keeping.long_over(timedelta(days=period.days)).exclude(pk__in=complained)
    over = over.exclude(number__in=api.still_talked_about())
    waiting = Upload.objects.filter(purge=None, draft__case__in=over)
    return list(waiting.select_related("draft__case").order_by("at")[:AT_ONCE])


def purge(period: Period) -> list[PurgedUpload]:
    """Purge what is due; what was purged. Raises LogUnavailable, and then nothing is."""
    rows = [_row(upload, period) for upload in due(period)]
    with transaction.atomic():
        PurgedUpload.objects.bulk_create(rows)
        translog.record_all([translog.prepare(PURGED, row.id, row.told) for row in rows])
    for row in rows:
        (store.folder() / row.upload.stored).unlink(missing_ok=True)
    if rows:
        log.info("files of applications were purged by %s: %d", period.name, len(rows))
    return rows


def stored_purges(recorded: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | None]:
    """What the log should say of these purges, as they are stored now; None for one that is gone."""
    found = PurgedUpload.objects.in_bulk([UUID(record["purge"]) for record in recorded])
    rows = [found.get(UUID(record["purge"])) for record in recorded]
    return [row.told if row else None for row in rows]


def _row(upload: Upload, period: Period) -> PurgedUpload:
    key, at = uuid4(), true_now()
    case = upload.draft.case
    told = {
        "purge": str(key),
        "upload": str(upload.pk),
        "sha256": store.digest(upload),
        "size": upload.size,
        "case": case.number,
        **period.told(),
        "at": at.isoformat(),
    }
    return PurgedUpload(id=key, upload=upload, told=told, at=at)
