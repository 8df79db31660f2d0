"""A title counts as evidence in a case: what was ticked is kept, and it is judged again at the decision."""

import json
from pathlib import Path

import pytest
from django.test import Client

from tests.casework.conftest import POST
from tests.credentials.samples import CLAIMS as SAMPLES
from tests.credentials_node.conftest import AWAY, CLAIMS, OTHER_KEY, TITLE
from tests.services.shipped import FOLDERS, copy_shipped
from tongban.credentials.codes.online import make_online_code
from tongban.credentials.verdict import Verdict
from tongban.node.casework import acting, catalogue, drafts, submission
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import true_now
from tongban.node.credentials import evidence, issuing, redeeming, showing
from tongban.node.credentials.evidence import NotEvidence
from tongban.node.credentials.models import Issued, Judged, Presented, Showing
from tongban.node.credentials.sealing import unseal
from tongban.node.people.models import Account, Officer, Person
from tongban.node.people.register import create_officer
from tongban.node.translog.models import LogRecord

ASKED = ["series", "speciality", "title", "level", "obtained_on", "certificate_number"]
ANSWERS = {
    "series": "工程系列",
    "speciality": "土木工程",
    "title": "高级工程师",
    "level": "associate-senior",
    "obtained_on": "2021-06-30",
    "obtained_by": "recognition",
    "certificate_number": "GCJS2021-0042",
}


@pytest.fixture
def case(woman: Person, tmp_path: Path) -> Case:
    """Her own application in Chengdu to have a title recognised."""
    catalogue.publish(copy_shipped(tmp_path, (*FOLDERS, "professional_title")))
    draft = drafts.begin(woman, "professional-title")
    for key, raw in ANSWERS.items():
        draft = drafts.answer(draft, key, raw)
    return submission.submit(woman, draft.pk, frozenset())


@pytest.fixture
def clerk(db: None) -> Officer:
    return create_officer("clerk", "x", "510100-rs", "罗锦程", POST).officer


def test_ticked_claims_and_verdict_are_kept_and_noted_for_the_holder(
    woman: Person, title: Issued, case: Case
) -> None:
    evidence.present_card(woman, title.id, case, ASKED)
    (one,) = evidence.standing(case.number)
    assert (one.row.verdict, one.now) == ("valid", Verdict.VALID)
    assert set(one.row.claims) == {*ASKED, "authority"}
    assert [(row.how, row.to) for row in showing.history(woman)] == [(Showing.How.CASE, case.number)]
    assert LogRecord.objects.filter(kind=evidence.PRESENTED).count() == 1


def test_a_card_without_a_claim_that_is_asked_for_is_not_taken(
    woman: Person, title: Issued, case: Case
) -> None:
    with pytest.raises(NotEvidence, match="claims-missing"):
        evidence.present_card(woman, title.id, case, ASKED[1:])
    assert not Showing.objects.exists()


def test_a_type_that_the_service_does_not_take_is_not_taken(
    woman: Person, title: Issued, case: Case, officer: Officer
) -> None:
    other = issuing.issue(
        person=woman,
        vct="https://tongban.example/credentials/learning-credits/1",
        claims=SAMPLES["learning-credits"],
        agency="510100-yb",
        officer=officer,
    )
    with pytest.raises(NotEvidence, match="not-accepted"):
        evidence.present_card(woman, other.id, case, [])


def test_a_code_from_any_wallet_counts_when_it_names_the_applicant(
    woman: Person, title: Issued, case: Case
) -> None:
    code = showing.online_code(woman, title.id, [*ASKED, "name", "id_tail"]).text
    assert evidence.present_code(case, code).verdict == "valid"


@pytest.mark.parametrize("identity", [[], ["name"], ["id_tail"]])
def test_a_code_that_does_not_tell_whose_credential_it_is_is_not_taken(
    woman: Person, title: Issued, case: Case, identity: list[str]
) -> None:
    code = showing.online_code(woman, title.id, [*ASKED, *identity]).text
    with pytest.raises(NotEvidence, match="not-yours"):
        evidence.present_code(case, code)


def test_somebody_elses_credential_is_not_taken(woman: Person, officer: Officer, case: Case) -> None:
    claims = CLAIMS | {"name": "别人", "id_number": "510104197602140039", "id_tail": "0039"}
    other = issuing.issue(person=woman, vct=TITLE, claims=claims, agency="510100-yb", officer=officer)
    code = showing.online_code(woman, other.id, [*ASKED, "name", "id_number"]).text
    with pytest.raises(NotEvidence, match="not-yours"):
        evidence.present_code(case, code)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [(Issued.State.REVOKED, Verdict.REVOKED), (Issued.State.SUSPENDED, Verdict.SUSPENDED)],
)
def test_what_does_not_count_does_not_become_evidence(
    woman: Person, title: Issued, officer: Officer, case: Case, state: Issued.State, verdict: Verdict
) -> None:
    issuing.change(title, state, officer, "证书有误")
    with pytest.raises(NotEvidence) as refused:
        evidence.present_card(woman, title.id, case, ASKED)
    assert refused.value.verdict is verdict
    assert not Presented.objects.exists()


