"""What a case says to another node: opened, decided or taken back inside the case's own transaction.

What is not allowed or comes at the wrong time is Refused before anything is stored; what is stored is
delivered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from pydantic import ValidationError

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import identity
from tongban.node.exchange.basis import ByConsent, ByStatute, legal_basis
from tongban.node.exchange.conversing import storing
from tongban.node.exchange.identity import Identity
from tongban.protocol import Code, Evidence, Question, Refused, Text, Value, civil_day
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import Body, Conversation, Here, Matter, Opening, Reason

Contents = Mapping[str, str | int]
Bill = Sequence[Contents]


@dataclass(frozen=True)
class Errand:
    """What a conversation is about: of which case, from which own agency to which agency of another node.

    `purpose` is what the person reads; `answer_within` is how long the other side may take to decide
    (at a subscription: how long it runs).
    """

    case_ref: str
    service: str
    own_agency: str
    peer_agency: str
    basis: ByConsent | ByStatute
    purpose: Text
    answer_within: timedelta = field(default=timedelta(days=30))


def competent_agency(service: str, place: str, on: date | None = None) -> str:
    """The code of the agency that decides `service` for `place` on a day (today).

    Refused `not-covered` if none does.
    """
    return identity.current().directory.handler(service, place, on or civil_day(true_now())).code


def node_of(agency: str) -> str:
    """The node that speaks for an agency; Refused `not-covered` when the directory has no such agency."""
    return identity.current().directory.agency(agency).node


def offer_case(errand: Errand, *, subject: str | None, title: Text, contents: Contents) -> UUID:
    """Offer the case to the other agency (转办); the conversation's id.

    States at the opener: `offered` → `accepted` → `answered`, or `returned` (once, with a reason), then
    `offer_case_again` or `withdraw`; `lapsed` when the other side did not decide within `answer_within`.
    """
    return _open(
        "handover-offered", talk.CaseContents, errand, subject=subject, title=title, contents=contents
    )


def offer_case_again(conversation: UUID, errand: Errand, *, reason: Text, contents: Contents) -> None:
    """Offer a returned case once more, maybe to another agency of that node; it cannot come back again."""
    _decide(
        conversation,
        "handover-offered-again",
        _body(talk.Reoffer, reason=reason, contents=dict(contents)),
        errand,
    )


def accept_case(conversation: UUID) -> None:
    """Take the offered case (接收): it is this node's to answer from now on."""
    _decide(conversation, "handover-accepted", talk.Nothing())


def return_case(conversation: UUID, reason: Text) -> None:
    """Return the offered case with a reason (退回), which is possible once."""
    _decide(conversation, "handover-returned", _body(Reason, reason=reason))


def answer_case(conversation: UUID, *, text: Text, contents: Contents) -> None:
    """Answer an accepted case back (办结反馈); the conversation ends with it."""
    _decide(conversation, "handover-answered", _body(talk.CaseAnswer, text=text, contents=dict(contents)))


def ask_transfer(errand: Errand, *, subject: str, fund: str, contents: Contents) -> UUID:
    """Send the contact letter (联系函): this side, where the person now is, asks for relation and money.

    States: `asked` → `stated` (statement of account) → `agreed` → `moved` (money instructed) → `confirmed`;
    until `moved` either side may step back: `declined`, `withdrawn`; `lapsed` when the origin took too long.
    """
    return _open("transfer-asked", talk.ContactLetter, errand, subject=subject, fund=fund, contents=contents)


def state_account(conversation: UUID, *, amount: int, months: int, contents: Contents) -> None:
    """At the origin: say what would move (信息表): `amount` in fen, `months` paid."""
    body = _body(talk.Statement, amount=amount, months=months, contents=dict(contents))
    _decide(conversation, "transfer-stated", body)


def ask_statement_again(conversation: UUID, reason: Text) -> None:
    """At the destination: the statement does not fit; the origin is to state anew, and only that counts."""
    _decide(conversation, "transfer-asked-again", _body(Reason, reason=reason))


def agree_to_transfer(conversation: UUID) -> None:
    """At the destination: the statement is right. The origin may now instruct the money."""
    _decide(conversation, "transfer-agreed", talk.Nothing())


