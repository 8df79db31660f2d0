"""Courses of conversations between the two nodes of the vectors, as another implementation goes through them.

Step by step: what a node says, what it hears with the receipt that it gives, how it stands afterwards.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from tests.protocol.vectors.documents import moment_text, request_document
from tests.protocol.vectors.federation import NOW, PURPOSE, SUBJECT, TITLE, consent, directory
from tongban import protocol
from tongban.protocol import Code, Refused, SigningKey
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import (
    AnyUtterance,
    Body,
    Conversation,
    Delivered,
    Here,
    Known,
    Step,
    Thread,
)
from tongban.protocol.signature import Verified

CASE = "SC-2026-0000001"
AGENCIES = {"sichuan": "510100-yb", "chongqing": "500000-yb"}
WITHIN = timedelta(days=10)
WHY = talk.Reason(reason=TITLE)
CONTENTS: dict[str, str | int] = {"question": "样例"}
CASE_CONTENTS = talk.CaseContents(subject=SUBJECT, title=TITLE, contents=CONTENTS)
AMOUNT = talk.Amount(amount=123_456, reference="R-2026-1")


class Memory:
    """What one node keeps of one thread, as `Storage` of the library's desk."""

    def __init__(self, peer: str) -> None:
        self.own_thread = Thread(peer, CASE)
        self.conversations: dict[UUID, Conversation] = {}
        self.heard: dict[object, Known] = {}
        self.nonces: set[str] = set()
        self.said: list[AnyUtterance] = []
        self.effects: list[str] = []

    def note_delivery(self, verified: Verified) -> None:
        """Refuse what was received before."""
        if verified.nonce in self.nonces:
            raise Refused(Code.REPLAYED, "signature parameter nonce")
        self.nonces.add(verified.nonce)

    def thread(self, peer: str, case_ref: str) -> Thread:
        """The one thread."""
        return self.own_thread

    def conversation(self, conversation: UUID) -> Conversation | None:
        """The conversation of that id."""
        return self.conversations.get(conversation)

    def known(self, message: AnyUtterance) -> Known | None:
        """What is kept under id or place."""
        return self.heard.get(message.id) or self.heard.get(message.position)

    def keep(self, step: Step, heard: tuple[AnyUtterance, Delivered] | None) -> None:
        """Keep a step."""
        assert step.conversation is not None
        self.own_thread = step.thread
        self.conversations[step.conversation.id] = step.conversation
        if heard is not None:
            message, delivered = heard
            known = Known(message.id, message.position, delivered.body_sha256)
            self.heard[message.id] = self.heard[message.position] = known
        self.said += step.says
        self.effects = [effect.message.kind for effect in step.effects]


@dataclass
class Course:
    """One course while it is made; `steps` is what the file shows."""

    keys: dict[str, SigningKey]
    now: datetime = NOW
    steps: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = directory(self.keys)
        self.nodes = {"sichuan": Memory("chongqing"), "chongqing": Memory("sichuan")}
        self._numbers = count(1)

    def here(self, node: str) -> Here:
        """The node at this moment, with ids in a row."""
        return Here(node, self.now, lambda: UUID(int=0x4000_8000_0000_0000_0000 + next(self._numbers)))

    def open(
        self, node: str, says: str, body: Body, basis: protocol.LegalBasis | None = None, **changes: str
    ) -> None:
        """Let a node open the conversation."""
        peer = self.nodes[node].own_thread.peer
        matter = talk.Matter(
            peer=peer,
            own_agency=changes.get("own_agency", AGENCIES[node]),
            peer_agency=AGENCIES[peer],
            service="medical-retirement",
            case_ref=CASE,
            expires=self.now + WITHIN,
            legal_basis=basis or protocol.StatuteBasis(citation=TITLE),
            purpose=PURPOSE,
        )
        step = talk.open_conversation(self.nodes[node].own_thread, matter, says, body, self.here(node))
        self._kept(node, "opens", step)

    def decide(self, node: str, says: str, body: Body) -> None:
        """Let somebody at a node decide; an offer that is made again gets new days."""
        memory = self.nodes[node]
        again = self._again(node) if says == "handover-offered-again" else None
        step = talk.decide(memory.own_thread, self._one(node), says, body, self.here(node), again=again)
        self._kept(node, "decides", step)

    def tick(self, node: str) -> None:
        """Let a node look at its time limit."""
        step = talk.tick(self.nodes[node].own_thread, self._one(node), self.here(node))
        assert step is not None
        self._kept(node, "ticks", step)

    def deliver(self, sender: str, number: int, *, body: bytes | None = None) -> None:
        """Deliver what a node has said, by its number from 1 on; `body` in its place, if given."""
        message = self.nodes[sender].said[number - 1]
        receiver = message.receiver
        nonce = f"example-nonce-{next(self._numbers):04d}"
        request = talk.seal_utterance(
            body or protocol.encode(message),
            receiver,
            self.directory,
            self._key(sender),
            now=self.now,
            nonce=nonce,
        )
        memory = self.nodes[receiver]
        reply: talk.Receipt | protocol.Refusal
        memory.effects = []
        said_before = len(memory.said)
        try:
            delivered = talk.authenticate_utterance(request, self.directory, receiver, now=self.now)
            reply = talk.take_in(delivered, memory, self.directory, self.here(receiver))
        except Refused as refused:
            reply = protocol.refusal(refused, receiver, None, self.now)
        response = talk.seal_receipt(reply, request, self._key(receiver), now=self.now)
        step = {
            "at": receiver,
            "does": "hears",
            "now": moment_text(self.now),
            "request": request_document(request),
        }
        step["response"] = {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "body": response.body.decode(),
        }
        self.steps.append(step | self._standing(receiver, memory.said[said_before:]))

    def wait(self, time: timedelta) -> None:
        """Let time go by."""
        self.now += time

    def _kept(self, node: str, does: str, step: Step) -> None:
        memory = self.nodes[node]
        memory.keep(step, None)
        self.steps.append(
            {"at": node, "does": does, "now": moment_text(self.now)} | self._standing(node, list(step.says))
        )

    def _standing(self, node: str, says: list[AnyUtterance]) -> dict[str, Any]:
        memory = self.nodes[node]
        return {
            "says": [protocol.encode(message).decode() for message in says],
            "takes_effect": list(memory.effects),
            "state": next((one.state for one in memory.conversations.values()), ""),
            "thread": {"said": memory.own_thread.said, "heard": memory.own_thread.heard},
        }

    def _one(self, node: str) -> Conversation:
        return next(iter(self.nodes[node].conversations.values()))

    def _again(self, node: str) -> talk.Matter:
        one = self._one(node)
        return talk.Matter(
            peer=one.peer,
            own_agency=one.own_agency,
            peer_agency=one.peer_agency,
            service=one.service,
            case_ref=one.case_ref,
            expires=self.now + WITHIN,
            legal_basis=protocol.StatuteBasis(citation=TITLE),
            purpose=PURPOSE,
        )

    def _key(self, node: str) -> SigningKey:
        return self.keys[f"{node}-ed25519"]


