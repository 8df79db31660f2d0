"""A peer at work: a process in an environment of its own that is asked by lines of JSON.

Promises: what it times is timed inside it, so neither its start nor the asking counts.
"""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PEERS = Path(__file__).parents[1] / ".peers"
SCRIPTS = Path(__file__).parents[1] / "peers"


class PeerFailed(Exception):
    """The peer could not do what was asked; the message has its last words."""


class Peer:
    """The script `peers/<script>.py`, running in the environment `.peers/<environment>`."""

    def __init__(self, environment: str, script: str, *arguments: str) -> None:
        self._script = script
        self._arguments = arguments
        self._python = PEERS / environment / "bin" / "python"

    def ask(self, do: str, **how: object) -> Any:
        """Have the peer do something; PeerFailed when it cannot."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **how}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PeerFailed(f"{self._script}: ended before it was asked to {do}") from None
        line = self._process.stdout.readline()
        if not line:
            raise PeerFailed(f"{self._script}: ended while it was asked to {do}")
        answer = json.loads(line)
        if "failed" in answer:
            raise PeerFailed(f"{self._script}: {do}: {answer['failed']}")
        return answer["answer"]

    def seconds(self, do: str, **how: object) -> float:
        """Have the peer do something and say how many seconds it took."""
        return float(self.ask(do, **how))

    def __enter__(self) -> Self:
        if not self._python.exists():
            raise PeerFailed(
                f"{self._python.parent.parent.name}: not installed; run make bench, which installs it"
            )
        self._process = subprocess.Popen(
            [str(self._python), str(SCRIPTS / f"{self._script}.py"), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
