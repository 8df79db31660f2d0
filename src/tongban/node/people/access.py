"""Who looked at a person's data: written at every look, shown to the person.

Promises: records are only added; a person sees exactly their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from tongban.node import arrays
from tongban.node.clock import now
from tongban.node.config import this_node
from tongban.node.copying import Cell, copied_in, json_cell
from tongban.node.people import permissions
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.node.people.pseudonyms import pseudonym
from tongban.node.people.withholding import disclosed
from tongban.node.statements import Value, Writes
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json
from tongban.services import Text

ACCESS = "access"
"""The kind of an access record in the log."""
LINES_A_PAGE = 50
_BY_MANDATE = Text(zh="您的委托", en="Your mandate")
_ACTING = Text(zh="替您查看办件", en="Looking at your case for you")


@dataclass(frozen=True)
class Withheld:
    """Until which day a look was not shown to the person, and on what legal basis."""

    until: date
    basis: Text


@dataclass(frozen=True)
class Access:
    """One look as the person sees it, at their own data or at an `enterprise`'s that they head."""

    id: UUID
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
    withheld: Withheld | None = None
    agent: str = ""
    enterprise: str = ""


@dataclass(slots=True, kw_only=True)
class Look:
    """A look at a person's data that is to be recorded; what its parts mean, AccessRecord says."""

    pseudonym: str
    at: datetime
    direction: AccessRecord.Direction
    agency: str
    asking_node: str
    service: str
    case_ref: str
    basis: dict[str, Any]
    purpose: dict[str, Any]
    fields: list[str]
    officer: Officer | None = None
    agent: Person | None = None
    message_id: UUID | None = None
    question_sha256: bytes | None = None
    reply_sha256: bytes | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def officer_id(self) -> int | None:
        """Which officer looked, if one did."""
        return self.officer.pk if self.officer is not None else None


_COLUMNS = (
    *("id", "pseudonym", "at", "direction", "agency", "officer_id", "agent_id", "asking_node"),
    *("service", "case_ref", "basis", "purpose", "fields", "message_id", "question_sha256", "reply_sha256"),
)
_INSERT_ALL = """
INSERT INTO people_accessrecord
       (id, pseudonym, at, direction, agency, asking_node,
        service, case_ref, basis, purpose, fields, message_id, question_sha256, reply_sha256)
SELECT id, pseudonym, at, direction, agency, asking_node,
       service, case_ref, basis, purpose, fields, message_id, question_sha256, reply_sha256
  FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
              %s::text[], %s::text[], %s::jsonb[], %s::jsonb[], %s::jsonb[], %s::uuid[],
              %s::bytea[], %s::bytea[])
       AS look(of_row, id, pseudonym, at, direction, agency, asking_node,
               service, case_ref, basis, purpose, fields, message_id, question_sha256, reply_sha256)
 WHERE (of_row IN (SELECT id FROM """


def _row(look: Look) -> tuple[Cell, ...]:
    return (
        look.id,
        look.pseudonym,
        look.at,
        look.direction.value,
        look.agency,
        look.officer_id,
        look.agent.pk if look.agent is not None else None,
        look.asking_node,
        look.service,
        look.case_ref,
        json_cell(look.basis),
        json_cell(look.purpose),
        json_cell(look.fields),
        look.message_id,
        look.question_sha256,
        look.reply_sha256,
    )


@dataclass(frozen=True)
class AccessPage:
    """One page of looks, the latest first; `next` is what the following page asks for, empty on the last."""

    looks: tuple[Access, ...]
    next: str


def page_of(person: Person, after: str = "") -> AccessPage:
    """The looks at this person's data at this node that may be shown by now, page by page to the first.

    An unusable `after` gives the latest.
    """
    rows = _after(_disclosed_to(person), after).order_by("-at", "-pk")
    found = list(rows[: LINES_A_PAGE + 1])
    last = found[LINES_A_PAGE - 1] if len(found) > LINES_A_PAGE else None
    following = f"{last.at.astimezone(UTC).isoformat()}_{last.pk}" if last else ""
    return AccessPage(_all_shown(person, found[:LINES_A_PAGE]), following)


