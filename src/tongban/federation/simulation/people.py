"""The people at the simulated nodes: what they open, and what they decide about what is brought to them.

What somebody decides follows from the seed, the conversation and its state alone, so that it stays the same
when other things of a run are left out.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tongban import protocol
from tongban.federation.simulation import papers
from tongban.federation.simulation.disk import Disk
from tongban.federation.simulation.members import CERTIFICATE, FIELDS, SERVICE, STATUTE, agency_of
from tongban.federation.simulation.settlements import Bill, adjudication, claim
from tongban.protocol import Evidence, Question, Text
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import Body, Conversation, Matter, Role

WORDS = Text(zh="模拟", en="simulated")
WHY = talk.Reason(reason=WORDS)
NOTHING = talk.Nothing()
BASIS = protocol.StatuteBasis(citation=STATUTE)
NO_BILL = Bill("", 0)
_MORE = talk.Reoffer(reason=WORDS, contents={"more": "simulated"})
_ANSWER = talk.CaseAnswer(text=WORDS, contents={"answer": "simulated"})


@dataclass(frozen=True)
class Errand:
    """Something that a node opens: when (virtual seconds), of which kind, to whom, about which case."""

    at: float
    kind: str
    opener: str
    partner: str
    case_ref: str
    subject: str
    within: float
    bill: Bill = NO_BILL

    def __str__(self) -> str:
        return (
            f"{self.at:8.1f} s  {self.opener} opens a {self.kind} with {self.partner} about {self.case_ref}"
        )


def opening(errand: Errand, now: datetime) -> tuple[str, Body, Matter]:
    """The opening message of an errand."""
    matter = Matter(
        peer=errand.partner,
        own_agency=agency_of(errand.opener),
        peer_agency=agency_of(errand.partner),
        service=SERVICE,
        case_ref=errand.case_ref,
        expires=now + timedelta(seconds=errand.within),
        legal_basis=BASIS,
        purpose=WORDS,
    )
    says, body = _OPENINGS[errand.kind](errand)
    return says, body, matter


_OPENINGS: dict[str, Callable[[Errand], tuple[str, Body]]] = {
    "handover": lambda errand: (
        "handover-offered",
        talk.CaseContents(subject=errand.subject, title=WORDS, contents={"question": "simulated"}),
    ),
    "transfer": lambda errand: (
        "transfer-asked",
        talk.ContactLetter(subject=errand.subject, fund="unemployment", contents={"since": "2020-01"}),
    ),
    "notice": lambda errand: (
        "notice-given",
        talk.Told(subject=errand.subject, text=WORDS, contents={"what": "simulated"}),
    ),
    "subscription": lambda errand: (
        "subscription-asked",
        talk.Topic(subject=errand.subject, topic="address"),
    ),
    "evidence": lambda errand: (
        "evidence-asked",
        Question(subject=errand.subject, evidence_type=CERTIFICATE.name, fields=FIELDS),
    ),
    "settlement": lambda errand: ("settlement-claimed", claim(errand.subject, errand.bill)),
}


class Decision(NamedTuple):
    """What somebody will say about a conversation in so many seconds, if its state is still the same then."""

    after: float
    says: str
    body: Body
    renews: bool = False


def draw(seed: int, one: Conversation) -> tuple[float, float, float]:
    """Three numbers from 0 to 1 that belong to one conversation in one state."""
    text = f"{seed} {one.case_ref} {one.kind_name} {one.subject} {one.role} {one.state} {one.told}"
    first, second, third = _NUMBERS.unpack_from(hashlib.blake2b(text.encode(), digest_size=32).digest())
    return first / 2**32, second / 2**32, third / 2**32


_NUMBERS = struct.Struct(">3I")


def decision(seed: int, conversation: Conversation) -> Decision | None:
    """What is decided about a conversation in its present state; None when nobody does anything."""
    decide = _PEOPLE.get((conversation.kind_name, conversation.role, conversation.state))
    if decide is None:
        return None
    first, second, third = draw(seed, conversation)
    chosen = decide(first, conversation)
    if chosen is None:
        return None
    says, body = chosen
    renews = says == "handover-offered-again"
    after = 1.0 + 4.0 * second if third < 0.4 else 1.0 + 900.0 * second**2
    return Decision(after, says, body, renews)


def as_books_allow(disk: Disk, conversation: Conversation, chosen: Decision) -> tuple[str, Body]:
    """What is said when it comes to it: it depends on what stands in the node's books then."""
    if chosen.says in {"transfer-stated", "transfer-instructed"}:
        if disk.get("register", conversation.subject) is None:
            return "transfer-declined", WHY
    elif chosen.says == "settlement-adjudicated":
        return adjudication(disk, conversation)
    return chosen.says, chosen.body


def renewed(conversation: Conversation, now: datetime) -> Matter:
    """The matter of an offer that is made again."""
    return Matter(
        peer=conversation.peer,
        own_agency=conversation.own_agency,
        peer_agency=conversation.peer_agency,
        service=conversation.service,
        case_ref=conversation.case_ref,
        expires=now + timedelta(seconds=1200),
        legal_basis=BASIS,
        purpose=WORDS,
    )


