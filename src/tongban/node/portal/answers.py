"""Questions of a service's form as Django forms: a field a question, read and refused by the question itself.

A page asks one question; a group's item asks the group's own questions together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict

from tongban.node.clock import today
from tongban.node.portal.regions import is_place, places_by_region
from tongban.node.theme.wording import spoken
from tongban.services import Answer, AnswerError, Question, Raw
from tongban.services.text import Text

ANSWER = "answer"
YES_NO = (("yes", Text(zh="是", en="Yes")), ("no", Text(zh="否", en="No")))
_PARTS = {"month": ("year", "month"), "date": ("year", "month", "day")}


class AnswerWidget(forms.Widget):
    """Takes a question's raw answer out of what the browser sent; the templates draw it."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def value_from_datadict(self, data: Mapping[str, Any], files: Mapping[str, Any], name: str) -> Raw:
        """One text, or several for a choice of several; a date comes in parts."""
        if self.question.type == "choices":
            return data.getlist(name) if isinstance(data, MultiValueDict) else list(data.get(name, ()))
        if f"{name}-year" in data:
            return _joined([str(data.get(f"{name}-{part}", "")).strip() for part in _PARTS["date"]])
        return str(data.get(name, ""))


class AnswerField(forms.Field):
    """A field that takes what its question takes."""

    def __init__(self, question: Question) -> None:
        super().__init__(required=False, widget=AnswerWidget(question))
        self.question = question

    def clean(self, value: Raw) -> Raw:
        """The raw answer, once the question can read it; a place has to be one that there is today."""
        try:
            answer = self.question.read(value)
            if self.question.type == "place" and answer is not None and not is_place(str(answer), today()):
                raise AnswerError(self.question.key, self.question.expected)
        except AnswerError as error:
            raise forms.ValidationError(spoken(error.text), code=ANSWER) from error
        return value


@dataclass(frozen=True)
class Ask:
    """One question on a page, with its answer as it stands and what is wrong with it."""

    question: Question
    field: forms.BoundField

    @property
    def name(self) -> str:
        """The name under which the answer is sent."""
        return self.field.name

    @property
    def errors(self) -> list[str]:
        """What is wrong, in the language of the page."""
        return [str(error) for error in self.field.errors]

    @property
    def described_by(self) -> str:
        """The ids of the help and of the error."""
        ids = (f"{self.name}-hint" if self.question.help else "", f"{self.name}-error" if self.errors else "")
        return " ".join(one for one in ids if one)

    @property
    def value(self) -> Raw:
        """The answer in the form the browser sends it."""
        return cast(Raw, self.field.value() or "")

    @property
    def options(self) -> list[tuple[str, Text, Text | None, bool]]:
        """The options of a choice, or yes and no, each with whether it is chosen now."""
        listed = [(choice.value, choice.label, choice.hint) for choice in self.question.choices]
        offered = listed or [(value, label, None) for value, label in YES_NO]
        chosen = [self.value] if isinstance(self.value, str) else list(self.value)
        return [(value, label, hint, value in chosen) for value, label, hint in offered]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Year, month and perhaps day, each with its text as it stands now."""
        texts = [*str(self.value).split("-"), "", "", ""][:3]
        shown = [texts[0], *(text.lstrip("0") for text in texts[1:])]
        return list(zip(_PARTS[self.question.type], shown, strict=False))

    @property
    def places(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The places to choose from today, by region."""
        return places_by_region(today())


class AnswerForm(forms.Form):
    """The page of one question, or of one item of a group."""

    def __init__(self, named: Mapping[str, Question], data: Any = None, *, raws: Mapping[str, Raw]) -> None:
        super().__init__(data, initial=dict(raws))
        self.questions = dict(named)
        for name, question in named.items():
            self.fields[name] = AnswerField(question)

    @property
    def asks(self) -> list[Ask]:
        """The questions in order."""
        return [Ask(question, self[name]) for name, question in self.questions.items()]

    @property
    def raws(self) -> Mapping[str, Raw]:
        """What was answered, once the form is valid."""
        return {name: self.cleaned_data[name] for name in self.questions}


class ItemForm(AnswerForm):
    """One item of a group; a part that does not apply to the others' answers is not looked at."""

    def clean(self) -> dict[str, Any]:
        """Leave out what does not apply, with its errors."""
        answers = {name: _answer(question, self) for name, question in self.questions.items()}
        known: dict[str, Answer] = {}
        for name, question in self.questions.items():
            if question.when is not None and not question.when.holds(known):
                self.errors.pop(name, None)
                self.cleaned_data[name] = ""
            elif (answer := answers[name]) is not None:
                known[name] = answer
        return self.cleaned_data

    @property
    def item(self) -> dict[str, str | Sequence[str]]:
        """What was answered for the item, once the form is valid."""
        return {name: _texts(self.cleaned_data[name]) for name in self.questions}


def page_form(question: Question, data: Any, raw: Raw) -> AnswerForm:
    """The form of a page that asks one question."""
    return AnswerForm({ANSWER: question}, data, raws={ANSWER: raw})


def item_form(questions: Iterable[Question], data: Any, raws: Mapping[str, Raw]) -> ItemForm:
    """The form of one item of a group."""
    return ItemForm({question.key: question for question in questions}, data, raws=raws)


def _answer(question: Question, form: forms.Form) -> Answer | None:
    return question.read(form.cleaned_data[question.key]) if question.key in form.cleaned_data else None


def _texts(raw: Raw) -> str | Sequence[str]:
    return raw if isinstance(raw, str) else [one for one in raw if isinstance(one, str)]


def _joined(parts: list[str]) -> str:
    """Year, month and day as one text; a month has no day, what is left empty is left out."""
    if not any(parts):
        return ""
    padded = [parts[0], *(part.zfill(2) for part in parts[1:] if part)]
    return "-".join(padded)
