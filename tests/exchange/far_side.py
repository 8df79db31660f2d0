"""Chongqing's side of conversations without a database: the library's steps on values in memory.

It is the transport of Sichuan's deliveries, and gives deliveries of its own to be received by Sichuan.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from tests.protocol.federation_of_two import CHONGQING_KEY, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange.transport import Unreachable
from tongban.protocol import HttpRequest, HttpResponse
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import Body, Conversation, Effect, Here, Known, Matter, Thread, kinds
from tongban.protocol.conversations.memories import (
    Remembered,
    memory,
    open_recall,
    seal_memories,
)
from tongban.protocol.recall import RECALL_PATH, Recalled, authenticate_recall, seal_recalled


def _as_it_is(told: HttpRequest) -> HttpRequest:
    return told


@dataclass
class FarSide:
    """One thread's worth of conversations at Chongqing; it may be down or lose its receipts."""

    case_ref: str
    is_up: bool = True
    loses_receipts: bool = False
    spoil: Callable[[HttpRequest], HttpRequest] = _as_it_is
    effects: list[Effect] = field(default_factory=list)
    deliveries: list[HttpRequest] = field(default_factory=list)
    said: list[talk.AnyUtterance] = field(default_factory=list)
    _thread: Thread | None = None
    _conversations: dict[UUID, Conversation] = field(default_factory=dict)
    _known: dict[UUID, Known] = field(default_factory=dict)

    @property
    def thread(self) -> Thread:
        return self._thread or Thread("sichuan", self.case_ref)

    @property
    def conversation(self) -> Conversation:
        (only,) = self._conversations.values()
        return only

    def of_kind(self, kind: str) -> Conversation:
        """The only conversation of this kind."""
        (only,) = [one for one in self._conversations.values() if one.kind_name == kind]
        return only

    @property
    def heard(self) -> list[str]:
        return [effect.message.kind for effect in self.effects if effect.by is talk.By.PEER]

    def here(self) -> Here:
        return Here("chongqing", true_now(), uuid4)

    def __call__(self, peer: protocol.NodeEntry, request: HttpRequest) -> HttpResponse:
        if not self.is_up:
            raise Unreachable
        if request.path == RECALL_PATH:
            return self._remember(request)
        now = true_now()
        self.deliveries.append(request)
        delivered = talk.authenticate_utterance(request, directory(around=now), "chongqing", now=now)
        message = delivered.message
        step = talk.hear(
            self.thread,
            self._conversations.get(message.conversation),
            message,
            delivered.body_sha256,
            self._known.get(message.id),
            here=self.here(),
        )
        self._known[message.id] = Known(message.id, message.position, delivered.body_sha256)
        self._keep(step)
        if self.loses_receipts:
            raise Unreachable
        receipt = talk.receipt(step.thread, message, "chongqing", now)
        return talk.seal_receipt(receipt, request, CHONGQING_KEY, now=now)

    def open(self, says: str, body: Body, matter: Matter) -> HttpRequest:
        """Open a conversation; its delivery to Sichuan."""
        self._keep(talk.open_conversation(self.thread, matter, says, body, self.here()))
        return self.delivery(self.said[-1])

    def decide(self, says: str, body: Body, again: Matter | None = None) -> HttpRequest:
        """Say something in the only conversation of its kind; its delivery to Sichuan."""
        kind = kinds.KIND_OF_MESSAGE[says].name
        self._keep(talk.decide(self.thread, self.of_kind(kind), says, body, self.here(), again=again))
        return self.delivery(self.said[-1])

    def delivery(self, message: talk.AnyUtterance) -> HttpRequest:
        """A delivery of a message to Sichuan, with a nonce of its own."""
        now = true_now()
        return talk.seal_utterance(
            protocol.encode(message),
            "sichuan",
            directory(around=now),
            CHONGQING_KEY,
            now=now,
            nonce=secrets.token_urlsafe(16),
        )

    def _remember(self, request: HttpRequest) -> HttpResponse:
        """What both said, three messages at a time; of questions answered at once it knows nothing."""
        now, known = true_now(), directory(around=true_now())
        if b'"recall-asked"' not in request.body:
            recall, _ = authenticate_recall(request, known, "chongqing", now=now)
            nothing = Recalled(
                sender="chongqing",
                receiver="sichuan",
                in_reply_to=recall.id,
                heard=(),
                answered=(),
                more=False,
            )
            return seal_recalled(nothing, request, CHONGQING_KEY, now=now)
        asked, _ = open_recall(request, known, "chongqing", now=now)
        kept = [*self.deliveries, *(self.delivery(message) for message in self.said)]
        page = kept[asked.after : asked.after + 3]
        reply = Remembered(
            sender="chongqing",
            memories=tuple(memory(self.spoil(one)) for one in page),
            next=asked.after + 3 if asked.after + 3 < len(kept) else None,
        )
        return seal_memories(reply, request, CHONGQING_KEY, now=now)

    def _keep(self, step: talk.Step) -> None:
        if step.conversation is None or not step.is_new:
            return
        self._thread = step.thread
        self._conversations[step.conversation.id] = step.conversation
        self.said += step.says
        self.effects += step.effects


def digest(message: talk.AnyUtterance) -> bytes:
    return hashlib.sha256(protocol.encode(message)).digest()
