"""Money that arrived is told to who paid it: both books say the same, and differences are looked into."""

from datetime import date, timedelta

import pytest

from tests.casework.kinds import case_in
from tests.casework.test_misuse import refused
from tests.casework.test_old_backup import catch_up, forgotten
from tests.casework.test_settling import AWAY, HOME, SERVICE, Care, finance
from tests.casework.test_two_sides import Far
from tongban.node.casework import arrivals, netting, tidings
from tongban.node.casework.models import Event, LedgerEntry
from tongban.node.casework.received import Difference, Receipt
from tongban.node.casework.refusals import InputsRefused
from tongban.node.clock import today
from tongban.node.exchange.conversing import receiving
from tongban.node.people import permissions
from tongban.node.people.models import Officer, Person
from tongban.protocol import Text
from tongban.protocol import conversations as talk
from tongban.services import Service

__all__ = ["finance"]
pytestmark = pytest.mark.django_db

MONTH = date(2026, 10, 1)
THREAD = "CLEARING-2026-10"


def owed(person: Person, debtor: str, creditor: str, amount: int) -> None:
    event = Event.objects.filter(case=case_in("settlement", "charged", person)).latest("revision")
    told = {"debtor": debtor, "creditor": creditor, "amount": amount, "month": MONTH}
    LedgerEntry.objects.create(event=event, kind="owed", **told)


@pytest.fixture
def treasurer(finance: Officer) -> Officer:
    permissions.grant(finance, permissions.Act.SUPERVISE)
    return finance


@pytest.fixture
def receiving_side(published: Service, woman: Person) -> None:
    owed(woman, AWAY, HOME, 12_050)


@pytest.fixture
def paying_side(published: Service, woman: Person) -> None:
    owed(woman, HOME, AWAY, 30_000)


def arrive(officer: Officer, reference: str, amount: str, on: str = "2026-11-10") -> Receipt:
    given = {"reference": reference, "amount": amount, "on": on}
    return arrivals.receive(officer, AWAY, MONTH, given)


class Treasury(Far):
    """Chongqing's agency, which tells what has arrived there."""

    def tells(self, reference: str, amount: int, times: int = 1) -> None:
        tiding = tidings.MoneyArrived(month=MONTH, reference=reference, amount=amount, on=date(2026, 11, 9))
        words = Text(zh="到账", en="arrived")
        body = talk.Told(subject=None, text=words, contents=tiding.model_dump(mode="json"))
        self.side.open("notice-given", body, Care(THREAD).matter(SERVICE))
        for message in (*self.side.said, *self.side.said[-1:] * (times - 1)):
            receiving.receive(self.side.delivery(message))

    @property
    def heard(self) -> list[dict[str, str | int]]:
        self.deliver()
        bodies = [one.message.body for one in self.side.effects if one.by is talk.By.PEER]
        return [dict(body.contents) for body in bodies if isinstance(body, talk.Told)]


@pytest.mark.usefixtures("receiving_side")
def test_what_arrived_is_told_to_who_paid_once(treasurer: Officer) -> None:
    for _ in range(2):
        arrive(treasurer, "TR-1", "100.00")
    told = {"topic": "money-arrived", "month": "2026-10-01", "reference": "TR-1", "amount": 10_000}
    assert Treasury(THREAD).heard == [told | {"on": "2026-11-10"}]


@pytest.mark.usefixtures("paying_side")
def test_who_paid_has_the_receipt_in_its_book_once_however_often_it_is_told(treasurer: Officer) -> None:
    Treasury(THREAD).tells("TR-9", 29_000, times=3)
    (found,) = Receipt.objects.all()
    assert (found.agency, found.peer, found.by, found.arrived_on) == (AWAY, HOME, None, date(2026, 11, 9))
    (net,) = netting.of_year(treasurer, 2026)
    assert (net.to_pay, net.received_there, net.missing_there) == (30_000, 29_000, 1_000)


