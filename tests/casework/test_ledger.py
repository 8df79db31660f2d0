"""What settlements owe and pay is booked with their events: once, whole, and never changed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.casework.kinds import case_in
from tests.casework.test_misuse import refused
from tongban.node.casework import acting, ledger, log, procedures
from tongban.node.casework.models import Case, LedgerEntry
from tongban.node.clock import today
from tongban.node.people.models import Officer, Person
from tongban.services import Service

HOME, AWAY = "510100-yb", "500000-yb"

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(published: Service, woman: Person) -> Case:
    return case_in("settlement", "held", woman)


def adjudicated(case: Case, officer: Officer, fund_pays: str = "1234.50") -> Case:
    given = {"fund_pays": fund_pays, "reason": "按参保地规则核定"}
    return acting.perform(officer, case.number, case.revision, "adjudicate", given)


def test_an_adjudicated_case_is_owed_to_the_side_that_was_charged(held: Case, officer: Officer) -> None:
    adjudicated(held, officer)
    (entry,) = LedgerEntry.objects.all()
    assert (entry.kind, entry.debtor, entry.creditor, entry.amount) == ("owed", HOME, AWAY, 123_450)
    assert ledger.statement(HOME, AWAY, today()).amount == 123_450


def test_clearing_a_month_pays_each_case_what_was_owed_and_does_so_once(
    published: Service, woman: Person, officer: Officer
) -> None:
    for amount in ("100.00", "0.01"):
        adjudicated(case_in("settlement", "held", woman), officer, amount)
    cleared = ledger.clear(HOME, AWAY, today(), "2026-11/1")
    assert (cleared.cases, cleared.amount) == (2, 10_001)
    assert {case.status for case in Case.objects.all()} == {"cleared"}
    assert ledger.clear(HOME, AWAY, today(), "2026-11/2").cases == 0
    sums = {
        kind: sum(one.amount for one in LedgerEntry.objects.filter(kind=kind)) for kind in ("owed", "paid")
    }
    assert sums == {"owed": 10_001, "paid": 10_001}


def test_a_disputed_case_is_not_cleared_until_the_dispute_is_settled(held: Case, officer: Officer) -> None:
    case = adjudicated(held, officer)
    case = acting.perform(officer, case.number, case.revision, "dispute", {"reason": "金额不符"})
    assert ledger.clear(HOME, AWAY, today(), "1").cases == 0
    acting.perform(officer, case.number, case.revision, "settle-dispute", {"note": "已核对"})
    assert ledger.clear(HOME, AWAY, today(), "2").cases == 1


def test_another_month_and_another_pair_owe_nothing(held: Case, officer: Officer) -> None:
    adjudicated(held, officer)
    before = today().replace(day=1) - timedelta(days=1)
    assert ledger.statement(HOME, AWAY, before).cases == 0
    assert ledger.statement(AWAY, HOME, today()).cases == 0


def test_an_amount_that_cannot_be_read_books_nothing(held: Case, officer: Officer) -> None:
    assert refused(lambda: adjudicated(held, officer, "a lot")) == "inputs-unusable"
    assert not LedgerEntry.objects.exists()


def test_when_booking_fails_the_event_has_not_happened(
    held: Case, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IntegrityError("no booking")

    monkeypatch.setattr(LedgerEntry.objects, "create", fail)
    with pytest.raises(IntegrityError):
        adjudicated(held, officer)
    assert Case.objects.get(pk=held.pk).status == "held"


def test_the_database_refuses_to_change_or_remove_an_entry(held: Case, officer: Officer) -> None:
    adjudicated(held, officer)
    for change in (lambda: LedgerEntry.objects.update(amount=1), lambda: LedgerEntry.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_whoever_subscribes_is_told_in_the_events_transaction(
    held: Case, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(log, "_subscribers", {})
    log.on_event(
        "settlement", "adjudicated", lambda case, event: told.append((event.kind, event.pk is not None))
    )
    adjudicated(held, officer)
    assert told == [("adjudicated", True)]
    assert procedures.of(held).kind == "settlement"
