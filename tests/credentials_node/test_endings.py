"""A credential ends with the day that its type says, and after the type's days at the latest."""

from datetime import date, datetime, timedelta

import pytest

from tests.credentials.samples import CLAIMS
from tongban.credentials import CredentialRefused
from tongban.node.clock import LOCAL_ZONE, today, true_now
from tongban.node.credentials import issuing
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Officer, Person

ABILITY = "https://tongban.example/credentials/elderly-ability/1"


def issue(person: Person, officer: Officer, again_by: date) -> Issued:
    claims = CLAIMS["elderly-ability"] | {"assess_again_by": again_by.isoformat()}
    return issuing.issue(person=person, vct=ABILITY, claims=claims, agency="510100-yb", officer=officer)


def test_a_conclusion_ends_with_the_day_of_the_next_assessment(woman: Person, officer: Officer) -> None:
    day = today() + timedelta(days=30)
    end = issue(woman, officer, day).expires.astimezone(LOCAL_ZONE)
    assert (end.date(), end.hour, end.minute) == (day, 23, 59)


def test_a_conclusion_ends_after_the_days_of_its_type_at_the_latest(woman: Person, officer: Officer) -> None:
    end = issue(woman, officer, today() + timedelta(days=3000)).expires
    assert end <= true_now() + timedelta(days=365)


def test_nothing_is_issued_on_a_conclusion_that_is_over(woman: Person, officer: Officer) -> None:
    yesterday = datetime.now(LOCAL_ZONE).date() - timedelta(days=1)
    with pytest.raises(CredentialRefused, match="expired"):
        issue(woman, officer, yesterday)
    assert not Issued.objects.exists()
