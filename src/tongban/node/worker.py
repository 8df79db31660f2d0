"""The node's worker process: delivers questions, runs what has to be done every so often.

It ends on SIGTERM; whatever it was doing is taken up by the next one. A lost database is waited for.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from tongban.node import periodic, tracing
from tongban.node.config import CONFIG_VARIABLE, this_node
from tongban.node.starting import start_django

DELIVERERS = 8
"""Threads that deliver, each many questions at once; only one of them looks for work while there is none."""
IDLE_SECONDS = 0.25
FAILURE_SECONDS = 2.0

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Work until `stop` is set."""
    from tongban.node import catching_up  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange import claims, delivery  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange.conversing import delivering  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange.transport import own_transport  # noqa: PLC0415 - needs Django started

    tracing.start(this_node(), "worker")
    transport = own_transport()
    life_sign = claims.LifeSign()
    release_questions, release_letters = _Once(delivery.release_leases), _Once(delivering.release_leases)

    letters = _WhileThereAre(lambda: delivering.deliver_next(transport))

    def deliver() -> bool:
        life_sign.show()
        release_questions()
        release_letters()
        asked, said = delivery.deliver_next(transport), letters()
        return asked or said

    crew = _Crew(stop, deliver)

    periodic.every(60, lambda: catching_up.go_on(this_node().home, transport))

    def tend() -> bool:
        periodic.run_due()
        return False

    crew.start()
    _loop(stop, tend)
    crew.join()
    life_sign.end()


class _Crew:
    """Threads that do the same work: one looks for it, the others come as long as there is some."""

    def __init__(self, stop: threading.Event, work: Callable[[], bool]) -> None:
        self._stop = stop
        self._work = work
        self._is_busy = threading.Event()
        scout = threading.Thread(target=_loop, args=(stop, self._scout))
        helpers = [threading.Thread(target=self._help) for _ in range(DELIVERERS - 1)]
        self._threads = (scout, *helpers)

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until all have ended, which they do after `stop`."""
        self._is_busy.set()
        for thread in self._threads:
            thread.join()

    def _scout(self) -> bool:
        found = self._work()
        if found:
            self._is_busy.set()
        return found

    def _help(self) -> None:
        while not self._stop.is_set():
            self._is_busy.wait()
            close_old_connections()
            pause = _pause_after(self._work) if not self._stop.is_set() else 0.0
            if pause:
                self._is_busy.clear()
                self._stop.wait(pause)
        connections.close_all()


class _Once:
    """Does something once among all threads, again if it failed."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._is_done = False

    def __call__(self) -> None:
        with self._lock:
            if not self._is_done:
                self._do()
                self._is_done = True


class _WhileThereAre:
    """Work that many threads look for: after a look that found none, none of them looks for a while."""

    def __init__(self, work: Callable[[], bool]) -> None:
        self._work = work
        self._again_at = 0.0

    def __call__(self) -> bool:
        if time.monotonic() < self._again_at:
            return False
        self._again_at = time.monotonic() + IDLE_SECONDS / 2
        found = self._work()
        if found:
            self._again_at = 0.0
        return found


def _loop(stop: threading.Event, work: Callable[[], bool]) -> None:
    """Call `work` until `stop`; pause when it has nothing to do, and longer when it fails."""
    while not stop.is_set():
        close_old_connections()
        stop.wait(_pause_after(work))
    connections.close_all()


def _pause_after(work: Callable[[], bool]) -> float:
    try:
        return 0.0 if work() else IDLE_SECONDS
    except (DatabaseError, InterfaceError) as error:
        log.error("the node's database failed: %s", type(error).__name__)
    except Exception as error:  # the worker goes on; the error's text may hold personal data
        log.error("work failed: %s in %s", type(error).__name__, _place_of(error))
    return FAILURE_SECONDS


def _place_of(error: Exception) -> str:
    """Where the error was raised: file and line, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "unknown"


def main() -> None:
    """Run as the node's worker process."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    run(stop)


if __name__ == "__main__":
    main()
