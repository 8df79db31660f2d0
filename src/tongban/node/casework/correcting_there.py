"""Corrections across two sides: an officer asks an applicant who applied on the other side and answers there.

Promises: only where they applied does the applicant answer; every corrected answer that the other side was
told is told there once; who asked always hears how it ended, or may go on without.
"""

import json
import logging
from typing import Any

from pydantic import TypeAdapter

from tongban.node.casework import acting, catalogue, correcting, enclosures, log, tidings
from tongban.node.casework.acting import Acting
from tongban.node.casework.answered import answers_of
from tongban.node.casework.between import append, case_of, tell
from tongban.node.casework.models import Case, Event
from tongban.node.casework.partner import both, conversation_of, other_side, peer_name
from tongban.node.casework.refusals import InputsRefused
from tongban.node.clock import LOCAL_ZONE
from tongban.node.exchange import api
from tongban.protocol.conversations import Told
from tongban.services import Question, Text
from tongban.services.rows import digest_of

logger = logging.getLogger(__name__)

PURPOSE = Text(zh="请申请人补正", en="To ask the applicant for a correction")
ASKED = "correction-requested-there"
"""The event where the applicant applied: an officer of the other side asks."""
RECALLED = "answer-recalled"
_CORRECTED = api.Text(zh="申请人改正了一项回答", en="The applicant corrected an answer")
_LET_BE = api.Text(zh="不再等待补正", en="It is not waited for any longer")
_SILENT = api.Text(zh="到期没有收到补正", en="Nothing was added in time")
_CANNOT = api.Text(
    zh="申请地现在不能请申请人补正，请按现有材料办理",
    en="The applicant cannot be asked there now; go on with what is there",
)
_TOO_LATE = Text(
    zh="另一地等到 {day}，请选更早的一天", en="The other side waits until {day}; choose an earlier day"
)
_TOO_LONG = Text(zh="太长了，另一地的节点收不下，请缩短", en="Too long for the other side's node; shorten it")
_LONGEST = 4000
_CONTENTS: TypeAdapter[dict[str, str | int]] = TypeAdapter(dict[str, str | int])


def tell_corrected(case: Case, event: Event) -> None:
    """Tell the other side, if it was told the answers, what one is now. Raises InputsRefused."""
    if not _is_to_be_told(case, event):
        return
    question, answer = _question(case, event.data["path"]), event.data["answer"]
    if question is None:
        return
    told = {name: event.data[name] for name in ("path", "old", "new")}
    if question.type == "file":
        told["files"] = _told(_sent(case, answer["id"]))
    elif isinstance(answer, str | int):
        told["answer"] = _told(answer)
    else:
        return
    tell(case, PURPOSE, _CORRECTED, tidings.AnswerCorrected, **told)


def tell_given(case: Case, event: Event) -> None:
    """Tell who asked from the other side that the applicant has answered. Raises InputsRefused."""
    asked = _round_there(case) if _is_to_be_told(case, event) else 0
    if asked:
        words = event.data["words"]
        text = api.Text(**words) if isinstance(words, dict) else both(str(words), "words")
        tell(case, PURPOSE, text, tidings.AnswersGiven, round=asked)


def tell_missing(case: Case, event: Event) -> None:
    """Tell who asked from the other side that nothing came in time."""
    asked = _round_there(case) if _is_to_be_told(case, event) else 0
    if asked:
        tell(case, PURPOSE, _SILENT, tidings.AnswersMissing, round=asked)


def heard(tiding: Any, effect: api.Effect) -> None:
    """Take in what the other side tells of a correction, or what was told here and forgotten since."""
    case = case_of(tiding, effect)
    if case is None:
        logger.error("a notice of a correction names no case of its sender: %s", effect.message.id)
        return
    body = effect.message.body
    assert isinstance(body, Told)
    words, is_own = body.text.model_dump(), effect.by is api.By.DECISION
    match tiding:
        case tidings.AnswersAsked() if is_own:
            data = {"reason": words, "until": tiding.until.isoformat(), "round": tiding.round}
            append(case, "applicant-asked", "asking-applicant", data, is_own=True)
        case tidings.AnswersAsked():
            _asked(case, tiding, words, is_recalled=effect.is_recalled)
        case tidings.AnswersLetBe():
            kind = "applicant-let-be" if is_own else "correction-let-go"
            if is_own or _round_there(case) == tiding.round:
                append(case, kind, _back(case), {"peer_name": peer_name(case)}, is_own=is_own)
        case tidings.AnswerCorrected():
            _corrected(case, tiding, effect)
        case tidings.AnswersGiven() if is_own:
            append(case, "corrected", _back(case), {"words": words}, is_own=True)
        case tidings.AnswersGiven():
            kind = "applicant-answered" if _awaits(case, tiding.round) else "applicant-answered-late"
            status = _back(case) if kind == "applicant-answered" else case.status
            append(case, kind, status, {"words": words})
        case tidings.AnswersMissing() if is_own:
            append(case, "not-corrected", _back(case), {}, is_own=True)
        case tidings.AnswersMissing() if _awaits(case, tiding.round):
            append(case, "applicant-silent", _back(case), {"reason": words})


