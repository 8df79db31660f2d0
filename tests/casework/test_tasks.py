"""Tasks: assigned in bulk or taken, given to who stands in; cases moved to another version; lists."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.casework.kinds import KINDS
from tests.casework.test_misuse import refused
from tests.casework.walk import Walk, inbox
from tests.services.shipped import copy_shipped, edit
from tongban.node.casework import (
    acting,
    assigning,
    cases,
    catalogue,
    limits,
    log,
    moving,
    procedures,
    recounting,
)
from tongban.node.casework.models import AbsenceChange, Case, PublishedService, Task
from tongban.node.clock import today
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.places.calendar import Calendar


@pytest.fixture
def chief(officer: Officer) -> Officer:
    permissions.grant(officer, permissions.Act.ASSIGN)
    return officer


def tasks(walk: Walk, count: int) -> list[int]:
    for _ in range(count):
        walk.proposed()
    return sorted(Task.objects.values_list("pk", flat=True))


def test_tasks_are_assigned_in_bulk(walk: Walk, chief: Officer, colleague: Officer) -> None:
    wanted = tasks(walk, 2)
    assert assigning.assign(chief, wanted, colleague) == 2
    assert assigning.assign(chief, wanted, colleague) == 0
    assert set(Task.objects.values_list("assignee", "assigned_by")) == {(colleague.pk, chief.pk)}


def test_a_bulk_with_a_task_that_is_not_the_agencys_changes_nothing(
    walk: Walk, chief: Officer, colleague: Officer, stranger: Officer
) -> None:
    wanted = tasks(walk, 1)
    assert refused(lambda: assigning.assign(chief, [*wanted, 999_999], colleague)) == "not-found"
    assert refused(lambda: assigning.assign(chief, wanted, stranger)) == "not-permitted"
    assert refused(lambda: assigning.take(stranger, wanted)) == "not-found"
    assert Task.objects.filter(assignee=None).count() == 1


def test_who_may_not_assign_may_take_what_is_nobodys(
    walk: Walk, officer: Officer, colleague: Officer
) -> None:
    wanted = tasks(walk, 1)
    assert refused(lambda: assigning.assign(officer, wanted, colleague)) == "not-permitted"
    assigning.take(officer, wanted)
    assert refused(lambda: assigning.take(colleague, wanted)) == "not-available"
    assert refused(lambda: assigning.give_back(colleague, wanted)) == "not-found"
    assert assigning.give_back(officer, wanted) == 1


def test_a_task_for_who_is_absent_goes_to_who_stands_in(
    walk: Walk, chief: Officer, colleague: Officer
) -> None:
    wanted = tasks(walk, 1)
    day = today()
    assigning.be_absent(colleague, day, day, chief)
    assigning.assign(chief, wanted, colleague)
    assert Task.objects.get().assignee == chief
    assert assigning.stand_in(colleague, day + timedelta(days=1)) == colleague


def test_two_who_stand_in_for_each_other_send_nothing_in_circles(chief: Officer, colleague: Officer) -> None:
    day = today()
    assigning.be_absent(colleague, day, day, chief)
    assigning.be_absent(chief, day, day, colleague)
    assert assigning.stand_in(colleague, day) in {chief, colleague}


def test_an_absence_needs_a_colleague_of_the_agency_and_days_in_order(
    officer: Officer, colleague: Officer, stranger: Officer
) -> None:
    day = today()
    assert refused(lambda: assigning.be_absent(officer, day, day, stranger)) == "not-permitted"
    assert refused(lambda: assigning.be_absent(officer, day, day, officer)) == "not-permitted"
    before = day - timedelta(days=1)
    assert refused(lambda: assigning.be_absent(officer, day, before, colleague)) == "not-permitted"


def test_due_overdue_and_paused_are_lists(walk: Walk, officer: Officer) -> None:
    due, late, paused = walk.proposed(), walk.proposed(), walk.proposed()
    Task.objects.filter(case=late).update(due_on=today() - timedelta(days=1))
    asked = {"reason": "请补充", "until": (today() + timedelta(days=5)).isoformat()}
    acting.perform(officer, paused.number, paused.revision, "request-correction", asked)
    assert [line.number for line in inbox(officer, "due")] == [due.number]
    assert [line.number for line in inbox(officer, "overdue")] == [late.number]
    assert [line.number for line in inbox(officer, "paused")] == [paused.number]


@pytest.fixture
def newer(walk: Walk, tmp_path: Path) -> str:
    root = copy_shipped(tmp_path / "newer")
    edit(root, 'version = "2026.11.3"', 'version = "2026.12.1"')
    catalogue.publish(root)
    return "2026.12.1"


def test_a_dry_run_says_what_would_move_and_writes_nothing(walk: Walk, newer: str) -> None:
    case = Case.objects.get(pk=walk.proposed().pk)
    Case.objects.filter(pk=case.pk).update(service=PublishedService.objects.earliest("pk"))
    (one,) = moving.move("medical-retirement", newer, "规则修订", is_dry=True)
    assert (one.number, one.obstacle) == (case.number, "")
    assert walk.again(case).revision == case.revision


def test_a_moved_case_goes_on_under_the_new_version_and_says_why(walk: Walk, newer: str) -> None:
    case = walk.proposed()
    Case.objects.filter(pk=case.pk).update(service=PublishedService.objects.earliest("pk"))
    due = case.due_on
    moving.move("medical-retirement", newer, "规则修订", is_dry=False)
    case = walk.again(case)
    assert (case.service.version, case.due_on) == (newer, due)
    assert "规则修订" in cases.for_citizen(walk.person, case.number).timeline[-1].text.zh
    assert log.replay(KINDS["recognition"], log.history(case)) == log.state_of(case)
    assert moving.move("medical-retirement", newer, "规则修订", is_dry=False) == ()


def test_a_case_whose_state_a_new_procedure_does_not_have_stays_and_is_named(walk: Walk, newer: str) -> None:
    case = walk.proposed()
    old = KINDS["recognition"]
    left = {code: state for code, state in old.states.items() if code != "deciding"}
    procedures.publish({"recognition": replace(old, version="9999.1.1", states=left)})
    (one,) = moving.move("medical-retirement", newer, "规则修订", is_dry=False)
    assert "no state deciding" in one.obstacle
    assert walk.again(case).revision == case.revision


def test_no_case_moves_to_a_version_that_is_not_published(walk: Walk) -> None:
    assert (
        refused(lambda: moving.move("medical-retirement", "1999.1.1", "x", is_dry=True)) == "service-unknown"
    )


def test_when_the_table_grows_provisional_limits_are_counted_anew_once(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = today().year
    without_table = Calendar("known", "", frozenset({year - 1}), frozenset(), frozenset())
    with monkeypatch.context() as patch:
        patch.setattr(limits, "calendar", lambda: without_table)
        case = walk.proposed()
    assert log.state_of(case).due_is_provisional
    last = case.due_on
    assert last is not None
    grown = Calendar("next", "", frozenset({year, year + 1}), frozenset({last}), frozenset())
    monkeypatch.setattr(recounting, "calendar", lambda: grown)
    assert (recounting.recount_provisional(), recounting.recount_provisional()) == (1, 0)
    case = walk.again(case)
    assert case.due_on == grown.add_working_days(last, 1).on
    assert Task.objects.get(closed_at=None).due_on == case.due_on
    assert not Task.objects.get(closed_at=None).due_is_provisional
    assert log.history(case)[-1].kind == "limit-recomputed"
    assert limits.recounted(log.state_of(case).clock, grown) == log.state_of(case).clock


def test_every_change_of_an_absence_is_kept_and_the_row_is_their_fold(
    officer: Officer, colleague: Officer
) -> None:
    day = today()
    running = assigning.be_absent(officer, day - timedelta(days=2), day + timedelta(days=2), colleague)
    coming = assigning.be_absent(officer, day + timedelta(days=9), day + timedelta(days=9), colleague)
    for absence in (running, coming):
        assigning.come_back(officer, absence.pk)
        absence.refresh_from_db()
        noted, ended = absence.changes.all()
        assert (noted.kind, ended.kind) == ("noted", "ended")
        assert (ended.first, ended.last) == (absence.first, absence.last)
    assert (running.last, running.cancelled, coming.cancelled) == (day - timedelta(days=1), False, True)
    assert assigning.stand_in(officer, day) == officer


def test_an_absence_ends_once_and_only_by_its_officer(officer: Officer, colleague: Officer) -> None:
    absence = assigning.be_absent(officer, today(), today(), colleague)
    assert refused(lambda: assigning.come_back(colleague, absence.pk)) == "not-found"
    assigning.come_back(officer, absence.pk)
    assert refused(lambda: assigning.come_back(officer, absence.pk)) == "not-found"


def test_the_database_refuses_to_change_what_was_noted_of_an_absence(
    officer: Officer, colleague: Officer
) -> None:
    assigning.be_absent(officer, today(), today(), colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        AbsenceChange.objects.update(last=today())
