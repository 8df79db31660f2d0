"""Chongqing's sample node as processes whose keys are of one suite, and Sichuan asking it over TLS.

Tells how much processor time an answered question costs: of the asker, the node and its database together.
"""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import psutil

from tongban import protocol
from tongban.federation import sample_people
from tongban.federation.founding import consecutive_addresses, found
from tongban.federation.node_process import NodeProcess
from tongban.node.clock import true_now
from tongban.node.embedded_postgres import server_processes
from tongban.node.exchange.transport import HttpTransport
from tongban.node.tls_folder import TlsFolder
from tongban.protocol import Directory, EvidenceAnswer, SigningKey, Suite, Text

_CASE = "SC-2026-0000001"
_WORDS = Text(zh="测量", en="Measuring")


class NotAnswered(Exception):
    """The node has not answered a question; the message names what it said."""


class SuiteNode:
    """The node in a folder of its own; use it as a context."""

    def __init__(self, home: Path, suite: Suite, port_base: int) -> None:
        self._home = home
        for node in ("chongqing", "sichuan"):
            (home / node).mkdir(parents=True)
            (home / node / "node.pem").write_bytes(protocol.new_signing_key("", suite).to_pem())
        federation = found(home, consecutive_addresses(port_base))
        self._node = NodeProcess(federation.config_path("chongqing"))
        document = (home / "federation" / "directory.json").read_bytes()
        trusted = protocol.VerifyingKey.from_json((home / "federation" / "federation.json").read_bytes())
        self._directory: Directory = protocol.open_directory(document, trusted)
        name = self._directory.node("sichuan").keys[0].keyid
        self._key = SigningKey.from_pem(name, (home / "sichuan" / "node.pem").read_bytes())
        self._transport = HttpTransport(TlsFolder(home / "sichuan" / "tls"))
        self._agreement = next(a for a in self._directory.agreements if a.asking_agency == "510100-yb")
        self._subject = next(p for p in sample_people.sample_people() if p.chongqing).resident_number

    def __enter__(self) -> Self:
        self._node.start()
        self._node.await_ready()
        self.answered(3)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._node.stop()

    def seconds_idle(self, pause: float) -> float:
        """Processor seconds a second while nothing is asked."""
        before = self._used()
        time.sleep(pause)
        return (self._used() - before) / pause

    def answered(self, questions: int) -> float:
        """Processor seconds that so many questions cost, one after the other; NotAnswered when one is not."""
        before = self._used()
        for _ in range(questions):
            self._ask()
        return self._used() - before

    def _ask(self) -> None:
        now = true_now()
        message = self._question()
        delivery = protocol.seal_request(
            protocol.encode(message),
            "chongqing",
            self._directory,
            self._key,
            now=now,
            nonce=secrets.token_urlsafe(16),
        )
        response = self._transport(self._directory.node("chongqing"), delivery)
        reply = protocol.open_reply(response, delivery, message, self._directory, now=true_now())
        if not isinstance(reply, EvidenceAnswer):
            raise NotAnswered(reply.code.value)

    def _question(self) -> protocol.EvidenceRequest:
        agreed, now = self._agreement, true_now()
        expires = now.replace(year=now.year + 1)
        consent = protocol.Consent(
            id=uuid4(),
            subject=self._subject,
            asking_agency=agreed.asking_agency,
            holding_agency=agreed.holding_agency,
            evidence_type=agreed.evidence_type,
            fields=agreed.fields,
            given_at=now,
            expires=expires,
            service=agreed.service,
            case_ref=_CASE,
            purpose=_WORDS,
        )
        return protocol.EvidenceRequest(
            id=uuid4(),
            sender="sichuan",
            receiver="chongqing",
            sender_agency=agreed.asking_agency,
            receiver_agency=agreed.holding_agency,
            created=now,
            expires=expires,
            legal_basis=protocol.ConsentBasis(consent=protocol.sign_consent(consent, self._key)),
            body=protocol.Question(
                subject=self._subject, evidence_type=agreed.evidence_type, fields=agreed.fields
            ),
            service=agreed.service,
            case_ref=_CASE,
            purpose=_WORDS,
        )

    def _used(self) -> float:
        own = psutil.Process(os.getpid())
        database = server_processes(self._home / "chongqing" / "pg")
        seen = {process.pid: process for process in (own, *own.children(recursive=True), *database)}
        total = 0.0
        for process in seen.values():
            with suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total
