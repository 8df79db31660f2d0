"""Questions of several deliveries that are answered together: each is told what it would be told alone."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from tests.exchange.asked import SECOND, Fill, code_of, records_of
from tests.exchange.sides import Row, delivered, fresh_question, reply_to
from tests.protocol.federation_of_two import RECORDS
from tongban.node.config import PeerLimits, this_node
from tongban.node.exchange import answering, limits, receiving
from tongban.node.exchange.department import Records
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.limits import Shares
from tongban.node.exchange.models import Inbox
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, EvidenceAnswer, EvidenceRequest, Refusal, Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chongqing")]


def ask_together(*asked: tuple[EvidenceRequest, str]) -> list[EvidenceAnswer | Refusal]:
    """What each of these messages is told, delivered with these nonces."""
    requests = [delivered(message, nonce) for message, nonce in asked]
    responses = receiving.receive_each(requests)
    return [
        reply_to(request, response, message)
        for request, response, (message, _) in zip(requests, responses, asked, strict=True)
    ]


def another() -> EvidenceRequest:
    return fresh_question(id=uuid4())


def test_each_is_told_its_own(department: Fill) -> None:
    department(Row())
    replies = ask_together(
        (another(), "nonce-of-delivery-1"),
        (another(), "nonce-of-delivery-1"),
        (fresh_question(id=uuid4(), service="not-agreed"), "nonce-of-delivery-2"),
        (another(), "nonce-of-delivery-3"),
    )
    assert records_of(replies[0]) == records_of(replies[3]) == RECORDS
    assert [code_of(reply) for reply in replies[1:3]] == [Code.REPLAYED, Code.NOT_COVERED]
    assert (Inbox.objects.count(), AccessRecord.objects.count()) == (2, 2)


def test_the_same_question_twice_is_answered_once(department: Fill) -> None:
    department(Row())
    message = fresh_question()
    first, second = ask_together((message, "nonce-of-first-delivery"), (message, SECOND))
    assert first == second
    assert (Inbox.objects.count(), AccessRecord.objects.count()) == (1, 1)


def test_one_that_cannot_be_answered_takes_nothing_from_the_others(
    department: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    department(Row())
    poison, original = another(), answering.read_each

    def read(messages: Sequence[EvidenceRequest], node: Identity) -> list[Records | Refused]:
        if poison.id in {message.id for message in messages}:
            raise RuntimeError
        return original(messages, node)

    monkeypatch.setattr(answering, "read_each", read)
    good, bad = ask_together((another(), "nonce-of-first-delivery"), (poison, SECOND))
    assert records_of(good) == RECORDS
    assert code_of(bad) is Code.TRY_LATER


def test_each_takes_of_its_senders_share(department: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    department(Row())
    monkeypatch.setattr(limits, "_shares", Shares())
    config = this_node().model_copy(update={"peer_limits": PeerLimits(per_second=1, burst=1)})
    monkeypatch.setattr(limits, "this_node", lambda: config)
    first, second = ask_together((another(), "nonce-of-first-delivery"), (another(), SECOND))
    assert records_of(first) == RECORDS
    assert code_of(second) is Code.TOO_MANY