def test_nothing_is_granted_on_a_title_that_was_revoked_after_it_was_shown(
    woman: Person, title: Issued, officer: Officer, clerk: Officer, case: Case
) -> None:
    evidence.present_card(woman, title.id, case, ASKED)
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    with pytest.raises(Refused, match="credential-not-valid"):
        acting.perform(clerk, case.number, case.revision, "issue")
    case.refresh_from_db()
    assert case.status == "checking"
    assert Judged.objects.get().verdict == "revoked"


def test_a_title_that_still_counts_is_judged_again_and_granted_on(
    woman: Person, title: Issued, clerk: Officer, case: Case
) -> None:
    evidence.present_card(woman, title.id, case, ASKED)
    acting.perform(clerk, case.number, case.revision, "issue")
    assert Judged.objects.get().verdict == "valid"


def test_of_two_titles_shown_the_latest_counts(
    woman: Person, title: Issued, officer: Officer, clerk: Officer, case: Case
) -> None:
    evidence.present_card(woman, title.id, case, ASKED)
    issuing.change(title, Issued.State.REVOKED, officer, "换发")
    renewed = issuing.issue(person=woman, vct=TITLE, claims=CLAIMS, agency="510100-yb", officer=officer)
    evidence.present_card(woman, renewed.id, case, ASKED)
    assert acting.perform(clerk, case.number, case.revision, "issue").status == "issued"


def test_the_proof_is_kept_unreadable(woman: Person, title: Issued, case: Case) -> None:
    proof = evidence.present_card(woman, title.id, case, ASKED).proof
    shown = unseal(proof)
    assert shown.startswith("eyJ")
    assert shown[:12] not in proof


def test_the_citizen_ticks_claim_by_claim_and_the_clerk_reads_them_with_the_verdict(
    citizen: Account, title: Issued, clerk: Officer, case: Case
) -> None:
    browser, desk = Client(), Client()
    browser.force_login(citizen)
    desk.force_login(clerk.account)
    address = f"/cases/{case.number}/credentials/"
    assert address in browser.get(f"/cases/{case.number}/").content.decode()
    page = browser.get(address).content.decode()
    assert (page.count("checked"), page.count(">需要<")) == (0, len(ASKED))
    assert browser.post(address, {"card": str(title.id), "claims": ASKED}).status_code == 302
    page = desk.get(f"/workbench/cases/{case.number}/").content.decode()
    assert 'data-verdict-now="valid"' in page
    assert "GCJS2021-0042" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"code": "hello"}, "以 TB0: 开头"),
        ({"code": "TB0:%%%"}, "没有作为材料收下"),
        ({"card": "00000000-0000-0000-0000-000000000000"}, "没有找到这张证照"),
    ],
)
def test_what_cannot_be_taken_is_told_with_what_to_do(
    citizen: Account, case: Case, sent: dict[str, str], sentence: str
) -> None:
    browser = Client()
    browser.force_login(citizen)
    answer = browser.post(f"/cases/{case.number}/credentials/", sent)
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)


def test_a_node_that_does_not_answer_is_told(woman: Person, case: Case) -> None:
    code, _ = make_online_code(OTHER_KEY, now=true_now())
    with pytest.raises(redeeming.IssuerAway, match=AWAY):
        evidence.present_code(case, code)


def test_another_nodes_verifier_gets_the_presentation_once(woman: Person, title: Issued) -> None:
    code = showing.online_code(woman, title.id, ["title"]).text
    asked = {"code": code, "audience": AWAY, "nonce": "n" * 32, "to": "重庆某单位"}
    first = Client().post("/credentials/redeem/", json.dumps(asked), "application/json")
    again = Client().post("/credentials/redeem/", json.dumps(asked), "application/json")
    assert "~" in first.json()["presentation"]
    assert (again.status_code, again.json()) == (409, {"refused": "already-used"})
    assert showing.history(woman)[0].to == "重庆某单位"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"code": 1}', '{"code": "TB0:A", "audience": "a"}'])
def test_a_question_of_another_form_is_refused_with_its_place(db: None, body: str) -> None:
    answer = Client().post("/credentials/redeem/", body, "application/json")
    assert (answer.status_code, set(answer.json())) == (400, {"path", "expected"})
