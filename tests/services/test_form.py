"""Forms as data: what a question reads, shows, and when it is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.services import AnswerError, Form, Question, Text

LABEL = {"zh": "题", "en": "Question"}


def question(**fields: object) -> Question:
    return Question.model_validate({"key": "q", "label": LABEL} | fields)


def form(*questions: dict[str, object]) -> Form:
    return Form.model_validate({"questions": [{"label": LABEL} | one for one in questions]})


@pytest.mark.parametrize(
    ("kind", "raw", "answer"),
    [
        ("month", "2026-03", "2026-03"),
        ("money", "4699.5", "4699.50"),
        ("money", "007", "7.00"),
        ("yes-no", "no", False),
        ("phone", " 13800000000 ", "13800000000"),
        ("place", "510100", "510100"),
    ],
)
def test_a_good_answer_is_read(kind: str, raw: str, answer: object) -> None:
    assert question(type=kind).read(raw) == answer


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("month", "2026-13"),
        ("month", "二〇二六年"),
        ("money", "-1"),
        ("money", "1.234"),
        ("money", "１２"),
        ("yes-no", "是"),
        ("phone", "12345"),
        ("place", "05101"),
        ("text", ""),
    ],
)
def test_a_bad_answer_is_refused_with_what_is_expected_in_both_languages(kind: str, raw: str) -> None:
    with pytest.raises(AnswerError) as refused:
        question(type=kind).read(raw)
    assert refused.value.text.zh
    assert refused.value.text.en


def test_a_choice_that_is_not_offered_is_refused_with_the_questions_own_sentence() -> None:
    asked = question(
        type="choice", choices=[{"value": "a", "label": LABEL}], error={"zh": "请选", "en": "Choose"}
    )
    with pytest.raises(AnswerError) as refused:
        asked.read("b")
    assert refused.value.text == Text(zh="请选", en="Choose")


def test_an_optional_question_may_stay_empty() -> None:
    assert question(type="money", optional=True).read("  ") is None


def test_money_is_shown_with_its_unit_and_months_in_words() -> None:
    assert question(type="money").show("12345.60") == Text(zh="12,345.60 元", en="CNY 12,345.60")
    assert question(type="month").show("2026-09") == Text(zh="2026年9月", en="September 2026")


BRANCHING = form(
    {"key": "a", "type": "yes-no"},
    {"key": "b", "type": "text", "when": {"given": "a", "among": [True]}},
    {"key": "c", "type": "text", "when": {"given": "b", "among": ["x"]}},
    {"key": "d", "type": "text", "when": {"given": "person.sex", "among": ["female"]}},
)


def test_a_question_is_asked_only_under_its_condition() -> None:
    assert [asked.key for asked in BRANCHING.visible({"a": True, "person.sex": "female"})] == ["a", "b", "d"]
    assert [asked.key for asked in BRANCHING.visible({"a": False})] == ["a"]


def test_an_answer_to_a_question_that_no_longer_applies_counts_for_nothing() -> None:
    assert [asked.key for asked in BRANCHING.visible({"a": False, "b": "x"})] == ["a"]


@given(st.fixed_dictionaries({}, optional={"a": st.booleans(), "b": st.sampled_from(["x", "y"])}))
def test_walking_question_by_question_meets_exactly_the_visible_ones(answers: dict[str, str | bool]) -> None:
    walked = []
    step = BRANCHING.following(answers, None)
    while step is not None:
        walked.append(step)
        step = BRANCHING.following(answers, step.key)
    assert tuple(walked) == BRANCHING.visible(answers)


@given(st.from_regex(r"\d{1,9}(\.\d{1,2})?", fullmatch=True).filter(str.isascii))
def test_what_money_reads_it_reads_again_the_same(raw: str) -> None:
    asked = question(type="money")
    assert asked.read(asked.raw(asked.read(raw))) == asked.read(raw)


def test_a_condition_on_a_later_question_is_refused() -> None:
    with pytest.raises(ValueError, match="earlier question"):
        form(
            {"key": "a", "type": "text", "when": {"given": "b", "among": ["x"]}},
            {"key": "b", "type": "text"},
        )
