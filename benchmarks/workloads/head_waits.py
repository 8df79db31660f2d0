"""Records at random moments and looks when signed heads cover them; prints JSON.

`python -m benchmarks.workloads.head_waits SECONDS MOST`: one by one about fifty a second, and every ten
seconds MOST in one transaction. Times are from after the commit until a head is seen from outside, looked for
every 10 ms.
"""

import json
import os
import random
import statistics
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

from tongban.node.config import CONFIG_VARIABLE
from tongban.node.starting import start_django

LOOK_SECONDS = 0.01
PAUSE_SECONDS = 0.04
SECONDS_BETWEEN_MANY = 10.0
LAST_WAIT_SECONDS = 10.0
START_SECONDS = 120.0


def main() -> None:
    """Record, look, and print what was counted."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from django.db import connection, transaction

    from tongban.node.translog import api as translog
    from tongban.node.translog.models import LogCheckpoint, LogRecord

    seconds, most = int(sys.argv[1]), int(sys.argv[2])
    seen: list[tuple[float, int]] = []
    committed: list[tuple[float, str]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(LOOK_SECONDS):
            newest = LogCheckpoint.objects.order_by("-number").values_list("size", flat=True).first() or 0
            if not seen or seen[-1][1] != newest:
                seen.append((time.monotonic(), newest))
        connection.close()

    def record(count: int) -> None:
        rows = [translog.prepare("measured", uuid4(), {"number": number}) for number in range(count)]
        with transaction.atomic():
            translog.record_all(rows)
        now = time.monotonic()
        committed.extend((now, str(row.about)) for row in rows)

    def is_all_placed(within: float) -> bool:
        until = time.monotonic() + within
        while LogRecord.objects.filter(index=None).exists() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        return not LogRecord.objects.filter(index=None).exists()

    record(1)
    if not is_all_placed(START_SECONDS):
        sys.exit("the log's writer has not started")
    committed.clear()
    looking = threading.Thread(target=look)
    looking.start()
    moments = random.Random(1)
    began = time.monotonic()
    many_at = began + SECONDS_BETWEEN_MANY / 2
    while time.monotonic() < began + seconds:
        if time.monotonic() >= many_at:
            many_at += SECONDS_BETWEEN_MANY
            record(most)
        record(1)
        time.sleep(moments.uniform(0, PAUSE_SECONDS))
    is_all_placed(LAST_WAIT_SECONDS)
    time.sleep(1.0)
    stop.set()
    looking.join()
    places = {str(about): index for about, index in LogRecord.objects.values_list("about", "index")}
    waits, left = _waits(committed, places, seen)
    told = {
        "records": len(committed),
        "heads": len(seen),
        "longest": max(waits, default=0.0),
        "middle": statistics.median(waits) if waits else 0.0,
        "left": left,
    }
    print(json.dumps(told))


def _waits(
    committed: list[tuple[float, str]], places: dict[str, int | None], seen: list[tuple[float, int]]
) -> tuple[list[float], int]:
    """How long each record waited for the first head that covers it, and how many have none."""
    waits, left, head = [], 0, 0
    placed = sorted((places[about] is None, places[about] or 0, at) for at, about in committed)
    for is_unplaced, index, at in placed:
        while head < len(seen) and seen[head][1] <= index:
            head += 1
        if is_unplaced or head == len(seen):
            left += 1
        else:
            waits.append(max(seen[head][0] - at, 0.0))
    return waits, left


if __name__ == "__main__":
    main()