def instruct_money(conversation: UUID, reference: str) -> None:
    """At the origin: relation closed, the stated amount instructed as `reference`; there is no way back."""
    _decide_amount(conversation, "transfer-instructed", reference)


def confirm_money(conversation: UUID) -> None:
    """At the destination: relation and money have come; the transfer ends."""
    _decide_amount(conversation, "transfer-confirmed", None)


def decline_transfer(conversation: UUID, reason: Text) -> None:
    """At the origin, before the money is instructed: it will not be moved."""
    _decide(conversation, "transfer-declined", _body(Reason, reason=reason))


def make_claim(errand: Errand, *, subject: str, bill: str, contents: Contents, lines: Bill) -> UUID:
    """Charge the home scheme (发起结算): this side, where the person was treated, sends the bill's lines.

    States: `claimed` → `adjudicated` → `cleared`, or `refused`; until the home side has decided this side may
    withdraw: `withdrawn`; `lapsed` when it took too long.
    """
    lined = tuple(dict(line) for line in lines)
    return _open(
        "settlement-claimed", talk.Claim, errand, subject=subject, bill=bill, contents=contents, lines=lined
    )


def adjudicate_claim(conversation: UUID, *, amount: int, on: date, contents: Contents) -> None:
    """At the home side: what the fund pays, in fen; it is owed since the day `on` and stays so."""
    body = _body(talk.Adjudication, amount=amount, on=on, contents=dict(contents))
    _decide(conversation, "settlement-adjudicated", body)


def refuse_claim(conversation: UUID, reason: Text) -> None:
    """At the home side: the fund does not pay."""
    _decide(conversation, "settlement-refused", _body(Reason, reason=reason))


def clear_claim(conversation: UUID, *, reference: str, on: date) -> None:
    """At the home side: the adjudicated amount was cleared on the day `on` as `reference`."""
    with transaction.atomic():
        _, current = storing.lock_conversation(conversation)
        if current.amount is None:
            raise Refused(Code.NOT_NOW, "kind", f"the conversation is {current.state}")
        body = _body(talk.Clearing, amount=current.amount, reference=reference, on=on)
        _decide(conversation, "settlement-cleared", body)


def give_notice(errand: Errand, *, subject: str | None, text: Text, contents: Contents) -> UUID:
    """Tell the other agency something that needs no decision; the state is `taken` once it was told there."""
    return _open("notice-given", talk.Told, errand, subject=subject, text=text, contents=contents)


def subscribe(errand: Errand, *, subject: str, topic: str) -> UUID:
    """Ask to be told of every change of `topic` for as long as `answer_within` (订阅变更)."""
    return _open("subscription-asked", talk.Topic, errand, subject=subject, topic=topic)


def accept_subscription(conversation: UUID) -> None:
    """Agree to tell of every change."""
    _decide(conversation, "subscription-accepted", talk.Nothing())


def refuse_subscription(conversation: UUID, reason: Text) -> None:
    """Refuse to tell of changes."""
    _decide(conversation, "subscription-refused", _body(Reason, reason=reason))


def tell_change(conversation: UUID, contents: Contents) -> None:
    """Tell the next change of an accepted subscription."""
    with transaction.atomic():
        _, current = storing.lock_conversation(conversation)
        body = _body(talk.Change, number=current.told + 1, contents=dict(contents))
        _decide(conversation, "subscription-told", body)


def ask_for_evidence(errand: Errand, *, subject: str, evidence_type: str, fields: tuple[str, ...]) -> UUID:
    """Ask for evidence that somebody at the other agency has to look up (人工核查), unlike `ask`.

    States: `asked` → `given` or `refused`; `withdrawn`, `lapsed`, `declined` (no agreement covers it).
    """
    return _open(
        "evidence-asked", Question, errand, subject=subject, evidence_type=evidence_type, fields=fields
    )


def give_evidence(conversation: UUID, records: tuple[Mapping[str, Value], ...]) -> None:
    """Answer a question for evidence with records of exactly the asked fields."""
    asked = storing.letters(conversation)[0].body
    if not isinstance(asked, Question):
        raise Refused(Code.NOT_NOW, "conversation", "nobody asked for evidence here")
    kind = identity.current().directory.evidence_type(asked.evidence_type)
    kind.check_records(tuple(dict(record) for record in records), asked.fields, "records")
    body = _body(
        Evidence,
        evidence_type=asked.evidence_type,
        fields=asked.fields,
        records=tuple(dict(record) for record in records),
        as_of=true_now(),
    )
    _decide(conversation, "evidence-given", body)


