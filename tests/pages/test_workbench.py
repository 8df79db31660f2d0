"""An officer's work: the inbox, a case with everything it rests on, and acts that count once."""

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import page
from tongban.node.casework.models import Case
from tongban.node.people.models import AccessRecord, Officer


@pytest.fixture
def at_work(client: Client, officer: Officer) -> Client:
    client.force_login(officer.account)
    return client


@pytest.fixture
def waiting(walk: Walk) -> Case:
    return walk.again(walk.proposed())


@pytest.mark.django_db
def test_empty_inbox_says_so(at_work: Client) -> None:
    assert "现在没有待办" in page(at_work, "/workbench/")


@pytest.mark.django_db
def test_inbox_lists_what_is_to_be_decided(at_work: Client, waiting: Case) -> None:
    shown = page(at_work, "/workbench/")
    assert waiting.number in shown
    assert "确认决定" in shown


@pytest.mark.django_db
def test_case_shows_evidence_proposal_and_answers(at_work: Client, waiting: Case) -> None:
    shown = page(at_work, f"/workbench/cases/{waiting.number}/")
    for said in ("已收到，签名有效", "2003-04 – 2012-12", "您可以在成都办理医保退休", "工人岗位", "测试女士"):
        assert said in shown


@pytest.mark.django_db
def test_a_case_among_many_windows_says_which_service_it_is_about(at_work: Client, waiting: Case) -> None:
    shown = page(at_work, f"/workbench/cases/{waiting.number}/")
    assert f"<title>{waiting.number} · 职工医保缴费年限互认与医保退休 · " in shown


@pytest.mark.django_db
def test_opening_a_case_is_recorded(at_work: Client, waiting: Case) -> None:
    before = AccessRecord.objects.filter(direction="read").count()
    at_work.get(f"/workbench/cases/{waiting.number}/")
    assert AccessRecord.objects.filter(direction="read").count() == before + 1


@pytest.mark.django_db
def test_confirming_decides(at_work: Client, waiting: Case) -> None:
    at_work.post(
        f"/workbench/cases/{waiting.number}/confirm/", {"revision": str(waiting.revision), "read": "on"}
    )
    assert Case.objects.get().status == "granted"


@pytest.mark.django_db
def test_confirming_without_having_checked_changes_nothing(at_work: Client, waiting: Case) -> None:
    response = at_work.post(
        f"/workbench/cases/{waiting.number}/confirm/", {"revision": str(waiting.revision)}
    )
    assert response.status_code == 422
    assert "请先勾选" in response.content.decode()
    assert Case.objects.get().status == "deciding"


@pytest.mark.django_db
def test_refusing_needs_a_reason(at_work: Client, waiting: Case) -> None:
    address = f"/workbench/cases/{waiting.number}/refuse/"
    response = at_work.post(address, {"revision": str(waiting.revision), "reason": "  "})
    assert response.status_code == 422
    assert "请写明不予通过的理由" in response.content.decode()


@pytest.mark.django_db
def test_what_is_wrong_stands_first_and_leads_to_its_field(at_work: Client, waiting: Case) -> None:
    tried = {"revision": str(waiting.revision), "reason": ""}
    shown = at_work.post(f"/workbench/cases/{waiting.number}/refuse/", tried).content.decode()
    assert "<title>有误：" in shown
    first = shown[shown.index("govuk-error-summary") : shown.index("<h1")]
    assert '<a href="#reason">请写明不予通过的理由' in first
    assert 'id="reason"' in shown


@pytest.mark.django_db
def test_refusing_keeps_the_officers_words(at_work: Client, waiting: Case) -> None:
    address = f"/workbench/cases/{waiting.number}/refuse/"
    response = at_work.post(
        address, {"revision": str(waiting.revision), "reason": "材料与档案不符"}, follow=True
    )
    assert "材料与档案不符" in response.content.decode()


@pytest.mark.django_db
def test_acting_on_an_old_page_changes_nothing(at_work: Client, waiting: Case) -> None:
    response = at_work.post(f"/workbench/cases/{waiting.number}/confirm/", {"revision": "1", "read": "on"})
    assert response.status_code == 409
    assert "您的操作没有生效" in response.content.decode()


@pytest.mark.django_db
def test_refused_evidence_can_be_asked_for_again(at_work: Client, walk: Walk) -> None:
    case = walk.answer(walk.submitted(), "510100")
    case = walk.decline(case, "500000")
    shown = page(at_work, f"/workbench/cases/{case.number}/")
    assert "对方未提供" in shown
    assert "再次核对" in shown


@pytest.mark.django_db
def test_another_agencys_officer_does_not_find_the_case(
    client: Client, waiting: Case, stranger: Officer
) -> None:
    client.force_login(stranger.account)
    assert client.get(f"/workbench/cases/{waiting.number}/").status_code == 404


@pytest.mark.django_db
def test_every_action_that_is_available_has_a_form_with_what_it_asks_for(
    at_work: Client, waiting: Case
) -> None:
    shown = page(at_work, f"/workbench/cases/{waiting.number}/")
    for said in ("要求补正", "最迟补正日期", "请其他部门会办", "成都市教育局", "办理流程图"):
        assert said in shown


@pytest.mark.django_db
def test_an_action_is_carried_out_with_what_was_written(at_work: Client, waiting: Case) -> None:
    where = f"/workbench/cases/{waiting.number}/act/ask-opinion/"
    written = {"revision": str(waiting.revision), "consulted": "510100-wj", "question": "就诊记录是否一致？"}
    assert at_work.post(where, written).status_code == 302
    assert Case.objects.get().consulted == "510100-wj"


@pytest.mark.django_db
def test_what_was_written_survives_a_refusal_and_each_field_says_what_is_wrong(
    at_work: Client, waiting: Case
) -> None:
    where = f"/workbench/cases/{waiting.number}/act/request-correction/"
    written = {"revision": str(waiting.revision), "reason": "请补充缴费凭证", "until": "1999-01-01"}
    response = at_work.post(where, written)
    assert response.status_code == 422
    shown = response.content.decode()
    assert "请补充缴费凭证" in shown
    assert 'id="request-correction-until-error"' in shown
    assert Case.objects.get().status == "deciding"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["check", "no-such-action"])
def test_an_action_that_is_not_available_is_told_so(at_work: Client, waiting: Case, code: str) -> None:
    where = f"/workbench/cases/{waiting.number}/act/{code}/"
    response = at_work.post(where, {"revision": str(waiting.revision)})
    assert response.status_code == 409
    assert "不能这样操作" in response.content.decode()
