"""A node whose log is written, and another one that witnesses it, in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.protocol.federation_of_two import CHONGQING_KEY, SICHUAN_KEY, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import identity
from tongban.node.exchange.identity import Identity
from tongban.node.translog import recording

KEYS = {"sichuan": SICHUAN_KEY, "chongqing": CHONGQING_KEY}

ActAs = Callable[[str], Identity]


@pytest.fixture(autouse=True)
def _state_is_looked_at_anew() -> None:
    recording.look_again()


@pytest.fixture
def act_as(monkeypatch: pytest.MonkeyPatch) -> ActAs:
    """Make this process another node of the federation."""
    known = directory(around=true_now())

    def become(node: str, key: protocol.SigningKey | None = None) -> Identity:
        current = Identity(node, key or KEYS[node], known, b"")
        monkeypatch.setattr(identity, "current", lambda: current)
        return current

    return become


@pytest.fixture
def sichuan(act_as: ActAs) -> Identity:
    """This process is Sichuan's node."""
    return act_as("sichuan")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the log's files go."""
    return tmp_path / "log"
