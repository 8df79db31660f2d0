"""A bill settled by the home scheme: fetched and claimed at the place of care, adjudicated at home.

Promises: a bill is owed once, whoever sends it how often; what earlier settlements used up is taken off;
every refusal says why; what is told to the other side leaves in the transaction of the event.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tongban.node.casework import acting, asking, catalogue, log, procedures, remedies
from tongban.node.casework.acting import Acting
from tongban.node.casework.billed import lines_in
from tongban.node.casework.models import Case, Event, LedgerEntry
from tongban.node.casework.partner import (
    amount_text,
    both,
    conversation_of,
    errand,
    other_side,
    peer_name,
    saying,
    talk,
)
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.node.people.models import Person
from tongban.protocol.conversations import Adjudication, Claim
from tongban.services import NotComputable, RuledOut, Service, Settlement, Text, explain
from tongban.services.settlement import Record, billed, facts_of, fen, lines_of, relation_of, unmet_of

FROM_PEER = "from-peer"
_USED = "used_"
"""How names of what earlier settlements used begin among the contents of an adjudication."""
_PURPOSE = Text(zh="门诊费用按参保地规则直接结算", en="To settle a bill directly by the home scheme's rules")
_NOT_SETTLED = Text(zh="这张账单不能直接结算", en="This bill cannot be settled directly")
_SETTLED_BEFORE = Text(
    zh="这张账单（{bill}）已经结算过，不再重复支付",
    en="This bill ({bill}) was settled before; nothing is paid twice",
)
_UNREADABLE = Text(zh="账单或参保信息不能按规则读出", en="The bill or the insurance's record cannot be read")
_BY_HAND = Text(zh="账单由参保地人工结算", en="The bill was settled by an officer of the home scheme")
_HAND_TEXT = Text(zh="基金支付 {amount}", en="The fund pays {amount}")
_OTHER = Text(
    zh="{text}（按同一规则复算的结果不同，已请两地核对）",
    en="{text} (worked out again by the same rules, it comes out otherwise; both sides are to check)",
)


def settlement_of(service: Service) -> Settlement:
    """What the service says of settling; only services of this kind have it."""
    settlement = service.definition.settlement
    if settlement is None:
        raise ValueError(f"{service.code} of kind {service.definition.kind} settles nothing")
    return settlement


def look_up(case: Case, service: Service) -> list[asking.Asked]:
    """Ask what the home side's own department knows of the person of a claim."""
    definition = service.definition
    needs = definition.looked_up_at(this_node().office_place)
    return [asking.ask_by_statute(case, definition, need) for need in needs]


def gathered(case: Case) -> None:
    """Everything has come: the place of care claims, the home side adjudicates."""
    if FROM_PEER in log.state_of(case).marks:
        _adjudicate(case)
    else:
        _claim(case)


def _claim(case: Case) -> None:
    service = catalogue.of(case)
    settlement = settlement_of(service)
    opened = case.events.get(revision=1).data
    bill = str(opened["answers"].get(settlement.bill_number, ""))
    records = opened["lines"] if "lines" in opened else records_of(case, settlement.bill)
    lines = lines_of(settlement, records, bill)
    if not lines:
        _end(case, "not-claimed", settlement.no_bill)
        return
    creditor, told = case.agency, {"bill": bill, "peer_name": peer_name(case)}
    if _was_settled(creditor, bill):
        _end(case, "not-claimed", _SETTLED_BEFORE.filled({"bill": bill}))
        return
    try:
        conversation = api.make_claim(
            errand(case, _PURPOSE),
            subject=case.person.resident_id,
            bill=bill,
            contents={"name": case.person.name},
            lines=[dict(line) for line in lines],
        )
    except api.Refused as refused:
        reason = {"zh": refused.sentence.zh, "en": refused.sentence.en}
        _append(case, "not-adjudicated", "held", {"reason": reason})
        return
    told |= {"billed_text": amount_text(billed(settlement, lines))}
    data = told | {"conversation": str(conversation), "lines": [dict(line) for line in lines]}
    _append(case, "claimed", "claimed", data)


def claimed(service: Service, body: Claim) -> dict[str, Any]:
    """What the first event of a claim says of the bill; its number is what the person was asked for."""
    answers = {settlement_of(service).bill_number: body.bill}
    return {"bill": body.bill, "lines": [dict(line) for line in body.lines], "answers": answers}


def _adjudicate(case: Case) -> None:
    service = catalogue.of(case)
    settlement = settlement_of(service)
    Person.objects.select_for_update().get(pk=case.person_id)
    lines, bill = lines_in(log.history(case)), case.events.get(revision=1).data["bill"]
    creditor = other_side(service.definition).agency_code
    relation = relation_of(settlement, records_of(case, settlement.relation), lines)
    if _was_settled(creditor, bill):
        _refuse(case, _SETTLED_BEFORE.filled({"bill": bill}))
    elif relation is None:
        _refuse(case, settlement.no_relation)
    elif unmet := unmet_of(settlement, relation, other_side(service.definition).place):
        _refuse(case, unmet)
    else:
        _by_the_law(case, service, lines, relation)


