"""A bill claimed after the backup that is put back: its case comes back, and the hospital finds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from tests.casework.test_old_backup import catch_up, kinds
from tests.casework.test_points import BILL, System, body, lines, system
from tests.casework.test_settling import _offered, _replays, adjudication
from tests.casework.test_two_sides import Far, told
from tongban.node import backup
from tongban.node.casework.models import Case, LedgerEntry
from tongban.node.config import this_node
from tongban.node.exchange.conversing import receiving
from tongban.node.people.models import Person
from tongban.node.points.models import Bill

__all__ = ["_offered", "_replays", "system"]
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def lost() -> Iterator[None]:
    """What happens inside is not in the backup that is put back afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def forgotten(system: System, woman: Person) -> Far:
    """A bill was submitted, claimed and settled; this side knows nothing of it any more."""
    with lost():
        _, taken = system.put()
        far = Far(taken["case"])
        far.says("settlement-adjudicated", adjudication(18_000))
    assert not Case.objects.exists()
    return far


def test_the_case_of_a_lost_claim_is_there_again_under_its_number_and_owed(
    forgotten: Far, woman: Person
) -> None:
    catch_up(forgotten)
    (case,) = Case.objects.all()
    assert case.number == forgotten.side.case_ref
    assert kinds(case) == ["bill-recalled", "claimed", "settlement-adjudicated"]
    assert case.status == "charged"
    assert [(one.kind, one.amount, one.claim) for one in LedgerEntry.objects.all()] == [
        ("owed", 18_000, BILL)
    ]
    catch_up(forgotten)
    assert Case.objects.count() == 1
    assert "恢复旧备份" in told(case, woman)[0]


def test_the_hospital_that_sends_the_bill_again_is_told_of_that_case(forgotten: Far, system: System) -> None:
    catch_up(forgotten)
    status, found = system.put()
    assert (status, found["case"], found["state"]) == (201, forgotten.side.case_ref, "charged")
    assert found["decision"]["fund_pays"] == "180.00"
    assert system.put()[0] == 200
    assert (Case.objects.count(), Bill.objects.count()) == (1, 1)
    assert system.cancel()[1]["state"] == "reversing"


def test_another_bill_under_that_number_is_refused(forgotten: Far, system: System) -> None:
    catch_up(forgotten)
    status, refused = system.put(body(lines=lines("501.00")))
    assert (status, refused["code"]) == (409, "bill-differs")
    assert not Bill.objects.exists()


def test_until_the_peers_have_told_no_bill_is_taken(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = this_node().model_copy(update={"home": tmp_path})
    monkeypatch.setattr("tongban.node.points.billing.this_node", lambda: home)
    (tmp_path / backup.RESTORED).write_text("{}")
    status, refused = system.put()
    assert (status, refused["code"]) == (503, "try-later")
    (tmp_path / backup.CAUGHT_UP).write_text("{}")
    assert system.put()[0] == 201


def test_a_settlement_reversed_here_and_forgotten_is_reversed_again(
    forgotten: Far, system: System, woman: Person
) -> None:
    catch_up(forgotten)
    system.put()
    case = Case.objects.get()
    with lost():
        system.cancel()
        forgotten.deliver()
    case.refresh_from_db()
    assert case.status == "charged"
    for message in forgotten.side.said:
        receiving.receive(forgotten.side.delivery(message))
    catch_up(forgotten)
    case.refresh_from_db()
    assert case.status == "reversing"
