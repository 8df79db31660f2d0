"""Sichuan's node holds conversations: stored with their effects, delivered in order, heard once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models.functions import Now

from tests.exchange.far_side import FarSide
from tests.protocol.federation_of_two import FIELDS, RECORDS, SUBJECT, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import api
from tongban.node.exchange.conversing import handlers, receiving
from tongban.node.exchange.conversing.delivering import deliver_next, say_what_is_due
from tongban.node.exchange.conversing.models import Conversation, Letter, Peer, Thread
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, HttpRequest, Refusal, Refused, Text
from tongban.protocol import conversations as talk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sichuan")]

CASE = "SC-2026-000001"
TITLE = Text(zh="社保缴费咨询", en="A question on contributions")
WHY = Text(zh="不属于本部门", en="Not this agency's")
LAW = api.ByStatute(Text(zh="社会保险法", en="Social Insurance Law"))


@pytest.fixture(autouse=True)
def _own_handlers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_handlers", {})


@pytest.fixture
def far() -> FarSide:
    return FarSide(CASE)


@pytest.fixture
def told() -> list[api.Effect]:
    heard: list[api.Effect] = []
    for kind in talk.KINDS:
        api.on_conversation(kind, heard.append)
    return heard


def errand(**changes: Any) -> api.Errand:
    given: dict[str, Any] = {
        "case_ref": CASE,
        "service": "hotline-handover",
        "own_agency": "510100-yb",
        "peer_agency": "500000-yb",
        "basis": LAW,
        "purpose": TITLE,
    }
    return api.Errand(**{**given, **changes})


def offer(**changes: Any) -> UUID:
    return api.offer_case(errand(**changes), subject=SUBJECT, title=TITLE, contents={"question": "何时到账"})


def deliver_all(far: FarSide) -> None:
    Letter.objects.update(next_try=Now(), lease=None, lease_until=None)
    Peer.objects.update(rests_until=None)
    while deliver_next(far):
        pass


def receive(request: HttpRequest) -> talk.Receipt | Refusal:
    body = receiving.receive(request).body
    kind = protocol.messages.checked_object(body, ("receipt", "refusal"))
    return (talk.Receipt if kind == "receipt" else Refusal).model_validate_json(body)


def kinds(effects: list[api.Effect]) -> list[str]:
    return [effect.message.kind for effect in effects]


def test_a_case_is_handed_over_returned_once_offered_again_and_answered(
    far: FarSide, told: list[api.Effect]
) -> None:
    case = offer()
    deliver_all(far)
    receive(far.decide("handover-returned", talk.Reason(reason=WHY)))
    assert api.conversation(case).state == "returned"
    api.offer_case_again(case, errand(), reason=WHY, contents={})
    deliver_all(far)
    with pytest.raises(Refused, match="not-now"):
        far.decide("handover-returned", talk.Reason(reason=WHY))
    receive(far.decide("handover-accepted", talk.Nothing()))
    receive(far.decide("handover-answered", talk.CaseAnswer(text=TITLE, contents={"paid_on": "2026-11-30"})))
    assert api.conversation(case).state == "answered"
    assert kinds(told) == [
        "handover-offered",
        "handover-returned",
        "handover-offered-again",
        "handover-accepted",
        "handover-answered",
    ]
    assert [message.kind for message in api.said_and_heard(case)] == kinds(told)


def test_a_relation_and_its_money_move_to_this_side_once(far: FarSide, told: list[api.Effect]) -> None:
    transfer = api.ask_transfer(errand(), subject=SUBJECT, fund="unemployment", contents={})
    deliver_all(far)
    receive(far.decide("transfer-stated", talk.Statement(amount=1_234_500, months=12, contents={})))
    api.agree_to_transfer(transfer)
    deliver_all(far)
    instructed = far.decide("transfer-instructed", talk.Amount(amount=1_234_500, reference="CQ-77"))
    receive(instructed)
    receive(far.delivery(far.said[-1]))
    api.confirm_money(transfer)
    deliver_all(far)
    assert far.conversation.state == api.conversation(transfer).state == "confirmed"
    assert kinds(told).count("transfer-instructed") == 1
    assert api.conversation(transfer).amount == 1_234_500


def test_money_other_than_stated_is_refused(far: FarSide) -> None:
    transfer = api.ask_transfer(errand(), subject=SUBJECT, fund="unemployment", contents={})
    deliver_all(far)
    receive(far.decide("transfer-stated", talk.Statement(amount=100, months=1, contents={})))
    api.agree_to_transfer(transfer)
    deliver_all(far)
    far.decide("transfer-instructed", talk.Amount(amount=100, reference="CQ-77"))
    forged = far.said[-1].model_copy(update={"body": talk.Amount(amount=999, reference="CQ-77")})
    reply = receive(far.delivery(forged))
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.path) == (Code.SCHEMA_VIOLATED, "body.amount")
    assert api.conversation(transfer).state == "agreed"


def test_a_case_offered_to_this_side_is_decided_in_the_handler_itself(far: FarSide) -> None:
    api.on_conversation(
        "handover",
        lambda effect: api.accept_case(effect.conversation.id) if effect.by is api.By.PEER else None,
    )
    receive(far.open("handover-offered", contents(), matter()))
    deliver_all(far)
    assert far.conversation.state == "accepted"


def contents() -> talk.CaseContents:
    return talk.CaseContents(subject=SUBJECT, title=TITLE, contents={"question": "何时到账"})


def matter(**changes: Any) -> talk.Matter:
    given: dict[str, Any] = {
        "peer": "sichuan",
        "own_agency": "500000-yb",
        "peer_agency": "510100-yb",
        "service": "hotline-handover",
        "case_ref": CASE,
        "expires": true_now() + timedelta(days=1),
        "legal_basis": protocol.StatuteBasis(citation=TITLE),
        "purpose": TITLE,
    }
    return talk.Matter(**{**given, **changes})


def test_the_same_message_again_takes_effect_once(far: FarSide, told: list[api.Effect]) -> None:
    first = receive(far.open("handover-offered", contents(), matter()))
    again = receive(far.delivery(far.said[-1]))
    assert isinstance(first, talk.Receipt)
    assert isinstance(again, talk.Receipt)
    assert first.next == again.next == 2
    assert kinds(told) == ["handover-offered"]


def test_a_message_before_its_turn_is_not_kept_and_the_receipt_says_which_is_missing(
    far: FarSide, told: list[api.Effect]
) -> None:
    far.open("notice-given", talk.Told(text=TITLE, contents={}), matter())
    second = far.open("notice-given", talk.Told(text=WHY, contents={}), matter())
    reply = receive(second)
    assert isinstance(reply, talk.Receipt)
    assert reply.next == 1
    assert not told
    for message in far.said:
        receive(far.delivery(message))
    assert [effect.message.body for effect in told if effect.by is api.By.PEER] == [
        message.body for message in far.said
    ]


def test_another_message_under_a_known_id_is_refused(far: FarSide, told: list[api.Effect]) -> None:
    receive(far.open("handover-offered", contents(), matter()))
    changed = far.said[0].model_copy(update={"purpose": WHY})
    reply = receive(far.delivery(changed))
    assert isinstance(reply, Refusal)
    assert reply.code == Code.ID_REUSED
    assert len(told) == 1


def test_a_delivery_is_taken_once_even_if_somebody_repeats_it(far: FarSide) -> None:
    delivery = far.open("handover-offered", contents(), matter())
    receive(delivery)
    reply = receive(delivery)
    assert isinstance(reply, Refusal)
    assert reply.code == Code.REPLAYED


def test_what_the_handler_cannot_take_is_not_stored_and_comes_again(far: FarSide) -> None:
    fails = [True]

    def handler(_effect: api.Effect) -> None:
        if fails.pop():
            raise RuntimeError("the case cannot take it")

    api.on_conversation("handover", handler)
    reply = receive(far.open("handover-offered", contents(), matter()))
    assert isinstance(reply, Refusal)
    assert reply.code == Code.TRY_LATER
    assert not Conversation.objects.exists()
    fails.append(False)
    assert isinstance(receive(far.delivery(far.said[0])), talk.Receipt)
    assert Conversation.objects.get().state == "offered"


def test_an_offer_to_an_agency_that_is_not_here_is_declined_and_nobody_is_told(
    far: FarSide, told: list[api.Effect]
) -> None:
    receive(far.open("handover-offered", contents(), matter(peer_agency="500000-yb")))
    deliver_all(far)
    assert far.conversation.state == "declined"
    assert not [effect for effect in told if effect.by is api.By.PEER]
    reason = far.effects[-1].message.body
    assert isinstance(reason, talk.Reason)
    assert reason.code == Code.NOT_COVERED


def test_an_offer_that_nobody_decides_lapses(far: FarSide) -> None:
    receive(far.open("handover-offered", contents(), matter(expires=true_now() - timedelta(seconds=1))))
    assert say_what_is_due() == 1
    assert say_what_is_due() == 0
    deliver_all(far)
    assert far.conversation.state == "lapsed"


def test_a_withdrawal_that_crosses_an_acceptance_does_not_undo_it(far: FarSide) -> None:
    case = offer()
    deliver_all(far)
    acceptance = far.decide("handover-accepted", talk.Nothing())
    api.withdraw(case, WHY)
    receive(acceptance)
    deliver_all(far)
    assert far.conversation.state == api.conversation(case).state == "accepted"


def test_a_withdrawal_in_time_is_let_go(far: FarSide) -> None:
    receive(far.open("handover-offered", contents(), matter()))
    receive(far.decide("handover-withdrawn", talk.Reason(reason=WHY)))
    deliver_all(far)
    assert far.conversation.state == "withdrawn"


def test_a_peer_that_is_down_costs_only_time_and_one_attempt_for_all(far: FarSide) -> None:
    far.is_up = False
    offers = [offer(case_ref=f"SC-2026-00000{n}") for n in range(1, 6)]
    while deliver_next(far):
        pass
    assert Letter.objects.filter(attempts__gt=0).count() == 1
    assert {api.conversation(one).state for one in offers} == {"offered"}


def test_a_lost_receipt_costs_only_a_second_delivery(far: FarSide) -> None:
    offer()
    far.loses_receipts = True
    deliver_all(far)
    far.loses_receipts = False
    deliver_all(far)
    assert len(far.deliveries) == 2
    assert far.heard == ["handover-offered"]
    assert not Letter.objects.filter(is_waiting=True).exists()


def test_messages_of_a_case_leave_one_after_the_other(far: FarSide) -> None:
    for _ in range(3):
        api.give_notice(errand(), subject=None, text=TITLE, contents={})
    deliver_all(far)
    assert [request.body for request in far.deliveries] == [
        bytes(row.body) for row in Letter.objects.filter(is_own=True).order_by("position")
    ]


def test_a_peer_that_remembers_more_of_this_node_than_it_does_itself_is_noted(far: FarSide) -> None:
    offer()
    deliver_all(far)
    answer = far.decide("handover-accepted", talk.Nothing())
    Letter.objects.all().delete()
    Conversation.objects.all().delete()
    Thread.objects.all().delete()
    reply = receive(answer)
    assert isinstance(reply, Refusal)
    assert reply.code == Code.TRY_LATER
    assert Peer.objects.get(name="chongqing").is_ahead_of_us


def test_contents_about_a_person_leave_an_access_record_on_this_side(far: FarSide) -> None:
    offer()
    receive(far.open("handover-offered", contents(), matter(case_ref="CQ-1")))
    records = {
        (record.direction, record.agency, tuple(record.fields)) for record in AccessRecord.objects.all()
    }
    assert records == {("sent", "500000-yb", ("question",)), ("taken", "510100-yb", ("question",))}


def test_evidence_is_asked_for_and_given_later_under_an_agreement(far: FarSide) -> None:
    consent = api.give_consent(
        subject=SUBJECT,
        service="medical-retirement",
        case_ref=CASE,
        from_agency="510100-yb",
        to_agency="500000-yb",
        evidence_type="contribution-spells",
        fields=FIELDS,
        purpose=TITLE,
    )
    question = ask_evidence("medical-retirement", consent)
    deliver_all(far)
    evidence = protocol.Evidence(
        evidence_type="contribution-spells", fields=FIELDS, records=RECORDS, as_of=true_now()
    )
    receive(far.decide("evidence-given", evidence))
    assert api.conversation(question).state == "given"
    assert AccessRecord.objects.get(direction="in").fields == list(FIELDS)
    with pytest.raises(Refused, match="not-covered"):
        ask_evidence("hotline-handover", consent)


def ask_evidence(service: str, consent: UUID) -> UUID:
    return api.ask_for_evidence(
        errand(service=service, basis=api.ByConsent(consent)),
        subject=SUBJECT,
        evidence_type="contribution-spells",
        fields=FIELDS,
    )


def test_a_subscription_tells_each_change_in_its_turn(far: FarSide, told: list[api.Effect]) -> None:
    subscription = api.subscribe(errand(), subject=SUBJECT, topic="contribution-spells")
    deliver_all(far)
    receive(far.decide("subscription-accepted", talk.Nothing()))
    for number in (1, 2):
        receive(far.decide("subscription-told", talk.Change(number=number, contents={"months": number})))
    assert api.conversation(subscription).told == 2
    api.withdraw(subscription, WHY)
    deliver_all(far)
    receive(far.delivery(far.said[-1]))
    assert api.conversation(subscription).state == "withdrawn"
    assert kinds(told).count("subscription-told") == 2


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda: offer(case_ref="not a case"), "errand"),
        (lambda: api.offer_case(errand(), subject="1", title=TITLE, contents={}), "subject"),
        (lambda: api.ask_transfer(errand(), subject=SUBJECT, fund="No Fund", contents={}), "fund"),
    ],
)
def test_what_is_not_of_its_form_is_refused_before_it_is_stored(spoil: Callable[[], UUID], path: str) -> None:
    with pytest.raises(Refused) as refused:
        spoil()
    assert (refused.value.code, refused.value.path) == (Code.SCHEMA_VIOLATED, path)
    assert not Letter.objects.exists()


def test_an_agency_of_the_own_node_is_not_talked_to(far: FarSide) -> None:
    with pytest.raises(Refused, match="not-covered"):
        offer(peer_agency="510100-yb")
    assert directory(around=true_now()).agency("510100-yb").node == "sichuan"
