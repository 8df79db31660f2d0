"""A credential that evidence and law give: a credit report, from questions to both sides to its claims."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.walk import declined
from tests.services.shipped import copy_shipped
from tongban.node.casework import acting, catalogue, drafts, log, sorting, submission
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.credentials import evidence
from tongban.node.credentials.evidence import NotEvidence
from tongban.node.credentials.models import Issued
from tongban.node.exchange import api
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Account, Enterprise, Officer, Person
from tongban.node.people.register import create_officer, register_enterprise

REPORT = "https://tongban.example/credentials/credit-report/1"
FIRM = "91510100MA6TB0B02K"
ASKED = ["report_number", "domains_asked", "domains_with_records", "unrepaired_records"]
RECENT = f"{today().year - 1}-08-01"
FOUND: Mapping[str, Sequence[Mapping[str, str]]] = {
    "domains-chengdu": (
        {"place": "510100", "domain": "税务", "covered": "yes"},
        {"place": "510100", "domain": "海关", "covered": "no"},
    ),
    "domains-chongqing": ({"place": "500000", "domain": "税务", "covered": "yes"},),
    "findings-chengdu": (
        {
            "place": "510100",
            "domain": "税务",
            "decided_on": RECENT,
            "decision_number": "示例31",
            "repaired": "no",
        },
    ),
    "findings-chongqing": (),
}


@pytest.fixture(autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Questions find their way; what comes of them, a test says."""
    monkeypatch.setattr(api, "ask", lambda question: uuid4())
    monkeypatch.setattr(api, "give_consent", lambda **given: uuid4())
    catalogue.publish(copy_shipped(tmp_path, ("credit_report",)))


@pytest.fixture
def firm(woman: Person) -> Enterprise:
    return register_enterprise(FIRM, "成都岷江水处理有限公司", woman)


@pytest.fixture
def clerk(db: None) -> Officer:
    return create_officer("clerk", "x", "510100-fg", "卓以诚", POST).officer


def submitted(applicant: Person | Applicant) -> Case:
    draft = drafts.answer(drafts.begin(applicant, "credit-report"), "use", "bidding")
    return submission.submit(applicant, draft.pk, frozenset(FOUND))


def answered(case: Case, changed: Mapping[str, Sequence[Mapping[str, str]]] | None = None) -> Case:
    for piece in log.state_of(case).evidence:
        outcome = api.Answered(
            message=UUID(piece.message),
            case_ref=case.number,
            evidence_type=piece.type,
            place=piece.place,
            agency=piece.agency,
            records=tuple({**FOUND, **(changed or {})}[piece.key]),
            answered_at=now(),
        )
        with transaction.atomic():
            sorting.settle([outcome])
    return Case.objects.get(pk=case.pk)


def issued(case: Case, clerk: Officer) -> Issued:
    acting.perform(clerk, case.number, case.revision, "issue")
    return Issued.objects.get(case=case)


def test_the_law_proposes_once_both_sides_have_answered(woman: Person) -> None:
    case = submitted(woman)
    assert case.status == "gathering"
    case = answered(case)
    assert case.status == "checking"
    assert log.state_of(case).proposed_by is not None


def test_the_report_says_for_every_domain_what_was_found(woman: Person, clerk: Officer) -> None:
    claims = issued(answered(submitted(woman)), clerk).claims
    assert [claims[name] for name in ASKED[1:]] == [3, 1, 1]
    assert claims["domains"] == [
        {"place": "500000", "domain": "税务", "result": "none"},
        {
            "place": "510100",
            "domain": "税务",
            "result": "records",
            "records": [{"date": RECENT, "decision_number": "示例31", "repaired": False}],
        },
        {"place": "510100", "domain": "海关", "result": "not-covered"},
    ]


def test_the_report_has_the_cases_number_and_what_it_is_for(woman: Person, clerk: Officer) -> None:
    case = answered(submitted(woman))
    claims = issued(case, clerk).claims
    assert (claims["report_number"], claims["use"]) == (case.number, "bidding")


def test_a_persons_report_names_the_person(woman: Person, clerk: Officer) -> None:
    claims = issued(answered(submitted(woman)), clerk).claims
    assert (claims["subject"], claims["id_number"]) == (woman.name, woman.resident_id)
    assert "subject_code" not in claims


def test_a_firms_report_names_the_firm_and_nobody_who_acts_for_it(
    woman: Person, firm: Enterprise, clerk: Officer
) -> None:
    claims = issued(answered(submitted(Applicant(woman, firm))), clerk).claims
    assert (claims["subject"], claims["subject_code"]) == (firm.name, FIRM)
    assert woman.resident_id not in str(claims)


