"""The JSON Schema (2020-12) of an evidence type's records, for departments and other implementers.

It says in a schema's words what `EvidenceType.check_records` checks; a test holds the two against each other.
"""

from collections.abc import Sequence

from tongban.protocol.evidence import EvidenceField, EvidenceType, ValueType

DIALECT = "https://json-schema.org/draft/2020-12/schema"
JsonSchema = dict[str, object]

_LARGEST = 2**53 - 1
_FORMS: dict[ValueType, JsonSchema] = {
    ValueType.TEXT: {
        "type": "string",
        "minLength": 1,
        "maxLength": 400,
        "not": {"pattern": "[\\u0000-\\u001f\\u007f]"},
    },
    ValueType.MONTH: {"type": "string", "pattern": "^[12][0-9]{3}-(0[1-9]|1[0-2])$"},
    ValueType.DATE: {"type": "string", "format": "date", "pattern": "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"},
    ValueType.PLACE: {"type": "string", "pattern": "^[1-9][0-9]{5}$"},
    ValueType.INTEGER: {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST},
    ValueType.FILE: {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
    ValueType.MONEY: {"type": "string", "pattern": "^-?[0-9]{1,15}\\.[0-9]{2}$"},
    ValueType.DECIMAL: {"type": "string", "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,6})?$"},
}


def records_schema(kind: EvidenceType, fields: Sequence[str] = ()) -> JsonSchema:
    """The schema of an answer's records with exactly `fields`, or with all fields of the type."""
    asked = [field for field in kind.fields if not fields or field.name in fields]
    return {
        "$schema": DIALECT,
        "title": kind.title.en,
        "description": kind.title.zh,
        "type": "array",
        "maxItems": 10_000,
        "items": {
            "type": "object",
            "properties": {field.name: _form(field) for field in asked},
            "required": [field.name for field in asked],
            "additionalProperties": False,
        },
    }


def _form(field: EvidenceField) -> JsonSchema:
    form: JsonSchema = {"enum": list(field.choices)} if field.type is ValueType.CHOICE else _FORMS[field.type]
    return {"title": field.title.en, "description": field.title.zh, **form}
