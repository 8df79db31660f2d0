"""What signatures cost: the own hot path against the PyPI library, and SM2 against Ed25519 per request.

A request here is a question answered by a running node over TLS, with everything it stores and logs.
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.frame.timing import Times, interleaved, ratio, timed
from benchmarks.workloads.suite_node import SuiteNode
from tongban.protocol import HttpRequest, Suite, new_signing_key
from tongban.protocol.signature import sign_request, verify_request

_BODY = b'{"version":"1","kind":"evidence-request"}' + b" " * 1200
_MESSAGES = 500
_QUESTIONS = 100
_PORT_BASE = 18700


def measure(size: Size) -> Result:
    """Measure the hot path, then one node for each suite."""
    times = interleaved(_contestants(size.of(_MESSAGES)), size.rounds(9))
    return Result(
        "protocol",
        "Signed messages",
        (*_hot_path(times, size.of(_MESSAGES)), *_per_request(size)),
        versions(["tongban", "cryptography", "http-message-signatures"]),
    )


def _hot_path(times: dict[str, Times], messages: int) -> tuple[Figure, ...]:
    each = {name: one.best / messages for name, one in times.items()}
    return (
        Figure(
            "signing and verifying a request: http-message-signatures against the own hot path",
            ratio(times["http-message-signatures"], times["own, ed25519"]),
            "times",
            measured=each,
        ),
        Figure(
            "signing and verifying a request: SM2 against Ed25519, cryptography alone",
            ratio(times["own, sm2-sm3"], times["own, ed25519"]),
            "times",
        ),
    )


def _per_request(size: Size) -> tuple[Figure, ...]:
    questions = size.of(_QUESTIONS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nodes = {
            suite: stack.enter_context(SuiteNode(folder / suite.value, suite, _PORT_BASE + 100 * number))
            for number, suite in enumerate((Suite.ED25519, Suite.SM2))
        }
        idle = {suite: node.seconds_idle(size.of(5)) for suite, node in nodes.items()}
        spent: dict[Suite, list[float]] = {suite: [] for suite in nodes}
        for _ in range(size.rounds(7)):
            for suite, node in nodes.items():
                began = datetime.now(UTC)
                used = node.answered(questions)
                passed = (datetime.now(UTC) - began).total_seconds()
                spent[suite].append((used - sum(idle.values()) * passed) / questions)
    each = {suite.value: median(seconds) for suite, seconds in spent.items()}
    return (
        Figure(
            "processor time per request: SM2 against Ed25519",
            each[Suite.SM2] / each[Suite.ED25519],
            "times",
            2.5,
            "at most",
            each,
        ),
    )


def _contestants(messages: int) -> dict[str, Callable[[], float]]:
    own = {f"own, {suite.value}": timed(_own(suite, messages)) for suite in (Suite.ED25519, Suite.SM2)}
    return {**own, "http-message-signatures": timed(_theirs(messages))}


def _own(suite: Suite, messages: int) -> Callable[[], None]:
    key = new_signing_key("bench", suite)
    public = key.verifying_key
    plain = HttpRequest(
        "POST",
        "chongqing.example",
        "/exchange/v1/messages",
        (("content-type", "application/json"),),
        _BODY,
    )

    def run() -> None:
        now = datetime.now(UTC)
        for _ in range(messages):
            signed = sign_request(plain, key, now=now, nonce="nonce-for-measuring")
            verify_request(signed, lambda _keyid, _moment: public, now=now)

    return run


@dataclass
class _Message:
    headers: dict[str, str]
    method: str = "POST"
    url: str = "https://chongqing.example/exchange/v1/messages"


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self) -> None:
        self._private = load_pem_private_key(new_signing_key("bench").to_pem(), None)
        self._public = self._private.public_key()

    def resolve_public_key(self, key_id: str) -> object:
        """The only key."""
        return self._public

    def resolve_private_key(self, key_id: str) -> object:
        """The only key."""
        return self._private


def _theirs(messages: int) -> Callable[[], None]:
    keys = _Keys()
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)

    def run() -> None:
        now = datetime.now(UTC)
        for _ in range(messages):
            message = _Message({"content-type": "application/json"})
            signer.sign(
                message,
                key_id="bench",
                created=now,
                expires=now + timedelta(minutes=5),
                nonce="nonce-for-measuring",
                label="tongban",
                tag="tongban-exchange",
                include_alg=False,
                covered_component_ids=("@method", "@authority", "@path", "content-type"),
                body=_BODY,
            )
            verifier.verify(message, expect_tag="tongban-exchange", body=_BODY)

    return run
