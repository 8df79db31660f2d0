"""Ports of this machine for nodes that start later, for benchmarks and tests alike.

Promises: what one process was given no other that asks here is given as long as the first lives, from
whatever clone it runs; and the kernel gives none of them to a connection that goes out.
"""

import fcntl
import os
import random
import socket
import tempfile
from itertools import islice
from pathlib import Path

_KERNELS_OWN = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000

_held: dict[int, int] = {}
"""Ports with their open locks, kept until the process ends."""


def candidates() -> range:
    """Ports that nobody is given unasked: those below the range from which the kernel takes them."""
    return range(_LOWEST, int(_KERNELS_OWN.read_text(encoding="ascii").split()[0]))


def reserved(count: int) -> list[int]:
    """So many ports of 127.0.0.1 on which nothing listens. Raises OSError when there are too few."""
    among = candidates()
    ours = (port for port in random.SystemRandom().sample(among, len(among)) if _is_ours(port))
    found = list(islice(ours, count))
    if len(found) < count:
        raise OSError(f"of the ports {among.start} to {among.stop - 1} not even {count} are free")
    return found


def release(port: int) -> None:
    """Let others have a port again."""
    os.close(_held.pop(port))


def _is_ours(port: int) -> bool:
    """Whether nobody else has the port, locked from now on."""
    folder = Path(tempfile.gettempdir()) / f"tongban-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        os.close(lock)
        return False
    _held[port] = lock
    return True
