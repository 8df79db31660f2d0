"""What the two sides say to each other in these tests."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from tests.protocol.federation_of_two import (
    CHONGQING_KEY,
    NONCE,
    RECORDS,
    SICHUAN_KEY,
    SUBJECT,
    directory,
    question,
)
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange.transport import Unreachable
from tongban.protocol import HttpRequest, HttpResponse
from tongban.protocol.batches import BATCHES_PATH, open_batch, seal_replies


@dataclass(frozen=True)
class Row:
    """A row of the department's table: an employee's medical insurance in Chongqing unless told otherwise."""

    first: int = 200304
    last: int = 201212
    pool: str = "5000"
    insurance: str = "310"
    subject: str = SUBJECT


def fresh_question(**changes: object) -> protocol.EvidenceRequest:
    return question(at=true_now(), **changes)


def delivered(message: protocol.EvidenceRequest, nonce: str = NONCE) -> HttpRequest:
    """One delivery of the message from Sichuan to Chongqing."""
    return protocol.seal_request(
        protocol.encode(message),
        "chongqing",
        directory(around=true_now()),
        SICHUAN_KEY,
        now=true_now(),
        nonce=nonce,
    )


def reply_to(
    request: HttpRequest, response: HttpResponse, message: protocol.EvidenceRequest
) -> protocol.EvidenceAnswer | protocol.Refusal:
    """What the asker reads out of the response; fails when it is not Chongqing's signed reply."""
    return protocol.open_reply(response, request, message, directory(around=true_now()), now=true_now())


class FarChongqing:
    """Chongqing's node as Sichuan sees it: it may be down, lose its answers or refuse."""

    def __init__(self) -> None:
        self.is_up = True
        self.loses_answers = False
        self.refuses: protocol.Code | None = None
        self.refused_cases: Container[str] = _Every()
        self.serves_batches = True
        self.batches: list[int] = []
        self.records = RECORDS
        self.files: tuple[protocol.EvidenceFile, ...] = ()
        self.signs_with = CHONGQING_KEY
        self.received: list[protocol.EvidenceRequest] = []
        self.nonces: list[str] = []

    def __call__(self, peer: protocol.NodeEntry, request: HttpRequest) -> HttpResponse:
        if not self.is_up:
            raise Unreachable
        now = true_now()
        if request.path == BATCHES_PATH:
            return self._answer_batch(request, now)
        received = protocol.authenticate(request, directory(around=now), "chongqing", now=now)
        reply = self._reply_to(received, now)
        return protocol.seal_reply(reply, request, self.signs_with, now=now)

    def _answer_batch(self, request: HttpRequest, now: datetime) -> HttpResponse:
        known = directory(around=now)
        if not self.serves_batches:
            return HttpResponse(404, (), b"{}")
        opened = open_batch(request, known, "chongqing", now=now)
        self.batches.append(len(opened.bodies))
        messages = [
            protocol.authenticate_body(one, opened.verified, known, "chongqing") for one in opened.bodies
        ]
        replies = [protocol.encode(self._reply_to(received, now)) for received in messages]
        return seal_replies(replies, "chongqing", request, self.signs_with, now=now)

    def _reply_to(
        self, received: protocol.Authenticated, now: datetime
    ) -> protocol.EvidenceAnswer | protocol.Refusal:
        self.received.append(received.message)
        self.nonces.append(received.verified.nonce)
        if self.loses_answers:
            raise Unreachable
        if self.refuses is not None and received.message.case_ref in self.refused_cases:
            refused = protocol.Refused(self.refuses, "service")
            return protocol.refusal(refused, "chongqing", received.message.id, now)
        return protocol.answer(received.message, self.records, now, self.files)


class _Every:
    """Contains everything."""

    def __contains__(self, _case: object) -> bool:
        return True


def unsigned(response: HttpResponse) -> HttpResponse:
    headers = tuple((name, value) for name, value in response.headers if not name.startswith("signature"))
    return response._replace(headers=headers)
