"""Requests that are handed over and relations that move: Sichuan's casework with Chongqing at the far end."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from tests.casework.conftest import POST
from tests.casework.test_misuse import refused
from tests.casework.walk import RESIDENT_ID, inbox
from tests.exchange.far_side import FarSide
from tests.services.shipped import TWO_SIDED, copy_shipped
from tongban import protocol
from tongban.node.casework import acting, cases, catalogue, drafts, log, procedures, submission
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.exchange.conversing import receiving
from tongban.node.exchange.conversing.delivering import deliver_next
from tongban.node.exchange.conversing.models import Letter, Peer
from tongban.node.people.models import Officer, Person
from tongban.node.people.register import create_officer
from tongban.protocol import Text
from tongban.protocol import conversations as talk

pytestmark = pytest.mark.django_db(transaction=True)

WHY = Text(zh="用人单位不在重庆", en="The employer is not in Chongqing")
REQUEST = "公司拖欠三个月工资，合同也没有给我"


@pytest.fixture
def offered_services(db: None, tmp_path: Path) -> None:
    catalogue.publish(copy_shipped(tmp_path, TWO_SIDED))


@pytest.fixture
def clerk(db: None, offered_services: None) -> Officer:
    return create_officer("clerk", "a long password", "510100-rs", "赵六", POST).officer


@pytest.fixture
def do(clerk: Officer) -> Callable[..., Case]:
    def act(case: Case, code: str, who: Officer | Person | None = None, **given: str) -> Case:
        case.refresh_from_db()
        acting.perform(who or clerk, case.number, case.revision, code, given)
        case.refresh_from_db()
        return case

    return act


class Far:
    """Chongqing at the other end of one case, by the library's own steps."""

    def __init__(self, case_ref: str) -> None:
        self.side = FarSide(case_ref)

    def deliver(self) -> None:
        Letter.objects.update(next_try=Now() - timedelta(hours=1), lease=None, lease_until=None)
        Peer.objects.update(rests_until=None)
        while deliver_next(self.side):
            pass

    def says(self, what: str, body: talk.Body, again: talk.Matter | None = None) -> None:
        """Chongqing says something, after what it said before by itself."""
        self.deliver()
        self.side.decide(what, body, again)
        for message in self.side.said:
            receiving.receive(self.side.delivery(message))

    def opens(self, what: str, body: talk.Body, service: str) -> Case:
        receiving.receive(self.side.open(what, body, self.matter(service)))
        return Case.objects.get()

    def matter(self, service: str) -> talk.Matter:
        return talk.Matter(
            peer="sichuan",
            own_agency="500000-rs",
            peer_agency="510100-rs",
            service=service,
            case_ref=self.side.case_ref,
            expires=true_now() + timedelta(days=30),
            legal_basis=protocol.StatuteBasis(citation=WHY),
            purpose=WHY,
        )


def apply(person: Person, service: str, **answers: str) -> Case:
    draft = drafts.begin(person, service)
    for key, raw in answers.items():
        draft = drafts.answer(draft, key, raw)
    return submission.submit(person, draft.pk, frozenset())


@pytest.fixture
def asked(woman: Person, offered_services: None) -> Case:
    return apply(woman, "hotline-handover", request=REQUEST, about="500000", phone="13800000000")


@pytest.fixture
def moving(woman: Person, offered_services: None) -> Case:
    answers = {"situation": "unemployed", "last_month": "2026-08", "phone": "13800000000"}
    return apply(woman, "unemployment-transfer", **answers)


@pytest.fixture(autouse=True)
def _replays(offered_services: None) -> Iterator[None]:
    """Whatever a test does: every case's stored state is the one that its events lead to."""
    yield
    for case in Case.objects.all():
        state = log.replay(procedures.of(case), log.history(case))
        assert state == log.state_of(case)


def told(case: Case, person: Person) -> list[str]:
    return [entry.text.zh for entry in cases.for_citizen(person, case.number).timeline]


def test_a_request_is_sorted_by_its_words_and_an_officer_may_correct_it(
    asked: Case, clerk: Officer, woman: Person, do: Callable[..., Case]
) -> None:
    opened = log.history(asked)[0].data
    assert (opened["category"], opened["words"]) == ("wages", ["工资", "拖欠"])
    assert [line.task for line in inbox(clerk)] == ["sort"]
    assert refused(lambda: do(asked, "sort", category="weather")) == "inputs-unusable"
    do(asked, "sort", category="contract")
    assert log.state_of(asked).facts["category"] == "contract"
    assert "劳动合同与劳动关系" in told(asked, woman)[-1]


