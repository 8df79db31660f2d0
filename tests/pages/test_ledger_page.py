"""The page of the ledger: who owes whom how much, by month, exactly, and for whom it is."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.casework.kinds import case_in
from tongban.node.casework import balances, log, netting
from tongban.node.casework.history import Mark
from tongban.node.casework.models import Case, Event, LedgerEntry
from tongban.node.casework.received import Difference, Receipt
from tongban.node.clock import now
from tongban.node.people import permissions
from tongban.node.people.models import Officer, Person
from tongban.node.theme.wording import yuan_plain, yuan_words
from tongban.services import Service

HOME, AWAY = "510100-yb", "500000-yb"

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(client: Client, officer: Officer) -> Client:
    permissions.grant(officer, permissions.Act.SUPERVISE)
    client.force_login(officer.account)
    return client


@pytest.fixture
def booked(published: Service, woman: Person) -> None:
    """Two cases owed in December and January, the first of them paid in January."""
    for month, kind, amount in (
        (date(2025, 12, 1), "owed", 100_000_001),
        (date(2026, 1, 1), "paid", 100_000_001),
        (date(2026, 1, 1), "owed", 5),
    ):
        event = Event.objects.filter(case=case_in("settlement", "held", woman)).latest("revision")
        LedgerEntry.objects.create(
            event=event, kind=kind, debtor=HOME, creditor=AWAY, amount=amount, month=month
        )


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert isinstance(response, HttpResponse)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("booked")
def test_amounts_stand_in_yuan_by_month_with_what_is_left(finance: Client) -> None:
    page = shown(finance, "/workbench/ledger/")
    assert "成都市医疗保障局 → 重庆市医疗保障局" in page
    assert "1,000,000.01" in page
    assert "<strong>0.05 元</strong>" in page
    (account,) = [account for _, _, account in finance.get("/workbench/ledger/").context["accounts"]]
    (january,) = account.months
    assert (january.owed.amount, january.paid.amount, january.left.amount) == (5, 100_000_001, 5)


@pytest.mark.usefixtures("booked")
def test_an_earlier_year_ends_with_what_was_open_then(finance: Client) -> None:
    page = finance.get("/workbench/ledger/?year=2025")
    ((_, _, account),) = page.context["accounts"]
    assert (account.owed.amount, account.paid.amount, account.left.amount) == (100_000_001, 0, 100_000_001)


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize("year", ["1999", "nonsense", "", "２０２５", "-1"])
def test_a_year_without_entries_gives_the_latest(finance: Client, year: str) -> None:
    assert finance.get("/workbench/ledger/", {"year": year}).context["year"] == 2026


@pytest.mark.usefixtures("booked")
def test_the_table_for_programs_has_the_same_amounts(finance: Client) -> None:
    lines = shown(finance, "/workbench/ledger.csv?year=2026").splitlines()
    assert lines[0].removeprefix("\ufeff").startswith("month,debtor,debtor_name,creditor")
    assert lines[1:] == [
        f"2026-01,{HOME},成都市医疗保障局,{AWAY},重庆市医疗保障局,1,0.05,1,1000000.01,1,0.05,0,0.00"
    ]


def test_an_empty_ledger_says_so(finance: Client) -> None:
    assert "还没有记账" in shown(finance, "/workbench/ledger/")


@pytest.mark.usefixtures("booked")
def test_another_agency_sees_nothing_of_it(client: Client, stranger: Officer) -> None:
    permissions.grant(stranger, permissions.Act.SUPERVISE)
    client.force_login(stranger.account)
    assert "还没有记账" in shown(client, "/workbench/ledger/")


@pytest.mark.parametrize(
    ("fen", "plain", "words"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (-123_456_789, "-1234567.89", "-1,234,567.89"),
    ],
)
def test_fen_are_written_in_yuan_exactly(fen: int, plain: str, words: str) -> None:
    assert (yuan_plain(fen), yuan_words(fen)) == (plain, words)


@pytest.fixture
def november(published: Service, woman: Person) -> Case:
    """A case owed by the own fund, 300.00, and one owed by the other's, 120.50, both for November."""
    ours = case_in("settlement", "owed", woman)
    for case, debtor, creditor, amount in (
        (ours, HOME, AWAY, 30_000),
        (case_in("settlement", "charged", woman), AWAY, HOME, 12_050),
    ):
        event = Event.objects.filter(case=case).latest("revision")
        month = date(2026, 11, 1)
        LedgerEntry.objects.create(
            event=event, kind="owed", debtor=debtor, creditor=creditor, amount=amount, month=month
        )
    state = log.state_of(ours)
    ours.snapshot = state._replace(marks={"adjudicated": Mark(1, "2026-11-03")}, facts={}).to_json()
    ours.save()
    return ours


def cleared(client: Client, reference: str, month: str = "2026-11") -> HttpResponse:
    sent = {"peer": AWAY, "month": month, "reference": reference}
    response = client.post("/workbench/ledger/clear/", sent)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.usefixtures("november")
def test_a_month_is_set_off_and_only_the_difference_is_to_be_paid(finance: Client) -> None:
    page = shown(finance, "/workbench/ledger/")
    assert "付出 179.50" in page
    lines = shown(finance, "/workbench/netting.csv?year=2026").splitlines()
    assert lines[1:] == [
        f"2026-11,{AWAY},重庆市医疗保障局,1,300.00,1,120.50,179.50,300.00,120.50,0.00,0.00,0.00,0.00"
    ]


