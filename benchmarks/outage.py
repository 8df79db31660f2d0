"""A peer that is away for seven days while 20,000 questions a day come to wait for it, on the real outbox.

Days pass in the database only: what waits is moved a day nearer. Every question has to be settled in the end,
and the sending process may not grow with what waits.
"""

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.folders import temporary
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.workloads.exchange_nodes import two_nodes

DAYS = 7
A_DAY = 20_000
TRIES_A_DAY = 200
"""Times a virtual day at which the sender looks for work; the peer rests between its attempts."""


def measure(size: Size) -> Result:
    """Let it wait, let it go, count, and hold the memory at the end against that of the first day."""
    count = size.of(A_DAY)
    with temporary("outage") as home, two_nodes(home) as nodes:
        nodes.asking.start("log")
        said = nodes.asking.do("exchange_outage", str(DAYS), str(count), str(size.of(TRIES_A_DAY)))
    told = {name: float(str(value)) for name, value in said.items()}
    megabyte = 1 << 20
    return Result(
        "outage",
        f"{DAYS} virtual days without the peer, {count:,} questions a day",
        (
            Figure("questions not delivered in the end", told["left"], "of them", 0, "at most"),
            Figure("questions delivered twice", told["doubled"], "of them", 0, "at most"),
            Figure(
                "memory of the sender when all is delivered against the first day's",
                told["last"] / told["first"],
                "times",
                1.1,
                "at most",
            ),
            Figure("memory of the sender on the first day", told["first"] / megabyte, "MB"),
            Figure("… on the last day of the outage", told["waiting"] / megabyte, "MB"),
            Figure("… when all is delivered", told["last"] / megabyte, "MB"),
            Figure("delivered a second afterwards", told["count"] / told["seconds"], "a second"),
        ),
        versions(["tongban", "psycopg"]),
    )
