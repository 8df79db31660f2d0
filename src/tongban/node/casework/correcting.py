"""Corrections (补正) of single answers: which were asked about, what replaces them, what follows.

Promises: an answer replaces the row that was asked about and no other, also where rows before it are gone;
the event tells the digest of the old and of the new; what the law had proposed is worked out again.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tongban.node.casework import acting, enclosures, log, procedures, proposing
from tongban.node.casework.acting import Acting
from tongban.node.casework.answered import CORRECTED, answers_of
from tongban.node.casework.models import Case, Event
from tongban.node.casework.refusals import InputsRefused
from tongban.node.casework.shown import AskedAbout
from tongban.services import AnswerError, Service, Text
from tongban.services.rows import Row, digest_of, replaced, row_at, rows

_UNKNOWN = Text(zh="没有这一项回答，请从列出的回答里选", en="No such answer; choose from those listed")
_COMPETENCE = Text(
    zh="这一项回答决定由哪个部门办理，不能在办件里改；填错了的，请申请人撤回后重新申请",
    en="This answer decides which agency is competent and cannot be changed within the case; if it is wrong, "
    "the applicant withdraws and applies anew",
)
_NOT_ASKED = Text(zh="没有请您改这一项", en="You were not asked about this answer")
_GONE = Text(
    zh="这一项已经不在了，不用再改；请在下面说明", en="This item is not there any more; explain below instead"
)
_UNREADABLE = Text(zh="读不出这一项的回答，请重新填写", en="The answer cannot be read; fill it in again")
_ONLY_ONE = Text(zh="至少要留一项，请改正而不是删去", en="One item has to stay; correct it instead")
_ASKS_MORE = Text(
    zh="这样改以后还需要回答别的问题，这里改不了；请在说明里写明，由工作人员处理",
    en="With this answer other questions would have to be answered too; explain below, an officer sees to it",
)
_FOREIGN = Text(zh="请在这一页上传文件", en="Upload the file on this page")
_CORRECTED = Text(zh="被问到的各项都已改正", en="everything that was asked about is corrected")
_WORDS = Text(
    zh="请改正被问到的各项，或者在这里说明", en="Correct what you were asked about, or explain here"
)


def asked_about(service: Service, case: Case, answers: Mapping[str, Any]) -> tuple[AskedAbout, ...]:
    """The answers that the applicant was asked about, in the order in which they were asked."""
    known = _known(case, answers)
    return tuple(
        AskedAbout(
            position, row_at(service.form, known, one["path"], one["digest"]), bool(one.get("is_answered"))
        )
        for position, one in enumerate(log.state_of(case).facts.get("about", ()), start=1)
    )


def _known(case: Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"person.sex": case.person.sex} | dict(answers)


def askable(service: Service, case: Case, answers: Mapping[str, Any]) -> tuple[Row, ...]:
    """The answers that an officer may ask about; of a case from the other side, what came as files too."""
    told = rows(service.form, _known(case, answers))
    if case.draft_id is not None:
        return told
    names = "、".join(file.name for file in enclosures.received(case))
    files = [one for one in service.form.questions if one.type == "file"] if names else []
    return told + tuple(Row(f"/{one.key}", one, {"name": names}) for one in files)


def rows_at(service: Service, case: Case, paths: Iterable[str]) -> tuple[Row, ...]:
    """Those of the paths at which there is an answer that may be corrected within the case."""
    known = _known(case, answers_of(case))
    found = (row_at(service.form, known, path) for path in paths)
    return tuple(row for row in found if row and row.question.key != service.definition.place_question)


def rows_named(doing: Acting) -> tuple[Row, ...]:
    """What an officer ticked, as rows. Raises InputsRefused for what may not be asked about."""
    paths = dict.fromkeys(str(doing.given.get("about", "")).split())
    there = {row.path: row for row in askable(doing.service, doing.case, answers_of(doing.case))}
    if not paths.keys() <= there.keys():
        raise InputsRefused({"about": _UNKNOWN})
    if any(there[path].question.key == doing.service.definition.place_question for path in paths):
        raise InputsRefused({"about": _COMPETENCE})
    return tuple(there[path] for path in paths)


def _ask(doing: Acting) -> log.Entry:
    about = [{"path": row.path, "digest": row.digest} for row in rows_named(doing)]
    return doing.entry("correcting", {**doing.given, "about": about})


def _answer(doing: Acting) -> log.Entry:
    asked = list(doing.state.facts["about"])
    position = int(doing.given["position"]) - 1
    if not 0 <= position < len(asked):
        raise InputsRefused({"position": _NOT_ASKED})
    one, answers = asked[position], answers_of(doing.case)
    row = row_at(doing.service.form, _known(doing.case, answers), one["path"], one["digest"])
    if row is None:
        raise InputsRefused({"answer": _GONE})
    new = _read(doing, row)
    _check(doing, row, answers, new)
    asked[position] = {"path": row.path, "digest": digest_of(new), "is_answered": True}
    told = {"path": row.path, "old": row.digest, "new": digest_of(new), "answer": new}
    return doing.entry(doing.state.status, told | {"title": row.label.to_json(), "about": asked})


def _read(doing: Acting, row: Row) -> Any:
    try:
        sent = json.loads(str(doing.given["answer"]))
    except ValueError:
        raise InputsRefused({"answer": _UNREADABLE}) from None
    if sent is None and row.position is not None:
        return None
    if not isinstance(sent, str | list | dict):
        raise InputsRefused({"answer": _UNREADABLE})
    try:
        new = row.read(sent)
    except AnswerError as error:
        raise InputsRefused({"answer": error.text}) from None
    except (TypeError, AttributeError):
        raise InputsRefused({"answer": _UNREADABLE}) from None
    if row.question.type == "file" and not _is_theirs(doing.case, new):
        raise InputsRefused({"answer": _FOREIGN})
    return new


def _is_theirs(case: Case, file: Any) -> bool:
    """Whether the file was uploaded for this very application."""
    return case.draft is not None and case.draft.uploads.filter(pk=file["id"]).exists()


def _check(doing: Acting, row: Row, answers: Mapping[str, Any], new: Any) -> None:
    """Refuse what the form as a whole would not take, if it took what was there."""
    form = doing.service.form
    changed = replaced(answers, row.path, new)
    if new is None and not changed[row.question.key]:
        raise InputsRefused({"answer": _ONLY_ONE})
    if form.accepts(_known(doing.case, answers)) and not form.accepts(_known(doing.case, changed)):
        raise InputsRefused({"answer": _ASKS_MORE})


def _finish(doing: Acting) -> log.Entry:
    about = doing.state.facts.get("about", ())
    is_done = bool(about) and all(one.get("is_answered") for one in about)
    if not is_done and not doing.given.get("words"):
        raise InputsRefused({"words": _WORDS})
    return doing.entry(acting.target(doing), {"words": _CORRECTED.to_json(), **doing.given})


def work_out_again(case: Case, _event: Event) -> None:
    """Have the law work the case out again, if answers have changed since it last did."""
    state, procedure = log.state_of(case), procedures.of(case)
    happening = procedure.happenings.get("worked-out-again")
    if happening is None or state.status not in happening.during or state.is_refused or state.is_waiting:
        return
    changed = case.events.filter(kind=CORRECTED, revision__gt=state.proposed_by or 0)
    if (state.proposed_by or state.evidence) and changed.exists():
        proposing.propose_again(case)


acting.register("request-correction", _ask, acting.always)
acting.register("correct-answer", _answer, acting.always)
acting.register("correct", _finish)