def test_a_request_is_handed_over_returned_once_offered_again_and_answered_back(
    asked: Case, clerk: Officer, woman: Person, do: Callable[..., Case]
) -> None:
    far = Far(asked.number)
    do(asked, "hand-over", reason="用人单位在重庆")
    assert (asked.status, asked.awaits, asked.due_on) == ("offered", "other-side", None)
    far.says("handover-returned", talk.Reason(reason=WHY))
    asked.refresh_from_db()
    assert asked.status == "returned"
    assert WHY.zh in told(asked, woman)[-1]
    assert refused(lambda: do(asked, "hand-over", reason="还是重庆")) == "not-available"
    do(asked, "hand-over-again", reason="营业执照登记地在渝中区")
    far.says("handover-accepted", talk.Nothing())
    far.says("handover-answered", talk.CaseAnswer(text=Text(zh="工资已补发", en="Paid"), contents={}))
    asked.refresh_from_db()
    assert (asked.status, asked.awaits) == ("answered", "nobody")
    assert told(asked, woman)[-1] == "对方回复：工资已补发"
    assert far.side.conversation.state == "answered"


def test_a_request_that_the_other_side_offers_is_returned_once_then_taken_and_answered(
    clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far("CQ-2026-0000007")
    contents: dict[str, Any] = {"name": "测试女士", "category": "wages", "answer_request": REQUEST}
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents=contents)
    case = far.opens("handover-offered", body, "hotline-handover")
    assert case.number.startswith("SC-")
    assert cases.for_officer(clerk, case.number).answers[0][1].zh == REQUEST
    do(case, "return", reason="应由重庆办理")
    far.deliver()
    assert far.side.conversation.state == "returned"
    again = far.matter("hotline-handover")
    far.says("handover-offered-again", talk.Reoffer(reason=WHY, contents={}), again)
    case.refresh_from_db()
    assert case.status == "offered-here"
    assert refused(lambda: do(case, "return", reason="再退")) == "not-available"
    do(case, "take")
    do(case, "answer", text="已责令用人单位支付")
    far.deliver()
    assert (case.status, far.side.conversation.state) == ("answered", "answered")
    told = [entry.text.zh for entry in cases.for_officer(clerk, case.number).timeline]
    assert any("已责令用人单位支付" in sentence for sentence in told)


def test_a_request_for_a_service_that_is_not_offered_here_is_given_back(clerk: Officer) -> None:
    far = Far("CQ-2026-0000008")
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents={"name": "测试女士"})
    with pytest.raises(Case.DoesNotExist):
        far.opens("handover-offered", body, "no-such-service")
    far.deliver()
    assert far.side.conversation.state == "returned"


def test_a_request_kept_here_after_a_return_is_no_longer_on_offer(
    asked: Case, do: Callable[..., Case]
) -> None:
    far = Far(asked.number)
    do(asked, "hand-over", reason="用人单位在重庆")
    far.says("handover-returned", talk.Reason(reason=WHY))
    assert do(asked, "take-on").status == "handling"
    far.deliver()
    assert far.side.conversation.state == "withdrawn"


def test_a_request_taken_back_while_it_is_on_offer_is_let_go_by_the_other_side(
    asked: Case, woman: Person, do: Callable[..., Case]
) -> None:
    far = Far(asked.number)
    do(asked, "hand-over", reason="用人单位在重庆")
    assert do(asked, "ask-back", woman).status == "withdrawing"
    far.deliver()
    receiving.receive(far.side.delivery(far.side.said[-1]))
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


def test_a_request_returned_while_its_applicant_took_it_back_is_withdrawn(
    asked: Case, woman: Person, do: Callable[..., Case]
) -> None:
    far = Far(asked.number)
    do(asked, "hand-over", reason="用人单位在重庆")
    far.deliver()
    returned = far.side.decide("handover-returned", talk.Reason(reason=WHY))
    do(asked, "ask-back", woman)
    receiving.receive(returned)
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


def test_an_answer_longer_than_a_message_takes_is_refused_where_it_was_written(
    clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far("CQ-2026-0000007")
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents={"name": "测试女士"})
    case = do(far.opens("handover-offered", body, "hotline-handover"), "take")
    assert refused(lambda: do(case, "answer", text="长" * 401)) == "inputs-unusable"
    assert do(case, "answer", text="长" * 400).status == "answered"


def statement(amount: int = 2_467_500, left: int = 10) -> talk.Statement:
    contents: dict[str, Any] = {"months_left": left, "monthly_benefit": 164_500}
    return talk.Statement(amount=amount, months=62, contents=contents)


def test_a_relation_and_its_money_come_here_once(
    moving: Case, clerk: Officer, woman: Person, do: Callable[..., Case]
) -> None:
    far = Far(moving.number)
    assert (moving.status, moving.awaits) == ("asking", "other-side")
    far.says("transfer-stated", statement())
    moving.refresh_from_db()
    assert moving.status == "checking-statement"
    timeline = cases.for_officer(clerk, moving.number).timeline
    assert "24,675.00 元" in timeline[-1].text.zh
    assert timeline[-1].detail is not None
    assert timeline[-1].detail.zh.endswith("与信息表一致")
    do(moving, "agree")
    assert refused(lambda: do(moving, "confirm-received")) == "not-available"
    far.says("transfer-instructed", talk.Amount(amount=2_467_500, reference="CQ-77"))
    receiving.receive(far.side.delivery(far.side.said[-1]))
    do(moving, "confirm-received")
    far.deliver()
    assert (moving.status, far.side.conversation.state) == ("transferred", "confirmed")
    assert [event.kind for event in log.history(moving)].count("transfer-instructed") == 1


