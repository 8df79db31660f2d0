"""A service's form as data: the questions in order, their conditions, and what is still missing.

Promises: an answer to a question that does not apply counts for nothing; what `accepts` takes, the form's
JSON Schema takes, and the other way round.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field, model_validator

from tongban.services.answers import Answer
from tongban.services.question import AnswerError, Question, check_order
from tongban.services.text import Data

__all__ = ["Answer", "AnswerError", "Form", "Question"]


class Form(Data):
    """The questions in the order in which they are asked."""

    questions: tuple[Question, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _keys_and_conditions_fit(self) -> "Form":
        check_order(self.questions)
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
        return _missing(self.visible(answers), answers)

    def accepts(self, answers: Mapping[str, Answer]) -> bool:
        """Whether these answer all that has to be answered, each in its canonical form, and nothing else."""
        known = {key: value for key, value in answers.items() if key.startswith("person.")}
        asked = self.visible(answers)
        others = answers.keys() - known.keys() - {question.key for question in asked}
        return not (others or _missing(asked, answers) or _unusable(asked, answers))

    def unusable(self, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
        """The questions whose answer is not one that they read, or not in its canonical form."""
        return _unusable(self.visible(answers), answers)


def _missing(asked: Sequence[Question], answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    return tuple(question for question in asked if not question.optional and question.key not in answers)


def _unusable(asked: Sequence[Question], answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    return tuple(
        question
        for question in asked
        if question.key in answers and not _rereads(question, answers[question.key])
    )


def _rereads(question: Question, answer: Answer) -> bool:
    try:
        again = question.read(question.raw(answer))
    except AnswerError:
        return False
    return answer is not None and again == answer and type(again) is type(answer)