def _by_the_law(case: Case, service: Service, lines: Sequence[Record], relation: Record) -> None:
    settlement = settlement_of(service)
    used = _used(case, settlement, relation)
    try:
        explanation = worked_out(service, lines, relation, used, is_home=True)
    except RuledOut as ruled:
        _refuse(case, ruled.sentence)
        return
    except NotComputable as failure:
        _append(case, "not-adjudicated", "held", {"reason": failure.text.to_json()})
        return
    amount = fen(explanation["outcomes"][settlement.fund_pays])
    contents: dict[str, str | int] = {**relation, **{_USED + name: value for name, value in used.items()}}
    _tell(case, amount, contents)
    data = _told(settlement, explanation["outcomes"]) | _amounts(amount) | _where_to_object(case.agency)
    _append(case, "adjudicated", "owed", data | _using(settlement, explanation, relation))


def _using(settlement: Settlement, explanation: dict[str, Any], relation: Record) -> dict[str, Any]:
    """What an adjudication keeps of how it was worked out, and by which later ones count what it used up."""
    using = {name: fen(explanation["outcomes"][name]) for name in settlement.used}
    return {"explanation": explanation, "used": using, "matched": relation.get(settlement.matched_by)}


def heard(case: Case, body: Adjudication) -> dict[str, Any]:
    """What the place of care makes of an adjudication: worked out again by the same law and values."""
    service = catalogue.of(case)
    settlement = settlement_of(service)
    lines = lines_in(log.history(case))
    relation = {name: value for name, value in body.contents.items() if not name.startswith(_USED)}
    used = _named(body.contents)
    data = _amounts(body.amount) | {"booked_on": body.on.isoformat()}
    data |= _where_to_object(other_side(service.definition).agency_code)
    try:
        explanation = worked_out(service, lines, relation, used, is_home=False)
    except (NotComputable, ValueError):
        return data | _by_hand(body.amount)
    if fen(explanation["outcomes"][settlement.fund_pays]) == body.amount:
        return data | _told(settlement, explanation["outcomes"]) | {"explanation": explanation}
    told = _by_hand(body.amount)
    return data | told | {"text": _OTHER.filled({"text": Text.model_validate(told["text"])}).to_json()}


def refused_there(reason: dict[str, str]) -> dict[str, Any]:
    """What the place of care tells of a refusal."""
    return {"outcome": "refused", "title": _NOT_SETTLED.to_json(), "text": reason}


def tell_cleared(case: Case, event: Event) -> None:
    """Tell the place of care that what was owed for the case is cleared."""
    state = log.state_of(case)
    conversation = conversation_of(state)
    is_new = not event.data.get("recalled")
    if FROM_PEER in state.marks and conversation is not None and is_new:
        with saying():
            api.clear_claim(conversation, reference=event.data["reference"], on=today())


def recalled_claim(case: Case, body: Claim, conversation: str) -> dict[str, Any]:
    """The event of an own claim that was forgotten with an old backup."""
    service = catalogue.of(case)
    amount = billed(settlement_of(service), body.lines)
    return claimed(service, body) | {"conversation": conversation, "billed_text": amount_text(amount)}


def recalled(case: Case, body: Adjudication) -> dict[str, Any]:
    """The event of an own adjudication that was forgotten with an old backup.

    Worked out again by the law and the values that it told, so that later bills count by what it used up;
    without its reasons where the law comes to something else by now, or it was by hand.
    """
    service = catalogue.of(case)
    settlement = settlement_of(service)
    data = _amounts(body.amount) | {"booked_on": body.on.isoformat()}
    relation = {name: value for name, value in body.contents.items() if not name.startswith(_USED)}
    try:
        lines, used = lines_in(log.history(case)), _named(body.contents)
        explanation = worked_out(service, lines, relation, used, is_home=True)
    except (NotComputable, ValueError):
        return data | _by_hand(body.amount)
    outcomes = explanation["outcomes"]
    if fen(outcomes[settlement.fund_pays]) != body.amount:
        return data | _by_hand(body.amount)
    return data | _told(settlement, outcomes) | _using(settlement, explanation, relation)


def worked_out(
    service: Service,
    lines: Sequence[Record],
    relation: Record,
    used: Record,
    *,
    is_home: bool,
    on: date | None = None,
) -> dict[str, Any]:
    """The law's explanation of a bill, by the law of a day (today), at its home side or where it was made.

    Raises NotComputable.
    """
    own, other = this_node().office_place, other_side(service.definition).place
    home, care = (own, other) if is_home else (other, own)
    facts = facts_of(settlement_of(service), {"home": home, "care": care}, lines, relation, used)
    return dict(explain(service, facts, on or today()))


