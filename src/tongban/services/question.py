"""One question of a form: what it asks, how an answer is read, shown, and written back into a page.

Promises: what a question reads it can show; a refused answer says in both languages what is expected.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Literal, cast

from pydantic import Field, model_validator

from tongban.services.answers import TYPED, Answer, FileAnswer, Item, Raw, TypedKind
from tongban.services.mistakes import mistake
from tongban.services.text import Data, Text, shown

QuestionType = Literal["choice", "choices", "yes-no", "number", "file", "group"] | TypedKind
FileKind = Literal["pdf", "jpeg", "png"]

MEDIA_TYPES: Mapping[FileKind, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
FILE_BYTES = 10 * 1024 * 1024
FILE_NAME_CHARACTERS = 120
MOST_ITEMS = 20
MOST_DIGITS = 12
_YES_NO = {"yes": True, "no": False}
_NOT_IN_GROUPS = frozenset({"group", "file"})


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

    `given` is a question's key, or `person.sex` and the like; of several choices one is enough.
    """

    given: str
    among: tuple[str | bool, ...] = Field(min_length=1, strict=False)

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        """Whether the condition is met by these answers."""
        answer = answers.get(self.given)
        if isinstance(answer, list | tuple):
            return any(one in self.among for one in answer)
        return any(answer is one or (isinstance(one, str) and answer == one) for one in self.among)


class Question(Data):
    """One question, one page; a group asks its own questions again for every item.

    `least` and `most` bound a number, `most` the items of a group too; `accepts` names a file's kinds.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    type: QuestionType
    label: Text
    help: Text | None = None
    error: Text | None = None
    optional: bool = False
    choices: tuple[Choice, ...] = Field(default=(), strict=False)
    least: int | None = None
    most: int | None = None
    accepts: tuple[FileKind, ...] = Field(default=(), strict=False)
    questions: "tuple[Question, ...]" = Field(default=(), strict=False)
    when: Condition | None = None

    @model_validator(mode="after")
    def _parts_fit_the_type(self) -> "Question":
        _only(self.choices, self.type in {"choice", "choices"}, "choices-of-question")
        _only(self.accepts, self.type == "file", "accepts-of-question")
        _only(self.questions, self.type == "group", "questions-of-group")
        values = [choice.value for choice in self.choices]
        if len(set(values)) != len(values):
            raise mistake("choice-twice")
        if (self.least is not None and self.type != "number") or (
            self.most is not None and self.type not in {"number", "group"}
        ):
            raise mistake("bounds-of-type")
        if any(part.type in _NOT_IN_GROUPS for part in self.questions):
            raise mistake("not-in-groups")
        check_order(self.questions)
        return self

    @cached_property
    def _offered(self) -> Mapping[str, Choice]:
        return {choice.value: choice for choice in self.choices}

    @property
    def most_items(self) -> int:
        """How many items a group takes."""
        return self.most if self.most is not None else MOST_ITEMS

    @property
    def expected(self) -> Text:
        """What a person is told whose answer cannot be taken."""
        return self.error or _expected(self)

    def read(self, raw: Raw) -> Answer | None:
        """The answer in what a browser sent; None for an optional question left empty. Raises AnswerError."""
        given = raw.strip() if isinstance(raw, str) else raw
        if not given and self.optional:
            return None
        answer = self._read(given) if given else None
        if answer is None:
            raise AnswerError(self.key, self.expected)
        return answer

    def _read(self, given: Raw) -> Answer | None:
        match given:
            case str():
                return self._read_text(given)
            case Mapping():
                return self._read_file(given)
            case _ if self.type == "group":
                return self._read_items([item for item in given if isinstance(item, Mapping)])
            case _ if self.type == "choices":
                chosen = {one for one in given if isinstance(one, str)}
                is_offered = chosen <= self._offered.keys()
                return [one for one in self._offered if one in chosen] if is_offered else None
        return None

    def _read_text(self, text: str) -> Answer | None:
        if self.type == "choice":
            return text if text in self._offered else None
        if self.type == "choices":
            return self._read([text])
        if self.type == "yes-no":
            return _YES_NO.get(text)
        if self.type == "number":
            return self._read_number(text)
        return TYPED[self.type].read(text) if self.type in TYPED else None

    def _read_number(self, text: str) -> int | None:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > MOST_DIGITS:
            return None
        number = int(text)
        is_inside = (self.least is None or number >= self.least) and (
            self.most is None or number <= self.most
        )
        return number if is_inside else None

    def _read_file(self, given: Mapping[str, object]) -> FileAnswer | None:
        match given:
            case {"id": str(kept), "name": str(name), "type": str(kind), "size": int(size)}:
                fits = kind in self.media_types and 0 < size <= FILE_BYTES and size is not True
                named = 0 < len(name) <= FILE_NAME_CHARACTERS
                return {"id": kept, "name": name, "type": kind, "size": size} if fits and named else None
        return None

    def _read_items(self, items: Sequence[Mapping[str, str | Sequence[str]]]) -> Sequence[Item] | None:
        if len(items) > self.most_items:
            return None
        return [self.read_item(item) for item in items]

    def read_item(self, raws: Mapping[str, str | Sequence[str]]) -> Item:
        """One item of a group from what a browser sent for it. Raises AnswerError for the first bad part."""
        item: dict[str, str | bool | int | Sequence[str]] = {}
        for part in self.questions:
            if part.when is not None and not part.when.holds(item):
                continue
            answer = part.read(raws.get(part.key, ""))
            if isinstance(answer, str | bool | int):
                item[part.key] = answer
            elif part.type == "choices":
                item[part.key] = cast("Sequence[str]", answer)
        return item

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that a file question accepts."""
        return tuple(MEDIA_TYPES[kind] for kind in self.accepts)

    def show(self, answer: Answer | None) -> Text:
        """The answer as the person reads it when checking; an item of a group is a line."""
        lines = self.show_items(answer) if self.type == "group" else ()
        if lines:
            return Text(zh="\n".join(line.zh for line in lines), en="\n".join(line.en for line in lines))
        if answer is None or answer in ([], ""):
            return Text(zh="未填写", en="Not provided")
        if self.choices:
            chosen = answer if isinstance(answer, list | tuple) else [answer]
            labels = [choice.label for choice in self.choices if choice.value in chosen]
            if labels:
                return Text(zh="、".join(one.zh for one in labels), en=", ".join(one.en for one in labels))
        return shown(answer["name"] if isinstance(answer, Mapping) else answer)

    def show_items(self, answer: Answer | None) -> tuple[Text, ...]:
        """Each item of a group in one line: what is asked, and the answer."""
        items = answer if isinstance(answer, list | tuple) else ()
        return tuple(self._line(item) for item in items if isinstance(item, Mapping))

    def _line(self, item: Mapping[str, Answer]) -> Text:
        parts = [(part.label, part.show(item[part.key])) for part in self.questions if part.key in item]
        return Text(
            zh="；".join(f"{label.zh}：{said.zh}" for label, said in parts) or "—",
            en="; ".join(f"{label.en}: {said.en}" for label, said in parts) or "—",
        )

    def raw(self, answer: Answer | None) -> Raw:
        """What `read` takes to give this answer again."""
        if isinstance(answer, Mapping):
            return answer
        if self.type == "group" and isinstance(answer, Sequence):
            return [self.raw_item(item) for item in answer if isinstance(item, Mapping)]
        return _as_texts(answer)

    def raw_item(self, item: Item) -> dict[str, str | Sequence[str]]:
        """What `read_item` takes to give this item again."""
        return {part.key: _as_texts(item.get(part.key)) for part in self.questions}


