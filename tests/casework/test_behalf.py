"""Applying for somebody else: what a mandate lets happen, who is named, and when it stops."""

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from tests.casework.walk import ANSWERS, CONSENTS, Walk
from tests.services.shipped import TWO_SIDED, copy_shipped, edit
from tongban.node.casework import acting, actions, cases, catalogue, drafts, log, rights, submission
from tongban.node.casework.models import Case, Event, Notice
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.exchange.models import Consent, Outbox
from tongban.node.people import applicants, mandates
from tongban.node.people.access import accesses_of
from tongban.node.people.applicants import Applicant
from tongban.node.people.mandates import Terms
from tongban.node.people.models import AccessRecord, Mandate, Officer, Person
from tongban.node.people.pseudonyms import pseudonym
from tongban.node.people.register import create_citizen, register_enterprise
from tongban.services import Service

DAUGHTER = "510104199003070023"
FIRM = "91510100621702170A"
ANSWERED = {"request": "工伤怎么报", "about": "510100", "phone": "13800000000"}


@pytest.fixture
def daughter(db: None) -> Person:
    person = create_citizen("daughter", "a long password", DAUGHTER, "测试女儿").person
    assert person is not None
    return person


@pytest.fixture
def mandate(woman: Person, daughter: Person) -> Mandate:
    return _given(woman, daughter, "medical-retirement")


@pytest.fixture
def behalf(mandate: Mandate, daughter: Person) -> Applicant:
    return _chosen(daughter, mandate)


@pytest.fixture
def hotline(db: None, tmp_path: Path) -> None:
    """A service for which enterprises apply too."""
    catalogue.publish(copy_shipped(tmp_path / "services", TWO_SIDED))


def _given(giver: Person, agent: Person, *services: str, enterprise: str = "") -> Mandate:
    terms = Terms(services, today(), today() + timedelta(days=30))
    key = uuid4()
    return mandates.give(giver, agent.name, agent.resident_id, terms, key=key, enterprise=enterprise)[0]


def _chosen(agent: Person, mandate: Mandate) -> Applicant:
    found = applicants.chosen(agent, f"mandate:{mandate.pk}")
    assert found is not None
    return found


def submitted(behalf: Applicant) -> Case:
    draft = drafts.begin(behalf, "medical-retirement")
    for key, raw in ANSWERS.items():
        draft = drafts.answer(draft, key, raw)
    return submission.submit(behalf, draft.pk, CONSENTS)


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        do()
    return refused.value.code


def test_a_case_by_mandate_is_the_givers_and_names_both(
    walk: Walk, behalf: Applicant, mandate: Mandate, woman: Person, daughter: Person
) -> None:
    case = submitted(behalf)
    assert (case.person, case.mandate, case.enterprise) == (woman, mandate, None)
    actor = Event.objects.get(case=case, revision=1).actor
    assert actor["by"] == {"person": daughter.pseudonym, "name": daughter.name}
    assert actor["for"] == {"person": woman.pseudonym}
    assert actor["mandate"] == str(mandate.pk)
    assert cases.for_citizen(woman, case.number).timeline[0].by == daughter.name


def test_the_log_tells_who_acted_and_the_database_agrees(walk: Walk, behalf: Applicant) -> None:
    case = submitted(behalf)
    told = [log.logged(case, event) for event in log.history(case)]
    assert told[0]["mandate"] == str(behalf.mandate.pk if behalf.mandate else "")
    assert log.stored_events(told) == told


def test_an_agent_sees_cases_of_the_services_named_and_no_others(
    walk: Walk, woman: Person, daughter: Person
) -> None:
    own = walk.submitted()
    other = _chosen(daughter, _given(woman, daughter, "old-age-allowance"))
    assert not rights.of_citizen(other).exists()
    every = _chosen(daughter, _given(woman, daughter, "medical-retirement"))
    assert [case.number for case in rights.of_citizen(every)] == [own.number]
    assert not rights.of_citizen(daughter).exists()


def test_a_service_that_the_mandate_does_not_name_is_refused(
    walk: Walk, woman: Person, daughter: Person
) -> None:
    other = _chosen(daughter, _given(woman, daughter, "old-age-allowance"))
    assert refusal(lambda: drafts.begin(other, "medical-retirement")) == "mandate-not-covering"


def test_a_mandate_that_ended_meanwhile_submits_nothing_and_does_nothing(
    walk: Walk, behalf: Applicant, mandate: Mandate, woman: Person
) -> None:
    case = submitted(behalf)
    draft = drafts.begin(behalf, "medical-retirement")
    mandates.end(woman, mandate.pk)
    assert refusal(lambda: submission.submit(behalf, draft.pk, CONSENTS)) == "mandate-over"
    assert refusal(lambda: actions.withdraw(behalf, case.number, case.revision)) == "mandate-over"
    assert refusal(lambda: drafts.begin(behalf, "medical-retirement")) == "mandate-over"
    assert Case.objects.count() == 1


def test_an_agent_withdraws_and_the_timeline_says_who(walk: Walk, behalf: Applicant, woman: Person) -> None:
    case = submitted(behalf)
    actions.withdraw(behalf, case.number, case.revision)
    last = cases.for_citizen(woman, case.number).timeline[-1]
    assert (last.kind, last.by) == ("withdrawn", "测试女儿")


def test_an_officer_sees_both_and_both_are_told_of_the_look(
    walk: Walk, behalf: Applicant, officer: Officer, woman: Person, daughter: Person
) -> None:
    case = submitted(behalf)
    seen = cases.for_officer(officer, case.number).behalf
    assert seen is not None
    assert (seen.agent, seen.proof, seen.enterprise) == ("测试女儿", "online", "")
    (hers,) = [one for one in accesses_of(woman) if one.direction == "read"]
    (agents,) = accesses_of(daughter)
    assert (hers.agent, agents.agent) == ("测试女儿", "测试女儿")
    assert agents.fields == ("name",)


