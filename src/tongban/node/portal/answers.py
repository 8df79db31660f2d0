"""A question of a service's form as a Django form: one field, read and refused by the question itself."""

from typing import Any

from django import forms

from tongban.node.theme.wording import spoken
from tongban.services import AnswerError, Question
from tongban.services.text import Text

YES_NO = (("yes", Text(zh="是", en="Yes")), ("no", Text(zh="否", en="No")))


class AnswerForm(forms.Form):
    """The page of one question. `raw` is the text that the question takes."""

    answer = forms.CharField(required=False, max_length=400)

    def __init__(self, question: Question, data: Any = None, *, answer: str = "") -> None:
        super().__init__(
            _joined_month(data) if question.type == "month" else data, initial={"answer": answer}
        )
        self.question = question

    @property
    def options(self) -> list[tuple[str, Text, Text | None]]:
        """The options of a choice, or yes and no."""
        if self.question.type == "yes-no":
            return [(value, label, None) for value, label in YES_NO]
        return [(choice.value, choice.label, choice.hint) for choice in self.question.choices]

    @property
    def year_and_month(self) -> tuple[str, str]:
        """The two halves of a month's answer as they stand now."""
        year, _, month = str(self["answer"].value() or "").partition("-")
        return year, month.lstrip("0")

    @property
    def raw(self) -> str:
        """The answer's text once the form is valid."""
        return str(self.cleaned_data["answer"])

    def clean_answer(self) -> str:
        """Ask the question whether it can take the answer."""
        raw = str(self.cleaned_data["answer"])
        try:
            self.question.read(raw)
        except AnswerError as error:
            raise forms.ValidationError(spoken(error.text), code="answer") from error
        return raw


def _joined_month(data: Any) -> Any:
    """A month is asked in two fields; the question takes one text."""
    if data is None or "year" not in data:
        return data
    year, month = str(data.get("year", "")).strip(), str(data.get("month", "")).strip()
    return {"answer": f"{year}-{month:0>2}" if year or month else ""}