def test_a_statement_that_the_law_does_not_bear_out_is_shown_and_may_be_stopped(
    moving: Case, clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement(amount=100))
    detail = cases.for_officer(clerk, moving.number).timeline[-1].detail
    assert detail is not None
    assert "不一致" in detail.zh
    assert do(moving, "stop", reason="金额不对").status == "withdrawing"
    far.deliver()
    receiving.receive(far.side.delivery(far.side.said[-1]))
    moving.refresh_from_db()
    assert moving.status == "withdrawn"


def test_a_statement_that_does_not_fit_is_made_anew_and_only_the_last_moves_money(
    moving: Case, clerk: Officer, woman: Person, do: Callable[..., Case]
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement(amount=100))
    assert do(moving, "ask-statement-again", reason="金额不对").status == "asking"
    assert "金额不对" in told(moving, woman)[-1]
    assert inbox(clerk) == []
    far.says("transfer-stated", statement())
    moving.refresh_from_db()
    assert moving.status == "checking-statement"
    assert log.state_of(moving).facts["amount"] == 2_467_500
    do(moving, "agree")
    far.says("transfer-instructed", talk.Amount(amount=2_467_500, reference="CQ-77"))
    do(moving, "confirm-received")
    far.deliver()
    assert (moving.status, far.side.conversation.state) == ("transferred", "confirmed")


def test_the_origin_states_anew_and_only_the_last_statement_counts(
    clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far("CQ-2026-0000009")
    case = leaving(far)
    do(case, "state", months="120", months_left="1", monthly_benefit="2097.00")
    far.says("transfer-asked-again", talk.Reason(reason=WHY))
    case.refresh_from_db()
    assert (case.status, case.due_on is not None) == ("stating", True)
    assert [line.task for line in inbox(clerk)] == ["state"]
    do(case, "state", months="120", months_left="19", monthly_benefit="2097.00")
    far.says("transfer-agreed", talk.Nothing())
    do(case, "instruct", reference="SC-2026-1")
    far.says("transfer-confirmed", talk.Amount(amount=5_976_450, reference="SC-2026-1"))
    case.refresh_from_db()
    assert (case.status, log.state_of(case).facts["amount"]) == ("moved-away", 5_976_450)


def test_a_statement_asked_for_anew_after_it_was_declined_changes_nothing(
    moving: Case, do: Callable[..., Case]
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement(amount=100))
    far.deliver()
    declined = far.side.decide("transfer-declined", talk.Reason(reason=WHY))
    do(moving, "ask-statement-again", reason="金额不对")
    far.deliver()
    receiving.receive(declined)
    moving.refresh_from_db()
    assert (moving.status, far.side.conversation.state) == ("not-transferred", "declined")


def test_money_that_was_instructed_before_the_withdrawal_arrived_still_comes(
    moving: Case, woman: Person, do: Callable[..., Case]
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement())
    do(moving, "agree")
    far.deliver()
    instructed = far.side.decide("transfer-instructed", talk.Amount(amount=2_467_500, reference="CQ-77"))
    do(moving, "ask-back", woman)
    receiving.receive(instructed)
    assert do(moving, "confirm-received").status == "transferred"


def leaving(far: Far) -> Case:
    body = talk.ContactLetter(subject=RESIDENT_ID, fund="unemployment", contents={"name": "测试女士"})
    return far.opens("transfer-asked", body, "unemployment-transfer")


def test_a_relation_leaves_with_the_money_that_the_law_works_out(
    clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far("CQ-2026-0000009")
    case = leaving(far)
    do(case, "state", months="120", months_left="19", monthly_benefit="2097.00")
    far.deliver()
    assert far.side.conversation.amount == 5_976_450
    far.says("transfer-agreed", talk.Nothing())
    do(case, "instruct", reference="SC-2026-1")
    assert refused(lambda: do(case, "decline", reason="反悔")) == "not-available"
    far.says("transfer-confirmed", talk.Amount(amount=5_976_450, reference="SC-2026-1"))
    case.refresh_from_db()
    assert case.status == "moved-away"
    assert far.side.conversation.state == "confirmed"


def test_a_transfer_may_be_declined_until_the_money_is_instructed(
    clerk: Officer, do: Callable[..., Case]
) -> None:
    far = Far("CQ-2026-0000010")
    case = leaving(far)
    do(case, "decline", reason="本地无参保记录")
    far.deliver()
    assert (case.status, far.side.conversation.state) == ("declined", "declined")


def test_a_request_that_cannot_be_stored_here_is_declined_so_that_the_other_side_hears_of_it(
    offered_services: None,
) -> None:
    far = Far("CQ-2026-0000007")
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents={"name": "长" * 200})
    receiving.receive(far.side.open("handover-offered", body, far.matter("hotline-handover")))
    far.deliver()
    assert far.side.conversation.state == "declined"
    assert not Case.objects.exists()
