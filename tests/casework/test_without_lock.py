"""What only records is written without a lock before: real connections come in between, and decide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.test_at_once import at_once
from tests.casework.test_misuse import refused
from tests.casework.walk import CONSENTS, Walk
from tests.services.shipped import TWO_SIDED, copy_shipped
from tongban.node.casework import acting, catalogue, drafts, log, submission
from tongban.node.casework.models import Case, Draft, Event, Task
from tongban.node.clock import today
from tongban.node.people.models import Grant, Officer
from tongban.node.translog.models import LogRecord

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = "公司拖欠三个月工资"


def request_of(walk: Walk) -> Draft:
    draft = drafts.begin(walk.person, "hotline-handover")
    for key, raw in (("request", REQUEST), ("about", "510100"), ("phone", "13800000000")):
        drafts.answer(draft, key, raw)
    return Draft.objects.get(pk=draft.pk)


def opened(walk: Walk) -> Case:
    return submission.submit(walk.person, request_of(walk).pk, frozenset())


@pytest.fixture(autouse=True)
def _hotline(db: None, tmp_path: Path) -> None:
    catalogue.publish(copy_shipped(tmp_path / "services", TWO_SIDED))


@pytest.fixture
def clerk(walk: Walk, officer: Officer) -> Officer:
    """An officer of the agency that requests come to."""
    agency = opened(walk).agency
    Officer.objects.filter(pk=officer.pk).update(agency=agency)
    officer.refresh_from_db()
    return officer


def elsewhere(change: Callable[[], object]) -> None:
    """Do it on another connection, committed."""

    def run() -> None:
        try:
            change()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(timeout=60)


def between(monkeypatch: pytest.MonkeyPatch, module: Any, change: Callable[[], object]) -> None:
    """Have another connection change something after what is to be written was read, and before it is."""
    append = log.append

    def late(*args: Any) -> Any:
        elsewhere(change)
        return append(*args)

    monkeypatch.setattr(module.log, "append", late)


def stored() -> tuple[int, int, int]:
    return Event.objects.count(), LogRecord.objects.filter(kind=log.EVENT).count(), Task.objects.count()


def sort(officer: Officer, case: Case) -> Case:
    return acting.perform(officer, case.number, case.revision, "sort", {"category": "wages"})


def test_a_step_that_only_records_is_two_statements_and_no_transaction(walk: Walk, clerk: Officer) -> None:
    case = opened(walk)
    sort(clerk, case)
    case.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        sort(clerk, case)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "WITH"]


def test_a_request_is_submitted_by_two_statements_and_no_transaction(walk: Walk) -> None:
    opened(walk)
    draft = request_of(walk)
    with CaptureQueriesContext(connection) as queries:
        submission.submit(walk.person, draft.pk, frozenset())
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "WITH"]


def test_a_case_whose_evidence_is_asked_for_takes_one_number(walk: Walk) -> None:
    first, second = (submission.submit(walk.person, walk.draft().pk, CONSENTS).number for _ in range(2))
    assert int(second[-7:]) == int(first[-7:]) + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda clerk: Grant.objects.filter(officer=clerk).delete(),
        lambda clerk: Grant.objects.filter(officer=clerk).update(
            valid_from=today() - timedelta(days=9), valid_until=today() - timedelta(days=1)
        ),
        lambda clerk: Officer.objects.filter(pk=clerk.pk).update(is_active=False),
        lambda clerk: Officer.objects.filter(pk=clerk.pk).update(agency="500000-yb"),
    ],
    ids=["grant-revoked", "grant-ended", "out-of-office", "other-agency"],
)
def test_rights_lost_between_reading_and_writing_stop_the_step(
    walk: Walk, clerk: Officer, monkeypatch: pytest.MonkeyPatch, change: Callable[[Officer], object]
) -> None:
    case = opened(walk)
    before = stored()
    between(monkeypatch, acting, lambda: change(clerk))
    assert refused(lambda: sort(clerk, case)) == "not-found"
    assert stored() == before


def test_a_case_given_to_another_agency_in_between_is_not_acted_on(
    walk: Walk, clerk: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(walk)
    before = stored()
    between(monkeypatch, acting, lambda: Case.objects.filter(pk=case.pk).update(agency="500000-yb"))
    assert refused(lambda: sort(clerk, case)) == "not-found"
    assert stored() == before


def test_of_two_officers_who_only_record_at_once_exactly_one_does(
    walk: Walk, clerk: Officer, colleague: Officer
) -> None:
    Officer.objects.filter(pk=colleague.pk).update(agency=clerk.agency)
    colleague.refresh_from_db()
    case = opened(walk)
    before = stored()
    steps = [lambda who=who: sort(who, case).revision for who in (clerk, colleague) * 2]
    outcomes = at_once(*steps)
    assert sorted(outcomes, key=str) == [2, *["stale-revision"] * 3]
    assert [after - was for after, was in zip(stored(), before, strict=True)] == [1, 1, 0]


def test_a_request_submitted_by_several_clicks_at_once_is_one_case(walk: Walk) -> None:
    draft = request_of(walk)
    numbers = at_once(
        *[lambda: submission.submit(walk.person, draft.pk, frozenset()).number for _ in range(4)]
    )
    assert len(set(numbers)) == 1
    assert (Case.objects.count(), Event.objects.count()) == (1, 1)


def test_an_answer_saved_while_the_request_is_submitted_is_in_the_case(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = request_of(walk)
    changes = [lambda: drafts.answer(draft, "request", "另有加班费未付")]
    between(monkeypatch, submission, lambda: changes and changes.pop()())
    case = submission.submit(walk.person, draft.pk, frozenset())
    assert case.events.get().data["answers"]["request"] == "另有加班费未付"


def test_a_draft_given_up_while_it_is_submitted_makes_no_case(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = request_of(walk)
    between(monkeypatch, submission, lambda: drafts.discard(draft))
    assert refused(lambda: submission.submit(walk.person, draft.pk, frozenset())) == "not-found"
    assert not Case.objects.exists()


def test_a_step_that_said_it_only_records_cannot_write(
    walk: Walk, clerk: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(doing: acting.Acting) -> log.Entry:
        Grant.objects.filter(officer=clerk).update(place="")
        return acting.plain(doing)

    case = opened(walk)
    monkeypatch.setitem(acting._steps, "sort", (step, acting.always))
    with pytest.raises(RuntimeError, match="only records"):
        sort(clerk, case)
    assert Event.objects.filter(case=case).count() == 1
