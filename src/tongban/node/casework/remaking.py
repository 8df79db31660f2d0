"""What was decided here and forgotten with an old backup comes back into its case, by this node's own words.

Promises: an event comes back once and only where the procedure has room for it. The message does not say
which officer it was, so the event names none and says that it was recalled.
"""

import logging
from typing import Any

from tongban.node.casework import (
    assisting,
    catalogue,
    charging,
    enclosures,
    handing,
    log,
    procedures,
    settling,
    transferring,
)
from tongban.node.casework.between import own_actor
from tongban.node.casework.models import Case
from tongban.node.casework.partner import amount_text, peer_name
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.protocol.conversations import (
    Adjudication,
    Amount,
    CaseAnswer,
    CaseContents,
    Claim,
    Clearing,
    Reason,
    Reoffer,
    Statement,
)
from tongban.services import NotComputable

logger = logging.getLogger(__name__)

_EVENTS: dict[str, tuple[str, ...]] = {
    "handover-offered": ("handed-over",),
    "handover-offered-again": ("handed-over-again",),
    "handover-accepted": ("taken", "received"),
    "handover-returned": ("returned", "turned-away"),
    "handover-answered": ("answered", "concluded"),
    "transfer-stated": ("stated",),
    "transfer-asked-again": ("asked-again",),
    "transfer-agreed": ("agreed",),
    "transfer-instructed": ("instructed",),
    "transfer-confirmed": ("confirmed",),
    "transfer-declined": ("declined",),
    "settlement-claimed": ("claimed",),
    "settlement-adjudicated": ("adjudicated",),
    "settlement-refused": ("refused",),
    "settlement-cleared": ("cleared",),
}
"""Which event goes with what this node said."""
_BY_THE_CITIZEN = ("withdrawal-asked", "withdrawn")
_BY_AN_OFFICER = ("taken-on", "stopped")


def again(effect: api.Effect) -> None:
    """Put the event of an own decision back into its case; a case that is not there or elsewhere is told.

    Its files are sent again, whatever becomes of the case.
    """
    enclosures.enclose_again(effect)
    case, body = _case(effect), effect.message.body
    if case is None and isinstance(body, Claim):
        case = charging.recall(effect, body)
    if case is None:
        logger.error("the case of a recalled decision is not here: %s", effect.conversation.id)
        return
    procedure, state = procedures.of(case), log.state_of(case)
    happening = next(
        (
            procedure.happenings[name]
            for name in _names(effect)
            if name in procedure.happenings and state.status in procedure.happenings[name].during
        ),
        None,
    )
    if happening is None:
        logger.error("a recalled decision has no room in case=%s: %s", case.number, effect.message.kind)
        return
    status = procedure.target(happening.kind, state.status)
    data = _data(case, effect) | {"recalled": True}
    log.append(case, procedure, log.Entry(happening.kind, status, own_actor(happening), data))


def _case(effect: api.Effect) -> Case | None:
    """The case by its conversation; by its number where this node opened that after the backup."""
    cases, conversation = Case.objects.select_for_update(), effect.conversation
    found = cases.filter(conversation=conversation.id).first()
    if found is None and conversation.role is api.Role.OPENER:
        found = cases.filter(number=conversation.case_ref).first()
    return found


def _names(effect: api.Effect) -> tuple[str, ...]:
    said, body = effect.message.kind, effect.message.body
    if said.endswith("-withdrawn") and isinstance(body, Reason):
        is_citizens = body.reason.zh == handing.TAKEN_BACK.zh
        return _BY_THE_CITIZEN if is_citizens else _BY_AN_OFFICER
    if isinstance(body, CaseAnswer) and assisting.ENDED in body.contents:
        return (str(body.contents[assisting.ENDED]),)
    return _EVENTS.get(said, ())


def _data(case: Case, effect: api.Effect) -> dict[str, Any]:
    named = {"peer_name": peer_name(case)}
    match effect.message.body:
        case CaseContents() as offered:
            conversation = str(effect.conversation.id)
            return named | {"reason": str(offered.contents.get("reason", "")), "conversation": conversation}
        case Claim() as claim:
            return named | settling.recalled_claim(case, claim, str(effect.conversation.id))
        case Adjudication() as adjudication:
            return settling.recalled(case, adjudication)
        case Clearing() as clearing:
            return {"reference": clearing.reference, "booked_on": clearing.on.isoformat()}
        case Reason() as told if effect.conversation.kind_name == "settlement":
            reason = told.reason.model_dump()
            return named | settling.refused_there(reason) | {"reason": reason}
        case Reoffer() | Reason() as told:
            return named | {"reason": told.reason.zh}
        case CaseAnswer() as answer:
            return dict.fromkeys(("text", "result", "reason"), answer.text.zh)
        case Statement() as statement:
            stated = enclosures.others_in(statement.contents) | {
                "months": statement.months,
                "amount": statement.amount,
            }
            return stated | {"amount_text": amount_text(statement.amount)} | _reckoned(case, stated)
        case Amount() as money:
            return {"reference": money.reference, "amount_text": amount_text(money.amount)}
        case _:
            return {}


def _reckoned(case: Case, stated: dict[str, Any]) -> dict[str, Any]:
    """The law's explanation of a statement, worked out once more; nothing where it no longer can be."""
    try:
        _, explanation = transferring.worked_out(catalogue.of(case), this_node().office_place, stated)
    except NotComputable:
        return {}
    return {"explanation": explanation}
