"""A carer's skill certificate, from the form to the credential, which counts in a case of the same kind."""

from pathlib import Path

import pytest

from tests.casework.conftest import POST
from tests.services.shipped import copy_shipped
from tongban.node.casework import acting, catalogue, drafts, submission
from tongban.node.casework.models import Case
from tongban.node.credentials import evidence
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Officer, Person
from tongban.node.people.register import create_officer

ANSWERS = {
    "occupation": "养老护理员",
    "level": "3",
    "evaluator": "成都市某某职业技能等级评价中心",
    "certificate_number": "S000051010026243000012",
    "issued_on": "2025-06-30",
}
ASKED = ["occupation", "level", "issued_on", "certificate_number"]


@pytest.fixture(autouse=True)
def _published(db: None, tmp_path: Path) -> None:
    catalogue.publish(copy_shipped(tmp_path, ("carer_qualification",)))


@pytest.fixture
def certificate(woman: Person) -> Issued:
    clerk: Officer = create_officer("clerk", "x", "510100-rs", "罗锦程", POST).officer
    case = submitted(woman)
    acting.perform(clerk, case.number, case.revision, "issue")
    return Issued.objects.get(case=case)


def submitted(woman: Person) -> Case:
    draft = drafts.begin(woman, "carer-qualification")
    for key, raw in ANSWERS.items():
        draft = drafts.answer(draft, key, raw)
    return submission.submit(woman, draft.pk, frozenset())


def test_the_certificate_says_what_the_officer_compared(certificate: Issued) -> None:
    assert certificate.vct.endswith("/skill-certificate/1")
    assert {name: certificate.claims[name] for name in ANSWERS} == ANSWERS


def test_the_certificate_counts_instead_of_a_new_assessment(woman: Person, certificate: Issued) -> None:
    shown = evidence.present_card(woman, certificate.pk, submitted(woman), ASKED)
    assert (shown.verdict, shown.claims["level"]) == ("valid", "3")