Choice = tuple[str, Body] | None


def _amount(conversation: Conversation) -> talk.Amount:
    reference = conversation.reference or f"R-{conversation.id.hex[-12:]}"
    return talk.Amount(amount=conversation.amount or 0, reference=reference)


def _statement(conversation: Conversation) -> talk.Statement:
    amount = int(conversation.subject[:17] if conversation.subject else "0") % 9_000 + 100
    return talk.Statement(amount=amount, months=12, contents={"months": 12})


def _evidence(conversation: Conversation, *, has_scan: bool) -> Evidence:
    files = (papers.described(papers.paper(conversation.id)),) if has_scan else ()
    record: dict[str, str | int] = {"from": "2020-01", "to": "2020-12"}
    record["scan"] = files[0].sha256 if files else ""
    return Evidence(
        evidence_type=CERTIFICATE.name,
        fields=FIELDS,
        records=(record,),
        as_of=conversation.expires,
        files=files,
    )


def _handover_partner(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.5:
        return "handover-accepted", NOTHING
    return ("handover-returned", WHY) if chance < 0.85 else None


def _withdrawing(share: float) -> Callable[[float, Conversation], Choice]:
    def choose(chance: float, conversation: Conversation) -> Choice:
        return (f"{conversation.kind_name}-withdrawn", WHY) if chance < share else None

    return choose


def _handover_returned(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.7:
        return "handover-offered-again", _MORE
    return "handover-withdrawn", WHY


def _handover_regretted(chance: float, conversation: Conversation) -> Choice:
    """Somebody would take the case after all, though it has been returned; that is refused."""
    return ("handover-accepted", NOTHING) if chance < 0.2 else None


def _handover_insisted(chance: float, conversation: Conversation) -> Choice:
    return ("handover-accepted", NOTHING) if chance < 0.8 else None


def _handover_answer(chance: float, conversation: Conversation) -> Choice:
    return "handover-answered", _ANSWER


def _transfer_asked(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.85:
        return "transfer-stated", _statement(conversation)
    return ("transfer-declined", WHY) if chance < 0.95 else None


def _transfer_stated(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.85:
        return "transfer-agreed", NOTHING
    return ("transfer-withdrawn", WHY) if chance < 0.95 else None


def _transfer_agreed(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.85:
        return "transfer-instructed", _amount(conversation)
    return ("transfer-declined", WHY) if chance < 0.95 else None


def _transfer_moved(chance: float, conversation: Conversation) -> Choice:
    return "transfer-confirmed", _amount(conversation)


def _subscription_asked(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.85:
        return "subscription-accepted", NOTHING
    return ("subscription-refused", WHY) if chance < 0.95 else None


def _subscription_active(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.75:
        number = conversation.told + 1
        return "subscription-told", talk.Change(number=number, contents={"address": "simulated"})
    return None


def _evidence_asked(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.8:
        return "evidence-given", _evidence(conversation, has_scan=chance < 0.5)
    return ("evidence-refused", WHY) if chance < 0.9 else None


def _settlement_claimed(chance: float, conversation: Conversation) -> Choice:
    if chance < 0.7:
        return "settlement-adjudicated", NOTHING  # the amount is as the books say
    return ("settlement-refused", WHY) if chance < 0.9 else None


_PEOPLE: dict[tuple[str, Role, str], Callable[[float, Conversation], Choice]] = {
    ("handover", Role.PARTNER, "offered"): _handover_partner,
    ("handover", Role.OPENER, "offered"): _withdrawing(0.25),
    ("handover", Role.OPENER, "returned"): _handover_returned,
    ("handover", Role.PARTNER, "returned"): _handover_regretted,
    ("handover", Role.PARTNER, "offered-again"): _handover_insisted,
    ("handover", Role.OPENER, "offered-again"): _withdrawing(0.2),
    ("handover", Role.PARTNER, "accepted"): _handover_answer,
    ("transfer", Role.PARTNER, "asked"): _transfer_asked,
    ("transfer", Role.OPENER, "asked"): _withdrawing(0.1),
    ("transfer", Role.OPENER, "stated"): _transfer_stated,
    ("transfer", Role.PARTNER, "stated"): lambda chance, _: (
        ("transfer-declined", WHY) if chance < 0.05 else None
    ),
    ("transfer", Role.PARTNER, "agreed"): _transfer_agreed,
    ("transfer", Role.OPENER, "agreed"): _withdrawing(0.3),
    ("transfer", Role.OPENER, "moved"): _transfer_moved,
    ("subscription", Role.PARTNER, "asked"): _subscription_asked,
    ("subscription", Role.PARTNER, "active"): _subscription_active,
    ("subscription", Role.OPENER, "active"): _withdrawing(0.3),
    ("evidence", Role.PARTNER, "asked"): _evidence_asked,
    ("evidence", Role.OPENER, "asked"): _withdrawing(0.15),
    ("settlement", Role.PARTNER, "claimed"): _settlement_claimed,
    ("settlement", Role.OPENER, "claimed"): _withdrawing(0.2),
}
