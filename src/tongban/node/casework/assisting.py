"""Helping from afar (远程帮办): asked for here, received, identity checked and concluded at the other side.

Promises: what either side does is told the other in the transaction of its event; once an officer has come in
the officer's side ends it, also when the applicant leaves, so that both cases end alike.
"""

import logging
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from tongban.node.casework import (
    acting,
    catalogue,
    competence,
    enclosures,
    limits,
    log,
    partner,
    procedures,
    tidings,
)
from tongban.node.casework.acting import Acting
from tongban.node.casework.between import append, case_of, tell
from tongban.node.casework.models import Case
from tongban.node.casework.partner import both, conversation_of, errand, peer_name, saying, talk
from tongban.node.casework.procedure import Procedure
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.clock import LOCAL_ZONE, now, today
from tongban.node.exchange import api
from tongban.places.calendar import calendar
from tongban.protocol.conversations import CaseAnswer
from tongban.services import Service, Text

logger = logging.getLogger(__name__)

ENDED: Final = "ended"
"""How the help ended, as the answer says it: the event that ended it at the officer's side."""

_PURPOSE = Text(zh="您请对方的工作人员远程帮办", en="You ask an officer of the other side for help")
_LEFT = api.Text(zh="申请人退出了帮办", en="The applicant left")
_CLOSED = api.Text(zh="知悉对方没有接入", en="Seen that nobody came in")
_CHECKED = api.Text(zh="申请人的身份已核验", en="The applicant's identity is checked")
_SHOWN = api.Text(zh="申请人出示了电子证照", en="The applicant has presented a credential")
_NOT_SHOWN = Text(
    zh="申请人还没有出示电子身份凭证；请申请人在办件页“用证照作材料”，或选其他方式",
    en="The applicant has not presented an electronic ID voucher; have it presented, or choose another way",
)
_THERE = {
    "concluded": "concluded-there",
    "broken-off": "broken-off-there",
    "applicant-left": "let-go-there",
}


def ask(case: Case, service: Service, answers: dict[str, Any]) -> dict[str, Any]:
    """Ask the agency of the other side for help; what the first event says of it. Raises Refused."""
    there = partner.other_side(service.definition)
    try:
        helper = competence.competent(service.code, there.place, today())
    except competence.NotCompetent as nobody:
        raise Refused("place-not-covered", nobody.text) from nobody
    about = replace(errand(case, _PURPOSE), peer_agency=helper.agency, answer_within=_waits(case, service))
    contents = {"name": case.person.name, **partner.answers_told(answers)}
    with saying():
        conversation = api.offer_case(
            about,
            subject=case.person.resident_id,
            title=api.Text(zh=service.definition.name.zh, en=service.definition.name.en),
            contents=contents | enclosures.enclose(case, helper.node),
        )
    return {"conversation": str(conversation), "peer_name": peer_name(case)}


def credential_shown(number: str, vct: str, issuer: str) -> None:
    """Tell the officer's side that the applicant has shown a credential that this node has verified."""
    case = Case.objects.select_for_update().get(number=number)
    procedure = procedures.of(case)
    happening = procedure.happenings.get("credential-shown")
    data = _credential(case, vct, issuer)
    if happening is None or case.status not in happening.during or data is None:
        return
    tell(case, _PURPOSE, _SHOWN, tidings.CredentialShown, vct=vct, issuer=issuer)
    log.append(case, procedure, log.Entry(happening.kind, case.status, log.CITIZEN, data))


def _credential(case: Case, vct: str, issuer: str) -> dict[str, Any] | None:
    """What an event says of a credential; None for one of a type that the service does not take."""
    accepted = {one.vct: one for one in catalogue.of(case).definition.accepts}
    if vct not in accepted:
        return None
    return {"credential": accepted[vct].title.to_json(), "vct": vct, "issuer": issuer}


def answered(effect: api.Effect) -> str | None:
    """The event that the answer of the officer's side is here, where it is an answer."""
    body = effect.message.body
    if not isinstance(body, CaseAnswer):
        return None
    return _THERE.get(str(body.contents.get(ENDED)), _THERE["concluded"])