def test_clearing_a_month_pays_what_this_side_owes_and_nothing_of_the_other(
    finance: Client, november: Case
) -> None:
    assert cleared(finance, "CL-2026-11").status_code == 302
    november.refresh_from_db()
    assert november.status == "cleared"
    (_, net), *_ = finance.get("/workbench/ledger/?year=2026").context["nets"]
    assert (net.open.amount, net.open_there.amount, net.to_pay) == (0, 12_050, 17_950)
    assert cleared(finance, "CL-2026-11-B").status_code == 302
    assert LedgerEntry.objects.filter(kind="paid").count() == 1


@pytest.mark.parametrize(("reference", "month"), [("", "2026-11"), ("凭证", "2026-11"), ("CL-1", "x")])
def test_a_reference_or_month_that_cannot_be_used_clears_nothing(
    finance: Client, november: Case, reference: str, month: str
) -> None:
    assert cleared(finance, reference, month).status_code == 422
    november.refresh_from_db()
    assert november.status == "owed"


def test_who_does_not_supervise_clears_nothing(client: Client, officer: Officer, november: Case) -> None:
    client.force_login(officer.account)
    assert cleared(client, "CL-1").status_code == 403
    november.refresh_from_db()
    assert november.status == "owed"


def test_who_supervises_another_service_neither_sees_nor_clears_this_ones_accounts(
    officer: Officer, november: Case
) -> None:
    permissions.grant(officer, permissions.Act.SUPERVISE, service="hotline-handover")
    assert not balances.of_year(officer, 2026)
    assert not netting.of_year(officer, 2026)
    assert netting.clear(officer, AWAY, date(2026, 11, 1), "CL-1").cases == 0
    november.refresh_from_db()
    assert november.status == "owed"
    permissions.grant(officer, permissions.Act.SUPERVISE, service=november.service.code)
    assert netting.of_year(officer, 2026)


@pytest.fixture
def december(published: Service, woman: Person) -> None:
    """A case owed by the other fund only, 120.50, for December."""
    event = Event.objects.filter(case=case_in("settlement", "charged", woman)).latest("revision")
    month = date(2026, 12, 1)
    LedgerEntry.objects.create(
        event=event, kind="owed", debtor=AWAY, creditor=HOME, amount=12_050, month=month
    )


def arrived(
    client: Client, reference: str, amount: str, month: str = "2026-12", on: str = ""
) -> HttpResponse:
    sent = {"peer": AWAY, "month": month, "reference": reference, "amount": amount, "on": on}
    response = client.post("/workbench/ledger/receive/", sent)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.usefixtures("december")
def test_what_arrived_is_recorded_once_and_the_difference_shown(finance: Client) -> None:
    assert "相差 120.50" in shown(finance, "/workbench/ledger/")
    assert [arrived(finance, "TR-1", "100.00").status_code for _ in range(2)] == [302, 302]
    page = shown(finance, "/workbench/ledger/")
    assert "已到账 100.00" in page
    assert "相差 20.50" in page
    assert "到账差额待查" in page
    assert shown(finance, "/workbench/netting.csv?year=2026").splitlines()[1].endswith(",100.00,0.00")
    assert arrived(finance, "TR-2", "20.50").status_code == 302
    assert "相差" not in shown(finance, "/workbench/ledger/")
    assert "到账差额待查" not in shown(finance, "/workbench/ledger/")
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.update(amount=1)


@pytest.mark.usefixtures("december")
def test_the_inbox_counts_the_differences_and_leads_to_them_until_they_are_closed(finance: Client) -> None:
    assert "到账差额待查" not in shown(finance, "/workbench/")
    arrived(finance, "TR-1", "100.00")
    page = shown(finance, "/workbench/")
    assert 'href="/workbench/ledger/#differences">1 条到账差额待查' in page
    assert 'id="differences"' in shown(finance, "/workbench/ledger/")
    (_, difference) = finance.get("/workbench/ledger/").context["differences"][0]
    finding = {"difference": difference.pk, "finding": "银行扣了手续费"}
    assert finance.post("/workbench/ledger/explain/", finding).status_code == 302
    assert "到账差额待查" not in shown(finance, "/workbench/")


def test_who_may_not_see_the_ledger_sees_no_difference_in_the_inbox(
    client: Client, officer: Officer, stranger: Officer
) -> None:
    about = {"agency": HOME, "peer": AWAY, "opened_at": now()}
    Difference.objects.create(month=date(2026, 11, 1), **about)
    permissions.grant(stranger, permissions.Act.SUPERVISE)
    for one in (officer, stranger):
        client.force_login(one.account)
        assert "到账差额待查" not in shown(client, "/workbench/")


def test_the_inbox_asks_as_often_however_many_differences_there_are(finance: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            shown(finance, "/workbench/")
        return len(asked)

    about = {"agency": HOME, "peer": AWAY, "opened_at": now()}
    Difference.objects.create(month=date(2026, 1, 1), **about)
    few = queries()
    Difference.objects.bulk_create(Difference(month=date(2026, month, 1), **about) for month in range(2, 13))
    assert queries() == few
    assert "12 条到账差额待查" in shown(finance, "/workbench/")


@pytest.mark.usefixtures("december")
@pytest.mark.parametrize(
    ("reference", "amount", "words"),
    [("凭证", "1.00", "最多 64 个"), ("TR-1", "x", "请填写金额"), ("TR-1", "0", "应大于零")],
)
def test_what_arrived_has_a_reference_and_an_amount(
    finance: Client, reference: str, amount: str, words: str
) -> None:
    response = arrived(finance, reference, amount)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Receipt.objects.exists()


@pytest.mark.usefixtures("december", "november")
def test_a_reference_is_one_receipt_and_nothing_arrives_where_this_side_pays(finance: Client) -> None:
    assert arrived(finance, "TR-1", "100.00").status_code == 302
    assert "已经登记过" in arrived(finance, "TR-1", "99.00").content.decode()
    assert arrived(finance, "TR-2", "1.00", "2026-11").status_code == 409
    assert Receipt.objects.count() == 1
