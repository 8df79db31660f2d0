"""What a citizen may do with a case: correct what was asked for, object to a decision, see the procedure."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import page
from tongban.node.casework import acting
from tongban.node.casework.models import Case
from tongban.node.clock import today
from tongban.node.people.models import Account, Officer

LATER = (today() + timedelta(days=5)).isoformat()


@pytest.fixture
def she(client: Client, citizen: Account) -> Client:
    client.force_login(citizen)
    return client


@pytest.fixture
def decided(walk: Walk, officer: Officer) -> Case:
    case = walk.proposed()
    return acting.perform(officer, case.number, case.revision, "confirm")


@pytest.mark.django_db
def test_what_is_missing_is_asked_for_and_sent_from_the_case_page(
    she: Client, walk: Walk, officer: Officer
) -> None:
    case = walk.proposed()
    asked = {"reason": "请补充缴费凭证", "until": LATER}
    case = acting.perform(officer, case.number, case.revision, "request-correction", asked)
    assert "请补充缴费凭证" in page(she, f"/cases/{case.number}/")
    sent = {"revision": str(case.revision), "words": "凭证号 123"}
    assert she.post(f"/cases/{case.number}/act/correct/", sent).status_code == 302
    assert Case.objects.get().status == "deciding"


@pytest.mark.django_db
def test_a_decision_tells_where_to_seek_review_and_takes_an_objection(she: Client, decided: Case) -> None:
    shown = page(she, f"/cases/{decided.number}/")
    for said in ("60 日内向成都市人民政府申请行政复议", "地址未核实", "对决定提出异议", "办理流程图"):
        assert said in shown
    where = f"/cases/{decided.number}/act/object/"
    empty = she.post(where, {"revision": str(decided.revision), "reason": " "})
    assert empty.status_code == 422
    assert 'id="object-reason-error"' in empty.content.decode()
    she.post(where, {"revision": str(decided.revision), "reason": "少算了两个月"})
    assert Case.objects.get().status == "objected"


@pytest.mark.django_db
def test_a_citizen_cannot_do_what_is_an_officers(she: Client, decided: Case) -> None:
    response = she.post(f"/cases/{decided.number}/act/reopen/", {"revision": str(decided.revision)})
    assert response.status_code == 409
    assert Case.objects.get().status == "granted"


@pytest.mark.django_db
def test_a_forged_case_number_is_not_found(she: Client, decided: Case) -> None:
    assert she.post("/cases/SC-2026-9999999/act/object/", {"revision": "1"}).status_code == 404
