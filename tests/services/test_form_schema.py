"""A form and its JSON Schema are the same thing said twice."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tests.services.forms import TYPES, answers, forms, whole_question
from tests.services.shipped import copy_shipped
from tongban.services import Form, Service, ServiceError, load
from tongban.services.answers import FORMATS
from tongban.services.form_schema import SchemaError, form_of, schema_of

CHECKER = FormatChecker(formats=())
for _name, _check in FORMATS.items():
    CHECKER.checks(_name)(lambda text, check=_check: not isinstance(text, str) or check(text))


def passes(schema: dict[str, Any], instance: object) -> bool:
    return bool(Draft202012Validator(schema, format_checker=CHECKER).is_valid(instance))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_passes_the_form_passes_the_schema_and_the_other_way_round(data: st.DataObject) -> None:
    form = data.draw(forms())
    given_answers = data.draw(answers(form))
    assert form.accepts(given_answers) == passes(schema_of(form), given_answers)


@settings(max_examples=60, deadline=None)
@given(forms())
def test_a_form_written_as_a_schema_and_read_again_is_the_same_form(form: Form) -> None:
    assert form_of(json.loads(json.dumps(schema_of(form)))) == form


@settings(max_examples=40, deadline=None)
@given(forms())
def test_every_schema_is_a_valid_schema(form: Form) -> None:
    Draft202012Validator.check_schema(schema_of(form))


@pytest.mark.parametrize("kind", TYPES)
def test_every_kind_of_question_has_a_title_and_a_kind_in_the_schema(kind: str) -> None:
    form = Form.model_validate({"questions": [whole_question("q", kind)]})
    described = schema_of(form)["properties"]["q"]
    assert (described["title"], described["x-en"], described["x-kind"]) == ("题", "Question", kind)


@pytest.mark.parametrize(
    ("described", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 1000}, "long-text"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "boolean"}, "yes-no"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "number"),
        ({"enum": ["a", "b"]}, "choice"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "choices"),
        (
            {
                "type": "array",
                "items": {"type": "object", "properties": {"p": {"type": "string", "title": "p"}}},
            },
            "group",
        ),
    ],
)
def test_a_schema_without_ui_keys_becomes_a_form_too(described: dict[str, Any], kind: str) -> None:
    form = form_of({"type": "object", "properties": {"q": {"title": "题"} | described}, "required": ["q"]})
    assert (form.questions[0].type, form.questions[0].label.zh, form.questions[0].optional) == (
        kind,
        "题",
        False,
    )


def test_a_schema_that_no_page_can_ask_is_refused_with_its_path() -> None:
    with pytest.raises(SchemaError, match=r"properties\.q: expected a type that a page can ask"):
        form_of({"properties": {"q": {"title": "题", "type": "null"}}})


def test_a_keyword_that_would_be_lost_is_refused() -> None:
    with pytest.raises(SchemaError, match="patternProperties"):
        form_of({"properties": {}, "patternProperties": {}})


def test_a_service_may_bring_its_form_as_a_schema(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = copy_shipped(tmp_path_factory.mktemp("services"))
    before = load(root)["medical-retirement"]
    folder = root / "medical_retirement"
    (folder / "form.schema.json").write_text(json.dumps(schema_of(before.form)), encoding="utf-8")
    with pytest.raises(ServiceError, match=r"either this file or form\.toml"):
        load(root)
    (folder / "form.toml").unlink()
    after: Service = load(root)["medical-retirement"]
    assert after.form == before.form
