"""A form as JSON Schema 2020-12 with a few UI keys, and back.

Promises: the schema takes exactly the answers that the form accepts; a form that is written as a schema and
read again is the same form. The UI keys begin with `x-`: `x-kind`, `x-en`, `x-help`, `x-error`,
`x-optional`, `x-when`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.services.answers import TYPED
from tongban.services.form import Form
from tongban.services.mistakes import told
from tongban.services.question import FILE_BYTES, FILE_NAME_CHARACTERS, MEDIA_TYPES, Condition, Question
from tongban.services.text import Text

Schema = Mapping[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS_OF = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
_DERIVED = frozenset({"$schema", "type", "allOf", "additionalProperties"})
_UNDERSTOOD = _DERIVED | {"properties", "required"}


class SchemaError(ValueError):
    """A schema says something that no page can ask; `path` names where, `text` what is expected."""

    def __init__(self, path: str, code: str, /, **said: object) -> None:
        self.path = path
        self.code = code
        self.text = told(code, said)
        super().__init__(f"{path}: {self.text.en}")


def schema_of(form: Form) -> dict[str, Any]:
    """The schema of all answers to the form, with `person.…` facts that its conditions name."""
    facts = dict.fromkeys(
        question.when.given
        for question in form.questions
        if question.when is not None and question.when.given.startswith("person.")
    )
    return {"$schema": DIALECT} | _object(form.questions, {fact: {"type": "string"} for fact in facts})


def form_of(schema: Schema) -> Form:
    """The form that a schema describes. Raises SchemaError, or ValueError for parts that do not fit."""
    return Form(questions=_questions(schema, ""))


def _object(questions: Iterable[Question], facts: Mapping[str, Schema]) -> dict[str, Any]:
    asked = tuple(questions)
    whole: dict[str, Any] = {
        "type": "object",
        "properties": dict(facts) | {question.key: _property(question) for question in asked},
        "required": [one.key for one in asked if not one.optional and one.when is None],
        "additionalProperties": False,
    }
    rules = [_rule(one, one.when) for one in asked if one.when is not None]
    return whole | ({"allOf": rules} if rules else {})


def _rule(question: Question, when: Condition) -> dict[str, Any]:
    among = {"enum": list(when.among)}
    is_met = {"anyOf": [among, {"type": "array", "contains": among}]}
    return {
        "if": {"properties": {when.given: is_met}, "required": [when.given]},
        "then": {"required": [] if question.optional else [question.key]},
        "else": {"properties": {question.key: False}},
    }


def _property(question: Question) -> dict[str, Any]:
    said: dict[str, Any] = {"title": question.label.zh, "x-en": question.label.en, "x-kind": question.type}
    if question.help:
        said["x-help"] = question.help.to_json()
    if question.error:
        said["x-error"] = question.error.to_json()
    if question.optional:
        said["x-optional"] = True
    if question.when:
        said["x-when"] = {"given": question.when.given, "among": list(question.when.among)}
    return said | _values(question)


def _values(question: Question) -> dict[str, Any]:
    match question.type:
        case "choice":
            return {"type": "string", "oneOf": _options(question)}
        case "choices":
            options = {"type": "string", "oneOf": _options(question)}
            return {"type": "array", "items": options, "minItems": 1, "uniqueItems": True}
        case "yes-no":
            return {"type": "boolean"}
        case "number":
            bounds = {"minimum": question.least, "maximum": question.most}
            return {"type": "integer"} | {name: value for name, value in bounds.items() if value is not None}
        case "file":
            return _file(question)
        case "group":
            items = _object(question.questions, {})
            return {"type": "array", "items": items, "minItems": 1, "maxItems": question.most_items}
    typed = TYPED[question.type]
    values: dict[str, Any] = {"type": "string", "pattern": typed.whole_pattern}
    if typed.format:
        values["format"] = typed.format
    if typed.longest:
        values["maxLength"] = typed.longest
    return values


def _options(question: Question) -> list[dict[str, Any]]:
    options = []
    for choice in question.choices:
        option: dict[str, Any] = {"const": choice.value, "title": choice.label.zh, "x-en": choice.label.en}
        if choice.hint:
            option["x-help"] = choice.hint.to_json()
        options.append(option)
    return options


def _file(question: Question) -> dict[str, Any]:
    properties = {
        "id": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1, "maxLength": FILE_NAME_CHARACTERS},
        "type": {"enum": list(question.media_types)},
        "size": {"type": "integer", "minimum": 1, "maximum": FILE_BYTES},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _questions(schema: Schema, path: str) -> tuple[Question, ...]:
    for keyword in schema.keys() - _UNDERSTOOD:
        raise SchemaError(f"{path}{keyword}", "keyword-unknown", known=", ".join(sorted(_UNDERSTOOD)))
    required = frozenset(schema.get("required", ()))
    return tuple(
        _question(key, one, f"{path}properties.{key}", is_required=key in required)
        for key, one in schema.get("properties", {}).items()
        if not key.startswith("person.")
    )


def _question(key: str, one: Schema, path: str, *, is_required: bool) -> Question:
    kind = one.get("x-kind") or _kind(one, path)
    when = one.get("x-when")
    options = one.get("items", one) if kind in {"choice", "choices"} else {}
    accepted = one.get("properties", {}).get("type", {}).get("enum", ()) if kind == "file" else ()
    return Question.model_validate(
        {
            "key": key,
            "type": kind,
            "label": _title(one, path),
            "help": one.get("x-help"),
            "error": one.get("x-error"),
            "optional": one.get("x-optional", False) if when else not is_required,
            "choices": [_choice(option, path) for option in _listed(options)],
            "least": one.get("minimum"),
            "most": one.get("maximum") if kind == "number" else _most_items(kind, one),
            "accepts": [_KINDS_OF[media_type] for media_type in accepted],
            "questions": _questions(one["items"], f"{path}.items.") if kind == "group" else (),
            "when": when,
        }
    )


def _kind(one: Schema, path: str) -> str:
    """The kind that the standard keywords tell where no `x-kind` stands."""
    match one:
        case {"oneOf": _} | {"enum": _}:
            return "choice"
        case {"type": "boolean"}:
            return "yes-no"
        case {"type": "integer"}:
            return "number"
        case {"type": "array", "items": {"type": "object"}}:
            return "group"
        case {"type": "array"}:
            return "choices"
        case {"type": "string", "format": "date"}:
            return "date"
        case {"type": "string", "maxLength": int(longest)} if longest > (TYPED["text"].longest or 0):
            return "long-text"
        case {"type": "string"}:
            return "text"
    raise SchemaError(path, "type-not-asked")


def _title(one: Schema, path: str) -> Text:
    if "title" not in one:
        raise SchemaError(f"{path}.title", "title-missing")
    return Text(zh=one["title"], en=one.get("x-en", one["title"]))


def _listed(options: Schema) -> list[Schema]:
    return list(
        options.get("oneOf") or ({"const": value, "title": value} for value in options.get("enum", ()))
    )


def _choice(option: Schema, path: str) -> dict[str, Any]:
    return {"value": option["const"], "label": _title(option, path), "hint": option.get("x-help")}


def _most_items(kind: str, one: Schema) -> int | None:
    return one.get("maxItems") if kind == "group" else None
