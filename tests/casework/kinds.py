"""Cases of every kind, made and moved by nothing but their definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tongban.node.casework import catalogue, log, procedures, reading
from tongban.node.casework.history import CaseState, Mark
from tongban.node.casework.models import Case
from tongban.node.casework.opening import opening
from tongban.node.casework.procedure import Happening, Procedure, Role
from tongban.node.clock import now, today
from tongban.node.people.models import Person

KINDS: Mapping[str, Procedure] = reading.shipped()
EVIDENCE = "spells-chengdu"
_WORDS = {"zh": "示例", "en": "example"}
SAMPLE: Mapping[str, Any] = {
    "until": (today() + timedelta(days=5)).isoformat(),
    "consulted": "510100-wj",
    "category": "wages",
    "conversation": str(UUID(int=1)),
    "amount": 2_467_500,
    "fund_pays": 123_450,
    "months": 31,
    "stated": {"months_left": 15, "monthly_benefit": 164_500},
    "round": 1,
    "reference": "CQ-2026-1",
    "refusal": "材料不符",
    "key": EVIDENCE,
    "message": str(UUID(int=2)),
    "records": [],
    "outcome": "granted",
    "pool": "510100",
    "title": _WORDS,
    "text": _WORDS,
    "explanation": {"outcomes": {}, "steps": [], "unverified": []},
    "answers": {},
    "applied_on": "2026-11-03",
    "evidence": [
        {
            "key": EVIDENCE,
            "type": "contribution-spells",
            "place": "510100",
            "agency": "510100-yb",
            "message": str(UUID(int=2)),
            "consent": "",
        }
    ],
}


def data_of(happening: Happening) -> dict[str, Any]:
    """Data that an event of this kind can carry."""
    return {**SAMPLE, **{name: SAMPLE.get(name, _WORDS) for name in happening.sentence.placeholders}}


@dataclass(frozen=True)
class Next:
    """An event that may happen next: by whom, leading where."""

    happening: Happening
    role: Role
    status: str


def possible(procedure: Procedure, state: CaseState | None) -> Iterator[Next]:
    """Every event that may follow, straight from the definition."""
    known = {*state.marks, *state.facts} if state else set()
    for happening in procedure.happenings.values():
        if happening.needs - known or happening.unless & known or happening.kind == log.MOVED:
            continue
        status, back = (state.status, state.back) if state else (None, None)
        reached = {status} if happening.stays else {back} if happening.returns else happening.reaches
        for to in sorted(one for one in reached if one):
            for role in sorted(happening.by):
                if procedure.allows(happening.kind, role, status, to, back):
                    yield Next(happening, role, to)


def new_case(kind: str, person: Person) -> Case:
    """A case of this kind without any event, of the one service that is published."""
    at = now()
    return Case.objects.create(
        number=opening(kind).number,
        person=person,
        service=catalogue.current("medical-retirement"),
        procedure=procedures.current(kind),
        agency="510100-yb",
        revision=0,
        snapshot={},
        opened_at=at,
        updated_at=at,
    )


def happen(case: Case, step: Next, actor: log.Actor | None = None) -> CaseState:
    """Append the event to the case.

    Each case is of a bill of its own, which is owed once; nobody is there to be told of anything.
    """
    data = data_of(step.happening) | {"bill": case.number}
    if any(log.is_followed(procedures.of(case).kind, told) for told in ("cleared", "corrected")):
        del data["conversation"]
    entry = log.Entry(step.happening.kind, step.status, actor or log.Actor(step.role), data)
    return log.append(case, procedures.of(case), entry)


def case_in(kind: str, status: str, person: Person, marks: frozenset[str] = frozenset()) -> Case:
    """An opened case put into a state, with these marks and facts, whatever way would lead there."""
    procedure = KINDS[kind]
    case = new_case(kind, person)
    opening = next(possible(procedure, None))
    state = happen(case, opening)
    facts = {name: SAMPLE[name] for name in marks if name in SAMPLE}
    put = state._replace(
        status=status,
        proposed_by=1,
        back=status,
        marks={name: Mark(1, today().isoformat()) for name in marks - facts.keys()},
        facts=facts | {"conversation": SAMPLE["conversation"]},
    )
    case.snapshot, case.status = put.to_json(), status
    case.awaits = procedure.states[status].awaits
    case.consulted = facts.get("consulted", "")
    case.save()
    return case