@pytest.mark.usefixtures("paying_side")
def test_a_difference_is_to_be_looked_into_until_later_receipts_make_it_fit(treasurer: Officer) -> None:
    far = Treasury(THREAD)
    far.tells("TR-1", 29_000)
    (difference,) = arrivals.differences(treasurer)
    assert (difference.peer, difference.month) == (AWAY, MONTH)
    far.tells("TR-2", 1_000)
    assert arrivals.differences(treasurer) == ()
    assert Difference.objects.get().closed_by is None


@pytest.mark.usefixtures("receiving_side")
def test_who_receives_has_the_same_difference_and_may_write_down_why(treasurer: Officer) -> None:
    arrive(treasurer, "TR-1", "120.00")
    (difference,) = arrivals.differences(treasurer)
    assert refused(lambda: arrivals.explain(treasurer, difference.pk, " ")) == "reason-missing"
    arrivals.explain(treasurer, difference.pk, "银行扣了手续费")
    assert arrivals.differences(treasurer) == ()
    difference.refresh_from_db()
    assert (difference.closed_by, difference.finding) == (treasurer, "银行扣了手续费")
    assert refused(lambda: arrivals.explain(treasurer, difference.pk, "又一次")) == "not-found"


@pytest.mark.usefixtures("receiving_side")
def test_nobody_else_sees_or_closes_a_difference(treasurer: Officer, stranger: Officer) -> None:
    arrive(treasurer, "TR-1", "120.00")
    assert refused(lambda: arrivals.differences(stranger)) == "not-permitted"
    permissions.grant(stranger, permissions.Act.SUPERVISE)
    assert arrivals.differences(stranger) == ()
    pk = Difference.objects.get().pk
    assert refused(lambda: arrivals.explain(stranger, pk, "不是我们的")) == "not-found"


@pytest.mark.usefixtures("receiving_side")
@pytest.mark.parametrize("on", ["x", (today() + timedelta(days=1)).isoformat()])
def test_money_does_not_arrive_on_a_day_to_come(treasurer: Officer, on: str) -> None:
    with pytest.raises(InputsRefused) as wrong:
        arrive(treasurer, "TR-1", "120.00", on)
    assert set(wrong.value.fields) == {"on"}
    assert not Receipt.objects.exists()


@pytest.mark.usefixtures("paying_side")
def test_a_reference_told_with_another_amount_changes_nothing(
    treasurer: Officer, caplog: pytest.LogCaptureFixture
) -> None:
    far = Treasury(THREAD)
    far.tells("TR-1", 30_000)
    far.tells("TR-1", 1)
    assert Receipt.objects.get().amount == 30_000
    assert "told otherwise than before" in caplog.text


@pytest.mark.usefixtures("paying_side")
def test_a_receipt_of_a_month_in_which_nothing_is_owed_is_a_difference_too(treasurer: Officer) -> None:
    tiding = tidings.MoneyArrived(month=date(2026, 9, 1), reference="TR-7", amount=5, on=date(2026, 11, 9))
    body = talk.Told(subject=None, text=Text(zh="到账", en="x"), contents=tiding.model_dump(mode="json"))
    far = Treasury("CLEARING-2026-09")
    receiving.receive(far.side.open("notice-given", body, Care("CLEARING-2026-09").matter(SERVICE)))
    assert [one.month for one in arrivals.differences(treasurer)] == [date(2026, 9, 1)]


@pytest.mark.usefixtures("receiving_side")
def test_money_whose_arrival_was_told_is_in_the_book_again_once(treasurer: Officer) -> None:
    far = Treasury(THREAD)
    with forgotten():
        arrive(treasurer, "TR-1", "100.00")
        far.deliver()
    assert not Receipt.objects.exists()
    catch_up(far)
    (found,) = Receipt.objects.all()
    assert (found.month, found.amount, found.by) == (MONTH, 10_000, None)
    arrive(treasurer, "TR-1", "100.00")
    assert (Receipt.objects.count(), len(far.heard)) == (1, 1)