def _returned_once(course: Course) -> None:
    course.open("sichuan", "handover-offered", CASE_CONTENTS)
    course.deliver("sichuan", 1)
    course.decide("chongqing", "handover-returned", WHY)
    course.deliver("chongqing", 1)
    course.decide("sichuan", "handover-offered-again", talk.Reoffer(reason=TITLE, contents=CONTENTS))
    course.deliver("sichuan", 2)
    course.decide("chongqing", "handover-accepted", talk.Nothing())
    course.deliver("chongqing", 2)
    course.decide("chongqing", "handover-answered", talk.CaseAnswer(text=TITLE, contents=CONTENTS))
    course.deliver("chongqing", 3)


def _acceptance_crosses_withdrawal(course: Course) -> None:
    course.open("sichuan", "handover-offered", CASE_CONTENTS)
    course.deliver("sichuan", 1)
    course.decide("chongqing", "handover-accepted", talk.Nothing())
    course.decide("sichuan", "handover-withdrawn", WHY)
    course.deliver("sichuan", 2)
    course.deliver("chongqing", 1)


def _lapsed(course: Course) -> None:
    course.open("sichuan", "handover-offered", CASE_CONTENTS)
    course.deliver("sichuan", 1)
    course.wait(WITHIN)
    course.tick("chongqing")
    course.deliver("chongqing", 1)


def _not_admitted(course: Course) -> None:
    course.open("sichuan", "handover-offered", CASE_CONTENTS, own_agency=AGENCIES["chongqing"])
    course.deliver("sichuan", 1)
    course.deliver("chongqing", 1)


def _transferred(course: Course) -> None:
    letter = talk.ContactLetter(subject=SUBJECT, fund="unemployment", contents={"since": "2020-01"})
    course.open("sichuan", "transfer-asked", letter)
    course.deliver("sichuan", 1)
    course.decide(
        "chongqing", "transfer-stated", talk.Statement(amount=123_456, months=12, contents=CONTENTS)
    )
    course.deliver("chongqing", 1)
    course.decide("sichuan", "transfer-agreed", talk.Nothing())
    course.deliver("sichuan", 2)
    course.decide("chongqing", "transfer-instructed", AMOUNT)


def _stated_again(course: Course) -> None:
    letter = talk.ContactLetter(subject=SUBJECT, fund="unemployment", contents={"since": "2020-01"})
    course.open("sichuan", "transfer-asked", letter)
    course.deliver("sichuan", 1)
    first = talk.Statement(amount=100, months=12, contents=CONTENTS)
    course.decide("chongqing", "transfer-stated", first)
    course.deliver("chongqing", 1)
    course.decide("sichuan", "transfer-asked-again", WHY)
    course.deliver("sichuan", 2)
    course.decide("chongqing", "transfer-stated", first.model_copy(update={"amount": 123_456}))
    course.deliver("chongqing", 2)
    course.decide("sichuan", "transfer-agreed", talk.Nothing())
    course.deliver("sichuan", 3)
    course.decide("chongqing", "transfer-instructed", AMOUNT)
    course.deliver("chongqing", 3)


