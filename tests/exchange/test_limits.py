"""One node cannot use up another: it has its share, and is told when to come again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.exchange.questions import a_question
from tests.exchange.sides import FarChongqing, Row, delivered, fresh_question, reply_to
from tongban import protocol
from tongban.gateway import door
from tongban.node.config import PeerLimits, this_node
from tongban.node.exchange import api, delivery, limits
from tongban.node.exchange.limits import Shares
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.transport import asked_pause
from tongban.protocol import Code, HttpRequest, HttpResponse, Refusal, Refused

FEW = PeerLimits(per_second=2, burst=3, at_a_time=2)


def takes(shares: Shares, sender: str, at: float, times: int) -> list[bool]:
    """Which of so many messages, one after the other, are taken."""
    taken = []
    for _ in range(times):
        try:
            with shares.taken(sender, FEW, at):
                taken.append(True)
        except Refused as refused:
            taken.append(refused.code is not Code.TOO_MANY)
    return taken


def test_a_burst_is_taken_and_then_so_many_a_second() -> None:
    shares = Shares()
    assert takes(shares, "sichuan", 100.0, 4) == [True, True, True, False]
    assert takes(shares, "sichuan", 101.0, 3) == [True, True, False]
    assert takes(shares, "sichuan", 1000.0, 4) == [True, True, True, False]


def test_each_sender_has_a_share_of_its_own() -> None:
    shares = Shares()
    takes(shares, "sichuan", 100.0, 4)
    assert takes(shares, "guizhou", 100.0, 1) == [True]


def test_only_so_many_are_worked_on_at_a_time() -> None:
    shares = Shares()
    with shares.taken("sichuan", FEW, 100.0), shares.taken("sichuan", FEW, 100.0):
        with pytest.raises(Refused, match="at a time"), shares.taken("sichuan", FEW, 100.0):
            pass
        with shares.taken("guizhou", FEW, 100.0):
            pass
    with shares.taken("sichuan", FEW, 101.0):
        pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chongqing")
def test_beyond_its_share_a_sender_is_told_when_to_come_again(
    department: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    department(Row())
    monkeypatch.setattr(limits, "_shares", Shares())
    config = this_node().model_copy(update={"peer_limits": PeerLimits(per_second=1, burst=1)})
    monkeypatch.setattr(limits, "this_node", lambda: config)
    replies = []
    for n in range(2):
        message = fresh_question()
        request = delivered(message, f"nonce-of-delivery-{n}")
        response = door.receive(request)
        replies.append((response, reply_to(request, response, message)))
    (_, first), (response, second) = replies
    assert isinstance(first, protocol.EvidenceAnswer)
    assert isinstance(second, Refusal)
    assert (second.code, response.status) == (Code.TOO_MANY, 429)
    assert asked_pause(response) == timedelta(seconds=limits.RETRY_SECONDS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sichuan")
@pytest.mark.parametrize(("asked", "waits"), [("90", 90), ("999999", 120)])
def test_the_sender_waits_as_long_as_it_is_asked_within_bounds(asked: str, waits: int) -> None:
    far = FarChongqing()
    far.refuses = Code.TOO_MANY

    def busy(peer: protocol.NodeEntry, request: HttpRequest) -> HttpResponse:
        response = far(peer, request)
        return HttpResponse(response.status, (*response.headers, ("retry-after", asked)), response.body)

    message = api.ask(a_question())
    assert delivery.deliver_next(busy)
    waiting = Outbox.objects.filter(pk=message, problem=Code.TOO_MANY)
    assert waiting.filter(next_try__gt=Now() + timedelta(seconds=waits - 20)).exists()
    assert waiting.filter(next_try__lt=Now() + timedelta(seconds=waits + 20)).exists()


@pytest.mark.parametrize("said", ["", "soon", "-5", "²", "1.5", "99999999"])
def test_a_time_to_wait_that_is_none_is_not_heeded(said: str) -> None:
    assert asked_pause(HttpResponse(503, (("retry-after", said),), b"")) is None


def test_an_answer_asks_for_no_pause() -> None:
    assert asked_pause(HttpResponse(200, (("retry-after", "5"),), b"")) is None
