"""Cases carried through five persisted steps against SpiffWorkflow; an inbox among 100,000 cases; replay.

Both engines persist every step in the same PostgreSQL server and commit it before the next; a case counts
only when it has reached its end. Each carries its cases in one process with as many threads as a node serves
its pages with, each thread its own cases over a connection of its own; and once more in one thread alone.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.peer import Peer
from benchmarks.frame.size import Size
from benchmarks.frame.timing import Times, interleaved, ratio
from tongban.federation.founding import consecutive_addresses, found
from tongban.federation.sides import SICHUAN
from tongban.node.embedded_postgres import EmbeddedPostgres
from tongban.node.supervisor import PAGES_THREADS

_CASES = 50
_ALONE = 160
_OPEN_CASES = 100_000
_PAGES = 300
_REPLAYED = 20_000
_PORT = 18_500


def measure(size: Size) -> Result:
    """Measure steps, inbox and replay on one embedded server."""
    with _node() as server:
        # Django is set up by now; what imports its models may be imported.
        from benchmarks.workloads.caseload import Caseload

        load = Caseload()
        with Peer("casework", "spiff_cases", server) as spiff:
            spiff.ask("load")
            cases, alone = PAGES_THREADS * size.of(_CASES), size.of(_ALONE)

            def carried(each: int, threads: int) -> dict[str, Times]:
                return interleaved(
                    {
                        "Tongban": partial(load.carry, each, threads),
                        "SpiffWorkflow": partial(spiff.seconds, "carry", cases=each, threads=threads),
                    },
                    size.rounds(5),
                )

            times = carried(size.of(_CASES), PAGES_THREADS)
            in_one = carried(alone, 1)
            compared = {"SpiffWorkflow": str(spiff.ask("version"))}
        load.fill(size.of(_OPEN_CASES))
        p95, queries = load.inbox(size.of(_PAGES))
        replayed = load.replay(size.of(_REPLAYED))
    ours, theirs = times["Tongban"], times["SpiffWorkflow"]
    ours_alone, theirs_alone = in_one["Tongban"], in_one["SpiffWorkflow"]
    return Result(
        "casework",
        f"{cases} cases of five steps in {PAGES_THREADS} threads; "
        f"an inbox among {size.of(_OPEN_CASES):,} open cases",
        (
            Figure(
                "cases through five persisted steps, against SpiffWorkflow",
                ratio(theirs, ours),
                "times",
                2,
                measured={"Tongban": ours.best, "SpiffWorkflow": theirs.best},
            ),
            Figure("cases through five persisted steps", cases / ours.best, "cases/s"),
            Figure(
                "the same in one thread, against SpiffWorkflow",
                ratio(theirs_alone, ours_alone),
                "times",
                measured={"Tongban": ours_alone.best, "SpiffWorkflow": theirs_alone.best},
            ),
            Figure("the same in one thread", alone / ours_alone.best, "cases/s"),
            Figure("inbox page, 95th percentile", 1000 * p95, "ms", 100, "at most"),
            Figure("queries of an inbox page", queries, "queries"),
            Figure("event replay", replayed, "events/s", 50_000),
        ),
        {**compared, **versions(["tongban", "django", "psycopg"])},
    )


@contextmanager
def _node() -> Iterator[str]:
    """Sichuan's node on a server that writes through to the disk, with its log's writer; the server's URL."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        server = EmbeddedPostgres(home / "pg")
        server.start()
        try:
            os.environ["TONGBAN_DATABASE_URL"] = server.url
            os.environ["TONGBAN_NODE_CONFIG"] = str(
                found(home, consecutive_addresses(_PORT)).config_path(SICHUAN.node)
            )
            os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.node.settings"
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", interactive=False, verbosity=0)
            with _writer():
                yield server.url
        finally:
            server.stop()


@contextmanager
def _writer() -> Iterator[None]:
    """The process that writes the node's log: without it nothing is recorded and so nothing is done."""
    process = subprocess.Popen([sys.executable, "-m", "tongban.node.translog.writer"])
    try:
        yield
    finally:
        process.terminate()
        process.wait()
