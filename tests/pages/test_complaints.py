"""A complaint reaches the agency in charge, is answered once, and the answer comes back."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import PASSWORD, page, signed_in
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Officer
from tongban.node.people.register import create_citizen
from tongban.node.portal.models import Complaint

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