def _asked(case: Case, tiding: tidings.AnswersAsked, words: dict[str, str], *, is_recalled: bool) -> None:
    rows = correcting.rows_at(catalogue.of(case), case, tiding.about.split())
    about = [{"path": row.path, "digest": row.digest} for row in rows]
    told = {
        "peer_name": peer_name(case),
        "reason": words,
        "until": tiding.until.isoformat(),
        "about": about,
        "round": tiding.round,
    }
    if not append(case, ASKED, "correcting", told) and not is_recalled:
        tell(case, PURPOSE, _CANNOT, tidings.AnswersMissing, round=tiding.round)


def _corrected(case: Case, tiding: tidings.AnswerCorrected, effect: api.Effect) -> None:
    question = _question(case, tiding.path)
    told = _readable(question, tiding) if question else None
    if question is None or told is None:
        logger.error("an answer cannot be used as it came in case=%s", case.number)
        return
    data = {"path": tiding.path, "old": tiding.old, "new": tiding.new, "title": question.label.to_json()}
    if effect.by is not api.By.DECISION:
        append(case, "applicant-corrected", case.status, data | told)
        return
    for file in told.get("files", ()):
        api.enclose_again(str(file["sha256"]), effect.conversation.case_ref, effect.conversation.peer)
    if "answer" in told and digest_of(answers_of(case).get(question.key)) != tiding.new:
        about = [
            one | {"digest": tiding.new, "is_answered": True} if one["path"] == tiding.path else one
            for one in log.state_of(case).facts.get("about", ())
        ]
        kept = {"about": about} if about else {}
        append(case, RECALLED, case.status, data | told | kept, is_own=True)


def _readable(question: Question, tiding: tidings.AnswerCorrected) -> dict[str, Any] | None:
    """What an event says of the answer, or of the files in its place; None where it cannot be used."""
    try:
        if question.type != "file":
            answer = json.loads(tiding.answer)
            is_plain = isinstance(answer, str | int) and digest_of(answer) == tiding.new
            return {"answer": answer} if is_plain else None
        return {"files": enclosures.named_in(_CONTENTS.validate_json(tiding.files))}
    except ValueError:
        return None


def _is_to_be_told(case: Case, event: Event) -> bool:
    """Whether they talk about it, and this is not what was told before an old backup."""
    conversation = conversation_of(log.state_of(case))
    is_open = conversation is not None and not api.conversation(conversation).has_ended
    return is_open and not event.data.get("recalled")


def _round_there(case: Case) -> int:
    """The number of the other side's question, if the last that the applicant was asked came from there."""
    kinds = ("correction-requested", ASKED)
    last = case.events.filter(kind__in=kinds).order_by("revision").last()
    return int(last.data["round"]) if last is not None and last.kind == ASKED else 0


def _awaits(case: Case, asked: int) -> bool:
    """Whether the case waits for the answer to the question of that number."""
    state = log.state_of(case)
    return state.status == "asking-applicant" and state.facts.get("round") == asked


def _back(case: Case) -> str:
    """The state from which the case was asked about."""
    return log.state_of(case).back or case.status


def _question(case: Case, path: str) -> Question | None:
    """The question whose whole answer stands at that path."""
    key = path.removeprefix("/")
    return next((one for one in catalogue.of(case).form.questions if one.key == key), None)


def _sent(case: Case, upload: str) -> dict[str, str | int]:
    """What a message says of the file of an answer, which is sent along."""
    peer = api.node_of(other_side(catalogue.of(case).definition).agency_code)
    return enclosures.enclose(case, peer, only=upload)


def _told(answer: object) -> str:
    text = json.dumps(answer, ensure_ascii=False)
    if len(text) > _LONGEST:
        raise InputsRefused({"answer": _TOO_LONG})
    return text


def _ask(doing: Acting) -> log.Entry:
    rows = correcting.rows_named(doing)
    conversation = conversation_of(doing.state)
    until = str(doing.given["until"])
    if conversation is not None:
        talk = api.conversation(conversation)
        last = talk.expires.astimezone(LOCAL_ZONE).date().isoformat()
        if talk.kind_name == "transfer" and until >= last:
            raise InputsRefused({"until": _TOO_LATE.filled({"day": last})})
    asked = int(doing.state.facts.get("round", 0)) + 1
    about = " ".join(row.path for row in rows)
    words = both(str(doing.given["reason"]))
    tell(doing.case, PURPOSE, words, tidings.AnswersAsked, round=asked, about=about, until=until)
    return doing.entry("asking-applicant", {**doing.given, "round": asked})


def _let_be(doing: Acting) -> log.Entry:
    asked = int(doing.state.facts["round"])
    tell(doing.case, PURPOSE, _LET_BE, tidings.AnswersLetBe, round=asked)
    return acting.plain(doing)


acting.register("ask-applicant", _ask)
acting.register("let-applicant-be", _let_be)
