"""Forms and answers for property tests: any form the data model allows, answers that fit it or nearly do."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tongban.services import Form, Question
from tongban.services.question import FILE_BYTES

LABEL = {"zh": "题", "en": "Question"}
TYPES = (
    "choice",
    "choices",
    "yes-no",
    "number",
    "month",
    "date",
    "money",
    "place",
    "phone",
    "text",
    "long-text",
    "id-number",
    "credit-code",
    "file",
    "group",
)
OPTIONS = [{"value": value, "label": {"zh": value, "en": value}} for value in ("a", "b", "c")]
GOOD: Mapping[str, st.SearchStrategy[Any]] = {
    "choice": st.sampled_from(["a", "b", "c"]),
    "choices": st.sampled_from([["a"], ["a", "c"], ["a", "b", "c"]]),
    "yes-no": st.booleans(),
    "number": st.integers(0, 99),
    "month": st.sampled_from(["1999-12", "2026-03"]),
    "date": st.dates().map(str),
    "money": st.integers(0, 10**11 - 1).map(lambda fen: f"{fen // 100}.{fen % 100:02}"),
    "place": st.sampled_from(["510100", "500000"]),
    "phone": st.sampled_from(["13800000000", "028-12345678"]),
    "text": st.text(max_size=210).map(str.strip),
    "long-text": st.text(max_size=300).map(str.strip),
    "id-number": st.sampled_from(["11010519491231002X", "510104197602140020"]),
    "credit-code": st.sampled_from(["91110000600037341L"]),
    "file": st.fixed_dictionaries(
        {
            "id": st.just("0"),
            "name": st.text(min_size=1, max_size=130),
            "type": st.sampled_from(["application/pdf", "image/png", "text/html"]),
            "size": st.integers(0, FILE_BYTES + 1),
        }
    ),
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 200),
    st.text(max_size=20),
    st.sampled_from(["2026-13", "2026-02-30", "01.00", "1.0", "a\n", "2026-03\n", " a", "１２", "", "007"]),
    st.lists(st.sampled_from(["a", "b", "z"]), max_size=4),
    st.dictionaries(st.sampled_from(["id", "q0"]), st.text(max_size=3), max_size=2),
)


NEEDED: Mapping[str, dict[str, Any]] = {
    "choice": {"choices": OPTIONS},
    "choices": {"choices": OPTIONS},
    "number": {"least": 0, "most": 99},
    "file": {"accepts": ["pdf", "png"]},
    "group": {
        "questions": [
            {"key": "p", "type": "month", "label": LABEL},
            {"key": "r", "type": "text", "label": LABEL, "optional": True},
        ]
    },
}


def whole_question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """A question with what its type needs."""
    return {"key": key, "type": kind, "label": LABEL} | NEEDED.get(kind, {}) | more


@st.composite
def forms(draw: st.DrawFn, types: tuple[str, ...] = TYPES, depth: int = 1) -> Form:
    return Form.model_validate({"questions": draw(_questions(types, depth))})


@st.composite
def _questions(draw: st.DrawFn, types: tuple[str, ...], depth: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(types), min_size=1, max_size=4))):
        one = whole_question(f"q{number}", kind, optional=draw(st.booleans()))
        if kind == "group" and depth:
            simple = tuple(name for name in types if name not in {"group", "file"})
            one["questions"] = draw(_questions(simple, 0))
            one["most"] = 3
        if draw(st.booleans()):
            given = draw(st.sampled_from(["person.sex", *(earlier["key"] for earlier in made)]))
            one["when"] = {"given": given, "among": draw(st.sampled_from([["a"], [True], ["female", False]]))}
        if not depth and one.get("when", {}).get("given") == "person.sex":
            del one["when"]
        made.append(one)
    return made


@st.composite
def answers(draw: st.DrawFn, form: Form) -> dict[str, Any]:
    """Answers of which most fit: each question answered well, oddly, or not at all."""
    given = _answers(draw, form.questions)
    conditions = {one.when.given for one in form.questions if one.when}
    if "person.sex" in conditions:
        given["person.sex"] = draw(st.sampled_from(["female", "male"]))
    return given


def _answers(draw: st.DrawFn, questions: tuple[Question, ...]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for question in questions:
        way = draw(st.sampled_from(["good", "good", "good", "good", "none", "odd"]))
        if way == "odd":
            given[question.key] = draw(ODD)
        elif way == "good" and question.type == "group":
            count = draw(st.integers(0, 4))
            given[question.key] = [_answers(draw, question.questions) for _ in range(count)]
        elif way == "good":
            given[question.key] = draw(GOOD[question.type])
    return given
