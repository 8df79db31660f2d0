"""Lines of a claimed bill that the home side asks about: at the place of care its point of service answers.

Promises: an answer replaces the line that was asked about and no other; both events tell the digests of the
old and the new line; the home side settles by what the lines are now, and can always go on without.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from tongban.node.casework import acting, log, procedures, settling, tidings
from tongban.node.casework.acting import Acting
from tongban.node.casework.between import append, case_of, tell
from tongban.node.casework.billed import lines_in
from tongban.node.casework.models import Case
from tongban.node.casework.partner import both, peer_name
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.casework.reversing import PURPOSE
from tongban.node.exchange import api
from tongban.protocol.conversations import Told
from tongban.services import Text
from tongban.services.rows import digest_of
from tongban.services.settlement import Record

logger = logging.getLogger(__name__)

_UNKNOWN = Text(
    zh="账单没有这一行，请从列出的各行里选", en="The bill has no such line; choose from those listed"
)
_NO_POINT = Text(
    zh="这张账单不是定点机构的系统提交的，没有可以问的系统；请人工处理",
    en="No point's own system submitted this bill, so there is none to ask; settle it by hand",
)
_ROOT = "/lines/"


@dataclass(frozen=True)
class LineQuestion:
    """A line that the home side asks about: where it is in what was submitted, as it is now, and why."""

    path: str
    line: Record
    reason: Text
    is_answered: bool


def questions(case: Case) -> tuple[LineQuestion, ...]:
    """What the home side asks about the case's bill, in its order."""
    facts = log.state_of(case).facts
    if "asked_lines" not in facts or case.status != "claimed":
        return ()
    lines = lines_in(log.history(case))
    reason = Text.model_validate(facts["lines_reason"])
    return tuple(
        LineQuestion(one["path"], lines[_index(one["path"])], reason, bool(one.get("is_answered")))
        for one in facts["asked_lines"]
    )


def answer(number: str, path: str, line: Record) -> Case:
    """Put a line in place of one that the home side asks about, and tell it; the same again changes nothing.

    Raises Refused `not-available` where that line is not asked about.
    """
    case = Case.objects.select_for_update().get(number=number)
    state = log.state_of(case)
    asked = list(state.facts.get("asked_lines", ()))
    found = next((at for at, one in enumerate(asked) if one["path"] == path), None)
    if found is None or state.status != "claimed":
        raise Refused("not-available")
    old, new = digest_of(lines_in(log.history(case))[_index(path)]), digest_of(dict(line))
    if asked[found].get("is_answered") and old == new:
        return case
    asked[found] = {"path": path, "digest": new, "is_answered": True}
    data = {"path": path, "old": old, "new": new, "line": dict(line), "asked_lines": asked}
    point = state.facts.get("point", {})
    told = data | {"point": point, "number": _index(path) + 1}
    log.append(case, procedures.of(case), log.Entry("line-corrected", "claimed", log.NODE, told))
    text = api.Text(zh="账单明细已核对", en="A line of the bill was looked at again")
    content = json.dumps(dict(line), ensure_ascii=False)
    tell(case, PURPOSE, text, tidings.LineCorrected, path=path, old=old, new=new, line=content)
    return case


def heard(tiding: Any, effect: api.Effect) -> None:
    """Take in a question about lines, an answer to one, that nobody can answer; or what was told here and
    forgotten since.
    """
    case = case_of(tiding, effect)
    body = effect.message.body
    if case is None or not isinstance(body, Told):
        return
    data: dict[str, Any] = {"peer_name": peer_name(case), "reason": body.text.model_dump()}
    is_own = effect.by is api.By.DECISION
    match tiding:
        case tidings.LinesAsked() if is_own:
            asked = _asked_lines(case, tiding.about)
            append(case, "lines-asked", "asking-care", data | {"asked_lines": asked}, is_own=True)
        case tidings.LinesAsked():
            _asked(case, tiding, data, is_recalled=effect.is_recalled)
        case tidings.LineCorrected():
            _corrected(case, tiding, data, effect)
        case tidings.LinesUnanswered() if not is_own:
            append(case, "settlement-lines-unanswered", "held", data)


