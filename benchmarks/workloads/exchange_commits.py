"""Storing one by one and in groups, as the gateway does, on a durable database; prints JSON.

Answers with all that goes with them, and records of the log by themselves, by the same call; these sealed
before the clock runs, and sealed within. Beside the answers a second: the processor time of this process for
an answer in a group, which the database does not wait for, and how long the disk takes to hold 8 KB for good.

`python -m benchmarks.workloads.exchange_commits COUNT GROUP`
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar
from uuid import UUID, uuid4

from tongban.node.config import CONFIG_VARIABLE, this_node
from tongban.node.starting import start_django

Item = TypeVar("Item")


def main() -> None:
    """Store so many answers each way and print answers a second."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from django.db import connection

    from tongban import protocol
    from tongban.node import arrays
    from tongban.node.clock import true_now
    from tongban.node.exchange.accesses import answered_look
    from tongban.node.exchange.answers import Delivered, given, store_deliveries
    from tongban.node.people import access
    from tongban.node.statements import Writes
    from tongban.node.translog import api as translog
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

    def store(group: Sequence[Delivered]) -> None:
        store_deliveries(group)

    def sealed(delivered: Delivered) -> translog.Prepared:
        (one,) = delivered.given
        look = answered_look(one.received.message, one.received.body_sha256, one.body)
        return translog.prepare(access.ACCESS, look.id, access.logged(look))

    def append(records: Sequence[tuple[UUID, translog.Prepared]]) -> None:
        writes = Writes()
        writes.add("answered", "SELECT unnest(%s::uuid[]) AS id", [arrays.uuids(row for row, _ in records)])
        translog.record_all_within(writes, "answered", records)
        writes.run()

    def seal_and_append(group: Sequence[tuple[UUID, Delivered]]) -> None:
        append([(row, sealed(one)) for row, one in group])

    def best(write: Callable[[Sequence[Item]], None], make: Callable[[], Item]) -> _Rates:
        _rate(write, make, size, size)
        each, grouped = [], []
        for _ in range(3):
            each.append(_rate(write, make, 1, max(count // 20, 20)))
            grouped.append(_rate(write, make, size, count))
        return _Rates(max(each)[0], *max(grouped))

    answers = best(store, delivery)
    appended = best(append, lambda: (uuid4(), sealed(delivery())))
    with_sealing = best(seal_and_append, lambda: (uuid4(), delivery()))
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
    measured = {
        "each": answers.each,
        "grouped": answers.grouped,
        "python": answers.python,
        "appended each": appended.each,
        "appended grouped": appended.grouped,
        "sealed and appended each": with_sealing.each,
        "sealed and appended grouped": with_sealing.grouped,
        "disk": _disk(this_node().home),
        "fsync": fsync,
    }
    print(json.dumps(measured))


class _Rates(NamedTuple):
    """Items a second one by one and in groups, and this process' processor time for one in a group."""

    each: float
    grouped: float
    python: float


def _rate(
    write: Callable[[Sequence[Item]], None], make: Callable[[], Item], group: int, total: int
) -> tuple[float, float]:
    items = [make() for _ in range(total)]
    began, spent = time.perf_counter(), time.process_time()
    for first in range(0, total, group):
        write(items[first : first + group])
    return total / (time.perf_counter() - began), (time.process_time() - spent) / total


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