def test_the_decision_carries_the_laws_reasons(citizen: Account, woman: Person, clerk: Officer) -> None:
    case = answered(submitted(woman))
    issued(case, clerk)
    browser = Client()
    browser.force_login(citizen)
    page = browser.get(f"/cases/{case.number}/").content.decode()
    assert "两地共查询 3 个领域，其中 1 个有记录，未修复的记录 1 条" in page
    assert "为什么这样决定" in page
    assert "到“我的证照”看这张证照" in page
    assert "查询期间" in page


def test_what_both_sides_contradict_is_left_to_an_officer(woman: Person, clerk: Officer) -> None:
    case = answered(submitted(woman), {"domains-chengdu": FOUND["domains-chengdu"][1:]})
    assert case.status == "held"
    with pytest.raises(Refused, match="not-available"):
        acting.perform(clerk, case.number, case.revision, "issue")
    refused = acting.perform(clerk, case.number, case.revision, "refuse", {"reason": "记录待核实"})
    reopened = acting.perform(clerk, case.number, refused.revision, "reopen", {"reason": "已核实"})
    assert reopened.status == "held"


def test_what_a_side_refuses_is_asked_again(woman: Person, clerk: Officer) -> None:
    case = submitted(woman)
    first = log.state_of(case).evidence[0]
    with transaction.atomic():
        sorting.settle([declined(case, UUID(first.message), first.place)])
    case = answered(case)
    assert case.status == "held"
    acting.perform(clerk, case.number, case.revision, "ask-again", {"evidence": first.key})
    assert answered(Case.objects.get(pk=case.pk)).status == "checking"


def test_a_report_on_the_firm_is_evidence_in_the_firms_case(
    woman: Person, firm: Enterprise, clerk: Officer
) -> None:
    earlier = issued(answered(submitted(Applicant(woman, firm))), clerk)
    case = submitted(Applicant(woman, firm))
    assert evidence.present_card(woman, earlier.pk, case, ASKED).verdict == "valid"
    assert set(evidence.standing(case.number)[0].row.claims) >= set(ASKED)


def test_a_report_on_somebody_else_is_none(woman: Person, firm: Enterprise, clerk: Officer) -> None:
    own = issued(answered(submitted(woman)), clerk)
    firms = issued(answered(submitted(Applicant(woman, firm))), clerk)
    with pytest.raises(NotEvidence, match="not-yours"):
        evidence.present_card(woman, own.pk, submitted(Applicant(woman, firm)), ASKED)
    with pytest.raises(NotEvidence, match="not-yours"):
        evidence.present_card(woman, firms.pk, submitted(woman), ASKED)


def test_a_report_is_revoked_from_its_case(woman: Person, clerk: Officer) -> None:
    report = issued(answered(submitted(woman)), clerk)
    case = Case.objects.get(credentials=report)
    acting.perform(clerk, case.number, case.revision, "revoke", {"reason": "记录有误"})
    report.refresh_from_db()
    assert report.state == Issued.State.REVOKED


def test_one_domain_of_a_report_can_be_shown_without_the_others(
    woman: Person, firm: Enterprise, clerk: Officer
) -> None:
    earlier = issued(answered(submitted(Applicant(woman, firm))), clerk)
    case = submitted(Applicant(woman, firm))
    shown = evidence.present_card(woman, earlier.pk, case, [*ASKED, "domains.1"]).claims["domains"]
    assert [(one["place"], one["domain"]) for one in shown] == [("510100", "税务")]


def test_the_card_offers_every_domain_by_what_tells_it_apart(
    citizen: Account, woman: Person, firm: Enterprise, clerk: Officer
) -> None:
    report = issued(answered(submitted(Applicant(woman, firm))), clerk)
    browser = Client()
    browser.force_login(citizen)
    page = browser.get(f"/credentials/{report.pk}/").content.decode()
    assert "各领域结果：成都市 · 税务" in page
    assert "各领域结果：重庆市 · 税务" in page


def test_the_code_of_a_firms_report_is_compared_with_the_business_licence(
    citizen: Account, woman: Person, firm: Enterprise, clerk: Officer
) -> None:
    report = issued(answered(submitted(Applicant(woman, firm))), clerk)
    browser = Client()
    browser.force_login(citizen)
    page = browser.post(f"/credentials/{report.pk}/code/summary/").content.decode()
    assert f"统一社会信用代码 {FIRM}" in page
    assert f"证件号码后四位 {woman.resident_id[-4:]}" not in page


def test_an_officer_reads_the_evidence_field_by_field(woman: Person, clerk: Officer) -> None:
    case = answered(submitted(woman))
    desk = Client()
    desk.force_login(clerk.account)
    page = desk.get(f"/workbench/cases/{case.number}/").content.decode()
    assert '<span class="quiet">地方</span> 成都市 · <span class="quiet">领域</span> 海关' in page
    assert '<span class="quiet">能否查询</span> 否' in page
