"""One case or draft for whoever acts on it: locked until the transaction is over, or as it is seen now.

Promises: who may not see it finds none; an officer's post and grants are read with it, never remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS
from django.db.models.base import ModelState

from tongban.node.casework import rights
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.opening import WITH_DRAFT, Ready
from tongban.node.casework.refusals import Refused
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.node.statements import Value, rows

Kept = TypeVar("Kept", Case, Draft)
_More = tuple[Any, ...]


def case_for(who: Officer | Person | Applicant, number: str, revision: int | None) -> Case:
    """The case at the revision that was seen (None: any), locked.

    Raises Refused `not-found` and `stale-revision`.
    """
    return _at(revision, _found(_CASE, number, visible(who), _LOCKED))


def case_seen(holds: rights.Condition, number: str, revision: int) -> Case:
    """The same of which `holds`, not locked: whoever writes it names both once more. Raises Refused."""
    return _at(revision, _found(_CASE, number, holds))


def visible(who: Officer | Person | Applicant) -> rights.Condition:
    """Which case they may act on. Raises Refused `not-found` for who is out of office."""
    if not isinstance(who, Officer):
        return rights.one_of_applicant(applicants.of(who))
    if not who.is_active:
        raise Refused("not-found")
    return rights.one_of_officer(who)


def draft_for(applicant: Applicant, draft_id: UUID | str) -> Draft:
    """A draft of the applicant, submitted or not, locked. Raises Refused `not-found`."""
    return _draft(_DRAFT, applicant, draft_id, _LOCKED)[0]


def draft_seen(applicant: Applicant, draft_id: UUID | str) -> tuple[Draft, Ready]:
    """The same, not locked: whoever submits it names when it was saved once more. Raises Refused.

    With what the case gets that is made of it.
    """
    draft, ready = _draft(_DRAFT_READY, applicant, draft_id)
    return draft, Ready(*ready)


def _at(revision: int | None, found: tuple[Case, _More] | None) -> Case:
    if found is None:
        raise Refused("not-found")
    case, _ = found
    if revision not in {None, case.revision}:
        raise Refused("stale-revision")
    return case


def _draft(
    table: "_Table[Draft]", applicant: Applicant, draft_id: UUID | str, ending: str = ""
) -> tuple[Draft, _More]:
    try:
        key = UUID(str(draft_id))
    except ValueError:
        raise Refused("not-found") from None
    found = _found(table, key, rights.one_of_applicant(applicant), ending)
    if found is None:
        raise Refused("not-found")
    draft, more = found
    if draft.person_id == applicant.person.pk:
        draft.person = applicant.person
    return draft, more


@dataclass(frozen=True)
class _Table(Generic[Kept]):
    """Rows of a model found by `key`, with one column of JSON, and `more` columns of what is `joined`."""

    model: type[Kept]
    key: str
    json: str
    more: str = ""
    joined: str = ""

    @cached_property
    def names(self) -> list[str]:
        return [field.attname for field in self.model._meta.concrete_fields]

    @cached_property
    def asked(self) -> str:
        columns = ", ".join(f"kept.{field.column}" for field in self.model._meta.concrete_fields)
        whence = f"{self.model._meta.db_table} AS kept {self.joined} WHERE kept.{self.key}"
        return f"SELECT {columns}{self.more} FROM {whence} = %s AND"  # noqa: S608 - names of the model

    def made(self, row: Sequence[Any]) -> Kept:
        """The model's object, without what Django does for one whose values may be lacking or wrong."""
        kept = self.model.__new__(self.model)
        kept.__dict__.update(zip(self.names, row, strict=False), _state=ModelState())
        kept.__dict__[self.json] = orjson.loads(kept.__dict__[self.json])
        kept._state.adding, kept._state.db = False, DEFAULT_DB_ALIAS
        return kept


_CASE = _Table(Case, "number", "snapshot")
_DRAFT = _Table(Draft, "id", "answers")
_DRAFT_READY = _Table(
    Draft, "id", "answers", f", {WITH_DRAFT}", "LEFT JOIN casework_case AS made ON made.draft_id = kept.id"
)
_LOCKED = " FOR NO KEY UPDATE OF kept"


def _found(
    table: _Table[Kept], key: Value, condition: rights.Condition, ending: str = ""
) -> tuple[Kept, _More] | None:
    """The object of this key, and what the table gives with it."""
    found = rows(f"{table.asked} {condition.text}{ending}", [key, *condition.values])
    return (table.made(found[0]), found[0][len(table.names) :]) if found else None
