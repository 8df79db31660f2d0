"""The node's clock: the only place that asks what time it is.

Promises: aware UTC times that never run backwards against the process' own monotonic clock;
TONGBAN_NOW (an ISO time) sets where the clock of this process starts, so that a walk can be repeated.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
START_VARIABLE = "TONGBAN_NOW"

_process_start = time.monotonic()


def now() -> datetime:
    """The present moment in UTC. Raises ValueError when TONGBAN_NOW is no ISO time with an offset."""
    begin = beginning()
    if begin is None:
        return datetime.now(UTC)
    return begin + timedelta(seconds=time.monotonic() - _process_start)


@cache
def beginning() -> datetime | None:
    """Where TONGBAN_NOW sets the start of this process' clock, looked up once; None where it does not."""
    start = os.environ.get(START_VARIABLE)
    if not start:
        return None
    begin = datetime.fromisoformat(start)
    if begin.tzinfo is None:
        raise ValueError(
            f"{START_VARIABLE}: expected an ISO time with offset, like 2026-11-03T09:12:00+08:00"
        )
    return begin.astimezone(UTC)


def today() -> date:
    """The present day as the offices of both sides count it (Asia/Shanghai)."""
    return now().astimezone(LOCAL_ZONE).date()


def true_now() -> datetime:
    """The real time in UTC, whatever TONGBAN_NOW says: for what two nodes must agree on to the minute."""
    return datetime.now(UTC)


def true_today() -> date:
    """The real day as the offices of both sides count it (Asia/Shanghai), whatever TONGBAN_NOW says."""
    return true_now().astimezone(LOCAL_ZONE).date()