def refuse_evidence(conversation: UUID, reason: Text) -> None:
    """Refuse a question for evidence."""
    _decide(conversation, "evidence-refused", _body(Reason, reason=reason))


def withdraw(conversation: UUID, reason: Text) -> None:
    """Take back what this side opened, of any kind but a notice.

    The state is `withdrawing` until the other side lets go; if it had bound itself before (case accepted,
    money instructed), that holds, and the state becomes what the other side said.
    """
    with transaction.atomic():
        _, current = storing.lock_conversation(conversation)
        _decide(conversation, f"{current.kind_name}-withdrawn", _body(Reason, reason=reason))


def conversation(conversation_id: UUID) -> Conversation:
    """How a conversation stands; Refused `not-now` when there is none of that id."""
    found = storing.find(conversation_id)
    if found is None:
        raise Refused(Code.NOT_NOW, "conversation", "no such conversation")
    return found


def conversations(case_ref: str) -> tuple[Conversation, ...]:
    """All conversations about a case (by the number that its opener gave), the oldest first."""
    return storing.of_case(case_ref)


def said_and_heard(conversation_id: UUID) -> tuple[talk.AnyUtterance, ...]:
    """All messages of a conversation, in the order in which they were stored at this node."""
    return storing.letters(conversation_id)


def here(node: Identity) -> Here:
    """What steps take from this node and moment."""
    return Here(node.me, true_now(), uuid4)


def _open(says: str, form: type[Body], errand: Errand, **members: object) -> UUID:
    node = identity.current()
    body = _body(form, **{k: dict(v) if isinstance(v, Mapping) else v for k, v in members.items()})
    matter = _matter(errand, node)
    with transaction.atomic():
        locked = storing.lock(matter.peer, matter.case_ref)
        try:
            step = talk.open_conversation(locked.thread, matter, says, body, here(node))
        except ValidationError:
            raise Refused(Code.SCHEMA_VIOLATED, "errand", "a member is not of its form") from None
        _check_own(step, node)
        storing.keep(locked, step)
    assert step.conversation is not None
    return step.conversation.id


def _decide(conversation_id: UUID, says: str, body: Body, errand: Errand | None = None) -> None:
    node = identity.current()
    with transaction.atomic():
        locked, current = storing.lock_conversation(conversation_id)
        again = _matter(errand, node) if errand else None
        step = talk.decide(locked.thread, current, says, body, here(node), again=again)
        _check_own(step, node)
        storing.keep(locked, step)


def _decide_amount(conversation_id: UUID, says: str, reference: str | None) -> None:
    with transaction.atomic():
        _, current = storing.lock_conversation(conversation_id)
        named = reference or current.reference
        if current.amount is None or named is None:
            raise Refused(Code.NOT_NOW, "kind", f"the conversation is {current.state}")
        _decide(conversation_id, says, _body(talk.Amount, amount=current.amount, reference=named))


def _check_own(step: talk.Step, node: Identity) -> None:
    """Refuse what the other side would refuse, before it is stored and repeated to it."""
    for message in step.says:
        talk.parse_utterance(protocol.encode(message))
        if isinstance(message, Opening):
            talk.admit(message, node.directory, now=true_now())


def _matter(errand: Errand, node: Identity) -> Matter:
    peer = node.directory.agency(errand.peer_agency).node
    if peer == node.me:
        raise Refused(Code.NOT_COVERED, "peer_agency", "an agency of the own node is not talked to like this")
    return Matter(
        peer=peer,
        own_agency=errand.own_agency,
        peer_agency=errand.peer_agency,
        service=errand.service,
        case_ref=errand.case_ref,
        expires=true_now() + errand.answer_within,
        legal_basis=legal_basis(errand.basis, errand.case_ref),
        purpose=errand.purpose,
    )


def _body(form: type[Body], **members: object) -> Body:
    try:
        return form.model_validate(members)
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False, include_context=False)[0]
        path = ".".join(str(part) for part in first["loc"][:1])
        raise Refused(Code.SCHEMA_VIOLATED, path, "not of the form that the message asks for") from None
