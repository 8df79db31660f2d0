"""A reversal's page lists the bills settled after it with what each would be now, and changes none."""

import pytest
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.test_old_backup import catch_up, forgotten
from tests.casework.test_reversing import REASON, booked, do, gives, notice, settlement
from tests.casework.test_settling import Care, _offered, _replays, care, finance, line, provide, relation
from tongban.node.casework import cases, reworking, tidings
from tongban.node.casework.models import Case
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.node.people.register import create_officer

__all__ = ["_offered", "_replays", "care", "finance"]
pytestmark = pytest.mark.django_db


def settle(number: int, amount: str = "500.00", **changed: str) -> Case:
    """A bill that is settled after those before it; of each 60 % is paid above a deductible of 200 yuan."""
    claimed = Care(f"CQ-2026-000000{number}").claims(
        line(amount, disease=changed.get("disease", "高血压")), bill=f"CQ-MZ-{number}"
    )
    return provide(claimed, relation(**changed))


def listed(officer: Officer, case: Case) -> list[tuple[str, int, int | None]]:
    found = reworking.of_reversal(officer, cases.for_officer(officer, case.number))
    return [(one.bill, one.was, one.anew) for one in found]


@pytest.fixture
def first(woman: Person) -> Case:
    return settle(1)


def test_of_the_bills_settled_after_it_the_first_takes_over_the_deductible(
    first: Case, finance: Officer
) -> None:
    settle(2)
    settle(3)
    do(finance, first, "reverse", **REASON)
    before = booked()
    assert listed(finance, first) == [("CQ-MZ-2", 30_000, 18_000), ("CQ-MZ-3", 30_000, 30_000)]
    assert booked() == before


def test_a_cap_that_was_used_up_is_there_for_the_bills_after_it(woman: Person, finance: Officer) -> None:
    first = settle(1, cap_left="200.00")
    settle(2, cap_left="200.00")
    do(finance, first, "reverse", **REASON)
    assert listed(finance, first) == [("CQ-MZ-2", 2_000, 18_000)]


def test_what_does_not_count_for_it_is_not_listed(first: Case, finance: Officer) -> None:
    second = settle(2)
    settle(3, disease="糖尿病")
    do(finance, second, "reverse", **REASON)
    assert listed(finance, second) == []
    do(finance, first, "reverse", **REASON)
    assert listed(finance, first) == []


def test_they_are_listed_once_the_reversal_is_asked_for(care: Care, woman: Person, finance: Officer) -> None:
    first = provide(care.claims(line("500.00"), bill="CQ-MZ-1"), relation())
    settle(2)
    assert listed(finance, first) == []
    gives(care, notice(tidings.ReversalAsked(conversation=settlement(care).id)))
    assert listed(finance, first) == [("CQ-MZ-2", 30_000, 18_000)]


def test_the_page_shows_them_and_the_look_is_recorded_for_each(
    client: Client, first: Case, finance: Officer
) -> None:
    second = settle(2)
    do(finance, first, "reverse", **REASON)
    client.force_login(finance.account)
    page = client.get(f"/workbench/cases/{first.number}/").content.decode()
    assert f'href="/workbench/cases/{second.number}/">CQ-MZ-2</a>' in page
    assert "<strong>180.00</strong>" in page
    look = AccessRecord.objects.filter(case_ref=second.number, officer=finance).latest("pk")
    assert (look.fields, look.purpose["zh"]) == (["decision"], "核对冲正对其他账单的影响")


@pytest.mark.django_db(transaction=True)
def test_one_whose_record_was_lost_with_an_old_backup_is_marked_as_not_worked_out(
    first: Case, finance: Officer
) -> None:
    second = Care("CQ-2026-0000002")
    claimed = second.claims(line("500.00"), bill="CQ-MZ-2")
    with forgotten():
        provide(claimed, relation())
        second.deliver()
    catch_up(second)
    do(finance, first, "reverse", **REASON)
    assert listed(finance, first) == [("CQ-MZ-2", 30_000, None)]


def test_another_agencys_officer_is_shown_none(first: Case, finance: Officer) -> None:
    settle(2)
    do(finance, first, "reverse", **REASON)
    view = cases.for_officer(finance, first.number)
    stranger = create_officer("stranger", "a long password", "510100-wj", "王五", POST).officer
    assert reworking.of_reversal(stranger, view) == ()
    assert not AccessRecord.objects.filter(officer=stranger).exists()
