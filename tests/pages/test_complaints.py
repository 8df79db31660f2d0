"""A complaint reaches the agency in charge, is answered once, and the answer comes back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import PASSWORD, page, signed_in
from tongban.node.clock import today
from tongban.node.people import permissions
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Officer
from tongban.node.people.register import create_citizen
from tongban.node.portal import complaint_limits
from tongban.node.portal.models import Complaint
from tongban.node.theme.wording import day_words
from tongban.places.calendar import add_working_days

__all__ = ["signed_in"]
WORDS = "等了三周没有消息，希望告知进度。"


def complain(client: Client, **about: str) -> Complaint:
    response = client.post("/complaints/new/", {"token": str(uuid4()), "words": WORDS} | about)
    assert response.status_code == 302
    return Complaint.objects.get()


@pytest.mark.django_db
def test_a_complaint_about_a_case_is_answered_and_the_citizen_reads_it(
    signed_in: Client, walk: Walk, officer: Officer
) -> None:
    case = walk.submitted()
    assert f"/complaints/new/?case={case.number}" in page(signed_in, f"/cases/{case.number}/")
    filed = complain(signed_in, case=case.number)
    assert "等待承办部门答复" in page(signed_in, "/complaints/")
    desk = Client()
    desk.force_login(officer.account)
    assert f"/workbench/complaints/{filed.pk}/" in page(desk, "/workbench/complaints/")
    assert WORDS in page(desk, f"/workbench/complaints/{filed.pk}/")
    desk.post(f"/workbench/complaints/{filed.pk}/", {"words": "已经加急，下周办结。"})
    assert "已经加急，下周办结。" in page(signed_in, "/complaints/")


@pytest.mark.django_db
def test_an_officers_reading_of_a_complaint_is_recorded(
    signed_in: Client, walk: Walk, officer: Officer
) -> None:
    filed = complain(signed_in, service="medical-retirement")
    desk = Client()
    desk.force_login(officer.account)
    desk.get(f"/workbench/complaints/{filed.pk}/")
    assert [access.fields for access in accesses_of(walk.person)] == [("name", "complaint")]
    assert "投诉的内容" in page(signed_in, "/accesses/")


@pytest.mark.django_db
def test_a_form_sent_twice_is_one_complaint(signed_in: Client, walk: Walk) -> None:
    sent = {"token": str(uuid4()), "words": WORDS, "service": "medical-retirement"}
    for _ in range(2):
        assert signed_in.post("/complaints/new/", sent).status_code == 302
    assert Complaint.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_is_given_once(signed_in: Client, walk: Walk, officer: Officer) -> None:
    filed = complain(signed_in, service="medical-retirement")
    desk = Client()
    desk.force_login(officer.account)
    answers = [desk.post(f"/workbench/complaints/{filed.pk}/", {"words": words}) for words in ("一", "二")]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert Complaint.objects.get().answer == "一"


@pytest.mark.django_db
def test_another_agency_does_not_find_the_complaint(signed_in: Client, walk: Walk, stranger: Officer) -> None:
    filed = complain(signed_in, service="medical-retirement")
    desk = Client()
    desk.force_login(stranger.account)
    assert str(filed.pk) not in page(desk, "/workbench/complaints/")
    assert desk.get(f"/workbench/complaints/{filed.pk}/").status_code == 404
    assert desk.post(f"/workbench/complaints/{filed.pk}/", {"words": "x"}).status_code == 404


@pytest.mark.django_db
def test_nobody_complains_about_somebody_elses_case_or_under_their_token(client: Client, walk: Walk) -> None:
    case = walk.submitted()
    client.force_login(create_citizen("other", PASSWORD, "11010519491231002X", "别人"))
    sent = {"token": str(uuid4()), "words": WORDS, "case": case.number}
    assert client.post("/complaints/new/", sent).status_code == 404
    assert not Complaint.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": ""}, "请写明您要投诉的事情"),
        ({"words": "字" * 2001}, "最多 2000 字"),
        ({"service": "no-such"}, "请选择一个事项"),
        ({"service": ""}, "请选择一个事项"),
    ],
)
def test_an_unusable_complaint_is_refused_with_what_to_do(
    signed_in: Client, change: dict[str, str], said: str
) -> None:
    sent = {"token": str(uuid4()), "words": WORDS, "service": "medical-retirement"} | change
    response = signed_in.post("/complaints/new/", sent)
    assert response.status_code == 422
    assert said in response.content.decode()


@pytest.mark.django_db
def test_a_complaint_is_due_after_the_working_days_of_the_table_and_the_citizen_sees_when(
    signed_in: Client, walk: Walk
) -> None:
    filed = complain(signed_in, service="medical-retirement")
    due = add_working_days(today(), complaint_limits.on(today()).working_days)
    assert (filed.due_on, filed.due_is_provisional) == (due.on, due.provisional)
    assert f"答复期限：{day_words(due.on)}" in page(signed_in, "/complaints/")
    form = page(signed_in, "/complaints/new/")
    assert "7 个工作日内答复" in form
    assert "未核实" in form


@pytest.mark.django_db
def test_the_agency_is_told_above_its_tasks_and_lists_what_is_overdue(
    signed_in: Client, walk: Walk, officer: Officer
) -> None:
    desk = Client()
    desk.force_login(officer.account)
    assert "件投诉等待答复" not in page(desk, "/workbench/")
    filed = complain(signed_in, service="medical-retirement")
    assert "1 件投诉等待答复" in page(desk, "/workbench/")
    assert "没有超期的投诉" in page(desk, "/workbench/complaints/?status=overdue")
    Complaint.objects.update(due_on=today() - timedelta(days=1))
    assert "其中 1 件已超期" in page(desk, "/workbench/")
    assert str(filed.pk) in page(desk, "/workbench/complaints/?status=overdue")
    assert "已经超期" in page(signed_in, "/complaints/")
    permissions.grant(officer, permissions.Act.SUPERVISE)
    assert "其中 1 件已超期" in page(desk, "/workbench/team/")


@pytest.mark.django_db
def test_the_most_urgent_complaint_stands_first(signed_in: Client, walk: Walk, officer: Officer) -> None:
    complain(signed_in, service="medical-retirement")
    case = walk.submitted()
    signed_in.post("/complaints/new/", {"token": str(uuid4()), "words": WORDS, "case": case.number})
    Complaint.objects.filter(case=case).update(due_on=today() - timedelta(days=3))
    desk = Client()
    desk.force_login(officer.account)
    first, second = desk.get("/workbench/complaints/").context["lines"]
    assert (first.complaint.case, second.complaint.case) == (case, None)
    assert (first.is_overdue, second.is_overdue) == (True, False)


@pytest.mark.django_db
def test_the_citizen_is_notified_of_the_answer(signed_in: Client, walk: Walk, officer: Officer) -> None:
    case = walk.submitted()
    filed = complain(signed_in, case=case.number)
    desk = Client()
    desk.force_login(officer.account)
    desk.post(f"/workbench/complaints/{filed.pk}/", {"words": "已经加急。"})
    assert f"您关于办件 {case.number}的投诉有了答复" in page(signed_in, "/notices/")
    assert "/complaints/" in page(signed_in, "/notices/")


@pytest.mark.django_db
def test_a_second_complaint_about_the_same_is_refused_until_the_first_is_answered(
    signed_in: Client, walk: Walk, officer: Officer
) -> None:
    def post(**about: str) -> int:
        sent = {"token": str(uuid4()), "words": WORDS} | about
        return signed_in.post("/complaints/new/", sent).status_code

    case = walk.submitted()
    assert [post(case=case.number), post(service="medical-retirement")] == [302, 302]
    assert [post(case=case.number), post(service="medical-retirement")] == [409, 409]
    desk = Client()
    desk.force_login(officer.account)
    for filed in Complaint.objects.all():
        desk.post(f"/workbench/complaints/{filed.pk}/", {"words": "已答复。"})
    assert [post(case=case.number), post(service="medical-retirement")] == [302, 302]


def limits(*rows: tuple[str, str]) -> str:
    said = 'confidence = "high"\nsource = { zh = "令", en = "Order" }'
    return "\n".join(
        f"[[limits]]\nsince = {since}\nworking_days = {days}\nextension = 5\n{said}" for since, days in rows
    )


def test_limits_are_read_in_order_of_their_days() -> None:
    found = complaint_limits.read(limits(("2021-01-01", "7"), ("2027-01-01", "5")))
    assert [(one.since, one.working_days) for one in found] == [(date(2021, 1, 1), 7), (date(2027, 1, 1), 5)]
    assert found[0].extension == 5


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (limits(("2021-01-01", "0")), r"limits\[0\].working_days"),
        (limits(("2021-01-01", '"7"')), r"limits\[0\].working_days"),
        (limits(("2021-01-01", "7")).replace("extension = 5\n", ""), r"limits\[0\].extension"),
        (limits(("2021-01-01", "7"), ("2020-01-01", "5")), "limits: expected"),
    ],
)
def test_an_unusable_limit_is_refused_with_file_and_key(text: str, key: str) -> None:
    with pytest.raises(ValueError, match=f"complaint_limits.toml: {key}"):
        complaint_limits.read(text)
