"""What was decided here and forgotten with an old backup comes back into the case once the peer tells it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from tests.casework.test_two_sides import (
    REQUEST,
    WHY,
    Far,
    apply,
    clerk,
    do,
    leaving,
    offered_services,
    statement,
    told,
)
from tests.casework.walk import RESIDENT_ID
from tongban.node.casework import cases, enclosures, log, procedures
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.exchange import attachments, recalling
from tongban.node.exchange.attachments import Attachments
from tongban.node.exchange.models import Enclosure
from tongban.node.people.models import Officer, Person
from tongban.protocol import conversations as talk

__all__ = ["clerk", "do", "offered_services"]

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def forgotten() -> Iterator[None]:
    """What happens inside is not in the backup that is restored afterwards; the far side remembers it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def catch_up(far: Far) -> int:
    (found,) = recalling.catch_up(true_now() - timedelta(days=1), far.side)
    assert (found.problem, found.conversations.left) == ("", [])
    return found.conversations.messages


def kinds(case: Case) -> list[str]:
    case.refresh_from_db()
    assert log.replay(procedures.of(case), log.history(case)) == log.state_of(case)
    return [event.kind for event in log.history(case)]


def test_a_request_that_was_handed_over_is_with_the_other_side_again(
    woman: Person, offered_services: None, do: Callable[..., Case]
) -> None:
    case = apply(woman, "hotline-handover", request=REQUEST, about="500000", phone="13800000000")
    far = Far(case.number)
    with forgotten():
        do(case, "hand-over", reason="用人单位在重庆")
        far.says("handover-returned", talk.Reason(reason=WHY))
        do(case, "hand-over-again", reason="营业执照登记地在渝中区")
        far.says("handover-accepted", talk.Nothing())
    assert kinds(case) == ["opened"]
    assert catch_up(far) == 4
    again = ["opened", "handed-over", "handover-returned", "handed-over-again", "handover-accepted"]
    assert kinds(case) == again
    assert case.status == "accepted-there"
    assert "营业执照登记地在渝中区" in told(case, woman)[-2]
    assert catch_up(far) == 0
    assert kinds(case) == again


def test_the_files_that_a_forgotten_message_named_are_sent_again(
    clerk: Officer, do: Callable[..., Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Attachments(tmp_path / "attachments")
    monkeypatch.setattr(attachments, "own", lambda: own)
    here, lost = own.store(iter((b"%PDF-here",)))[0], "0" * 64
    far = Far("CQ-2026-0000009")
    case = leaving(far)
    named = enclosures.naming([("record-1.pdf", here, 9), ("record-2.pdf", lost, 9)])
    monkeypatch.setattr("tongban.node.casework.transferring._papers", lambda _: named)
    with forgotten():
        do(case, "state", months="120", months_left="19", monthly_benefit="2097.00")
        far.deliver()
    assert not Enclosure.objects.exists()
    assert catch_up(far) == 1
    waiting = Enclosure.objects.get()
    assert (waiting.sha256, waiting.peer, waiting.sent_at) == (here, "chongqing", None)
    assert "file_1_name" not in case.events.get(kind="stated").data


def test_a_request_that_was_taken_and_answered_is_answered_again(
    clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far("CQ-2026-0000007")
    contents: dict[str, str | int] = {"name": "测试女士", "category": "wages", "answer_request": REQUEST}
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents=contents)
    case = far.opens("handover-offered", body, "hotline-handover")
    with forgotten():
        do(case, "take")
        do(case, "answer", text="已责令用人单位支付")
        far.deliver()
    assert catch_up(far) == 2
    assert kinds(case)[1:] == ["taken", "answered"]
    answered = cases.for_officer(clerk, case.number).timeline[-1]
    assert "已责令用人单位支付" in answered.text.zh
    assert answered.is_recalled


def test_money_that_was_instructed_is_instructed_once(clerk: Officer, do: Callable[..., Case]) -> None:
    far = Far("CQ-2026-0000009")
    case = leaving(far)
    with forgotten():
        do(case, "state", months="120", months_left="19", monthly_benefit="2097.00")
        far.deliver()
        far.says("transfer-agreed", talk.Nothing())
        do(case, "instruct", reference="SC-2026-1")
        far.deliver()
    assert catch_up(far) == 3
    assert kinds(case)[1:] == ["stated", "transfer-agreed", "instructed"]
    assert log.state_of(case).facts["amount"] == 5_976_450
    far.says("transfer-confirmed", talk.Amount(amount=5_976_450, reference="SC-2026-1"))
    assert kinds(case).count("instructed") == 1
    assert case.status == "moved-away"


def test_a_statement_that_was_asked_for_anew_comes_back_with_the_new_one(
    woman: Person, offered_services: None, do: Callable[..., Case]
) -> None:
    answers = {"situation": "unemployed", "last_month": "2026-08", "phone": "13800000000"}
    case = apply(woman, "unemployment-transfer", **answers)
    far = Far(case.number)
    with forgotten():
        far.says("transfer-stated", statement(amount=100))
        do(case, "ask-statement-again", reason="金额不对")
        far.says("transfer-stated", statement())
    assert catch_up(far) == 3
    assert kinds(case)[1:] == ["transfer-stated", "asked-again", "transfer-stated"]
    assert (case.status, log.state_of(case).facts["amount"]) == ("checking-statement", 2_467_500)


def test_a_statement_that_was_made_anew_here_comes_back(clerk: Officer, do: Callable[..., Case]) -> None:
    far = Far("CQ-2026-0000009")
    case = leaving(far)
    with forgotten():
        do(case, "state", months="120", months_left="1", monthly_benefit="2097.00")
        far.says("transfer-asked-again", talk.Reason(reason=WHY))
        do(case, "state", months="120", months_left="19", monthly_benefit="2097.00")
        far.deliver()
    assert catch_up(far) == 3
    assert kinds(case)[1:] == ["stated", "transfer-asked-again", "stated"]
    assert log.state_of(case).facts["amount"] == far.side.conversation.amount == 5_976_450


def test_a_withdrawal_of_the_citizen_is_the_citizens_again(
    woman: Person, offered_services: None, do: Callable[..., Case]
) -> None:
    answers = {"situation": "unemployed", "last_month": "2026-08", "phone": "13800000000"}
    case = apply(woman, "unemployment-transfer", **answers)
    far = Far(case.number)
    far.says("transfer-stated", statement())
    with forgotten():
        do(case, "ask-back", woman)
        far.deliver()
    assert catch_up(far) == 2
    assert kinds(case)[-2:] == ["withdrawal-asked", "transfer-let-go"]
    assert log.history(case)[-2].actor["role"] == "citizen"


def test_a_request_that_was_given_back_is_not_given_back_anew(clerk: Officer) -> None:
    far = Far("CQ-2026-0000008")
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents={"name": "测试女士"})
    with forgotten():
        with suppress(Case.DoesNotExist):
            far.opens("handover-offered", body, "no-such-service")
        far.deliver()
    assert catch_up(far) == 2
    assert far.side.conversation.state == "returned"
    assert far.side.heard == ["handover-returned"]