def accesses_of(person: Person, case_ref: str = "") -> tuple[Access, ...]:
    """The latest looks at this person's data, or those for one case; one page of them at most."""
    rows = _disclosed_to(person)
    shown = rows.filter(case_ref=case_ref) if case_ref else rows
    return _all_shown(person, shown[:LINES_A_PAGE])


def _after(rows: QuerySet[AccessRecord], after: str) -> QuerySet[AccessRecord]:
    moment, _, key = after.partition("_")
    try:
        at, pk = datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return rows
    if at.tzinfo is None:
        return rows
    return rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))


def access_of(person: Person, access: UUID) -> Access | None:
    """One look at this person's data; None when it is none of theirs, or not to be shown yet."""
    shown = _all_shown(person, _disclosed_to(person).filter(pk=access)[:1])
    return shown[0] if shown else None


def _disclosed_to(person: Person) -> QuerySet[AccessRecord]:
    """The looks at this person's data and at that of the enterprises which they head today."""
    whose = [person.pseudonym, *_firms_of(person)]
    return disclosed(AccessRecord.objects.filter(pseudonym__in=whose).select_related("officer", "agent"))


def _firms_of(person: Person) -> dict[str, str]:
    """The names of the enterprises that the person heads today, by pseudonym."""
    return {pseudonym(firm.pk): firm.name for firm in permissions.represented_by(person)}


def _all_shown(person: Person, records: Iterable[AccessRecord]) -> tuple[Access, ...]:
    firms = _firms_of(person)
    return tuple(_shown(record, firms.get(record.pseudonym, "")) for record in records)


def record_reading(
    *,
    person: Person,
    officer: Officer,
    service: str,
    case_ref: str,
    basis: Text,
    purpose: Text,
    fields: Sequence[str],
    agent: Person | None = None,
) -> None:
    """Record that an officer of this node read these fields of a person. Raises LogUnavailable.

    Where `agent` applied for the person, both are told: the officer saw the agent's name too.
    """
    seen = {person: list(fields)} if agent is None else {person: list(fields), agent: ["name"]}
    read = _read_by(officer, basis, purpose)
    looks = [
        read(pseudonym=one.pseudonym, agent=agent, service=service, case_ref=case_ref, fields=named)
        for one, named in seen.items()
    ]
    store(looks)


def record_found(
    *,
    officer: Officer,
    found: Sequence[tuple[Person, str, str]],
    basis: Text,
    purpose: Text,
    fields: Sequence[str] = ("name",),
) -> None:
    """Record that a list showed an officer something of these cases, their people's names unless told else.

    Each is given by person, service and number.

    Raises LogUnavailable.
    """
    read = _read_by(officer, basis, purpose)
    looks = [
        read(pseudonym=person.pseudonym, service=service, case_ref=number, fields=list(fields))
        for person, service, number in found
    ]
    store(looks)


def _read_by(officer: Officer, basis: Text, purpose: Text) -> Callable[..., Look]:
    """What makes the looks of one reading by an officer, given what each is of."""
    return partial(
        Look,
        at=now(),
        direction=AccessRecord.Direction.READ,
        agency=officer.agency,
        officer=officer,
        asking_node=this_node().name,
        basis=basis.to_json(),
        purpose=purpose.to_json(),
    )


def record_agents_look(
    *, person: Person, agent: Person, service: str, case_ref: str, fields: Sequence[str]
) -> None:
    """Record that somebody looked at these fields of the person who mandated them. Raises LogUnavailable."""
    look = Look(
        pseudonym=person.pseudonym,
        at=now(),
        direction=AccessRecord.Direction.AGENT,
        agency="",
        agent=agent,
        asking_node=this_node().name,
        service=service,
        case_ref=case_ref,
        basis=_BY_MANDATE.to_json(),
        purpose=_ACTING.to_json(),
        fields=list(fields),
    )
    store([look])


def record_point(
    *, person: Person, agency: str, service: str, case_ref: str, basis: Text, purpose: Text
) -> None:
    """Record that a point of service was told what became of the person's bill. Raises LogUnavailable."""
    look = Look(
        pseudonym=person.pseudonym,
        at=now(),
        direction=AccessRecord.Direction.POINT,
        agency=agency,
        asking_node=this_node().name,
        service=service,
        case_ref=case_ref,
        basis=basis.to_json(),
        purpose=purpose.to_json(),
        fields=["decision"],
    )
    store([look])


