"""From evidence and the law's explanation to the claims of the credential that a case ends with.

Promises: the same case gives the same claims; what has no value is left out, so that the type refuses what it
needs; values have the kinds of the type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.credentials.types import CredentialType
from tongban.credentials.types.definition import Claim
from tongban.services.claim_sources import (
    CaseClaim,
    ClaimSource,
    FixedClaim,
    ListClaim,
    Nested,
    Part,
    RecordClaim,
    Records,
    RuleClaim,
)
from tongban.services.deciding import Record

_YES = "yes"
"""The value of a field of type `choice` that a claim of kind `boolean` takes for true."""


@dataclass(frozen=True)
class Worked:
    """What a case that was worked out holds: facts of the case, records by evidence type, values by rule."""

    case: Mapping[str, str]
    evidence: Mapping[str, Sequence[Record]]
    rules: Mapping[str, object]


def worked_rules(explanation: Mapping[str, Any]) -> dict[str, object]:
    """The value of every rule and outcome of an explanation (contracts.md), by name."""
    steps = {step["rule"]: step["value"] for step in explanation.get("steps", ())}
    return steps | dict(explanation.get("outcomes", {}))


def claims_of(kind: CredentialType, sources: Mapping[str, ClaimSource], worked: Worked) -> dict[str, object]:
    """The claims that these sources give for a credential of this type."""
    found = {name: _claim(kind, name, source, worked) for name, source in sources.items()}
    return {name: value for name, value in found.items() if value is not None}


def _claim(kind: CredentialType, name: str, source: ClaimSource, worked: Worked) -> object:
    match source:
        case FixedClaim():
            return source.value
        case CaseClaim():
            return worked.case[source.case]
        case RuleClaim():
            return _value(kind.claim((name,)), worked.rules.get(source.rule))
        case RecordClaim():
            records = worked.evidence.get(source.evidence, ())
            latest = max(records, key=lambda one: str(one.get(source.latest_by, "")), default={})
            return _value(kind.claim((name,)), latest.get(source.field))
        case ListClaim():
            within = (name, "*")
            return [one for part in source.parts for one in _elements(kind, within, part, worked)]


def _elements(
    kind: CredentialType, path: tuple[str, ...], part: Part, worked: Worked
) -> list[dict[str, object]]:
    elements = []
    for record in _records(part, worked):
        element = dict(part.fixed) | _members(kind, path, part, record)
        if part.nested is not None:
            element[part.nested.claim] = _nested(kind, path, part.nested, record, worked)
        elements.append(element)
    return elements


def _nested(
    kind: CredentialType, path: tuple[str, ...], nested: Nested, around: Record, worked: Worked
) -> list[dict[str, object]]:
    within = (*path, nested.claim, "*")
    return [
        _members(kind, within, nested, record)
        for record in _records(nested, worked)
        if all(record.get(name) == around.get(name) for name in nested.match)
    ]


def _members(
    kind: CredentialType, path: tuple[str, ...], records: Records, record: Record
) -> dict[str, object]:
    kinds = {name: kind.claim((*path, name)) for name in records.fields}
    found = {name: _value(kinds[name], record.get(field)) for name, field in records.fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def _records(records: Records, worked: Worked) -> Sequence[Record]:
    if records.evidence is not None:
        return worked.evidence.get(records.evidence, ())
    given = worked.rules.get(records.rule or "")
    return given if isinstance(given, list) else ()


def _value(claim: Claim | None, value: object) -> object:
    """The value in the form that claims of this kind have."""
    if claim is None or value is None:
        return value
    match claim.kind:
        case "boolean":
            return value == _YES if isinstance(value, str) else bool(value)
        case "integer":
            return value
        case _:
            return str(value)
