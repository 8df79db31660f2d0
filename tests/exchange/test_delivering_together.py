"""Sichuan asks several questions at once: they go out together, and each is settled by its own reply."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from tests.exchange.questions import a_question, give_consent, make_due
from tests.exchange.sides import FarChongqing
from tests.protocol.federation_of_two import RECORDS, STRANGER_KEY
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import api, asking_peers
from tongban.node.exchange.asking_peers import BATCH_BYTES
from tongban.node.exchange.conversing.models import Peer
from tongban.node.exchange.delivery import MOST_TOGETHER, deliver_next
from tongban.node.exchange.models import Outbox
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, HttpRequest, HttpResponse, Text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sichuan")]

FAULTY_CASE = "SC-2026-000009"


@pytest.fixture(autouse=True)
def _nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_peers, "_alone", {})


@contextmanager
def without(*ways: str) -> Iterator[None]:
    """The database answers in none of these ways, as it may choose to by what it knows of its tables."""
    with connection.cursor() as cursor:
        for way in ways:
            cursor.execute(f"SET enable_{way} = off")
        yield
        for way in ways:
            cursor.execute(f"RESET enable_{way}")


def for_case(case: str) -> api.Question:
    return a_question(case_ref=case, basis=api.ByConsent(give_consent(case_ref=case)))


def test_what_waits_for_one_node_goes_out_together(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    asked = {api.ask(a_question()) for _ in range(3)}
    assert [deliver_next(far), deliver_next(far)] == [True, False]
    assert far.batches == [3]
    assert {outcome.message for outcome in told} == asked
    assert all(isinstance(outcome, api.Answered) and outcome.records == RECORDS for outcome in told)
    assert AccessRecord.objects.count() == 3


def test_each_question_is_settled_by_its_own_reply(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    far.refuses, far.refused_cases = Code.NOT_COVERED, {FAULTY_CASE}
    good, faulty = api.ask(a_question()), api.ask(for_case(FAULTY_CASE))
    deliver_next(far)
    became = {outcome.message: type(outcome) for outcome in told}
    assert became == {good: api.Answered, faulty: api.Declined}


def test_a_refusal_for_now_leaves_only_its_own_question_waiting(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    far.refuses, far.refused_cases = Code.TRY_LATER, {FAULTY_CASE}
    good, faulty = api.ask(a_question()), api.ask(for_case(FAULTY_CASE))
    deliver_next(far)
    assert [outcome.message for outcome in told] == [good]
    assert [waiting.message for waiting in api.waiting(FAULTY_CASE)] == [faulty]


def test_an_expired_question_among_others_is_declined_and_not_sent(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    asked = [api.ask(a_question()) for _ in range(3)]
    Outbox.objects.filter(pk=asked[1]).update(expires=true_now() - timedelta(seconds=1))
    deliver_next(far)
    assert far.batches == [2]
    declined = [outcome.message for outcome in told if isinstance(outcome, api.Declined)]
    assert declined == [asked[1]]
    assert len(told) == 3


def test_replies_that_the_other_node_did_not_sign_change_nothing(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    far.signs_with = STRANGER_KEY
    for _ in range(2):
        api.ask(a_question())
    deliver_next(far)
    assert told == []
    assert Outbox.objects.filter(state="waiting", problem=Code.UNKNOWN_KEY).count() == 2


def test_a_node_that_serves_no_batches_is_asked_one_by_one(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    far.serves_batches = False
    asked = {api.ask(a_question()) for _ in range(3)}
    deliver_next(far)
    assert {outcome.message for outcome in told} == asked
    assert len(set(far.nonces)) == 3
    api.ask(a_question())
    api.ask(a_question())
    assert [deliver_next(far) for _ in range(3)] == [True, True, False]


def test_no_more_are_claimed_than_may_go_however_the_database_looks_them_up(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    far.is_up = False
    api.ask(a_question())
    deliver_next(far)
    Outbox.objects.all().delete()
    Peer.objects.update(rests_until=None)
    far.is_up = True
    for _ in range(3):
        api.ask(a_question())
    with without("hashjoin", "hashagg", "mergejoin", "sort", "material", "bitmapscan"):
        deliver_next(far)
    assert len(told) == 1


def test_a_batch_that_is_refused_for_good_is_tried_one_by_one(told: list[api.Outcome]) -> None:
    far = FarChongqing()

    def refuse_batches(peer: protocol.NodeEntry, request: HttpRequest) -> HttpResponse:
        if request.path.endswith("/messages"):
            return far(peer, request)
        refused = protocol.Refused(Code.TOO_LARGE, "body")
        refusal = protocol.refusal(refused, "chongqing", None, true_now())
        return protocol.seal_reply(refusal, request, far.signs_with, now=true_now())

    asked = {api.ask(a_question()) for _ in range(2)}
    deliver_next(refuse_batches)
    assert {outcome.message for outcome in told if isinstance(outcome, api.Answered)} == asked


def test_a_node_that_failed_before_is_tried_with_one_question(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    far.is_up = False
    for _ in range(3):
        api.ask(a_question())
    deliver_next(far)
    assert Peer.objects.get().failures == 1
    make_due()
    deliver_next(far)
    assert sorted(Outbox.objects.values_list("attempts", flat=True)) == [1, 1, 2]
    far.is_up = True
    make_due()
    while deliver_next(far):
        pass
    assert far.batches == [2]
    assert len(told) == 3


def test_large_messages_are_spread_over_several_deliveries(told: list[api.Outcome]) -> None:
    far = FarChongqing()
    for _ in range(3):
        api.ask(a_question(purpose=Text(zh="核" * 400, en="c" * 800)))
    body = Outbox.objects.values_list("body", flat=True)[0]
    assert MOST_TOGETHER * 4096 <= BATCH_BYTES, "usual questions fit into one"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking_peers, "BATCH_BYTES", 2 * len(body))
        deliver_next(far)
    assert far.batches == [2]
    assert len(far.received) == 3
    assert len(told) == 3
