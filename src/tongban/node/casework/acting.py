"""Carries out an action on a case: whoever acts, whatever the kind.

Promises: only what the procedure offers this person now, only on the revision that was seen, all or nothing;
what special actions do besides is registered by code, and runs in the same transaction. What only records is
one statement without a lock before: it writes if revision and rights are still what they were.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tongban.node.casework import behalf, catalogue, inputs, locking, log, procedures, rights
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case
from tongban.node.casework.procedure import Action, Circumstances, Procedure, Role
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.node.statements import here
from tongban.services import Service


@dataclass(frozen=True)
class Acting:
    """An action about to be carried out on a locked case; `seen` is the revision that was seen."""

    case: Case
    procedure: Procedure
    service: Service
    state: CaseState
    action: Action
    actor: log.Actor
    given: inputs.Given = field(repr=False)
    seen: int

    def entry(self, status: str, data: Mapping[str, object] | None = None) -> log.Entry:
        """The event that the action records, leading to this status; with what was given unless told else."""
        return log.Entry(self.action.records, status, self.actor, self.given if data is None else data)


Who = Officer | Person | Applicant
"""An officer, or a citizen in their own name or in another's."""

Step = Callable[[Acting], log.Entry]
"""What an action does besides: it may ask, send or look up, and says which event is recorded."""

Check = Callable[[Case], None]
"""What has to hold of a case before an action is tried; raises Refused, and may note what it found."""

Alone = Callable[[CaseState], bool]
"""Whether an action on a case in this state does nothing besides recording its event."""

_steps: dict[str, tuple[Step, Alone]] = {}
_checks: dict[str, list[Check]] = {}
_at_any: set[str] = set()


def never(_state: CaseState) -> bool:
    """It always does something besides."""
    return False


def always(_state: CaseState) -> bool:
    """It only ever records; what the step looks up is all that it does in the database."""
    return True


def register(code: str, step: Step, alone: Alone = never) -> None:
    """Have `step` decide what the action of this code records; each code once.

    `alone` says when it only records: the step may look something up then, but write nothing.
    """
    if _steps.setdefault(code, (step, alone)) != (step, alone):
        raise ValueError(f"the action {code!r} has a step already")


def register_at_any(code: str, step: Step) -> None:
    """The same for an action that counts whatever happened since the page was opened, like a line written.

    Its step sees to it that what is sent twice is done once.
    """
    register(code, step)
    _at_any.add(code)


def before(code: str, check: Check) -> None:
    """Have `check` run before the action of this code, outside of its transaction."""
    _checks.setdefault(code, []).append(check)


def perform(who: Who, number: str, revision: int, code: str, raw: Mapping[str, str] | None = None) -> Case:
    """Carry out an action with its raw inputs on the revision that was seen.

    Raises Refused: `not-found`, `stale-revision`, `not-available`, `inputs-unusable`, or the step's own.
    """
    _checked(who, number, code)
    step, alone = _steps.get(code, (plain, always))
    if alone is not never and not _is_by_mandate(who):
        holds = locking.visible(who)
        acting = _acting(locking.case_seen(holds, number, revision), who, code, raw or {}, revision)
        if alone(acting.state) and not log.is_followed(acting.procedure.kind, acting.action.records):
            return _recorded(acting, step, holds, revision)
    with transaction.atomic():
        if not isinstance(who, Officer):
            behalf.hold(applicants.of(who))
        at = None if code in _at_any else revision
        acting = _acting(locking.case_for(who, number, at), who, code, raw or {}, revision)
        log.append(acting.case, acting.procedure, step(acting))
        return acting.case


def available(case: Case, who: Who) -> tuple[Action, ...]:
    """The actions that this person has on the case now."""
    procedure = procedures.of(case)
    return procedure.available(_role(who), circumstances(case, log.state_of(case), who))


def circumstances(case: Case, state: CaseState, who: Who) -> Circumstances:
    """What the guards of the case's actions look at when this person asks."""
    officer = who if isinstance(who, Officer) else None
    return Circumstances(
        status=state.status,
        marks=state.marks,
        facts=state.facts,
        options=frozenset(catalogue.of(case).definition.options),
        on=today(),
        officer=officer.id if officer else None,
        is_consulted=officer is not None and officer.agency != case.agency,
    )


def plain(acting: Acting) -> log.Entry:
    """The step of an action that has none of its own: record the event with what was given."""
    return acting.entry(target(acting))


def target(acting: Acting) -> str:
    """The one status to which the action's event leads."""
    happening = acting.procedure.happenings[acting.action.records]
    if happening.stays:
        return acting.state.status
    if happening.returns:
        return acting.state.back or acting.state.status
    return acting.procedure.only_target(happening.kind)


def _recorded(acting: Acting, step: Step, holds: rights.Condition, revision: int) -> Case:
    with here().execute_wrapper(_only_reads):
        entry = step(acting)
    try:
        log.append(acting.case, acting.procedure, entry, holds)
    except log.Overtaken:
        locking.case_seen(holds, acting.case.number, revision)
        raise Refused("stale-revision") from None
    return acting.case


def _only_reads(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Nothing is written before the event: it would stay when the event is refused."""
    if not sql.lstrip().startswith("SELECT"):
        raise RuntimeError("a step that was registered as one that only records wants to write")
    return execute(sql, *rest)


def _is_by_mandate(who: Who) -> bool:
    return isinstance(who, Applicant) and who.mandate is not None


def _checked(who: Who, number: str, code: str) -> None:
    checks = _checks.get(code, ())
    case = _visible(who).filter(number=number).first() if checks else None
    if case is not None:
        for check in checks:
            check(case)


def _acting(case: Case, who: Who, code: str, raw: Mapping[str, str], seen: int) -> Acting:
    procedure, state = procedures.of(case), log.state_of(case)
    action = procedure.offered(code, _role(who), circumstances(case, state, who))
    if action is None:
        raise Refused("not-available")
    actor = log.by_officer(who) if isinstance(who, Officer) else log.by_applicant(applicants.of(who))
    given = inputs.read(action.asks, raw)
    return Acting(case, procedure, catalogue.of(case), state, action, actor, given, seen)


def _role(who: Who) -> Role:
    return "officer" if isinstance(who, Officer) else "citizen"


def _visible(who: Who) -> QuerySet[Case]:
    return rights.of_officer(who) if isinstance(who, Officer) else rights.of_citizen(who)