def _asked_lines(case: Case, about: str) -> list[dict[str, Any]]:
    """The lines at these paths, as far as they are there, as events hold those that are asked about."""
    lines = lines_in(log.history(case))
    paths = [path for path in about.split() if _is_there(path, lines)]
    return [{"path": path, "digest": digest_of(lines[_index(path)])} for path in paths]


def _asked(case: Case, tiding: tidings.LinesAsked, data: dict[str, Any], *, is_recalled: bool) -> None:
    has_point, asked = "point" in log.state_of(case).facts, _asked_lines(case, tiding.about)
    told = data | {"asked_lines": asked, "lines_reason": data["reason"]}
    is_asked = has_point and asked and append(case, "settlement-lines-asked", case.status, told)
    if not is_asked and not is_recalled:
        words = api.Text(zh=_NO_POINT.zh, en=_NO_POINT.en)
        tell(case, PURPOSE, words, tidings.LinesUnanswered)


def _corrected(case: Case, tiding: tidings.LineCorrected, data: dict[str, Any], effect: api.Effect) -> None:
    """Put a line in its place. One that is recalled settles nothing: that is recalled too, or a task."""
    asked = list(log.state_of(case).facts.get("asked_lines", ()))
    found = next((at for at, one in enumerate(asked) if one["path"] == tiding.path), None)
    line = _readable(tiding.line)
    if found is None or line is None or digest_of(line) != tiding.new or line.keys() != _named(case, tiding):
        logger.error("a line cannot be used as it came in case=%s", case.number)
        return
    asked[found] = {"path": tiding.path, "digest": tiding.new, "is_answered": True}
    told: dict[str, Any] = {
        "path": tiding.path,
        "old": tiding.old,
        "new": tiding.new,
        "line": line,
        "asked_lines": asked,
    }
    told["number"] = _index(tiding.path) + 1
    if effect.by is api.By.DECISION:
        told["point"] = log.state_of(case).facts.get("point", {})
        append(case, "line-corrected", case.status, told, is_own=True)
        return
    is_whole = all(one.get("is_answered") for one in asked)
    status = (
        case.status
        if case.status == "held" or not is_whole
        else "held"
        if effect.is_recalled
        else "gathering"
    )
    if append(case, "settlement-line-corrected", status, data | told) and status == "gathering":
        settling.gathered(case)


def _readable(text: str) -> dict[str, str | int] | None:
    """The line that was told; None for anything else."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    is_line = isinstance(line, dict) and all(type(value) in {str, int} for value in line.values())
    return line if is_line else None


def _named(case: Case, tiding: tidings.LineCorrected) -> Set[str]:
    """What the line has that is there now."""
    return lines_in(log.history(case))[_index(tiding.path)].keys()


def _ask(doing: Acting) -> log.Entry:
    paths = list(dict.fromkeys(str(doing.given["about"]).split()))
    asked = _asked_lines(doing.case, " ".join(paths))
    if len(asked) != len(paths):
        raise InputsRefused({"about": _UNKNOWN})
    words = both(str(doing.given["reason"]))
    tell(doing.case, PURPOSE, words, tidings.LinesAsked, about=" ".join(paths))
    return doing.entry("asking-care", {**doing.given, "asked_lines": asked})


def _is_there(path: str, lines: Iterable[Mapping[str, Any]]) -> bool:
    number = path.removeprefix(_ROOT)
    return path.startswith(_ROOT) and number.isdecimal() and int(number) < len(tuple(lines))


def _index(path: str) -> int:
    return int(path.removeprefix(_ROOT))


acting.register("ask-about-lines", _ask)
