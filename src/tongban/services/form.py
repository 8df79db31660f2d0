"""A service's form as data: one question a page, conditions, and how an answer is read and shown.

Promises: what a question reads it can show; a refused answer says in both languages what is expected.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tongban.services.text import Data, Text, shown

Answer = str | bool
QuestionType = Literal["choice", "yes-no", "month", "money", "place", "phone", "text"]

_EXPECTED: dict[QuestionType, Text] = {
    "choice": Text(zh="请选择其中一项", en="Choose one of the options"),
    "yes-no": Text(zh="请选择“是”或“否”", en="Choose yes or no"),
    "month": Text(zh="请填写年和月，例如 2026-03", en="Enter a year and a month, like 2026-03"),
    "money": Text(
        zh="请填写金额（元），最多两位小数，例如 4699.50",
        en="Enter an amount in yuan with at most two decimals, like 4699.50",
    ),
    "place": Text(zh="请填写六位行政区划代码", en="Enter a six-digit division code"),
    "phone": Text(
        zh="请填写 11 位手机号码，或带区号的固定电话",
        en="Enter an 11-digit mobile number, or a landline with its area code",
    ),
    "text": Text(zh="请填写，最多 200 字", en="Enter at most 200 characters"),
}
_PATTERNS: dict[QuestionType, re.Pattern[str]] = {
    "month": re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII),
    "money": re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII),
    "place": re.compile(r"[1-9]\d{5}", re.ASCII),
    "phone": re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", re.ASCII),
    "text": re.compile(r".{1,200}", re.DOTALL),
}
_YES_NO: dict[str, bool] = {"yes": True, "no": False}


class AnswerError(ValueError):
    """An answer that the question cannot take; `text` tells the person what to do."""

    def __init__(self, key: str, text: Text) -> None:
        super().__init__(f"{key}: {text.en}")
        self.key = key
        self.text = text


class Choice(Data):
    """One option of a choice."""

    value: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Text
    hint: Text | None = None


class Condition(Data):
    """A question is asked only when another answer, or a thing the node knows, has one of these values.

    `given` is a question's key, or `person.sex` and the like.
    """

    given: str
    among: tuple[str | bool, ...] = Field(min_length=1, strict=False)

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        """Whether the condition is met by these answers."""
        return answers.get(self.given) in self.among


class Question(Data):
    """One question, one page."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    type: QuestionType
    label: Text
    help: Text | None = None
    error: Text | None = None
    optional: bool = False
    choices: tuple[Choice, ...] = Field(default=(), strict=False)
    when: Condition | None = None

    @model_validator(mode="after")
    def _choices_fit(self) -> "Question":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choices: expected for type 'choice', and only there")
        values = [choice.value for choice in self.choices]
        if len(set(values)) != len(values):
            raise ValueError("choices: expected each value once")
        return self

    def read(self, raw: str) -> Answer | None:
        """The answer in a form's raw text; None for an optional question left empty. Raises AnswerError."""
        text = raw.strip()
        if not text and self.optional:
            return None
        if self.type == "choice" and text in {choice.value for choice in self.choices}:
            return text
        if self.type == "yes-no" and text in _YES_NO:
            return _YES_NO[text]
        pattern = _PATTERNS.get(self.type)
        if pattern and pattern.fullmatch(text):
            return _canonical_money(text) if self.type == "money" else text
        raise AnswerError(self.key, self.error or _EXPECTED[self.type])

    def show(self, answer: Answer | None) -> Text:
        """The answer as the person reads it when checking."""
        if answer is None:
            return Text(zh="未填写", en="Not provided")
        for choice in self.choices:
            if choice.value == answer:
                return choice.label
        return shown(answer)

    def raw(self, answer: Answer | None) -> str:
        """The text that `read` takes to give this answer again."""
        if isinstance(answer, bool):
            return "yes" if answer else "no"
        return answer or ""


class Form(Data):
    """The questions in the order in which they are asked."""

    questions: tuple[Question, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _keys_and_conditions_fit(self) -> "Form":
        seen: set[str] = set()
        for question in self.questions:
            if question.key in seen:
                raise ValueError(f"questions.{question.key}: expected each key once")
            given = question.when.given if question.when else "person."
            if not given.startswith("person.") and given not in seen:
                raise ValueError(
                    f"questions.{question.key}.when.given: expected the key of an earlier question"
                )
            seen.add(question.key)
        return self

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((question for question in self.questions if question.key == key), None)

    def visible(self, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
        """The questions that apply; an answer to a question that no longer applies counts for nothing."""
        known = {key: value for key, value in answers.items() if key.startswith("person.")}
        asked: list[Question] = []
        for question in self.questions:
            if question.when is None or question.when.holds(known):
                asked.append(question)
                if question.key in answers:
                    known[question.key] = answers[question.key]
        return tuple(asked)

    def following(self, answers: Mapping[str, Answer], key: str | None) -> Question | None:
        """The question after `key` (None: the first); None when there is no further one."""
        asked = self.visible(answers)
        if key is None:
            return asked[0] if asked else None
        keys = [question.key for question in asked]
        position = keys.index(key) + 1 if key in keys else len(keys)
        return asked[position] if position < len(asked) else None

    def missing(self, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
        """The questions that still have to be answered."""
        asked = self.visible(answers)
        return tuple(question for question in asked if not question.optional and question.key not in answers)


def _canonical_money(text: str) -> str:
    yuan, _, fen = text.partition(".")
    return f"{int(yuan)}.{fen:0<2}"
