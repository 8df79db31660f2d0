"""Answers to the questions of a service's form that an officer proposes in a session of help from afar.

Promises: what is proposed the form takes; confirmed, it stands in the applicant's draft as if they had
answered it there, and they check and submit that themselves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.node.casework import catalogue, drafts
from tongban.node.casework.acting import Acting
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.people.applicants import Applicant
from tongban.services import Answer, Question, Service, Text
from tongban.services.question import AnswerError

_NOT_IN_A_LINE = frozenset({"file", "group", "place", "id-number"})
"""Questions not answered in a line: files, lists, places; numbers of identity cards stay with the person."""
_YES_NO = {"是": "yes", "否": "no"}
_BETWEEN = re.compile(r"[、，,；;]")
_UNKNOWN = Text(
    zh="没有这个问题，请从列出的里面选", en="There is no such question; choose one of those listed"
)
_ONE_OF = Text(zh="请填写其中一项：{options}", en="Give one of these: {options}")


@dataclass(frozen=True)
class Suggested:
    """An answer to a question of a service's form; `raw` is what the question reads."""

    service: Service
    question: Question
    raw: str

    @property
    def title(self) -> Text:
        """Which question of which service it is."""
        name, label = self.service.definition.name, self.question.label
        return Text(zh=f"{name.zh} · {label.zh}", en=f"{name.en} · {label.en}")

    @property
    def value(self) -> Text:
        """The answer in words."""
        return self.question.show(self.question.read(_raw(self.question, self.raw)))

    def to_json(self) -> dict[str, Any]:
        """What events keep of it."""
        return {
            "title": self.title.to_json(),
            "value": self.value.to_json(),
            "service": self.service.code,
            "question": self.question.key,
            "raw": self.raw,
        }


def answerable(besides: str) -> Iterator[tuple[Service, tuple[Question, ...]]]:
    """The services that can be applied for but `besides`, with the questions answered in a line."""
    for service in catalogue.offered():
        asked = tuple(one for one in service.form.questions if one.type not in _NOT_IN_A_LINE)
        if service.code != besides and asked:
            yield service, asked


def suggested(field: str, words: str, *, besides: str) -> Suggested:
    """The words as an answer to the question named `SERVICE/KEY`. Raises InputsRefused with what to do."""
    code, _, key = field.partition("/")
    found = _found(code, key)
    if found is None or code == besides:
        raise InputsRefused({"field": _UNKNOWN})
    service, question = found
    raw = _canonical(question, words)
    try:
        question.read(_raw(question, raw))
    except AnswerError as unusable:
        raise InputsRefused({"value": _expected(question, unusable.text)}) from unusable
    return Suggested(service, question, raw)


def understood(code: str, key: str, raw: str) -> Suggested | None:
    """What the other side proposes, where the form here takes it."""
    found = _found(code, key)
    try:
        if found is not None:
            found[1].read(_raw(found[1], raw))
            return Suggested(*found, raw)
    except AnswerError:
        pass
    return None


def fill_in(doing: Acting, kept: Any) -> None:
    """Put a confirmed answer into the applicant's draft of that service, begun if need be. Raises Refused."""
    applicant = doing.actor.applicant or Applicant(doing.case.person)
    try:
        draft = drafts.begin(applicant, kept["service"])
        question = drafts.service_of(draft).form.question(kept["question"])
        if question is None or not _is_for(question, drafts.person_facts(draft)):
            raise Refused("proposal-unusable")
        drafts.fill_in(draft, question, _raw(question, kept["raw"]))
    except AnswerError as unusable:
        raise Refused("proposal-unusable") from unusable


def _is_for(question: Question, person: Mapping[str, Answer]) -> bool:
    """Whether the person may be asked it at all; what depends on other answers counts once they are there."""
    return question.when is None or question.when.given not in person or question.when.holds(person)


def _found(code: str, key: str) -> tuple[Service, Question] | None:
    try:
        service = catalogue.service(code)
    except Refused:
        return None
    question = service.form.question(key)
    return (service, question) if question is not None and question.type not in _NOT_IN_A_LINE else None


def _canonical(question: Question, words: str) -> str:
    """What was written as the form sends it: of choices their values, of yes and no theirs."""
    if question.type == "yes-no":
        return _YES_NO.get(words, words.lower())
    if question.choices:
        values = {name: one.value for one in question.choices for name in (one.label.zh, one.label.en)}
        parts = _BETWEEN.split(words) if question.type == "choices" else [words]
        return ",".join(values.get(part.strip(), part.strip()) for part in parts)
    return words


def _raw(question: Question, raw: str) -> str | list[str]:
    return raw.split(",") if question.type == "choices" else raw


def _expected(question: Question, said: Text) -> Text:
    if not question.choices:
        return said
    zh = "、".join(one.label.zh for one in question.choices)
    en = ", ".join(one.label.en for one in question.choices)
    return _ONE_OF.filled({"options": Text(zh=zh, en=en)})
