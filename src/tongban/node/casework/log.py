"""Appends events to a case and keeps its row the fold of them.

Promises: an event is appended only at the next revision of the case as it was read, and only where the
procedure allows it; row, event and effects are written by one statement, all or none.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS

from tongban.node.casework import catalogue, effects, limits, procedures
from tongban.node.casework.history import STOPPED, CaseState, Happened, follow
from tongban.node.casework.models import Case, Event
from tongban.node.casework.procedure import Procedure, Role
from tongban.node.casework.rights import ALWAYS, Condition
from tongban.node.clock import LOCAL_ZONE, now
from tongban.node.copying import json_text
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer
from tongban.node.statements import Value, Writes
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json

_INSERT_EVENT = """
INSERT INTO casework_event (case_id, revision, kind, status, at, actor, data)
SELECT id, %s, %s, %s, %s, %s::jsonb, %s::jsonb FROM kept RETURNING id"""
_CASE = Case._meta.concrete_fields
_INSERT_CASE = f"""
INSERT INTO casework_case ({", ".join(str(field.column) for field in _CASE)})
SELECT {", ".join("%s" for _ in _CASE)} WHERE true"""
_UPDATE_CASE = """
UPDATE casework_case AS kept SET status = %s, awaits = %s, consulted = %s, conversation = %s::uuid,
    revision = %s, snapshot = %s::jsonb, due_on = %s, updated_at = %s
 WHERE kept.id = %s AND kept.revision = %s"""
EVENT = "event"
"""The kind of a case's event in the log."""

_ONE_OF_DRAFT = " ON CONFLICT (draft_id) DO NOTHING"


class Overtaken(Exception):
    """The case is no longer as it was read, or what had to hold no longer does; nothing was written."""


def canonical(data: Mapping[str, Any]) -> str:
    """An event's data as text, in the form that the log's record has the digest of."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(frozen=True)
class Actor:
    """Who did it: the citizen, an officer, the node by itself, or the other side's node."""

    role: Role
    officer: Officer | None = None
    applicant: Applicant | None = None

    def to_json(self) -> dict[str, object]:
        """The form in which it is stored with the event."""
        if self.applicant is not None:
            return {"role": self.role, **_on_behalf(self.applicant)}
        if self.officer is None:
            return {"role": self.role}
        post = {"zh": self.officer.post_zh, "en": self.officer.post_en}
        return {"role": self.role, "officer": self.officer.id, "agency": self.officer.agency, "post": post}


MOVED = "moved"
"""The event by which a case comes to another version of its service and procedure."""

CITIZEN = Actor("citizen")
NODE = Actor("node")
PEER = Actor("peer")


Subscriber = Callable[[Case, Event], None]
"""What is done besides when an event has been written: in its transaction, so that both are or neither."""

_subscribers: dict[tuple[str, str], list[Subscriber]] = {}


def on_event(kind: str, happening: str, subscriber: Subscriber) -> None:
    """Have `subscriber` told of every event of this name in cases of this kind, right after it is written."""
    _subscribers.setdefault((kind, happening), []).append(subscriber)


def by_officer(officer: Officer) -> Actor:
    """The officer as the one who did it."""
    return Actor("officer", officer)


def by_applicant(applicant: Applicant) -> Actor:
    """The citizen as the one who did it; who acts for somebody is named with whom they act for."""
    return Actor("citizen", applicant=applicant) if applicant.key else CITIZEN


def _on_behalf(applicant: Applicant) -> dict[str, object]:
    acting, firm, mandate = applicant.acting, applicant.enterprise, applicant.mandate
    return {
        "by": {"person": acting.pseudonym, "name": acting.name},
        "for": {"enterprise": firm.pk} if firm else {"person": applicant.person.pseudonym},
        "mandate": str(mandate.pk) if mandate else None,
    }


@dataclass(frozen=True)
class Entry:
    """An event about to be appended: what, to which status, by whom, with which data."""

    kind: str
    status: str
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


def happened(event: Event) -> Happened:
    """A stored event as the value that the fold takes."""
    return Happened(
        revision=event.revision,
        kind=event.kind,
        status=event.status,
        role=event.actor["role"],
        at=event.at,
        data=event.data,
        officer=event.actor.get("officer"),
    )


def history(case: Case) -> tuple[Event, ...]:
    """All events of a case in their order."""
    return tuple(case.events.order_by("revision"))


def replay(procedure: Procedure, events: Iterable[Event]) -> CaseState | None:
    """The state that stored events lead to; `procedure` is the one that the case was opened on.

    An event that moved the case to another version is followed by that version.
    """
    state: CaseState | None = None
    for event in events:
        state = follow(procedure, state, happened(event))
        if event.kind == MOVED:
            procedure = procedures.read(event.data["procedure"])
    return state


def state_of(case: Case) -> CaseState:
    """The state kept beside the case, read once from the same snapshot."""
    read: tuple[object, CaseState] | None = case.__dict__.get("_state_read")
    if read is None or read[0] is not case.snapshot:
        read = case.__dict__["_state_read"] = case.snapshot, CaseState.from_json(case.snapshot)
    return read[1]


