"""A node that answers ends or fails in the middle, or is asked twice: one answer, or try later."""

import threading
from collections.abc import Sequence
from types import ModuleType

import pytest
from django.db import connection

from tests.exchange.asked import SECOND, Fill, ask, code_of, database_gone, records_of
from tests.exchange.sides import Row, delivered, fresh_question, reply_to
from tests.protocol.federation_of_two import RECORDS
from tongban.node.exchange import answering, answers, receiving
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Inbox, SeenNonce
from tongban.node.people.models import AccessRecord
from tongban.node.translog.models import LogRecord
from tongban.protocol import Code, EvidenceAnswer, EvidenceRequest, Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chongqing")]


def test_without_its_own_database_the_node_asks_to_try_later(department: Fill) -> None:
    message = fresh_question()
    request = delivered(message)
    with database_gone():
        response = receiving.receive(request)
    assert response.status == 503
    assert code_of(reply_to(request, response, message)) is Code.TRY_LATER


class PowerCutError(Exception):
    """The process ends here."""


def _cut_after(where: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `step` happen, then nothing more, once."""
    original = getattr(where, step)

    def cut(*given: object) -> None:
        monkeypatch.setattr(where, step, original)
        original(*given)
        raise PowerCutError

    monkeypatch.setattr(where, step, cut)


@pytest.mark.parametrize(
    ("where", "step"),
    [
        (answers, "stored_replies"),
        (answering, "read_each"),
        (answers, "store_within"),
        (answers, "_write"),
        (answers, "store"),
    ],
)
def test_a_cut_after_any_step_neither_loses_nor_doubles(
    department: Fill, monkeypatch: pytest.MonkeyPatch, where: ModuleType, step: str
) -> None:
    department(Row())
    message = fresh_question()
    _cut_after(where, step, monkeypatch)
    assert code_of(ask(message)) is Code.TRY_LATER
    assert records_of(ask(message, SECOND)) == RECORDS
    assert (Inbox.objects.count(), AccessRecord.objects.count()) == (1, 1)


def test_no_answer_leaves_without_its_access_record(
    department: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError

    department(Row())
    monkeypatch.setattr(answers, "store_within", full_disk)
    assert code_of(ask(fresh_question())) is Code.TRY_LATER
    assert not Inbox.objects.exists()


def test_where_the_database_refuses_the_access_record_nothing_else_of_the_delivery_is_stored(
    department: Fill,
) -> None:
    department(Row())
    message = fresh_question()
    ask(message)
    Inbox.objects.all().delete()  # its access record stays, which is there once a message
    before = (LogRecord.objects.count(), SeenNonce.objects.count())
    assert code_of(ask(message, SECOND)) is Code.TRY_LATER
    assert not Inbox.objects.exists()
    assert (LogRecord.objects.count(), SeenNonce.objects.count()) == before


def test_two_deliveries_at_once_are_one_question(department: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    department(Row())
    both_have_read = threading.Barrier(2)
    original = answering.read_each

    def read_together(messages: Sequence[EvidenceRequest], node: Identity) -> object:
        records = original(messages, node)
        both_have_read.wait(timeout=60)
        return records

    monkeypatch.setattr(answering, "read_each", read_together)
    message = fresh_question()
    replies: list[EvidenceAnswer | Refusal] = []

    def deliver(nonce: str) -> None:
        replies.append(ask(message, nonce))
        connection.close()

    threads = [threading.Thread(target=deliver, args=(f"nonce-of-delivery-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies[0] == replies[1]
    assert (Inbox.objects.count(), AccessRecord.objects.count()) == (1, 1)
