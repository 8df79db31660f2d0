"""A relation and its money move: asked for, stated by the law's reckoning, agreed, instructed, confirmed.

Promises: the origin states what the law works out, the destination works it out again before it agrees, or
has it stated anew; the money is instructed once, and the relation is on one side at any time.
"""

from typing import Any

from tongban.node.casework import acting, catalogue, enclosures, log, procedures
from tongban.node.casework.acting import Acting
from tongban.node.casework.answered import CORRECTED
from tongban.node.casework.models import Case, Event
from tongban.node.casework.partner import (
    amount_text,
    answers_told,
    both,
    errand,
    other_side,
    peer_name,
    saying,
    talk,
)
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.services import NotComputable, Service, Text, explain

_PURPOSE = Text(zh="办理关系转移接续", en="To transfer the relation")
_SAME = Text(
    zh="按同一规则复算：{amount}，与信息表一致", en="Worked out again by the same rules: {amount}, as stated"
)
_OTHER = Text(
    zh="按同一规则复算：{amount}，与信息表不一致，请核对",
    en="Worked out again by the same rules: {amount}, not as stated; please check",
)
_UNKNOWN = Text(
    zh="信息表不能按规则复算，请核对", en="The statement cannot be worked out again; please check"
)


def ask(case: Case, service: Service, answers: dict[str, Any]) -> dict[str, Any]:
    """Send the contact letter of a new case with its files; what its first event says. Raises Refused."""
    transfer = service.definition.transfer
    if transfer is None:
        raise Refused("service-unknown")
    peer = api.node_of(other_side(service.definition).agency_code)
    with saying():
        conversation = api.ask_transfer(
            errand(case, _PURPOSE),
            subject=case.person.resident_id,
            fund=transfer.fund,
            contents={"name": case.person.name, **answers_told(answers), **enclosures.enclose(case, peer)},
        )
    return {"conversation": str(conversation), "peer_name": peer_name(case)}


def worked_out(service: Service, origin: str, stated: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The money that moves in fen, with the law's explanation. Raises NotComputable."""
    transfer = service.definition.transfer
    if transfer is None:
        raise Refused("service-unknown")
    facts: dict[str, object] = {transfer.origin: origin}
    for name, fact in transfer.facts.items():
        value = stated.get(fact.statement)
        if value is not None:
            facts[name] = f"{int(value) // 100}.{int(value) % 100:02d}" if fact.is_money else value
    explanation = explain(service, facts, today())
    whole, _, part = str(explanation["outcomes"][transfer.amount]).partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0")), dict(explanation)


def checked(service: Service, body: dict[str, Any], amount: int) -> dict[str, Any]:
    """What the destination finds when it works the statement out again."""
    try:
        own, explanation = worked_out(service, other_side(service.definition).place, body)
    except NotComputable:
        return {"text": _UNKNOWN.to_json(), "fits": False}
    words = {"amount": Text.model_validate(amount_text(own))}
    text = (_SAME if own == amount else _OTHER).filled(words)
    return {"text": text.to_json(), "fits": own == amount, "explanation": explanation}


def reckon_again(case: Case, event: Event) -> None:
    """Work the statement out again where answers were corrected while it was checked, and say so."""
    procedure, state = procedures.of(case), log.state_of(case)
    stated = case.events.filter(kind="transfer-stated").order_by("revision").last()
    happening = procedure.happenings.get("reckoned-again")
    if stated is None or happening is None or state.status not in happening.during:
        return
    if case.events.filter(kind=CORRECTED, revision__range=(stated.revision, event.revision)).exists():
        found = checked(catalogue.of(case), stated.data["stated"], int(stated.data["amount"]))
        log.append(case, procedure, log.Entry(happening.kind, state.status, log.NODE, found))


def _state(doing: Acting) -> log.Entry:
    stated = dict(doing.given)
    try:
        amount, explanation = worked_out(doing.service, this_node().office_place, stated)
    except NotComputable as failure:
        raise Refused("not-available") from failure
    contents = {key: value for key, value in stated.items() if key != "months"}
    contents |= _papers(doing)
    with saying():
        api.state_account(talk(doing), amount=amount, months=int(stated["months"]), contents=contents)
    told = {"amount": amount, "amount_text": amount_text(amount), "explanation": explanation}
    return doing.entry("stated", stated | told)


def _papers(doing: Acting) -> dict[str, str | int]:
    """What the statement says of the papers that the own department gives along with it."""
    transfer = doing.service.definition.transfer
    if transfer is None or transfer.papers is None:
        return {}
    about, case = errand(doing.case, _PURPOSE), doing.case
    citation = doing.service.definition.legal_basis[0].text
    asked = api.OwnPapers(
        case_ref=case.number,
        service=about.service,
        agency=about.own_agency,
        evidence_type=transfer.papers,
        subject=case.person.resident_id,
        peer=api.node_of(about.peer_agency),
        basis=api.Text(zh=citation.zh, en=citation.en),
        purpose=about.purpose,
    )
    try:
        files = api.enclose_papers(asked)
    except api.Refused as refused:
        raise Refused("papers-unreadable") from refused
    return enclosures.naming((file.name, file.sha256, file.size) for file in files)


def _agree(doing: Acting) -> log.Entry:
    with saying():
        api.agree_to_transfer(talk(doing))
    return acting.plain(doing)


def _ask_again(doing: Acting) -> log.Entry:
    with saying():
        api.ask_statement_again(talk(doing), both(str(doing.given["reason"])))
    return acting.plain(doing)


def _stop(doing: Acting) -> log.Entry:
    with saying():
        api.withdraw(talk(doing), both(str(doing.given["reason"])))
    return acting.plain(doing)


def _decline(doing: Acting) -> log.Entry:
    with saying():
        api.decline_transfer(talk(doing), both(str(doing.given["reason"])))
    return acting.plain(doing)


def _instruct(doing: Acting) -> log.Entry:
    with saying():
        api.instruct_money(talk(doing), str(doing.given["reference"]))
    amount = amount_text(int(doing.state.facts["amount"]))
    return doing.entry("instructed", {**doing.given, "amount_text": amount})


def _confirm_received(doing: Acting) -> log.Entry:
    with saying():
        api.confirm_money(talk(doing))
    return acting.plain(doing)


for _code, _step in {
    "state": _state,
    "agree": _agree,
    "ask-statement-again": _ask_again,
    "stop": _stop,
    "decline": _decline,
    "instruct": _instruct,
    "confirm-received": _confirm_received,
}.items():
    acting.register(_code, _step)
