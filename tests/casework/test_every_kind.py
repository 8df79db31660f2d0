"""Every kind of procedure: whatever happens, replay gives the stored state, and roles hold in every cell."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.casework.kinds import KINDS, case_in, happen, new_case, possible
from tongban.node.casework import acting, log, procedures
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case
from tongban.node.casework.procedure import Action, Role
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.people.models import Officer, Person
from tongban.services import Service


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_replaying_any_history_of_any_kind_gives_the_stored_state(
    published: Service, woman: Person, kind: str, data: st.DataObject
) -> None:
    procedure, state = KINDS[kind], None
    case = new_case(kind, woman)
    for _ in range(data.draw(st.integers(1, 14), label="events")):
        following = list(possible(procedure, state))
        if not following:
            break
        state = happen(case, data.draw(st.sampled_from(following)))
        assert_kept(case, state)


def assert_kept(case: Case, state: CaseState) -> None:
    stored = Case.objects.get(pk=case.pk)
    procedure = procedures.of(stored)
    assert log.replay(procedure, log.history(stored)) == state == log.state_of(stored)
    status = procedure.states[state.status]
    wanted = {task for task in (status.task, "give-opinion" if stored.consulted else None) if task}
    assert set(stored.tasks.filter(closed_at=None).values_list("kind", flat=True)) == wanted
    assert (stored.due_on is not None) == status.runs
    waiting = stored.timers.filter(fired_at=None)
    assert waiting.count() == bool(stored.due_on or "until" in state.facts)


def offered(action: Action, kind: str) -> frozenset[str]:
    """The marks and facts with which the guards of an action let it through."""
    happening = KINDS[kind].happenings[action.records]
    needed = {name for name in action.needs | happening.needs if not name.startswith("service.")}
    return frozenset(needed | ({action.within.mark} if action.within else set()))


OF_A_CONVERSATION = frozenset(
    {
        "agree",
        "answer",
        "ask-back",
        "break-off",
        "check-identity",
        "conclude",
        "confirm-received",
        "decline",
        "hand-over",
        "hand-over-again",
        "instruct",
        "leave",
        "receive",
        "return",
        "sort",
        "state",
        "stop",
        "take",
        "take-on",
        "turn-away",
    }
)
"""Actions that a conversation refuses unless the other side was asked; the walks try them for real."""


def outcome(case: Case, who: Officer | Person, code: str) -> str:
    """What trying the action with nothing filled in comes to: `done`, or the code of the refusal."""
    with transaction.atomic():
        try:
            acting.perform(who, case.number, case.revision, code)
        except InputsRefused:
            return "done"
        except Refused as refused:
            return refused.code
        except Exception as error:  # a step that lacks what only a real walk brings was let through
            return f"done ({type(error).__name__})"
        finally:
            transaction.set_rollback(True)
    return "done"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_action_is_open_to_its_role_in_its_states_and_to_nobody_else(
    published: Service, woman: Person, officer: Officer, stranger: Officer, kind: str
) -> None:
    for status in KINDS[kind].states:
        for action in KINDS[kind].actions.values():
            case = case_in(kind, status, woman, offered(action, kind))
            is_open = status in action.during and not any(one.startswith("service.") for one in action.needs)
            by: dict[Role, Officer | Person] = {
                "officer": stranger if action.consulted else officer,
                "citizen": woman,
            }
            for role, who in by.items():
                was = outcome(case, who, action.code)
                allowed = was not in {"not-available", "not-found"}
                if action.code in OF_A_CONVERSATION and is_open and role == action.by:
                    allowed = action in acting.available(case, who)
                assert allowed == (is_open and role == action.by), (status, action.code, role, was)
            if not action.consulted:
                assert outcome(case, stranger, action.code) == "not-found"
