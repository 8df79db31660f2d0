"""A settled bill is reversed: asked for at the place of care, decided at home, booked once on both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.casework.conftest import POST
from tests.casework.test_misuse import refused
from tests.casework.test_settling import (
    AWAY,
    BILL,
    HOME,
    SERVICE,
    WHY,
    Care,
    _offered,
    _replays,
    adjudication,
    bill,
    care,
    finance,
    line,
    provide,
    relation,
)
from tests.casework.test_two_sides import Far, told
from tongban.node.casework import acting, balances, catalogue, ledger, netting, tidings
from tongban.node.casework.models import Case, LedgerEntry, Notice
from tongban.node.clock import today
from tongban.node.exchange.conversing import receiving
from tongban.node.people import permissions
from tongban.node.people.models import Officer, Person
from tongban.node.people.register import create_officer
from tongban.protocol import Text
from tongban.protocol import conversations as talk

__all__ = ["_offered", "_replays", "bill", "care", "finance"]
pytestmark = pytest.mark.django_db

REASON = {"reason": "医院已退费"}


def notice(tiding: tidings.Tiding, words: str = "医院已退费") -> talk.Told:
    contents = tiding.model_dump(mode="json")
    return talk.Told(subject=None, text=Text(zh=words, en=words), contents=contents)


def gives(far: Far, body: talk.Told, times: int = 1) -> None:
    """Chongqing tells it, in the thread of the settlement, and sends the same message so often."""
    far.deliver()
    far.side.open("notice-given", body, Care(far.side.case_ref).matter(SERVICE))
    for message in (*far.side.said, *far.side.said[-1:] * (times - 1)):
        receiving.receive(far.side.delivery(message))


def settlement(far: Far) -> talk.Conversation:
    return far.side.of_kind("settlement")


def heard(far: Far) -> list[str]:
    """The topics of what Chongqing was told in notices."""
    far.deliver()
    bodies = [
        one.message.body for one in far.side.effects if (one.message.kind, one.by) == ("notice-given", "peer")
    ]
    return [str(body.contents["topic"]) for body in bodies if isinstance(body, talk.Told)]


def booked() -> list[tuple[str, int]]:
    return [(entry.kind, entry.amount) for entry in LedgerEntry.objects.order_by("pk")]


def do(officer: Officer, case: Case, code: str, **given: str) -> Case:
    case.refresh_from_db()
    return acting.perform(officer, case.number, case.revision, code, given)


@pytest.fixture
def owed(care: Care, woman: Person) -> Case:
    return provide(care.claims(line("500.00")), relation())


def test_a_reversal_is_booked_told_and_read_and_nothing_is_removed(
    owed: Case, care: Care, finance: Officer, woman: Person
) -> None:
    case = do(finance, owed, "reverse", **REASON)
    assert case.status == "reversed"
    assert booked() == [("owed", 18_000), ("reversed", 18_000)]
    assert heard(care) == ["reversed"]
    assert "已冲正：基金不再支付 180.00 元。原因：医院已退费" in told(case, woman)[-1]
    assert Notice.objects.filter(event__case=case, event__kind="reversed").exists()
    assert ledger.statement(HOME, AWAY, today()).amount == 0


def test_what_was_used_of_deductible_and_cap_is_given_back(owed: Case, care: Care, finance: Officer) -> None:
    do(finance, owed, "reverse", **REASON)
    second = Care("CQ-2026-0000002")
    provide(second.claims(line("500.00"), bill="CQ-MZ-2"), relation())
    assert LedgerEntry.objects.latest("pk").amount == 18_000


def test_a_reversed_bill_is_not_settled_again_under_its_number(
    owed: Case, care: Care, finance: Officer
) -> None:
    do(finance, owed, "reverse", **REASON)
    again = provide(Care("CQ-2026-0000009").claims(line()), relation())
    assert again.status == "refused"
    assert LedgerEntry.objects.filter(kind="owed").count() == 1


def test_of_one_month_owed_and_reversed_are_cleared_together(
    owed: Case, care: Care, finance: Officer
) -> None:
    do(finance, owed, "reverse", **REASON)
    cleared = ledger.clear(HOME, AWAY, today(), "CL-1")
    assert (cleared.cases, cleared.reversals, cleared.amount) == (1, 1, 0)
    assert [kind for kind, _ in booked()] == ["owed", "reversed", "paid", "set-off"]
    assert heard(care) == ["reversed", "reversal-cleared"]
    assert settlement(care).state == "cleared"
    again = ledger.clear(HOME, AWAY, today(), "CL-2")
    assert (again.cases, again.reversals) == (0, 0)


def test_after_the_clearing_it_is_a_correction_of_the_next_month(
    owed: Case, care: Care, finance: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    permissions.grant(finance, permissions.Act.SUPERVISE)
    ledger.clear(HOME, AWAY, today(), "CL-1")
    following = date(today().year + 1, 1, 15)
    monkeypatch.setattr("tongban.node.casework.reversing.today", lambda: following)
    do(finance, owed, "reverse", **REASON)
    (net,) = netting.of_year(finance, following.year)
    assert (net.month, net.owed.amount, net.reversed.amount) == (date(following.year, 1, 1), 0, 18_000)
    assert (net.to_pay, net.open.cases, net.open.amount) == (-18_000, 1, -18_000)
    (account,) = balances.of_year(finance, following.year)
    assert account.left.amount == -18_000
    netting.clear(finance, AWAY, following, "CL-2")
    assert [kind for kind, _ in booked()] == ["owed", "paid", "reversed", "set-off"]
    assert netting.of_year(finance, following.year)[0].open.cases == 0
    assert heard(care) == ["reversed", "reversal-cleared"]


def test_four_eyes_where_the_service_asks_for_them(
    care: Care, finance: Officer, woman: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = provide(care.claims(line()), relation())
    service = catalogue.of(case)
    strict = replace(service, definition=service.definition.model_copy(update={"options": ("four-eyes",)}))
    monkeypatch.setattr(catalogue, "of", lambda _: strict)
    assert refused(lambda: do(finance, case, "reverse", **REASON)) == "not-available"
    case = do(finance, case, "propose-reversal", **REASON)
    assert refused(lambda: do(finance, case, "check-reversal")) == "not-available"
    assert booked() == [("owed", 18_000)]
    second = create_officer("second", "a long password", HOME, "李四", POST).officer
    case = do(second, case, "send-back-reversal", reason="材料不全")
    assert case.status == "owed"
    do(finance, case, "propose-reversal", **REASON)
    assert do(second, case, "check-reversal").status == "reversed"
    assert "医院已退费" in told(Case.objects.get(pk=case.pk), woman)[-1]


def test_the_place_of_care_asks_and_is_told_that_it_is_not_reversed(
    owed: Case, care: Care, finance: Officer
) -> None:
    asked = tidings.ReversalAsked(conversation=settlement(care).id)
    gives(care, notice(asked), times=2)
    owed.refresh_from_db()
    assert owed.status == "reversal-asked"
    assert owed.tasks.filter(kind="decide-reversal", closed_at=None).exists()
    assert ledger.clear(HOME, AWAY, today(), "CL-1").cases == 0
    assert do(finance, owed, "refuse-reversal", reason="没有退费").status == "owed"
    assert heard(care) == ["reversal-refused"]
    assert ledger.clear(HOME, AWAY, today(), "CL-1").cases == 1


def test_a_request_that_crosses_the_reversal_changes_nothing(
    owed: Case, care: Care, finance: Officer
) -> None:
    asked = notice(tidings.ReversalAsked(conversation=settlement(care).id))
    do(finance, owed, "reverse", **REASON)
    gives(care, asked)
    owed.refresh_from_db()
    assert owed.status == "reversed"
    assert heard(care) == ["reversed"]


@pytest.fixture
def charged(bill: Callable[[str], Case]) -> tuple[Case, Far]:
    case = provide(bill(BILL), line("500.00"))
    far = Far(case.number)
    far.says("settlement-adjudicated", adjudication(18_000))
    case.refresh_from_db()
    return case, far


def reversal(far: Far, amount: int = 18_000) -> talk.Told:
    conversation = settlement(far).id
    return notice(tidings.Reversed(conversation=conversation, amount=amount, on=date(2026, 12, 3)))


def test_both_sides_book_a_reversal_in_the_month_that_the_home_side_names(
    charged: tuple[Case, Far], finance: Officer, woman: Person
) -> None:
    case, far = charged
    do(finance, case, "ask-reversal", **REASON)
    gives(far, reversal(far), times=3)
    case.refresh_from_db()
    assert case.status == "reversed"
    assert booked() == [("owed", 18_000), ("reversed", 18_000)]
    assert LedgerEntry.objects.latest("pk").month == date(2026, 12, 1)
    assert "冲正了这张账单" in told(case, woman)[-1]


def test_a_clearing_that_crosses_the_request_is_booked_and_the_request_stays(
    charged: tuple[Case, Far], finance: Officer
) -> None:
    case, far = charged
    do(finance, case, "ask-reversal", **REASON)
    clearing = talk.Clearing(amount=18_000, reference="CL-1", on=date(2026, 11, 30))
    far.says("settlement-cleared", clearing)
    case.refresh_from_db()
    assert case.status == "reversing"
    gives(far, notice(tidings.ReversalRefused(conversation=settlement(far).id)))
    case.refresh_from_db()
    assert case.status == "cleared"
    assert booked() == [("owed", 18_000), ("paid", 18_000)]


def test_another_amount_than_is_owed_reverses_nothing(charged: tuple[Case, Far]) -> None:
    case, far = charged
    gives(far, reversal(far, 17_999))
    case.refresh_from_db()
    assert case.status == "charged"
    assert booked() == [("owed", 18_000)]


@pytest.mark.parametrize(
    "contents",
    [{}, {"topic": "reversed"}, {"topic": "reversed", "conversation": "x", "amount": 1, "on": "2026-12-03"}],
)
def test_a_notice_of_no_known_form_changes_nothing(
    charged: tuple[Case, Far], contents: dict[str, str | int]
) -> None:
    case, far = charged
    gives(far, talk.Told(subject=None, text=WHY, contents=contents))
    case.refresh_from_db()
    assert case.status == "charged"