def _used(case: Case, settlement: Settlement, relation: Record) -> dict[str, int]:
    """What the person's earlier settlements used up since the day of the home side's record, in fen.

    What was reversed has given it back.
    """
    earlier = Event.objects.filter(
        case__person=case.person, case__service__code=case.service.code, kind="adjudicated"
    ).exclude(case__status="reversed")
    return used_by(settlement, relation, [event.data for event in earlier])


def used_by(
    settlement: Settlement, relation: Record, adjudicated: Iterable[Mapping[str, Any]]
) -> dict[str, int]:
    """What these adjudications, as their events tell them, used up since the day of the record, in fen."""
    used = dict.fromkeys(settlement.used, 0)
    for told in adjudicated:
        is_same = told.get("matched") == relation.get(settlement.matched_by)
        if is_same and told["booked_on"] >= str(relation.get(settlement.latest_by, "")):
            for name, amount in told.get("used", {}).items():
                used[name] = used.get(name, 0) + amount
    return used


def _was_settled(creditor: str, bill: str) -> bool:
    return LedgerEntry.objects.filter(kind=LedgerEntry.Kind.OWED, creditor=creditor, claim=bill).exists()


def records_of(case: Case, kind: str) -> list[Record]:
    """What the case was told in evidence of this type."""
    events = {event.revision: event for event in log.history(case)}
    return [
        record
        for piece in log.state_of(case).evidence
        if piece.type == kind and piece.told_by is not None and piece.status == "received"
        for record in events[piece.told_by].data["records"]
    ]


def _named(contents: dict[str, str | int]) -> dict[str, int]:
    """What earlier settlements used, in fen by outcome."""
    named = ((name.removeprefix(_USED), value) for name, value in contents.items() if name.startswith(_USED))
    return {name: value for name, value in named if isinstance(value, int)}


def _told(settlement: Settlement, outcomes: dict[str, Any]) -> dict[str, Any]:
    wanted = settlement.title.placeholders | settlement.text.placeholders
    values = {name: outcomes.get(name) for name in wanted}
    title, text = settlement.title.filled(values), settlement.text.filled(values)
    return {"outcome": "granted", "title": title.to_json(), "text": text.to_json(), "pool": ""}


def _by_hand(amount: int) -> dict[str, Any]:
    text = _HAND_TEXT.filled({"amount": Text.model_validate(amount_text(amount))})
    return {"outcome": "granted", "title": _BY_HAND.to_json(), "text": text.to_json(), "pool": ""}


def _amounts(amount: int) -> dict[str, Any]:
    return {
        "amount": amount,
        "fund_pays": amount,
        "amount_text": amount_text(amount),
        "booked_on": today().isoformat(),
    }


def _where_to_object(agency: str) -> dict[str, Any]:
    remedy = remedies.of_agency(agency)
    return {"remedy": remedy.to_json()} if remedy else {}


def _tell(case: Case, amount: int, contents: dict[str, str | int]) -> None:
    conversation = conversation_of(log.state_of(case))
    if conversation is not None:
        api.adjudicate_claim(conversation, amount=amount, on=today(), contents=contents)


def _refuse(case: Case, reason: Text) -> None:
    conversation = conversation_of(log.state_of(case))
    if conversation is not None:
        api.refuse_claim(conversation, api.Text(zh=reason.zh, en=reason.en))
    _end(case, "refused", reason)


def _end(case: Case, kind: str, reason: Text) -> None:
    told = refused_there(reason.to_json()) | {"reason": reason.to_json()} | _where_to_object(case.agency)
    _append(case, kind, "refused", told)


def _append(case: Case, kind: str, status: str, data: dict[str, Any]) -> None:
    log.append(case, procedures.of(case), log.Entry(kind, status, log.NODE, data))


def _adjudicate_by_hand(doing: Acting) -> log.Entry:
    amount = int(doing.given["fund_pays"])
    if FROM_PEER in doing.state.marks:
        with saying():
            api.adjudicate_claim(talk(doing), amount=amount, on=today(), contents={})
    told = _by_hand(amount) | _amounts(amount) | _where_to_object(doing.case.agency)
    return doing.entry("owed", told | dict(doing.given))


def _refuse_by_hand(doing: Acting) -> log.Entry:
    words = str(doing.given["reason"])
    if FROM_PEER in doing.state.marks:
        with saying():
            api.refuse_claim(talk(doing), both(words))
    told = refused_there({"zh": words, "en": words}) | _where_to_object(doing.case.agency)
    return doing.entry("refused", told | {"reason": words, "words": words})


acting.register("adjudicate", _adjudicate_by_hand)
acting.register("refuse-claim", _refuse_by_hand)
