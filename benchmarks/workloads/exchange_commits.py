"""Storing answers one by one and in groups, as the gateway does, on a durable database; prints JSON.

`python -m benchmarks.workloads.exchange_commits COUNT GROUP`, with bodies of questions on standard input as
hexadecimal lines.
"""

import json
import os
import sys
import time
from pathlib import Path
from uuid import uuid4

from tongban.node.config import CONFIG_VARIABLE
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

    def rate(group: int, total: int) -> float:
        deliveries = [delivery() for _ in range(total)]
        began = time.perf_counter()
        for first in range(0, total, group):
            store_deliveries(deliveries[first : first + group])
        return total / (time.perf_counter() - began)

    rate(size, size)
    each, grouped = [], []
    for _ in range(3):
        each.append(rate(1, max(count // 20, 20)))
        grouped.append(rate(size, count))
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
    print(json.dumps({"each": max(each), "grouped": max(grouped), "fsync": fsync}))


if __name__ == "__main__":
    main()