def test_an_agents_look_is_shown_to_the_giver_with_the_agents_name(
    walk: Walk, behalf: Applicant, woman: Person
) -> None:
    view = cases.for_citizen(behalf, submitted(behalf).number)
    cases.record_look(behalf, view)
    looks = [one for one in accesses_of(woman) if one.direction == "agent"]
    assert [(one.agent, one.case_ref) for one in looks] == [("测试女儿", view.number)]


def test_news_goes_to_both(
    walk: Walk, behalf: Applicant, officer: Officer, woman: Person, daughter: Person
) -> None:
    case = submitted(behalf)
    walk.answer(case, "510100")
    case = walk.answer(case, "500000")
    actions.confirm(officer, case.number, case.revision)
    told = {
        person.name: Notice.objects.filter(account__person=person).order_by("pk").last()
        for person in (woman, daughter)
    }
    hers, agents = told["测试女士"], told["测试女儿"]
    assert hers is not None
    assert agents is not None
    assert hers.text_zh == agents.text_zh
    assert (hers.path, agents.path) == (f"/cases/{case.number}/", "/mandates/")


def test_an_enterprise_applies_where_the_service_lets_it(
    hotline: None, published: Service, woman: Person, daughter: Person, officer: Officer
) -> None:
    firm = register_enterprise(FIRM, "成都样例有限公司", woman)
    mandate = _given(woman, daughter, "hotline-handover", enterprise=FIRM)
    head, agent = applicants.chosen(woman, f"enterprise:{FIRM}"), _chosen(daughter, mandate)
    assert head is not None
    assert refusal(lambda: drafts.begin(head, "medical-retirement")) == "for-persons-only"
    draft = drafts.begin(agent, "hotline-handover")
    assert drafts.begin(head, "hotline-handover") == draft
    assert (draft.person, draft.enterprise) == (daughter, firm)
    assert not drafts.open_drafts(daughter)


def test_a_firms_case_is_the_firms_in_lists_and_for_the_officer(
    hotline: None, published: Service, woman: Person, daughter: Person, officer: Officer
) -> None:
    register_enterprise(FIRM, "成都样例有限公司", woman)
    agent = _chosen(daughter, _given(woman, daughter, "hotline-handover", enterprise=FIRM))
    draft = drafts.begin(agent, "hotline-handover")
    for question in drafts.missing(draft):
        raw = (
            question.choices[0].value
            if question.choices
            else "13800000000"
            if question.type == "phone"
            else "工伤怎么报"
        )
        draft = drafts.answer(draft, question.key, raw)
    case = submission.submit(agent, draft.pk, frozenset())
    view = cases.for_citizen(agent, case.number)
    assert view.person_name == "成都样例有限公司"
    assert view.behalf is not None
    assert (view.behalf.enterprise, view.behalf.agent) == (FIRM, "测试女儿")
    head = applicants.chosen(woman, f"enterprise:{FIRM}")
    assert head is not None
    assert [line.number for line in cases.of_person(head).lines] == [case.number]
    assert not cases.of_person(daughter).lines
    assert not cases.of_person(woman).lines


def test_a_firms_evidence_is_asked_by_its_code_with_the_consent_of_who_applies(
    walk: Walk, tmp_path: Path, woman: Person
) -> None:
    root = copy_shipped(tmp_path / "services")
    edit(root, 'kind = "recognition"', 'kind = "recognition"\napplicants = ["enterprise", "person"]')
    edit(root, 'version = "', 'version = "2027.')
    edit(root, 'version = "2027.2026.', 'version = "2027.')
    catalogue.publish(root)
    register_enterprise(FIRM, "成都样例有限公司", woman)
    head = applicants.chosen(woman, f"enterprise:{FIRM}")
    assert head is not None
    submitted(head)
    submitted(applicants.of(woman))
    asked = [json.loads(bytes(one.body))["body"]["subject"] for one in Outbox.objects.order_by("created")]
    assert asked == [FIRM, FIRM, woman.resident_id, woman.resident_id]
    agreed = [json.loads(b64decode(json.loads(one.document)["payload"])) for one in Consent.objects.all()]
    assert sorted(one["subject"] for one in agreed) == sorted(asked)


def test_who_heads_a_firm_sees_who_looked_at_its_data_until_they_head_it_no_more(
    published: Service, woman: Person
) -> None:
    firm = register_enterprise(FIRM, "成都样例有限公司", woman)
    text = {"zh": "核对", "en": "Checking"}
    AccessRecord.objects.create(
        pseudonym=pseudonym(FIRM),
        at=now(),
        direction="own",
        agency="510100-yb",
        asking_node="sichuan",
        service="medical-retirement",
        case_ref="SC-2026-0000001",
        basis=text,
        purpose=text,
    )
    assert [one.enterprise for one in accesses_of(woman)] == ["成都样例有限公司"]
    firm.representatives.update(
        valid_from=today() - timedelta(days=9), valid_until=today() - timedelta(days=1)
    )
    assert not accesses_of(woman)


def test_a_look_at_mandates_ends_with_the_transaction_that_ended_them(
    walk: Walk, behalf: Applicant, mandate: Mandate, woman: Person
) -> None:
    case = submitted(behalf)
    with transaction.atomic():
        mandates.end(woman, mandate.pk)
        transaction.set_rollback(True)
    assert acting.perform(behalf, case.number, case.revision, "withdraw").status == "withdrawn"