def _as_texts(answer: str | bool | int | Sequence[str | Item] | None) -> str | Sequence[str]:
    """An answer that is neither a file nor a group, as a browser sends it."""
    match answer:
        case None:
            return ""
        case bool():
            return "yes" if answer else "no"
        case str() | int():
            return str(answer)
    return [one for one in answer if isinstance(one, str)]


def check_order(questions: Sequence[Question]) -> None:
    """Raise ValueError when a key stands twice, or a condition names no earlier question."""
    seen: set[str] = set()
    for question in questions:
        if question.key in seen:
            raise mistake("question-twice", key=question.key)
        given = question.when.given if question.when else "person."
        if not given.startswith("person.") and given not in seen:
            raise mistake("condition-too-early", key=question.key)
        seen.add(question.key)


def _only(part: Sequence[object], is_meant: bool, name: str) -> None:
    if bool(part) != is_meant:
        raise mistake(name)


def _expected(question: Question) -> Text:
    match question.type:
        case "choice":
            return Text(zh="请选择其中一项", en="Choose one of the options")
        case "choices":
            return Text(zh="请至少选择一项", en="Choose at least one of the options")
        case "yes-no":
            return Text(zh="请选择“是”或“否”", en="Choose yes or no")
        case "number":
            return _expected_number(question.least, question.most)
        case "file":
            kinds = "、".join(kind.upper() for kind in question.accepts)
            most = FILE_BYTES // 1024 // 1024
            return Text(
                zh=f"请上传一个文件（{kinds}，最大 {most} MB）",
                en=f"Upload a file ({kinds.replace('、', ', ')}, at most {most} MB)",
            )
        case "group":
            most = question.most_items
            return Text(zh=f"请填写 1 至 {most} 项", en=f"Enter between 1 and {most} items")
    return TYPED[question.type].expected


def _expected_number(least: int | None, most: int | None) -> Text:
    if least is not None and most is not None:
        return Text(
            zh=f"请填写 {least} 至 {most} 之间的整数", en=f"Enter a whole number from {least} to {most}"
        )
    if least is not None:
        return Text(zh=f"请填写不小于 {least} 的整数", en=f"Enter a whole number of at least {least}")
    if most is not None:
        return Text(zh=f"请填写不大于 {most} 的整数", en=f"Enter a whole number of at most {most}")
    return Text(zh="请填写一个整数，例如 12", en="Enter a whole number, like 12")
