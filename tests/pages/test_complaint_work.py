"""Who answers a complaint: one officer, without a hand in the case, in a time limit that is extended once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.test_at_once import at_once
from tests.casework.test_misuse import refused
from tests.casework.walk import Walk
from tests.pages.test_portal import page, signed_in
from tongban.node.casework import actions, assigning
from tongban.node.clock import today
from tongban.node.people.models import Grant, Officer
from tongban.node.people.permissions import Act, grant
from tongban.node.people.register import create_officer
from tongban.node.portal import complaint_limits, complaint_work, complaints
from tongban.node.portal.models import Complaint
from tongban.node.theme.wording import day_words
from tongban.places.calendar import add_working_days

__all__ = ["signed_in"]
SERVICE = "medical-retirement"


def about_service(walk: Walk) -> Complaint:
    return complaints.file(walk.person, uuid4(), "等了三周", service=SERVICE)


def about_decided(walk: Walk, officer: Officer) -> Complaint:
    case = walk.proposed()
    actions.refuse(officer, case.number, case.revision, "材料不符")
    return complaints.file(walk.person, uuid4(), "理由不对", case=case.number)


def desk_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer.account)
    return client


@pytest.fixture
def chief(officer: Officer) -> Officer:
    account = create_officer("chief", "x", officer.agency, "主任", POST, acts=(Act.HANDLE, Act.ASSIGN))
    return account.officer


def again(complaint: Complaint) -> Complaint:
    complaint.refresh_from_db()
    return complaint


@pytest.mark.django_db
def test_an_assigned_complaint_is_answered_by_its_officer_only(
    walk: Walk, officer: Officer, colleague: Officer, chief: Officer
) -> None:
    filed = about_service(walk)
    desk = desk_of(chief)
    assert colleague.name in page(desk, f"/workbench/complaints/{filed.pk}/")
    sent = desk.post(f"/workbench/complaints/{filed.pk}/assign/", {"officer": colleague.pk})
    assert sent.status_code == 302
    assert (again(filed).assignee, filed.assigned_by) == (colleague, chief)
    theirs = "/workbench/complaints/?status=mine"
    assert [str(filed.pk) in page(desk_of(one), theirs) for one in (officer, colleague)] == [False, True]
    response = desk_of(officer).post(f"/workbench/complaints/{filed.pk}/", {"words": "抢答"})
    assert response.status_code == 409
    assert "已经分派给别人" in response.content.decode()
    assert (
        desk_of(colleague).post(f"/workbench/complaints/{filed.pk}/", {"words": "已加急"}).status_code == 302
    )
    assert again(filed).answered_by == colleague


@pytest.mark.django_db
def test_who_decided_the_case_neither_answers_nor_extends_nor_gets_the_complaint_about_it(
    walk: Walk, officer: Officer, colleague: Officer, chief: Officer
) -> None:
    filed = about_decided(walk, officer)
    response = desk_of(officer).post(f"/workbench/complaints/{filed.pk}/", {"words": "没有错"})
    assert response.status_code == 409
    assert "办理过这个办件的人不能答复" in response.content.decode()
    assert refused(lambda: complaint_work.extend(officer, filed.pk, "再看看")) == "complaint-own-case"
    assert refused(lambda: complaint_work.take(officer, filed.pk)) == "complaint-own-case"
    assert refused(lambda: complaint_work.assign(chief, filed.pk, officer)) == "complaint-own-case"
    assert set(complaint_work.able(filed)) == {colleague, chief}
    complaint_work.answer(colleague, filed.pk, "重新核对")
    assert again(filed).answered_by == colleague


@pytest.mark.django_db
def test_a_time_limit_is_extended_once_with_a_reason_that_the_citizen_is_told(
    signed_in: Client, walk: Walk, officer: Officer
) -> None:
    filed = about_service(walk)
    first = filed.due_on
    assert first is not None
    address = f"/workbench/complaints/{filed.pk}/extend/"
    desk = desk_of(officer)
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert again(filed).due_on == first
    assert desk.post(address, {"reason": "要向医院调取记录"}).status_code == 302
    due = add_working_days(first, complaint_limits.on(today()).extension)
    assert (again(filed).due_on, filed.due_is_provisional) == (due.on, due.provisional)
    assert desk.post(address, {"reason": "再等等"}).status_code == 409
    assert (again(filed).due_on, filed.extension_reason) == (due.on, "要向医院调取记录")
    told = page(signed_in, "/notices/")
    assert f"延期到{day_words(due.on)}答复。原因：要向医院调取记录" in told
    assert "要向医院调取记录" in page(signed_in, "/complaints/")


@pytest.mark.django_db
def test_the_page_offers_the_answer_to_who_may_give_it_and_tells_others_why_not(
    walk: Walk, officer: Officer, colleague: Officer
) -> None:
    filed = about_decided(walk, officer)
    address = f"/workbench/complaints/{filed.pk}/"
    for who, is_offered in ((officer, False), (colleague, True)):
        shown = page(desk_of(who), address)
        assert [f'action="{address}{way}"' in shown for way in ("", "take/", "extend/")] == [is_offered] * 3
        assert ("办理过这个办件的人不能答复关于它的投诉" in shown) is not is_offered
    refused_there = desk_of(colleague).post(f"{address}extend/", {"reason": ""}).content.decode()
    assert f'action="{address}"' in refused_there


@pytest.mark.django_db
def test_a_limit_that_has_passed_is_not_extended(walk: Walk, officer: Officer) -> None:
    filed = about_service(walk)
    Complaint.objects.update(due_on=today() - timedelta(days=1))
    assert refused(lambda: complaint_work.extend(officer, filed.pk, "忙")) == "complaint-not-extendable"
    assert "延长答复期限" not in page(desk_of(officer), f"/workbench/complaints/{filed.pk}/")


@pytest.mark.django_db
def test_assigning_needs_the_right_for_the_service(walk: Walk, officer: Officer, colleague: Officer) -> None:
    filed = about_service(walk)
    address = f"/workbench/complaints/{filed.pk}/assign/"
    assert desk_of(officer).post(address, {"officer": colleague.pk}).status_code == 403
    grant(officer, Act.ASSIGN, service="hotline-handover")
    assert refused(lambda: complaint_work.assign(officer, filed.pk, colleague)) == "not-permitted"
    assert again(filed).assignee is None


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 30])
def test_an_officer_who_is_not_there_is_not_assigned(walk: Walk, chief: Officer, chosen: str) -> None:
    filed = about_service(walk)
    response = desk_of(chief).post(f"/workbench/complaints/{filed.pk}/assign/", {"officer": chosen})
    assert response.status_code == 409
    assert again(filed).assignee is None


@pytest.mark.django_db
def test_who_has_no_right_for_the_service_does_not_find_the_complaint(walk: Walk, officer: Officer) -> None:
    filed = about_service(walk)
    Grant.objects.filter(officer=officer).update(service="hotline-handover")
    desk = desk_of(officer)
    assert str(filed.pk) not in page(desk, "/workbench/complaints/")
    assert desk.get(f"/workbench/complaints/{filed.pk}/").status_code == 404
    for way in ("", "take/", "extend/"):
        assert desk.post(f"/workbench/complaints/{filed.pk}/{way}", {"words": "x"}).status_code == 404
    assert not complaint_work.able(filed).filter(pk=officer.pk).exists()


@pytest.mark.django_db
def test_who_stands_in_gets_and_answers_an_absent_officers_complaint(
    walk: Walk, officer: Officer, colleague: Officer, chief: Officer
) -> None:
    filed = about_service(walk)
    complaint_work.take(officer, filed.pk)
    assert refused(lambda: complaint_work.take(colleague, filed.pk)) == "complaint-assigned"
    assigning.be_absent(officer, today(), today(), colleague)
    complaint_work.take(colleague, filed.pk)
    complaint_work.assign(chief, filed.pk, officer)
    assert again(filed).assignee == colleague


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_and_two_who_extend_at_once_one_each_does(
    walk: Walk, officer: Officer, colleague: Officer
) -> None:
    filed = about_service(walk)
    both = (officer, colleague)
    extended = at_once(*[lambda who=who: complaint_work.extend(who, filed.pk, who.name) for who in both])
    assert sorted(extended, key=str) == [None, "complaint-not-extendable"]
    answered = at_once(*[lambda who=who: complaint_work.answer(who, filed.pk, who.name) for who in both])
    assert sorted(answered, key=str) == [None, "not-available"]


@pytest.mark.django_db
def test_every_step_is_kept_and_shown_also_those_before_the_last_assignment(
    walk: Walk, officer: Officer, colleague: Officer, chief: Officer
) -> None:
    filed = about_service(walk)
    complaint_work.assign(chief, filed.pk, colleague)
    complaint_work.assign(chief, filed.pk, colleague)
    complaint_work.assign(chief, filed.pk, officer)
    complaint_work.extend(officer, filed.pk, "需要外调材料")
    complaint_work.answer(officer, filed.pk, "已加急")
    steps = [(step.kind, step.by, step.to) for step in filed.changes.all()]
    assert steps == [
        ("assigned", chief, colleague),
        ("assigned", chief, officer),
        ("extended", officer, None),
        ("answered", officer, None),
    ]
    shown = page(desk_of(officer), f"/workbench/complaints/{filed.pk}/")
    assert f'分派给 <span lang="zh">{colleague.name}</span>' in shown
    assert "延长了答复期限" in shown
    with pytest.raises(DatabaseError), transaction.atomic():
        filed.changes.all().delete()


@pytest.mark.django_db
def test_who_takes_a_complaint_is_kept_as_having_taken_it(walk: Walk, officer: Officer) -> None:
    filed = about_service(walk)
    complaint_work.take(officer, filed.pk)
    assert filed.changes.get().kind == "taken"
