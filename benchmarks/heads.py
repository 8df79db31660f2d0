"""How long after a record is committed a signed head covers it, at a running node with its log's writer."""

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.folders import temporary
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.workloads.exchange_nodes import two_nodes

SECONDS = 60
MOST_AT_ONCE = 2_000
"""Records that come in one transaction, every ten seconds, between those that come one by one."""


def measure(size: Size) -> Result:
    """Record at random moments for a while, and look when heads come."""
    with temporary("heads") as home, two_nodes(home) as nodes:
        nodes.asking.start("log")
        said = nodes.asking.do("head_waits", str(max(size.of(SECONDS), 10)), str(size.of(MOST_AT_ONCE)))
    told = {name: float(str(value)) for name, value in said.items()}
    return Result(
        "heads",
        f"{told['records']:,.0f} records of a running node, {told['heads']:.0f} signed heads",
        (
            Figure("longest wait of a record for a signed head", told["longest"], "s", 1.0, "at most"),
            Figure("half of them wait at most", told["middle"], "s"),
            Figure("records without a head in the end", told["left"], "of them", 0, "at most"),
        ),
        versions(["tongban", "psycopg"]),
    )
