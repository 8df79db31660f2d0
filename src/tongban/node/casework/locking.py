"""One case, locked for whoever acts on it until the transaction is over.

Promises: who may not see the case finds none; an officer's grants are read with the lock, never remembered.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from tongban.node.casework import rights
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.node.statements import rows

_FIELDS = Case._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_SNAPSHOT = _NAMES.index("snapshot")
_COLUMNS = ", ".join(f'"case".{field.column}' for field in _FIELDS)
_FOR_OFFICER = f"""
SELECT {_COLUMNS} FROM casework_case AS "case"
 WHERE number = %s AND {rights.REACHED_BY_OFFICER}
   FOR NO KEY UPDATE OF "case"
"""  # noqa: S608 - columns of the model


def for_acting(who: Officer | Person | Applicant, number: str, revision: int) -> Case:
    """The case at the revision that was seen, locked. Raises Refused `not-found` and `stale-revision`."""
    case = _of_officer(who, number) if isinstance(who, Officer) else _of_citizen(applicants.of(who), number)
    if case is None:
        raise Refused("not-found")
    if case.revision != revision:
        raise Refused("stale-revision")
    return case


def _of_officer(officer: Officer, number: str) -> Case | None:
    if not officer.is_active:
        return None
    found = rows(_FOR_OFFICER, [number, *rights.reached_by(officer)])
    return _case(found[0]) if found else None


def _of_citizen(applicant: Applicant, number: str) -> Case | None:
    found = rights.of_citizen(applicant).select_for_update(no_key=True).filter(number=number)
    return found.order_by().first()


def _case(row: Sequence[Any]) -> Case:
    values = list(row)
    values[_SNAPSHOT] = json.loads(values[_SNAPSHOT])
    return Case.from_db(DEFAULT_DB_ALIAS, _NAMES, values)
