"""Evidence as it arrives: kept with its case, and when all of it is in, decided on by the law.

Promises: each answer takes effect once; a refused or unusable one becomes an officer's task, nothing is lost.
"""

import logging
from collections.abc import Sequence

from tongban.node.casework import log, procedures, proposing, settling
from tongban.node.casework.history import CaseState, EvidenceState
from tongban.node.casework.models import Case
from tongban.node.casework.procedure import Procedure
from tongban.node.exchange import api
from tongban.services import Text

GATHERING = "gathering"
HELD = "held"

logger = logging.getLogger(__name__)


def begins(procedure: Procedure, asked: Sequence[object]) -> str:
    """The state in which a case opens; where nothing was asked, nothing is gathered."""
    if procedure.initial == GATHERING and not asked:
        return procedure.only_target("proposed")
    return procedure.initial


def settle(outcomes: Sequence[api.Outcome]) -> None:
    """Take in what became of questions; called inside the transaction that settles them."""
    numbers = {outcome.case_ref for outcome in outcomes}
    here = set(Case.objects.filter(number__in=numbers).values_list("number", flat=True))
    for outcome in outcomes:
        if outcome.case_ref in here:
            _settle_one(outcome)
    if missing := sorted(numbers - here):
        logger.error("answers name cases that are not here: %s", ", ".join(missing))


def _settle_one(outcome: api.Outcome) -> None:
    case = Case.objects.select_for_update().get(number=outcome.case_ref)
    piece = _waiting_piece(log.state_of(case), str(outcome.message))
    if piece is None or case.status != GATHERING:
        return
    if isinstance(outcome, api.Declined):
        reason = Text(zh=outcome.sentence.zh, en=outcome.sentence.en)
        refused(case, piece.key, reason, outcome.code.value, _detail(outcome))
        return
    records = [dict(record) for record in outcome.records]
    data: dict[str, object] = {
        "key": piece.key,
        "records": records,
        "answered_at": outcome.answered_at.isoformat(),
    }
    if outcome.files:
        data["papers"] = [file.model_dump() for file in outcome.files]
    _record(case, piece.key, "evidence-received", data)


def refused(case: Case, key: str, reason: Text, code: str, detail: Text | None = None) -> None:
    """Note that evidence will not come; when nothing else is awaited, an officer has to see to it.

    `reason` is for the citizen, `detail` tells an officer what exactly was wrong.
    """
    data: dict[str, object] = {"key": key, "code": code, "reason": reason.to_json()}
    if detail is not None:
        data["detail"] = detail.to_json()
    _record(case, key, "evidence-refused", data)


def _record(case: Case, key: str, kind: str, data: dict[str, object]) -> None:
    state = log.state_of(case)
    others = [one for one in state.evidence if one.key != key]
    is_complete = all(one.status != "waiting" for one in others)
    is_lacking = kind == "evidence-refused" or any(one.status == "refused" for one in others)
    if is_complete and is_lacking:
        log.append(case, procedures.of(case), log.Entry(kind, HELD, log.NODE, data))
        return
    log.append(case, procedures.of(case), log.Entry(kind, GATHERING, log.NODE, data))
    if is_complete and procedures.of(case).kind == "settlement":
        settling.gathered(case)
    elif is_complete:
        proposing.propose(case)


def _detail(outcome: api.Declined) -> Text | None:
    return Text(zh=outcome.detail.zh, en=outcome.detail.en) if outcome.detail else None


def _waiting_piece(state: CaseState, message: str) -> EvidenceState | None:
    found = (one for one in state.evidence if one.message == message and one.status == "waiting")
    return next(found, None)