def is_followed(kind: str, happening: str) -> bool:
    """Whether somebody is told of such events, in the transaction that writes them."""
    return (kind, happening) in _subscribers


def append(case: Case, procedure: Procedure, entry: Entry, holds: Condition = ALWAYS) -> CaseState:
    """Append one event to a case that this transaction has locked, or that is new and stored with it.

    Without a lock, `holds` says what still has to be true of the case's row when it is written. Raises
    HistoryError when the procedure does not allow it, and Overtaken; nothing is written then.
    """
    before = state_of(case) if case.snapshot else None
    at = max(now(), case.updated_at)
    actor, officer = entry.actor.to_json(), entry.actor.officer
    data = dict(entry.data) | _clock_data(case, procedure, before, entry, at)
    event = Happened(
        revision=(before.revision if before else 0) + 1,
        kind=entry.kind,
        status=entry.status,
        role=entry.actor.role,
        at=at,
        data=data,
        officer=officer.id if officer else None,
    )
    after = follow(procedure, before, event)
    told = canonical(data)
    writes = Writes()
    _follow(case, procedure, after, at)
    _keep(case, holds, writes)
    what = (event.revision, event.kind, event.status, at)
    writes.add("event", _INSERT_EVENT, [*what, json_text(actor), told])
    translog.record_within(writes, "event", EVENT, case.id, _record(case, event, actor, told))
    asked = effects.wanted(case.agency, procedure, before) if before else effects.NOTHING
    effects.settle(case, event, asked, effects.wanted(case.agency, procedure, after), writes)
    if procedure.happenings[event.kind].notifies:
        effects.notify(case, procedure, event, writes)
    number = writes.number_of("event")
    if number is None:
        raise Overtaken
    case._state.adding, case._state.db = False, DEFAULT_DB_ALIAS
    subscribers = _subscribers.get((procedure.kind, event.kind), ())
    if subscribers:
        stored = Event.objects.get(pk=number)
        for subscriber in subscribers:
            subscriber(case, stored)
    return after


def logged(case: Case, event: Event) -> dict[str, Json]:
    """What the log's record says of a stored event; an auditor compares the two."""
    return _record(case, happened(event), event.actor, canonical(event.data))


def _record(case: Case, event: Happened, actor: Mapping[str, Any], data: str) -> dict[str, Json]:
    by: dict[str, Json] = {}
    if "by" in actor:
        by = {"by": actor["by"]["person"], "for": actor["for"], "mandate": actor["mandate"]}
    return by | {
        "case": case.number,
        "revision": event.revision,
        "kind": event.kind,
        "status": event.status,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "role": event.role,
        "officer": event.officer,
        "data_sha256": hashlib.sha256(data.encode()).hexdigest(),
    }


def stored_events(recorded: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | None]:
    """What the log should say of these events, as they are stored now; None for one that is gone."""
    numbers = {record["case"] for record in recorded}
    found = {
        (event.case.number, event.revision): event
        for event in Event.objects.filter(case__number__in=numbers).select_related("case")
    }
    stored = [found.get((record["case"], record["revision"])) for record in recorded]
    return [logged(event.case, event) if event else None for event in stored]


def _clock_data(
    case: Case, procedure: Procedure, before: CaseState | None, entry: Entry, at: datetime
) -> dict[str, object]:
    """The clock that the event leads to, where it changes."""
    if "clock" in entry.data or entry.status not in procedure.states:
        return {}
    definition = catalogue.of(case).definition
    on = at.astimezone(LOCAL_ZONE).date()
    clock = limits.clock_after(
        before.clock if before else STOPPED, procedure.states[entry.status], procedure, definition, on
    )
    return {} if clock is None else {"clock": clock.to_json()}


def _follow(case: Case, procedure: Procedure, state: CaseState, at: datetime) -> None:
    """Have the case be what the events up to now make of it."""
    status = procedure.states[state.status]
    case.status = state.status
    case.awaits = status.awaits
    case.consulted = "" if status.is_final else state.facts.get("consulted", "")
    case.conversation = state.facts.get("conversation")
    case.revision = state.revision
    case.snapshot = state.to_json()
    case.due_on = date.fromisoformat(state.due_on) if state.due_on else None
    case.updated_at = at


def _keep(case: Case, holds: Condition, writes: Writes) -> None:
    """Write the case's row as the part `kept`, which gives no row when it is not as it was read."""
    snapshot = json_text(case.snapshot)
    if case._state.adding:
        values = [_stored(case, field.attname, snapshot) for field in _CASE]
        _write_case(_INSERT_CASE, values, holds, _ONE_OF_DRAFT, writes)
        return
    kept = [case.status, case.awaits, case.consulted, case.conversation, case.revision, snapshot]
    values = [*kept, case.due_on, case.updated_at, case.id, case.revision - 1]
    _write_case(_UPDATE_CASE, values, holds, "", writes)


def _write_case(text: str, values: list[Value], holds: Condition, ending: str, writes: Writes) -> None:
    writes.add("kept", f"{text} AND {holds.text}{ending} RETURNING id", [*values, *holds.values])


def _stored(case: Case, name: str, snapshot: str) -> Value:
    value: Value = snapshot if name == "snapshot" else getattr(case, name)
    return value