def _confirmed(course: Course) -> None:
    _transferred(course)
    course.deliver("chongqing", 2)
    course.decide("sichuan", "transfer-confirmed", AMOUNT)
    course.deliver("sichuan", 3)


def _instruction_crosses_withdrawal(course: Course) -> None:
    _transferred(course)
    course.decide("sichuan", "transfer-withdrawn", WHY)
    course.deliver("sichuan", 3)
    course.deliver("chongqing", 2)
    course.decide("sichuan", "transfer-confirmed", AMOUNT)
    course.deliver("sichuan", 4)


def _notice(course: Course) -> None:
    course.open("sichuan", "notice-given", talk.Told(subject=SUBJECT, text=TITLE, contents=CONTENTS))
    course.deliver("sichuan", 1)
    course.deliver("chongqing", 1)


def _changes_out_of_order(course: Course) -> None:
    course.open("sichuan", "subscription-asked", talk.Topic(subject=SUBJECT, topic="address"))
    course.deliver("sichuan", 1)
    course.decide("chongqing", "subscription-accepted", talk.Nothing())
    course.decide("chongqing", "subscription-told", talk.Change(number=1, contents=CONTENTS))
    course.deliver("chongqing", 2)
    course.deliver("chongqing", 1)
    course.deliver("chongqing", 2)
    course.decide("sichuan", "subscription-withdrawn", WHY)
    course.deliver("sichuan", 2)
    course.deliver("chongqing", 3)


def _evidence(course: Course) -> None:
    agreed = consent(evidence_type="contribution-spells")
    basis = protocol.ConsentBasis(consent=protocol.sign_consent(agreed, course.keys["sichuan-ed25519"]))
    fields = ("place", "from", "to")
    question = protocol.Question(subject=SUBJECT, evidence_type="contribution-spells", fields=fields)
    course.open("sichuan", "evidence-asked", question, basis)
    course.deliver("sichuan", 1)
    record: dict[str, str | int] = {"place": "500000", "from": "2003-04", "to": "2012-12"}
    given = protocol.Evidence(
        evidence_type="contribution-spells", fields=fields, records=(record,), as_of=course.now
    )
    course.decide("chongqing", "evidence-given", given)
    course.deliver("chongqing", 1)


def _said_twice(course: Course) -> None:
    course.open("sichuan", "handover-offered", CASE_CONTENTS)
    course.deliver("sichuan", 1)
    course.deliver("sichuan", 1)
    other = protocol.encode(course.nodes["sichuan"].said[0]).replace("样例".encode(), "别的".encode(), 1)
    course.deliver("sichuan", 1, body=other)


def _settled(course: Course) -> None:
    line: dict[str, str | int] = {"item": "examplamide", "amount": 30_000, "class": "B"}
    claim = talk.Claim(subject=SUBJECT, bill="CQ-0001", contents={"disease": "hypertension"}, lines=(line,))
    course.open("sichuan", "settlement-claimed", claim)
    course.deliver("sichuan", 1)
    day = course.now.date()
    course.decide(
        "chongqing", "settlement-adjudicated", talk.Adjudication(amount=123_456, on=day, contents=CONTENTS)
    )
    course.decide("sichuan", "settlement-withdrawn", WHY)
    course.deliver("sichuan", 2)
    course.deliver("chongqing", 1)
    cleared = talk.Clearing(amount=AMOUNT.amount, reference=AMOUNT.reference, on=day)
    course.decide("chongqing", "settlement-cleared", cleared)
    course.deliver("chongqing", 2)


COURSES: dict[str, tuple[str, Callable[[Course], None]]] = {
    "handover-returned-once": ("offered, returned, offered again, accepted, answered", _returned_once),
    "handover-crossing": (
        "the partner has accepted before it hears of the withdrawal",
        _acceptance_crosses_withdrawal,
    ),
    "handover-lapsed": ("nobody decides until the time limit is over", _lapsed),
    "handover-not-admitted": ("the sender names an agency that is not its own", _not_admitted),
    "transfer-confirmed": ("letter, statement, agreement, instruction, confirmation", _confirmed),
    "transfer-stated-again": (
        "a statement that does not fit, asked for again; the last counts",
        _stated_again,
    ),
    "transfer-crossing": (
        "the money is instructed before the withdrawal arrives",
        _instruction_crosses_withdrawal,
    ),
    "notice": ("a notice, taken by itself", _notice),
    "subscription-out-of-order": (
        "a change arrives before the acceptance, which it follows",
        _changes_out_of_order,
    ),
    "evidence-later": ("a question with a consent, answered by somebody", _evidence),
    "settlement-crossing": (
        "a claim, taken back too late: adjudicated and cleared",
        _settled,
    ),
    "said-twice": ("the same message again, then other words under its id", _said_twice),
}


def courses(keys: dict[str, SigningKey]) -> Iterator[dict[str, Any]]:
    """All courses as the file shows them."""
    for name, (says, goes) in COURSES.items():
        course = Course(keys)
        goes(course)
        yield {"name": name, "what": says, "steps": course.steps}
