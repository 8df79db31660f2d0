"""Storing answers one by one and in groups, as the gateway does, on a durable database; prints JSON.

Beside the answers a second: the processor time of this process for an answer in a group, which the database
does not wait for, and how long the disk takes to hold 8 KB for good.

`python -m benchmarks.workloads.exchange_commits COUNT GROUP`, with bodies of questions on standard input as
hexadecimal lines.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from tongban.node.config import CONFIG_VARIABLE, this_node
from tongban.node.starting import start_django


def main() -> None:
    """Store so many answers each way and print answers a second."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from django.db import connection

    from tongban import protocol
    from tongban.node.clock import true_now
    from tongban.node.exchange.answers import Delivered, given, store_deliveries
    from tongban.protocol import Authenticated, StatuteBasis, Text
    from tongban.protocol.signature import Verified

    count, size = int(sys.argv[1]), int(sys.argv[2])
    said = Text(zh="测量", en="to measure")

    def delivery() -> Delivered:
        now = true_now()
        question = protocol.EvidenceRequest(
            id=uuid4(),
            sender="sichuan",
            receiver="chongqing",
            sender_agency="510100-yb",
            receiver_agency="500000-yb",
            service="medical-retirement",
            case_ref="SC-2026-0000001",
            created=now,
            expires=now.replace(year=now.year + 1),
            legal_basis=StatuteBasis(citation=said),
            purpose=said,
            body=protocol.Question(
                subject="51010419760214002X", evidence_type="contribution-spells", fields=("place",)
            ),
        )
        verified = Verified("sichuan-node", str(uuid4()), now)
        received = Authenticated(question, verified, bytes(32))
        return Delivered(verified, (given(received, protocol.answer(question, ({"place": "500000"},), now)),))

    def rate(group: int, total: int) -> tuple[float, float]:
        deliveries = [delivery() for _ in range(total)]
        began, spent = time.perf_counter(), time.process_time()
        for first in range(0, total, group):
            store_deliveries(deliveries[first : first + group])
        return total / (time.perf_counter() - began), (time.process_time() - spent) / total

    rate(size, size)
    each, grouped = [], []
    for _ in range(3):
        each.append(rate(1, max(count // 20, 20)))
        grouped.append(rate(size, count))
    best, python = max(grouped)
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
    disk = _disk(this_node().home)
    print(json.dumps({"each": max(each)[0], "grouped": best, "python": python, "disk": disk, "fsync": fsync}))


def _disk(folder: Path) -> float:
    """Seconds until 8 KB that were added to a file are on the disk, the least of some."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(50):
            file.write(bytes(8192))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return min(taken)


if __name__ == "__main__":
    main()
