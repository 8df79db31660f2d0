"""A node is watched from its own machine: it says what is wrong, and its processes' figures together."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tongban.node.config import NodeConfig, this_node
from tongban.node.database import Address
from tongban.node.metrics import FOLDER_VARIABLE
from tongban.node.watch import Watch

COUNT = """
from tongban.node.metrics import DELIVERED
DELIVERED.labels("chongqing", "answered").inc(3)
"""
NOWHERE = Address("none", "127.0.0.1", "1")


@pytest.fixture
def here(database_server_url: str) -> Address:
    return Address.parse(database_server_url)


def watching(tmp_path: Path, database: Address, **running: bool) -> Watch:
    config: NodeConfig = this_node().model_copy(update={"pages_port": 1, "gateway_port": 1})
    return Watch(config, database, tmp_path, lambda: running)


@pytest.fixture
def served(tmp_path: Path, here: Address) -> Iterator[str]:
    watch = watching(tmp_path, here, pages=True)
    yield f"http://127.0.0.1:{watch.start(0)}"
    watch.stop()


def test_it_lives_as_long_as_it_answers(served: str) -> None:
    assert httpx.get(f"{served}/health/live", trust_env=False).json() == {"status": "ok"}


def test_other_addresses_say_which_there_are(served: str) -> None:
    answer = httpx.get(f"{served}/other", trust_env=False)
    assert (answer.status_code, "/metrics" in answer.json()["see"]) == (404, True)


def test_what_keeps_a_node_from_working_is_named(tmp_path: Path) -> None:
    status, _, body = watching(tmp_path, NOWHERE, worker=False, pages=True).answer("/health/ready")
    assert status == 503
    assert json.loads(body)["problems"] == [
        "worker does not run",
        "the database does not answer",
        "nothing listens for pages at port 1",
        "nothing listens for gateway at port 1",
    ]


def test_figures_of_all_processes_are_added_up(tmp_path: Path, here: Address) -> None:
    environment = os.environ | {FOLDER_VARIABLE: str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=environment, check=True)
    status, kind, body = watching(tmp_path, here, pages=True, worker=False).answer("/metrics")
    figures = body.decode().splitlines()
    assert (status, kind.partition(";")[0]) == (200, "text/plain")
    assert 'tongban_delivered_total{outcome="answered",receiver="chongqing"} 6.0' in figures
    assert 'tongban_program_up{program="worker"} 0.0' in figures


def test_figures_are_given_without_a_database_too(tmp_path: Path) -> None:
    status, _, body = watching(tmp_path, NOWHERE, pages=True).answer("/metrics")
    assert status == 200
    assert "tongban_database_up 0.0" in body.decode().splitlines()
