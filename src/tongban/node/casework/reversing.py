"""A settled bill reversed (冲正): asked for at the place of care, decided by the home side, told in notices.

Promises: the bill's own entries stay; a reversal is booked once on both sides on the day that the home side
names; who asked for one is always answered; what crosses on the way ends alike on both sides.
"""

import logging
from collections.abc import Mapping
from typing import Any

from tongban.node.casework import acting, log, procedures, remedies, tidings
from tongban.node.casework.acting import Acting
from tongban.node.casework.between import append, case_of, tell
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case, Event, LedgerEntry
from tongban.node.casework.partner import amount_text, both, conversation_of, peer_name
from tongban.node.clock import today
from tongban.node.exchange import api
from tongban.node.exchange.api import By
from tongban.protocol.conversations import Told
from tongban.services import Text

logger = logging.getLogger(__name__)

PURPOSE = Text(zh="结算的冲正", en="Reversing a settlement")
_REVERSED = Text(zh="已冲正：基金不再支付这张账单", en="Reversed: the fund no longer pays this bill")
_SET_OFF = api.Text(zh="冲正的金额已在清算中抵扣", en="The reversed amount was set off in the clearing")
_CANNOT = api.Text(
    zh="这张账单在参保地不能冲正，请与参保地医保部门联系",
    en="The home side cannot reverse this bill; contact its healthcare security administration",
)
_ASKABLE = frozenset({"charged", "cleared"})


def ask(case: Case, reason: api.Text) -> None:
    """Ask the home side, in words for people, to reverse what was settled for this case."""
    tell(case, PURPOSE, reason, tidings.ReversalAsked)


def asked_for_by_point(case: Case, point: Text, reason: Text) -> bool:
    """Ask for the reversal of a bill that its point cancels; False where none is settled."""
    procedure = procedures.of(case)
    happening = procedure.happenings.get("bill-reversal-asked")
    if happening is None or case.status not in _ASKABLE:
        return False
    ask(case, api.Text(zh=reason.zh, en=reason.en))
    data = {"point": point.to_json(), "reason": reason.to_json()}
    log.append(case, procedure, log.Entry(happening.kind, "reversing", log.NODE, data))
    return True


def tell_reversed(case: Case, event: Event) -> None:
    """Tell the place of care that the home side has reversed it."""
    if _is_to_be_told(case, event):
        told = {"amount": _owed(case).amount, "on": event.data["booked_on"]}
        tell(case, PURPOSE, api.Text(**event.data["reason"]), tidings.Reversed, **told)


def tell_set_off(case: Case, event: Event) -> None:
    """Tell the place of care that the reversed amount was set off in a clearing."""
    if _is_to_be_told(case, event):
        told = {"reference": event.data["reference"], "on": event.data["booked_on"]}
        tell(case, PURPOSE, _SET_OFF, tidings.ReversalCleared, **told)


def _is_to_be_told(case: Case, event: Event) -> bool:
    """Whether there is somebody to tell, and this is not what was told before an old backup."""
    return not event.data.get("recalled") and conversation_of(log.state_of(case)) is not None


def heard(tiding: Any, effect: api.Effect) -> None:
    """Take in what the other side tells of a reversal, or what was told here and forgotten since."""
    case = case_of(tiding, effect)
    if case is None:
        logger.error("a notice of a reversal names no settlement of its sender: %s", effect.message.id)
        return
    body = effect.message.body
    assert isinstance(body, Told)
    data: dict[str, Any] = {"peer_name": peer_name(case), "reason": body.text.model_dump()}
    is_own = effect.by is By.DECISION
    match tiding:
        case tidings.ReversalAsked() if is_own:
            append(case, "reversal-requested", "reversing", data, is_own=True)
        case tidings.ReversalAsked():
            _asked(case, data, is_recalled=effect.is_recalled)
        case tidings.ReversalRefused() if is_own:
            append(case, "reversal-refused", _before(case), data, is_own=True)
        case tidings.ReversalRefused():
            status = "cleared" if "cleared" in log.state_of(case).marks else "charged"
            append(case, "settlement-upheld", status, data)
        case tidings.Reversed():
            _reversed(case, tiding, data, is_own=is_own)
        case tidings.ReversalCleared():
            kind = "reversal-cleared" if is_own else "settlement-reversal-cleared"
            told = {"reference": tiding.reference, "booked_on": tiding.on.isoformat()}
            append(case, kind, "reversed", data | told, is_own=is_own)


def _asked(case: Case, data: Mapping[str, Any], *, is_recalled: bool) -> None:
    if case.status in {"reversed", "reversal-asked"}:
        return
    status = case.status if case.status == "reversal-checking" else "reversal-asked"
    if not append(case, "settlement-reversal-asked", status, data) and not is_recalled:
        tell(case, PURPOSE, _CANNOT, tidings.ReversalRefused)


def _reversed(case: Case, tiding: tidings.Reversed, data: Mapping[str, Any], *, is_own: bool) -> None:
    entry = LedgerEntry.objects.filter(event__case=case, kind=LedgerEntry.Kind.OWED).first()
    if entry is None or entry.amount != tiding.amount:
        logger.error("another amount is reversed than is owed in case=%s", case.number)
        return
    told = _decision(case, entry, dict(data["reason"])) | {"booked_on": tiding.on.isoformat()}
    kind = "reversed" if is_own else "settlement-reversed"
    append(case, kind, "reversed", {**data, **told}, is_own=is_own)


def _owed(case: Case) -> LedgerEntry:
    return LedgerEntry.objects.get(event__case=case, kind=LedgerEntry.Kind.OWED)


def _decision(case: Case, entry: LedgerEntry, reason: dict[str, str]) -> dict[str, Any]:
    remedy = remedies.of_agency(entry.debtor)
    return {
        "outcome": "refused",
        "title": _REVERSED.to_json(),
        "text": reason,
        "reason": reason,
        "amount_text": amount_text(entry.amount),
        "booked_on": today().isoformat(),
    } | ({"remedy": remedy.to_json()} if remedy else {})


def _before(case: Case) -> str:
    """The state that a case goes back to when it is not reversed."""
    marks = log.state_of(case).marks
    return "cleared" if "cleared" in marks else "disputed" if "disputed" in marks else "owed"


def _ask(doing: Acting) -> log.Entry:
    ask(doing.case, both(str(doing.given["reason"])))
    return doing.entry("reversing")


def _reverse(doing: Acting) -> log.Entry:
    words = str(doing.given.get("reason") or doing.state.facts["reversal_reason"])
    data = _decision(doing.case, _owed(doing.case), {"zh": words, "en": words})
    return doing.entry("reversed", data | {"words": words})


def _propose(doing: Acting) -> log.Entry:
    return doing.entry("reversal-checking", {**doing.given, "reversal_reason": doing.given["reason"]})


def _send_back(doing: Acting) -> log.Entry:
    return doing.entry(_asked_or_before(doing.case, doing.state))


def _asked_or_before(case: Case, state: CaseState) -> str:
    return "reversal-asked" if "reversal-asked" in state.marks else _before(case)


def _refuse(doing: Acting) -> log.Entry:
    tell(doing.case, PURPOSE, both(str(doing.given["reason"])), tidings.ReversalRefused)
    return doing.entry(_before(doing.case))


acting.register("ask-reversal", _ask)
acting.register("reverse", _reverse)
acting.register("check-reversal", _reverse)
acting.register("propose-reversal", _propose, acting.always)
acting.register("send-back-reversal", _send_back, acting.always)
acting.register("refuse-reversal", _refuse)
