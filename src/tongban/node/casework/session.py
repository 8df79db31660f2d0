"""What both sides do in a session of help from afar: lines written, answers proposed, confirmed and declined.

Promises: each line and each answer is an event on both sides, once; what comes after the session's end, or a
second time, changes nothing; what is sent twice from one page is written once. A confirmed answer to a
question of a form stands in the applicant's draft in the same transaction.
"""

import logging
from typing import Any

from tongban.node.casework import acting, log, suggesting, tidings
from tongban.node.casework.acting import Acting
from tongban.node.casework.between import append, case_of, tell
from tongban.node.casework.history import CaseState
from tongban.node.casework.inputs import Given
from tongban.node.casework.models import Case
from tongban.node.casework.partner import talk
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.casework.shown import ProposedFact
from tongban.node.exchange import api
from tongban.services import Text

logger = logging.getLogger(__name__)

MOST = 50
_PURPOSE = Text(zh="远程帮办的往来", en="What is said in help from afar")
_WRITTEN = api.Text(zh="帮办中的一句话", en="A line of the session")
_PROPOSED = api.Text(zh="建议填写一项", en="An answer is proposed")
_ANSWERED = api.Text(zh="对建议的答复", en="The answer to a proposal")
_NONE = Text(zh="没有等您确认的这一项", en="No such proposal waits for your answer")
_WHICH = Text(
    zh="请选一个问题，或者在下面写明是哪一项", en="Choose a question, or write below which item it is"
)
_FULL = Text(zh="建议已经够多了，请先办理完成", en="There are enough proposals; conclude first")
_ANSWERS = {"fact-confirmed": "confirmed", "fact-declined": "declined"}


def proposals(state: CaseState) -> tuple[ProposedFact, ...]:
    """What was proposed in the session, in its order, with the applicant's answers."""
    kept = state.facts.get("proposals", ())
    return tuple(
        ProposedFact(
            position, _text(one["title"]), _text(one["value"]), one.get("answer", ""), one.get("service", "")
        )
        for position, one in enumerate(kept, start=1)
    )


def _text(kept: str | dict[str, str]) -> Text:
    """A person's own words are the same in both languages; what a form says has both."""
    return Text.model_validate(kept) if isinstance(kept, dict) else Text(zh=kept, en=kept)


def heard(tiding: Any, effect: api.Effect) -> None:
    """Take in what the other side wrote in the session, or what was written here and forgotten since."""
    case = case_of(tiding, effect)
    if case is None:
        logger.error("a notice of a session names no case of its sender: %s", effect.message.id)
        return
    is_own = effect.by is api.By.DECISION
    is_officers = "from-peer" in log.state_of(case).marks
    match tiding:
        case tidings.LineWritten():
            kinds = (
                ("officer-wrote", "applicant-line") if is_officers else ("applicant-wrote", "officer-line")
            )
            append(case, kinds[0 if is_own else 1], case.status, {"line": tiding.line}, is_own=is_own)
        case tidings.FactProposed() if is_own == is_officers:
            _offered(case, tiding, is_own=is_own)
        case tidings.FactAnswered() if is_own != is_officers:
            _settled(case, tiding, is_own=is_own)


def _offered(case: Case, tiding: tidings.FactProposed, *, is_own: bool) -> None:
    kept = list(log.state_of(case).facts.get("proposals", ()))
    if tiding.position != len(kept) + 1:
        return
    known = suggesting.understood(tiding.service or "", tiding.question or "", tiding.answer or "")
    one = known.to_json() if known else {"title": tiding.title, "value": tiding.value}
    kind = "fact-proposed" if is_own else "fact-offered"
    append(case, kind, case.status, {**one, "proposals": [*kept, one]}, is_own=is_own)


def _settled(case: Case, tiding: tidings.FactAnswered, *, is_own: bool) -> None:
    kept = log.state_of(case).facts.get("proposals", ())
    if tiding.position > len(kept) or kept[tiding.position - 1].get("answer"):
        return
    kind = f"fact-{tiding.answer}" if is_own else f"fact-{tiding.answer}-there"
    append(case, kind, case.status, _with_answer(kept, tiding.position, tiding.answer), is_own=is_own)


def _with_answer(kept: Any, position: int, answer: str) -> dict[str, Any]:
    """What the event of an answer says: the proposal it is about, and all of them as they are now."""
    one = kept[position - 1]
    changed = [*kept[: position - 1], {**one, "answer": answer}, *kept[position:]]
    return {"title": one["title"], "value": one["value"], "position": position, "proposals": changed}


def _once(doing: Acting) -> dict[str, Any]:
    """What was given, with the revision that was seen. Raises Refused where that was written already."""
    told = {**doing.given, "seen": doing.seen}
    if doing.case.events.filter(kind=doing.action.records, data__contains=told).exists():
        raise Refused("stale-revision")
    return told


def _write(doing: Acting) -> log.Entry:
    talk(doing)
    told = _once(doing)
    tell(doing.case, _PURPOSE, _WRITTEN, tidings.LineWritten, line=doing.given["line"])
    return doing.entry(doing.state.status, told)


def _propose(doing: Acting) -> log.Entry:
    talk(doing)
    told, kept = _once(doing), list(doing.state.facts.get("proposals", ()))
    if len(kept) >= MOST:
        raise InputsRefused({"title": _FULL})
    position = len(kept) + 1
    one = _proposed(doing.given, doing.service.code)
    if isinstance(one, dict):
        tell(doing.case, _PURPOSE, _PROPOSED, tidings.FactProposed, position=position, **one)
        return doing.entry(doing.state.status, told | {"proposals": [*kept, one]})
    named = {"service": one.service.code, "question": one.question.key, "answer": one.raw}
    words = {"title": one.title.zh, "value": one.value.zh}
    tell(doing.case, _PURPOSE, _PROPOSED, tidings.FactProposed, position=position, **words, **named)
    said = {"title": one.title.to_json(), "proposals": [*kept, one.to_json()]}
    return doing.entry(doing.state.status, told | said)


def _proposed(given: Given, own: str) -> dict[str, str] | suggesting.Suggested:
    """What is proposed: an answer to the question that was chosen, else title and value as written."""
    value = str(given["value"])
    if "field" in given:
        return suggesting.suggested(str(given["field"]), value, besides=own)
    if "title" not in given:
        raise InputsRefused({"field": _WHICH})
    return {"title": str(given["title"]), "value": value}


def _answer(doing: Acting) -> log.Entry:
    kept, position = doing.state.facts["proposals"], int(doing.given["position"])
    if not 1 <= position <= len(kept) or kept[position - 1].get("answer"):
        raise InputsRefused({"position": _NONE})
    answer, one = _ANSWERS[doing.action.records], kept[position - 1]
    if answer == "confirmed" and "question" in one:
        suggesting.fill_in(doing, one)
    tell(doing.case, _PURPOSE, _ANSWERED, tidings.FactAnswered, position=position, answer=answer)
    return doing.entry(doing.state.status, _with_answer(kept, position, answer))


for _code, _step in {
    "write": _write,
    "write-back": _write,
    "propose-fact": _propose,
    "confirm-fact": _answer,
    "decline-fact": _answer,
}.items():
    acting.register_at_any(_code, _step)
