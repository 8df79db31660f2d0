"""The log's writer as a process of the node: `python -m tongban.node.translog.writer`.

It ends on SIGTERM; another one goes on where it stopped.
"""

import os
import signal
import threading
from pathlib import Path

from tongban.node.config import CONFIG_VARIABLE
from tongban.node.starting import start_django

NICENESS = 5
"""What waits for an answer comes first: the log's work is due within a second, not at once."""


def main() -> None:
    """Run as the node's log process."""
    os.nice(NICENESS)
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from tongban.node.translog.writing import Writer  # noqa: PLC0415 - needs Django started

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    Writer(stop).run()


if __name__ == "__main__":
    main()
