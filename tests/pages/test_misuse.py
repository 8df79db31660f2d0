"""What a visitor must not be able to do, each with a clear answer."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.casework.walk import CONSENTS, Walk
from tests.pages.test_portal import PASSWORD, page, signed_in
from tongban.node.casework.models import Case, Draft
from tongban.node.people.models import Account
from tongban.node.people.register import create_citizen

__all__ = ["signed_in"]


@pytest.mark.django_db
def test_a_session_taken_before_signing_out_opens_nothing_afterwards(signed_in: Client, walk: Walk) -> None:
    case = walk.submitted()
    thief = Client()
    thief.cookies.update(signed_in.cookies)
    assert thief.get(f"/cases/{case.number}/").status_code == 200
    signed_in.post("/sign-out/")
    refused = thief.get(f"/cases/{case.number}/", follow=True)
    assert refused.redirect_chain[0][0].startswith("/sign-in/")
    assert "重庆市医疗保障局" not in refused.content.decode()
    assert thief.post(f"/cases/{case.number}/withdraw/", {"revision": "1"}).status_code == 302
    assert walk.again(case).status == "gathering"


@pytest.mark.django_db
def test_signing_out_forgets_the_session_itself(signed_in: Client) -> None:
    key = signed_in.session.session_key
    signed_in.post("/sign-out/")
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number", ["SC-2026-0000000", "SC-2026-9999999", "CQ-2026-0000001", "x" * 200, "%00", "' or 1=1 --"]
)
def test_a_made_up_case_number_is_not_found_whatever_it_is(
    signed_in: Client, walk: Walk, number: str
) -> None:
    walk.submitted()
    for rest in ("", "progress/", "submitted/", "rating/"):
        assert "没有找到这一页" in page(signed_in, f"/cases/{number}/{rest}", 404)


@pytest.mark.django_db
def test_another_citizen_finds_neither_case_nor_application_nor_may_act(client: Client, walk: Walk) -> None:
    case, draft = walk.submitted(), walk.draft()
    client.force_login(create_citizen("other", PASSWORD, "11010519491231002X", "别人"))
    acts = {
        f"/cases/{case.number}/withdraw/": {"revision": str(case.revision)},
        f"/cases/{case.number}/rating/": {"grade": "1"},
        f"/applications/{draft.pk}/questions/phone/": {"answer": "13900000000"},
        f"/applications/{draft.pk}/consent/": dict.fromkeys(CONSENTS, "on"),
        f"/applications/{draft.pk}/discard/": {},
    }
    for address, sent in acts.items():
        assert client.post(address, sent).status_code == 404, address
    assert walk.again(case).status == "gathering"
    assert Draft.objects.get(pk=draft.pk).answers["phone"] == "13800000000"


@pytest.mark.django_db
def test_every_form_sent_twice_has_its_effect_once(signed_in: Client, walk: Walk) -> None:
    draft = walk.draft()
    for _ in range(2):
        signed_in.post("/services/medical-retirement/start/")
        signed_in.post(f"/applications/{draft.pk}/questions/phone/", {"answer": "13900000000"})
    assert Draft.objects.count() == 1
    numbers = {
        signed_in.post(f"/applications/{draft.pk}/consent/", dict.fromkeys(CONSENTS, "on")).headers[
            "Location"
        ]
        for _ in range(2)
    }
    assert len(numbers) == Case.objects.count() == 1
    case = Case.objects.get()
    for _ in range(2):
        signed_in.post(f"/cases/{case.number}/withdraw/", {"revision": str(case.revision)})
    assert [event.kind for event in case.events.all()].count("withdrawn") == 1


@pytest.mark.django_db
def test_answers_cannot_change_once_submitted(signed_in: Client, walk: Walk) -> None:
    case = walk.submitted()
    assert case.draft is not None
    late = signed_in.post(f"/applications/{case.draft.pk}/questions/phone/", {"answer": "13900000000"})
    assert late.status_code == 404
    assert Draft.objects.get().answers["phone"] == "13800000000"


@pytest.mark.django_db
def test_a_question_that_is_not_asked_takes_no_answer(client: Client, walk: Walk, citizen: Account) -> None:
    client.force_login(citizen)
    draft = walk.draft()
    assert (
        client.post(f"/applications/{draft.pk}/questions/person.sex/", {"answer": "male"}).status_code == 404
    )
    assert "person.sex" not in Draft.objects.get().answers
