"""Conversations that ended long ago lose their words and nothing else."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.exchange.far_side import FarSide
from tests.protocol.federation_of_two import SUBJECT
from tongban.node.clock import true_now
from tongban.node.exchange import api
from tongban.node.exchange.conversing import handlers, receiving
from tongban.node.exchange.conversing.delivering import deliver_next
from tongban.node.exchange.conversing.forgetting import forget_ended
from tongban.node.exchange.conversing.models import Conversation, Letter, Thread
from tongban.protocol import Text
from tongban.protocol import conversations as talk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sichuan")]

CASE = "SC-2026-000001"
WORDS = Text(zh="社保缴费咨询", en="A question on contributions")
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_handlers", {})


@pytest.fixture
def far() -> FarSide:
    return FarSide(CASE)


def deliver_all(far: FarSide) -> None:
    Letter.objects.update(next_try=Now(), lease=None, lease_until=None)
    while deliver_next(far):
        pass


def answered_case(far: FarSide) -> None:
    """Offered, accepted, answered, two years ago."""
    errand = api.Errand(CASE, "hotline-handover", "510100-yb", "500000-yb", api.ByStatute(WORDS), WORDS)
    api.offer_case(errand, subject=SUBJECT, title=WORDS, contents={"question": "何时到账"})
    deliver_all(far)
    receiving.receive(far.decide("handover-accepted", talk.Nothing()))
    receiving.receive(far.decide("handover-answered", talk.CaseAnswer(text=WORDS, contents={})))
    Conversation.objects.update(ended_at=true_now() - 2 * YEAR)


def test_words_and_whom_they_were_about_are_gone(far: FarSide) -> None:
    answered_case(far)
    assert forget_ended(YEAR) == 1
    assert {bytes(body) for body in Letter.objects.values_list("body", flat=True)} == {b""}
    row = Conversation.objects.get()
    assert (row.subject, row.state) == ("", "answered")
    assert api.said_and_heard(row.pk) == ()
    assert forget_ended(YEAR) == 0


def test_what_goes_on_or_ended_lately_is_left(far: FarSide) -> None:
    answered_case(far)
    assert forget_ended(3 * YEAR) == 0
    Conversation.objects.update(has_ended=False)
    assert forget_ended(YEAR) == 0


def test_what_waits_for_the_peer_is_left(far: FarSide) -> None:
    answered_case(far)
    Letter.objects.filter(is_own=True).update(is_waiting=True)
    assert forget_ended(YEAR) == 0


def test_a_message_that_comes_once_more_is_known_and_the_thread_goes_on(far: FarSide) -> None:
    answered_case(far)
    forget_ended(YEAR)
    before = Thread.objects.values_list("said", "heard").get()
    assert receiving.receive(far.delivery(far.said[-1])).status == 200
    assert Thread.objects.values_list("said", "heard").get() == before
    assert Letter.objects.count() == 3
    errand = api.Errand(CASE, "hotline-handover", "510100-yb", "500000-yb", api.ByStatute(WORDS), WORDS)
    api.offer_case(errand, subject=SUBJECT, title=WORDS, contents={})
    deliver_all(far)
    assert far.thread.heard == before[0] + 1


def test_other_words_under_a_known_id_are_refused_as_before(far: FarSide) -> None:
    answered_case(far)
    forget_ended(YEAR)
    other = far.said[-1].model_copy(update={"body": talk.CaseAnswer(text=WORDS, contents={"more": "x"})})
    assert receiving.receive(far.delivery(other)).status == 409