def close(effect: api.Effect) -> None:
    """Let go of a request that the other side turned away: it is not offered again."""
    is_open = not (effect.conversation.has_ended or effect.is_recalled)
    if effect.message.kind == "handover-returned" and is_open:
        api.withdraw(effect.conversation.id, _CLOSED)


def heard(tiding: Any, effect: api.Effect) -> None:
    """Take in what the other side tells of the help, or what was told here and forgotten since.

    A leaving that was forgotten comes back with the answer that was given to it; where none was given, an
    officer ends the session.
    """
    case = case_of(tiding, effect)
    if case is None:
        logger.error("a notice of help names no case of its sender: %s", effect.message.id)
        return
    is_own = effect.by is api.By.DECISION
    match tiding:
        case tidings.IdentityChecked():
            _checked(case, tiding.method, is_own=is_own)
        case tidings.CredentialShown():
            data = _credential(case, tiding.vct, tiding.issuer)
            kind = "credential-shown" if is_own else "credential-shown-there"
            if data is not None:
                append(case, kind, case.status, data | {"peer_name": peer_name(case)}, is_own=is_own)
        case tidings.ApplicantLeft() if is_own:
            append(case, "left", "leaving", {}, is_own=True)
        case tidings.ApplicantLeft() if not effect.is_recalled:
            if append(case, "applicant-left", "withdrawn", {}):
                _end(case, _LEFT, "applicant-left")


def _checked(case: Case, method: str, *, is_own: bool) -> None:
    procedure = procedures.of(case)
    data = {"method": method, "method_name": _method_name(procedure, method)}
    kind = "identity-checked" if is_own else "checked-there"
    append(case, kind, procedure.target(kind, case.status), data, is_own=is_own)


def _method_name(procedure: Procedure, method: str) -> dict[str, str]:
    """What people call a way of checking an identity; one that is not known here by its code."""
    (asked,) = procedure.actions["check-identity"].asks
    known = {option.value: option.label.to_json() for option in asked.options}
    return known.get(method, {"zh": method, "en": method})


def _waits(case: Case, service: Service) -> timedelta:
    """How long the applicant waits in the queue: until the end of the last working day of its limit."""
    days = limits.days_of("queue", procedures.of(case), service.definition)
    last = calendar().add_working_days(today(), days).on
    return datetime.combine(last + timedelta(days=1), time(), LOCAL_ZONE) - now()


def _receive(doing: Acting) -> log.Entry:
    with saying():
        api.accept_case(talk(doing))
    return acting.plain(doing)


def _turn_away(doing: Acting) -> log.Entry:
    with saying():
        api.return_case(talk(doing), both(str(doing.given["reason"])))
    return acting.plain(doing)


def _check(doing: Acting) -> log.Entry:
    method = str(doing.given["method"])
    if method == "credential" and "credential-shown" not in doing.state.marks:
        raise InputsRefused({"method": _NOT_SHOWN})
    tell(doing.case, _PURPOSE, _CHECKED, tidings.IdentityChecked, method=method)
    name = _method_name(doing.procedure, method)
    return doing.entry(acting.target(doing), {"method": method, "method_name": name})


def _conclude(doing: Acting) -> log.Entry:
    _end(doing.case, both(str(doing.given["result"]), "result"), "concluded")
    return acting.plain(doing)


def _break_off(doing: Acting) -> log.Entry:
    _end(doing.case, both(str(doing.given["reason"])), "broken-off")
    return acting.plain(doing)


def _end(case: Case, text: api.Text, ended: str) -> None:
    conversation = conversation_of(log.state_of(case))
    if conversation is None:
        raise Refused("not-available")
    with saying():
        api.answer_case(conversation, text=text, contents={ENDED: ended})


def _leave(doing: Acting) -> log.Entry:
    tell(doing.case, _PURPOSE, _LEFT, tidings.ApplicantLeft)
    return acting.plain(doing)


for _code, _step in {
    "receive": _receive,
    "turn-away": _turn_away,
    "check-identity": _check,
    "conclude": _conclude,
    "break-off": _break_off,
    "leave": _leave,
}.items():
    acting.register(_code, _step)
