"""Where the claims of a credential come from, as a service's `service.toml` says under `claims`.

Promises: only what the law worked out, what agencies answered and what the service fixes becomes a claim.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tongban.services.mistakes import mistake
from tongban.services.text import Data

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class RuleClaim(Data):
    """What a rule of the service's law gave, be it an outcome or a step on the way."""

    rule: str


class RecordClaim(Data):
    """One field of one record of the evidence: the record whose `latest_by` comes last in order."""

    evidence: str
    field: str
    latest_by: str


class FixedClaim(Data):
    """Always this value."""

    value: str


class CaseClaim(Data):
    """The case's number, the place of the agency that decides, or the day of issue."""

    case: Literal["number", "place", "issued_on"]


class Records(Data):
    """Records, all of one type of evidence or a list that a rule gave; `fields` has their fields by claim."""

    rule: str | None = None
    evidence: str | None = None
    fields: dict[Name, str]

    @model_validator(mode="after")
    def _come_from_one_place(self) -> "Records":
        if (self.rule is None) == (self.evidence is None):
            raise mistake("claim-source")
        return self


class Nested(Records):
    """A list within each element: the records whose fields `match` are equal to the element's."""

    claim: Name
    match: tuple[str, ...] = Field(min_length=1, strict=False)


class Part(Records):
    """Elements of a list of claims: one for each record, with `fixed` values and perhaps a list within."""

    fixed: dict[Name, str] = Field(default_factory=dict)
    nested: Nested | None = None


class ListClaim(Data):
    """A list: the elements of its parts, one part after the other."""

    parts: tuple[Part, ...] = Field(min_length=1, strict=False)


ClaimSource = RuleClaim | RecordClaim | FixedClaim | CaseClaim | ListClaim


def rules_of(source: ClaimSource) -> frozenset[str]:
    """The rules that a claim is made from."""
    match source:
        case RuleClaim():
            return frozenset({source.rule})
        case ListClaim():
            return frozenset(records.rule for records in _records(source) if records.rule)
        case _:
            return frozenset()


def evidence_of(source: ClaimSource) -> frozenset[str]:
    """The types of evidence that a claim is made from."""
    match source:
        case RecordClaim():
            return frozenset({source.evidence})
        case ListClaim():
            return frozenset(records.evidence for records in _records(source) if records.evidence)
        case _:
            return frozenset()


def _records(source: ListClaim) -> list[Records]:
    return [one for part in source.parts for one in (part, part.nested) if one is not None]
