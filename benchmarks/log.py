"""The transparency log: verifying one of a million records from its files, and the size of its proofs.

A log in which anything is found ends the run. Times are those of the processor, on one core.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.frame.timing import interleaved, ratio
from benchmarks.workloads import long_log
from tongban.protocol.tlog.auditing import audit
from tongban.protocol.tlog.hashing import EMPTY_ROOT, HASH_BYTES
from tongban.protocol.tlog.proofs import inclusion_proof
from tongban.protocol.tlog.tiles import bundles_of, split_entries

_RECORDS = 1_000_000
_BILLION = 10**9


class LogNotInOrder(Exception):
    """The log that was written does not verify; the message says what was found."""


def measure(size: Size) -> Result:
    """Verify a million records, and a quarter of them."""
    records = size.of(_RECORDS)
    with tempfile.TemporaryDirectory() as folder:
        whole, quarter = Path(folder) / "whole", Path(folder) / "quarter"
        long_log.write(whole, records)
        long_log.write(quarter, records // 4)
        times = interleaved(
            {
                "whole": _processor_time(lambda: _verify(whole, records)),
                "quarter": _processor_time(lambda: _verify(quarter, records // 4)),
                "hashing": _processor_time(lambda: _hash(whole, records)),
            },
            size.rounds(3),
            warm=0,
        )
    bests = {name: one.best for name, one in times.items()}
    return Result(
        "log",
        f"A transparency log of {records:,} records",
        (
            Figure("verification of the whole log", times["whole"].best, "s", 20, "at most", bests),
            Figure(
                "verification a record, against a log a quarter as long",
                ratio(times["whole"], times["quarter"]) / 4,
                "times",
                1.25,
                "at most",
                bests,
            ),
            Figure(
                "verification against hashing the same records once",
                ratio(times["whole"], times["hashing"]),
                "times",
                measured=bests,
            ),
            Figure(
                "inclusion proof in a log of a billion records, computed",
                _longest_proof(),
                "bytes",
                1024,
                "at most",
            ),
        ),
        versions(["tongban", "cryptography"]),
    )


def _verify(folder: Path, records: int) -> None:
    result = audit(_reader(folder), long_log.PARTIES)
    if result.findings or result.size != records:
        raise LogNotInOrder(f"{result.size} records; {result.findings[:1]}")


def _hash(folder: Path, records: int) -> None:
    for bundle in bundles_of(records):
        for entry in split_entries((folder / bundle.path).read_bytes()):
            hashlib.sha256(entry).digest()


def _reader(folder: Path) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError:
            return None

    return read


def _longest_proof() -> int:
    places = (0, 1, _BILLION // 2, _BILLION - 1)
    return HASH_BYTES * max(
        len(inclusion_proof(place, _BILLION, lambda _subtree: EMPTY_ROOT)) for place in places
    )


def _processor_time(run: Callable[[], None]) -> Callable[[], float]:
    def measured() -> float:
        begun = time.process_time()
        run()
        return time.process_time() - begun

    return measured
