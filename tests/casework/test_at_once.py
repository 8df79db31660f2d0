"""Two people, two workers, two clicks at the same moment: real connections, real locks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests.casework.walk import CONSENTS, Walk
from tongban.node.casework import actions, notifying, submission, timers
from tongban.node.casework.models import Case, Event
from tongban.node.casework.refusals import Refused
from tongban.node.casework.senders import Letter
from tongban.node.clock import now
from tongban.node.people.models import Account, Officer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> Sequence[object]:
    """What each call gives, or the code it is refused with; all start together, each on its connection."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait(timeout=60)
        try:
            return call()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_officers_deciding_at_once_exactly_one_decides(
    walk: Walk, officer: Officer, colleague: Officer
) -> None:
    case = walk.proposed()
    outcomes = at_once(
        lambda: actions.confirm(officer, case.number, case.revision).status,
        lambda: actions.refuse(colleague, case.number, case.revision, "理由").status,
    )
    assert outcomes.count("stale-revision") == 1
    assert Event.objects.filter(kind="decided").count() == 1


def test_a_double_click_on_submit_makes_one_case(walk: Walk) -> None:
    draft = walk.draft()
    numbers = at_once(*[lambda: submission.submit(walk.person, draft.pk, CONSENTS).number for _ in range(3)])
    assert len(set(numbers)) == 1
    assert Case.objects.count() == 1


def test_both_sides_answers_at_once_lead_to_one_proposal(walk: Walk) -> None:
    case = walk.submitted()
    at_once(lambda: walk.answer(case, "510100"), lambda: walk.answer(case, "500000"))
    assert [event.kind for event in case.events.all()].count("proposed") == 1


def test_two_workers_fire_a_timer_once(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    walk.proposed()
    late = now() + timedelta(days=60)
    monkeypatch.setattr(timers, "now", lambda: late)
    assert sorted(at_once(timers.fire_due, timers.fire_due), key=str) == [0, 1]
    assert Event.objects.filter(kind="overdue").count() == 1


def test_two_workers_send_a_notice_once(
    walk: Walk, citizen: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[Letter] = []
    monkeypatch.setattr(notifying, "sender", lambda channel: letters.append)
    notifying.choose(citizen.pk, language="zh-hans", email="woman@example.org")
    walk.proposed()
    sent = at_once(*[notifying.send_due] * 3)
    assert (sorted(sent, key=str), len(letters)) == ([0, 0, 1], 1)
