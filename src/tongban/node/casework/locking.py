"""One case or draft, locked for whoever acts on it until the transaction is over.

Promises: who may not see it finds none; an officer's grants are read with the lock, never remembered.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from tongban.node.casework import rights
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.refusals import Refused
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.node.statements import Value, rows

Kept = TypeVar("Kept", Case, Draft)


def case_for(who: Officer | Person | Applicant, number: str, revision: int) -> Case:
    """The case at the revision that was seen, locked. Raises Refused `not-found` and `stale-revision`."""
    if isinstance(who, Officer):
        case = _found(_CASE, number, rights.one_of_officer(who)) if who.is_active else None
    else:
        case = _found(_CASE, number, rights.one_of_applicant(applicants.of(who)))
    if case is None:
        raise Refused("not-found")
    if case.revision != revision:
        raise Refused("stale-revision")
    return case


def draft_for(applicant: Applicant, draft_id: UUID | str) -> Draft:
    """A draft of the applicant, submitted or not, locked. Raises Refused `not-found`."""
    try:
        key = UUID(str(draft_id))
    except ValueError:
        raise Refused("not-found") from None
    draft = _found(_DRAFT, key, rights.one_of_applicant(applicant))
    if draft is None:
        raise Refused("not-found")
    if draft.person_id == applicant.person.pk:
        draft.person = applicant.person
    return draft


@dataclass(frozen=True)
class _Table(Generic[Kept]):
    """Rows of a model that are found by `key`, with one column of JSON."""

    model: type[Kept]
    key: str
    json: str

    @cached_property
    def names(self) -> list[str]:
        return [field.attname for field in self.model._meta.concrete_fields]

    @cached_property
    def asked(self) -> str:
        columns = ", ".join(f"kept.{field.column}" for field in self.model._meta.concrete_fields)
        return f"SELECT {columns} FROM {self.model._meta.db_table} AS kept WHERE {self.key} = %s AND"  # noqa: S608 - names of the model

    def row(self, values: Sequence[Any]) -> Kept:
        named = zip(self.names, values, strict=True)
        read = [json.loads(value) if name == self.json else value for name, value in named]
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, read)


_CASE = _Table(Case, "number", "snapshot")
_DRAFT = _Table(Draft, "id", "answers")


def _found(table: _Table[Kept], key: Value, condition: rights.Condition) -> Kept | None:
    found = rows(f"{table.asked} {condition.text} FOR NO KEY UPDATE OF kept", [key, *condition.values])
    return table.row(found[0]) if found else None