def store(accesses: Sequence[Look]) -> None:
    """Store access records and their records in the log. Raises LogUnavailable."""
    with transaction.atomic(savepoint=False):
        copied_in("people_accessrecord", _COLUMNS, map(_row, accesses))
        translog.record_all(translog.prepare(ACCESS, access.id, logged(access)) for access in accesses)


def store_within(writes: Writes, of: str, accesses: Sequence[tuple[UUID, Look]]) -> None:
    """Store looks that questions of other nodes brought by parts of what is written, with the log's records.

    Each goes with the row of that `id` which the part `of` gives, or is not stored. Raises LogUnavailable.
    """
    looks = [look for _, look in accesses]
    values: list[Value] = [
        arrays.uuids(row for row, _ in accesses),
        arrays.uuids(look.id for look in looks),
        arrays.texts(look.pseudonym for look in looks),
        arrays.moments(look.at for look in looks),
        arrays.texts(look.direction.value for look in looks),
        arrays.texts(look.agency for look in looks),
        arrays.texts(look.asking_node for look in looks),
        arrays.texts(look.service for look in looks),
        arrays.texts(look.case_ref for look in looks),
        arrays.jsons(json_cell(look.basis) for look in looks),
        arrays.jsons(json_cell(look.purpose) for look in looks),
        arrays.jsons(json_cell(look.fields) for look in looks),
        arrays.uuids(cast(UUID, look.message_id) for look in looks),
        arrays.binaries(cast(bytes, look.question_sha256) for look in looks),
        arrays.binaries(cast(bytes, look.reply_sha256) for look in looks),
    ]
    writes.add("looked", f"{_INSERT_ALL}{of})) IS TRUE", values)
    records = [(row, translog.prepare(ACCESS, look.id, logged(look))) for row, look in accesses]
    translog.record_all_within(writes, of, records)


def logged(access: AccessRecord | Look) -> dict[str, Json]:
    """What the log's record says of an access; an auditor compares the two."""
    by: dict[str, Json] = {"agent": access.agent.pseudonym} if access.agent else {}
    if access.question_sha256 is not None and access.reply_sha256 is not None:
        by |= {"sha256": access.question_sha256.hex(), "reply_sha256": access.reply_sha256.hex()}
    return by | {
        "access": str(access.id),
        "person": access.pseudonym,
        "at": access.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "direction": str(access.direction),
        "agency": access.agency,
        "officer": access.officer_id,
        "asking_node": access.asking_node,
        "service": access.service,
        "case": access.case_ref,
        "basis": access.basis,
        "purpose": access.purpose,
        "fields": list(access.fields),
        "message": str(access.message_id) if access.message_id else None,
    }


def record_sign_in(*, person: Person, partner: str, basis: Text, purpose: Text) -> None:
    """Record that name and ID number went to a partner so that the person could sign in there.

    Raises LogUnavailable.
    """
    access = Look(
        pseudonym=person.pseudonym,
        at=now(),
        direction=AccessRecord.Direction.OUT,
        agency="",
        asking_node=partner,
        service="",
        case_ref="",
        basis=basis.to_json(),
        purpose=purpose.to_json(),
        fields=["name", "resident_id"],
    )
    store([access])


def stored_accesses(recorded: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | None]:
    """What the log should say of these accesses, as they are stored now; None for one that is gone."""
    found = AccessRecord.objects.select_related("agent").in_bulk(
        [UUID(record["access"]) for record in recorded]
    )
    stored = [found.get(UUID(record["access"])) for record in recorded]
    return [logged(access) if access else None for access in stored]


def _shown(record: AccessRecord, enterprise: str) -> Access:
    officer = record.officer
    until, basis = getattr(record, "withheld_until", None), getattr(record, "withheld_on", None)
    return Access(
        id=record.id,
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
        withheld=Withheld(until, Text.model_validate(basis)) if until else None,
        agent=record.agent.name if record.agent else "",
        enterprise=enterprise,
    )
