"""Settlements, reversals and questions about lines that were forgotten with an old backup, on either side."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.casework.corrections import status_of
from tests.casework.test_lines import ask as ask_about
from tests.casework.test_lines import corrected, held, says
from tests.casework.test_old_backup import catch_up, forgotten, kinds
from tests.casework.test_points import BILL as POINTS_BILL
from tests.casework.test_points import System, system
from tests.casework.test_points import body as bill_body
from tests.casework.test_points import lines as bill_lines
from tests.casework.test_reversing import REASON, booked, do, gives, heard, notice, settlement
from tests.casework.test_settling import (
    AWAY,
    BILL,
    HOME,
    SERVICE,
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
from tests.casework.test_two_sides import Far
from tongban.node.casework import ledger, log, tidings
from tongban.node.casework.billed import lines_in
from tongban.node.casework.models import Case, LedgerEntry
from tongban.node.clock import today
from tongban.node.exchange.conversing import receiving
from tongban.node.people.models import Officer, Person

__all__ = [
    "_offered",
    "_replays",
    "bill",
    "care",
    "finance",
    "held",
    "system",
]
pytestmark = pytest.mark.django_db(transaction=True)


def come_again(far: Far) -> None:
    """Everything that Chongqing ever said comes once more."""
    for message in far.side.said:
        receiving.receive(far.side.delivery(message))


# The home side.


def test_what_was_adjudicated_is_owed_once_and_counts_for_later_bills(care: Care, woman: Person) -> None:
    case = care.claims(line("500.00"))
    with forgotten():
        provide(case, relation())
        care.deliver()
    assert catch_up(care) == 1
    come_again(care)
    assert (status_of(case), care.side.of_kind("settlement").state) == ("owed", "adjudicated")
    assert provide(case, relation()).status == "owed"
    assert booked() == [("owed", 18_000)]
    second = Care("CQ-2026-0000002")
    provide(second.claims(line("500.00"), bill="CQ-MZ-2"), relation())
    assert LedgerEntry.objects.latest("pk").amount == 30_000


def test_a_claim_that_was_settled_is_opened_again_and_says_nothing_anew(care: Care, woman: Person) -> None:
    with forgotten():
        provide(care.claims(line("500.00")), relation())
        care.deliver()
    catch_up(care)
    case = Case.objects.get()
    assert kinds(case) == ["settlement-claimed", "adjudicated"]
    assert provide(case, relation()).status == "owed"
    assert care.state == "adjudicated"
    assert booked() == [("owed", 18_000)]


def test_what_an_officer_settled_by_hand_is_owed_without_reasons(
    held: Case, care: Care, finance: Officer
) -> None:
    with forgotten():
        do(finance, held, "adjudicate", fund_pays="12.34", reason="按目录核定")
        care.deliver()
    catch_up(care)
    assert (status_of(held), booked()) == ("owed", [("owed", 1_234)])
    assert log.state_of(held).proposed_by is None


@pytest.fixture
def owed(care: Care, woman: Person) -> Case:
    return provide(care.claims(line("500.00")), relation())


def test_a_reversal_that_was_asked_for_and_made_is_booked_once(
    owed: Case, care: Care, finance: Officer
) -> None:
    with forgotten():
        gives(care, notice(tidings.ReversalAsked(conversation=settlement(care).id)))
        do(finance, owed, "reverse", **REASON)
        care.deliver()
    assert booked() == [("owed", 18_000)]
    catch_up(care)
    come_again(care)
    assert kinds(owed)[-2:] == ["settlement-reversal-asked", "reversed"]
    assert booked() == [("owed", 18_000), ("reversed", 18_000)]
    assert heard(care) == ["reversed"]


def test_a_reversal_that_was_refused_is_refused_once(owed: Case, care: Care, finance: Officer) -> None:
    with forgotten():
        gives(care, notice(tidings.ReversalAsked(conversation=settlement(care).id)))
        do(finance, owed, "refuse-reversal", reason="没有退费")
        care.deliver()
    catch_up(care)
    come_again(care)
    assert kinds(owed)[-2:] == ["settlement-reversal-asked", "reversal-refused"]
    assert (status_of(owed), heard(care)) == ("owed", ["reversal-refused"])


def test_a_request_that_was_not_decided_yet_waits_for_an_officer_again(
    owed: Case, care: Care, finance: Officer
) -> None:
    with forgotten():
        gives(care, notice(tidings.ReversalAsked(conversation=settlement(care).id)))
    catch_up(care)
    assert status_of(owed) == "reversal-asked"
    assert do(finance, owed, "reverse", **REASON).status == "reversed"
    assert heard(care) == ["reversed"]


def test_a_request_without_room_is_not_answered_anew(care: Care, finance: Officer, woman: Person) -> None:
    case = care.claims(line("500.00"))
    provide(case, relation(status="closed"))
    with forgotten():
        gives(care, notice(tidings.ReversalAsked(conversation=settlement(care).id)))
        assert heard(care) == ["reversal-refused"]
    catch_up(care)
    assert (status_of(case), heard(care)) == ("refused", ["reversal-refused"])


def test_what_was_cleared_and_set_off_is_booked_once(owed: Case, care: Care, finance: Officer) -> None:
    with forgotten():
        do(finance, owed, "reverse", **REASON)
        ledger.clear(HOME, AWAY, today(), "CL-1")
        care.deliver()
    catch_up(care)
    come_again(care)
    assert [kind for kind, _ in booked()] == ["owed", "reversed", "paid", "set-off"]
    assert heard(care) == ["reversed", "reversal-cleared"]
    again = ledger.clear(HOME, AWAY, today(), "CL-2")
    assert (again.cases, again.reversals) == (0, 0)


def test_lines_that_were_asked_about_corrected_and_settled_by_are_so_again(
    held: Case, care: Care, finance: Officer
) -> None:
    old = lines_in(log.history(held))
    new = [one | {"hospital_level": 2} for one in old]
    with forgotten():
        ask_about(finance, held, "/lines/0 /lines/1")
        for at in range(2):
            gives(care, corrected(care, at, old[at], new[at]))
        care.deliver()
        assert LedgerEntry.objects.get().amount == 24_000
    catch_up(care)
    come_again(care)
    line_told = "settlement-line-corrected"
    assert kinds(held)[-4:] == ["lines-asked", line_told, line_told, "adjudicated"]
    assert lines_in(log.history(held)) == new
    assert booked() == [("owed", 24_000)]
    assert (heard(care), settlement(care).state) == (["lines-asked"], "adjudicated")


def test_lines_that_are_all_answered_but_not_settled_by_are_an_officers_task(
    held: Case, care: Care, finance: Officer
) -> None:
    (old, _) = lines_in(log.history(held))
    with forgotten():
        ask_about(finance, held, "/lines/0")
        care.deliver()
    care.side.open("notice-given", corrected(care, 0, old, old | {"hospital_level": 2}), care.matter(SERVICE))
    catch_up(care)
    assert (status_of(held), heard(care)) == ("held", ["lines-asked"])
    assert held.tasks.filter(kind="resolve-claim", closed_at=None).exists()


# The place of care.


@pytest.fixture
def charged(bill: Callable[[str], Case]) -> tuple[Case, Far]:
    case = provide(bill(BILL), line("500.00"))
    far = Far(case.number)
    far.says("settlement-adjudicated", adjudication(18_000))
    case.refresh_from_db()
    return case, far


def test_a_reversal_that_was_asked_for_here_and_made_there_is_booked_once(
    charged: tuple[Case, Far], finance: Officer
) -> None:
    case, far = charged
    told = tidings.Reversed(conversation=settlement(far).id, amount=18_000, on=date(2026, 12, 3))
    with forgotten():
        do(finance, case, "ask-reversal", **REASON)
        gives(far, notice(told))
        far.deliver()
    catch_up(far)
    come_again(far)
    assert kinds(case)[-2:] == ["reversal-requested", "settlement-reversed"]
    assert booked() == [("owed", 18_000), ("reversed", 18_000)]
    assert heard(far) == ["reversal-asked"]


def test_what_the_home_side_did_not_reverse_holds_again(charged: tuple[Case, Far], finance: Officer) -> None:
    case, far = charged
    with forgotten():
        do(finance, case, "ask-reversal", **REASON)
        gives(far, notice(tidings.ReversalRefused(conversation=settlement(far).id)))
        far.deliver()
    catch_up(far)
    come_again(far)
    assert kinds(case)[-2:] == ["reversal-requested", "settlement-upheld"]
    assert (status_of(case), heard(far)) == ("charged", ["reversal-asked"])


def test_what_a_hospital_answered_about_lines_is_known_again(system: System, woman: Person) -> None:
    _, taken = system.put(bill_body(lines=bill_lines("500.00", "70.00")))
    far = Far(taken["case"])
    far.deliver()
    with forgotten():
        gives(far, says(tidings.LinesAsked(conversation=settlement(far).id, about="/lines/1")))
        (question,) = system.send("GET")[1]["questions"]
        right = question["line"] | {"amount": "71.00"}
        assert system.send("PUT", f"{POINTS_BILL}/lines/1", {"line": right})[0] == 200
        far.deliver()
    catch_up(far)
    come_again(far)
    case = Case.objects.get()
    assert kinds(case)[-2:] == ["settlement-lines-asked", "line-corrected"]
    assert [one["amount"] for one in lines_in(log.history(case))] == ["500.00", "71.00"]
    assert system.send("GET")[1]["questions"][0]["is_answered"]
    assert system.send("PUT", f"{POINTS_BILL}/lines/1", {"line": right})[0] == 200
    assert heard(far) == ["line-corrected"]


def test_a_question_about_lines_that_nobody_can_answer_is_not_answered_anew(
    bill: Callable[[str], Case],
) -> None:
    case = provide(bill("CQ-MZ-1"), line("500.00"))
    far = Far(case.number)
    far.deliver()
    with forgotten():
        gives(far, says(tidings.LinesAsked(conversation=settlement(far).id, about="/lines/0")))
        assert heard(far) == ["lines-unanswered"]
    catch_up(far)
    assert (status_of(case), heard(far)) == ("claimed", ["lines-unanswered"])
