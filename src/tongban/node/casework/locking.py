"""One case or draft, locked for whoever acts on it until the transaction is over.

Promises: who may not see it finds none; an officer's grants are read with the lock, never remembered.
"""

import json
from collections.abc import Sequence
from typing import Any, TypeVar
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


def _text(model: type[Case | Draft], key: str, condition: str, lock: str) -> str:
    columns = ", ".join(f"kept.{field.column}" for field in model._meta.concrete_fields)
    found = f"SELECT {columns} FROM {model._meta.db_table} AS kept"  # noqa: S608 - names of the model
    return f"{found} WHERE {key} = %s AND {condition} FOR {lock} OF kept"


_OFFICERS = _text(Case, "number", rights.REACHED_BY_OFFICER, "NO KEY UPDATE")
_APPLICANTS = _text(Case, "number", rights.REACHED_BY_APPLICANT, "NO KEY UPDATE")
_DRAFT = _text(Draft, "id", rights.REACHED_BY_APPLICANT, "UPDATE")


def case_for(who: Officer | Person | Applicant, number: str, revision: int) -> Case:
    """The case at the revision that was seen, locked. Raises Refused `not-found` and `stale-revision`."""
    if isinstance(who, Officer):
        text, values = _OFFICERS, rights.values_of_officer(who)
    else:
        text, values = _APPLICANTS, rights.values_of_applicant(applicants.of(who))
    is_out = isinstance(who, Officer) and not who.is_active
    case = None if is_out else _found(Case, text, [number, *values], "snapshot")
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
    draft = _found(Draft, _DRAFT, [key, *rights.values_of_applicant(applicant)], "answers")
    if draft is None:
        raise Refused("not-found")
    if draft.person_id == applicant.person.pk:
        draft.person = applicant.person
    return draft


def _found(model: type[Kept], text: str, values: Sequence[Value], json_field: str) -> Kept | None:
    found = rows(text, values)
    if not found:
        return None
    names = [field.attname for field in model._meta.concrete_fields]
    row: list[Any] = list(found[0])
    place = names.index(json_field)
    row[place] = json.loads(row[place])
    return model.from_db(DEFAULT_DB_ALIAS, names, row)
