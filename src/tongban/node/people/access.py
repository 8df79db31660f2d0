"""Who looked at a person's data: written at every look, shown to the person.

Promises: records are only added; a person sees exactly their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.node.clock import now
from tongban.node.config import this_node
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.services import Text

MOST_LINES = 500


@dataclass(frozen=True)
class Access:
    """One look at a person's data, as the person sees it."""

    at: datetime
    direction: str
    agency: str
    officer_post: Text | None
    asking_node: str
    service: str
    case_ref: str
    basis: Text
    purpose: Text
    fields: tuple[str, ...]


def accesses_of(person: Person) -> tuple[Access, ...]:
    """Every look at this person's data at this node, the latest first."""
    records = AccessRecord.objects.filter(pseudonym=person.pseudonym).select_related("officer")
    return tuple(_shown(record) for record in records[:MOST_LINES])


def record_reading(
    *,
    person: Person,
    officer: Officer,
    service: str,
    case_ref: str,
    basis: Text,
    purpose: Text,
    fields: Sequence[str],
) -> None:
    """Record that an officer of this node read these fields of a person."""
    AccessRecord.objects.create(
        pseudonym=person.pseudonym,
        at=now(),
        direction=AccessRecord.Direction.READ,
        agency=officer.agency,
        officer=officer,
        asking_node=this_node().name,
        service=service,
        case_ref=case_ref,
        basis=basis.to_json(),
        purpose=purpose.to_json(),
        fields=list(fields),
    )


def _shown(record: AccessRecord) -> Access:
    officer = record.officer
    return Access(
        at=record.at,
        direction=record.direction,
        agency=record.agency,
        officer_post=Text(zh=officer.post_zh, en=officer.post_en) if officer else None,
        asking_node=record.asking_node,
        service=record.service,
        case_ref=record.case_ref,
        basis=Text.model_validate(record.basis),
        purpose=Text.model_validate(record.purpose),
        fields=tuple(record.fields),
    )
