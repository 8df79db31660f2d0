"""Whoever reserves ports has them to itself as long as it lives, whatever clone it runs from."""

import os
import socket
import subprocess
import sys

import pytest
from benchmarks.frame import ports

ASK = """
import sys
from benchmarks.frame import ports
ports.candidates = lambda: range(int(sys.argv[1]), int(sys.argv[1]) + 1)
ports.reserved(1)
"""


def is_given_elsewhere(port: int) -> bool:
    """Whether another process is given the port when it asks for one."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(port)], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0 or b"not even 1 are free" in done.stderr
    return done.returncode == 0


def test_no_other_process_is_given_a_port_though_nothing_listens_there_yet() -> None:
    (port,) = ports.reserved(1)
    assert not is_given_elsewhere(port)
    ports.release(port)
    assert is_given_elsewhere(port)


def test_a_port_where_something_listens_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "candidates", lambda: range(port, port + 1))
        with pytest.raises(OSError, match="not even 1 are free"):
            ports.reserved(1)


def test_the_kernel_gives_none_of_them_to_a_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert taken.getsockname()[1] not in ports.candidates()
