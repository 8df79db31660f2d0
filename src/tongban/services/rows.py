"""The answers of a form one by one: each question's, and each item's of a group, under a path of its own.

Promises: what replaces an answer was read by its own question, and leaves every other one as it was.
A path is a JSON Pointer (RFC 6901), like `/phone` or `/jobs/1`; items count from 0.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.services.answers import Answer
from tongban.services.form import Form
from tongban.services.question import Question
from tongban.services.text import Text

_ITEM = Text(zh="{question} · 第 {number} 项", en="{question} · item {number}")


@dataclass(frozen=True)
class Row:
    """One answer, or one item of a group: where it stands, which question reads it, what was answered."""

    path: str
    question: Question
    answer: Any
    position: int | None = None

    @property
    def label(self) -> Text:
        """What was asked, as people read it."""
        if self.position is None:
            return self.question.label
        return _ITEM.filled({"question": self.question.label, "number": self.position + 1})

    @property
    def shown(self) -> Text:
        """What was answered, as people read it."""
        if self.position is None:
            return self.question.show(self.answer)
        return self.question.show_items([self.answer])[0]

    @property
    def raw(self) -> Any:
        """The answer as a browser sends it."""
        if self.position is None:
            return self.question.raw(self.answer)
        return self.question.raw_item(self.answer)

    @property
    def digest(self) -> str:
        """The SHA-256 of the answer, by which it is found again where others before it were removed."""
        return digest_of(self.answer)

    def read(self, raw: Any) -> Any:
        """The answer in what was sent for this row. Raises AnswerError."""
        if self.position is None:
            return self.question.read(raw)
        return self.question.read_item(raw if isinstance(raw, Mapping) else {})


def digest_of(answer: object) -> str:
    """The SHA-256 of an answer's JSON, its members in order."""
    text = json.dumps(answer, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rows(form: Form, answers: Mapping[str, Answer]) -> tuple[Row, ...]:
    """Everything that was answered, in the order of the form."""
    return tuple(_rows(form, answers))


def row_at(form: Form, answers: Mapping[str, Answer], path: str, digest: str = "") -> Row | None:
    """The row at a path; with a digest the row that has it, there or elsewhere in its group; None if gone."""
    found = rows(form, answers)
    there = next((row for row in found if row.path == path), None)
    if there is None and not digest:
        return None
    if not digest or (there is not None and there.digest == digest):
        return there
    group = path.rpartition("/")[0]
    return next((row for row in found if row.path.rpartition("/")[0] == group and row.digest == digest), None)


def replaced(answers: Mapping[str, Any], path: str, answer: Any) -> dict[str, Any]:
    """The answers with another one at the path; None takes an item of a group out."""
    _, key, *rest = path.split("/")
    if not rest:
        return {**answers, key: answer}
    items, position = list(answers[key]), int(rest[0])
    items[position : position + 1] = [] if answer is None else [answer]
    return {**answers, key: items}


def _rows(form: Form, answers: Mapping[str, Answer]) -> Iterator[Row]:
    for question in form.visible(answers):
        answer = answers.get(question.key)
        if answer is None:
            continue
        if question.type != "group":
            yield Row(f"/{question.key}", question, answer)
        elif isinstance(answer, list | tuple):
            for position, item in enumerate(answer):
                yield Row(f"/{question.key}/{position}", question, item, position)
