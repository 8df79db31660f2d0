"""Looking for what is due: a few rows are read, however much waits for nodes that rest."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now

from tongban.node.clock import true_now
from tongban.node.exchange import delivery
from tongban.node.exchange.conversing import delivering
from tongban.node.exchange.conversing.models import Conversation, Letter, Peer, Thread
from tongban.node.exchange.models import Outbox

pytestmark = pytest.mark.django_db

MANY = 3000


def questions(receiver: str, count: int, waited: timedelta) -> None:
    now = true_now()
    Outbox.objects.bulk_create(
        Outbox(
            id=uuid4(),
            receiver=receiver,
            body=b"{}",
            created=now,
            expires=now + timedelta(days=30),
            next_try=now - waited,
        )
        for _ in range(count)
    )


def letters(peer: str, count: int, waited: timedelta) -> None:
    """So many threads with two messages each."""
    now = true_now()
    threads = Thread.objects.bulk_create(Thread(peer=peer, case_ref=f"C-{n}") for n in range(count))
    about: dict[str, Any] = {"basis": {}, "purpose": {}, "opened_at": now, "expires": now}
    opened = Conversation.objects.bulk_create(
        Conversation(id=uuid4(), thread=thread, kind="notice", **about) for thread in threads
    )
    Letter.objects.bulk_create(
        Letter(
            message=uuid4(),
            is_own=True,
            peer=peer,
            case_ref=one.thread.case_ref,
            position=position,
            conversation=one,
            body=b"{}",
            body_sha256=b"",
            stored_at=now,
            is_waiting=True,
            next_try=now - waited,
        )
        for one in opened
        for position in (1, 2)
    )


def rests(peer: str) -> None:
    Peer.objects.create(name=peer, failures=3, rests_until=Now() + timedelta(seconds=30))


def found(query: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def rows_read(query: str) -> int:
    """How many rows the database touches for the query, those that it passes over included."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
        (told,) = cursor.fetchone()
    plan = json.loads(told) if isinstance(told, str) else told
    return sum(
        step.get("Actual Loops", 0) * (step.get("Actual Rows", 0) + step.get("Rows Removed by Filter", 0))
        for step in steps(plan[0]["Plan"])
        if "Scan" in step["Node Type"]
    )


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from steps(inner)


def test_questions_for_a_node_that_rests_are_not_read() -> None:
    questions("far-1", MANY, timedelta(hours=2))
    rests("far-1")
    assert found(delivery._FIRST) is None
    assert rows_read(delivery._FIRST) < 20


def test_messages_for_a_node_that_rests_are_not_read() -> None:
    letters("far-1", MANY, timedelta(hours=2))
    rests("far-1")
    assert found(delivering._FIRST) is None
    assert rows_read(delivering._FIRST) < 20


def test_what_waits_for_another_node_is_found_behind_what_has_waited_longer() -> None:
    questions("far-1", MANY, timedelta(hours=2))
    questions("far-2", 1, timedelta(hours=1))
    rests("far-1")
    assert found(delivery._FIRST) == ("far-2", False)
    assert rows_read(delivery._FIRST) < 20


def test_of_the_nodes_that_do_not_rest_the_one_comes_first_whose_question_waits_longest() -> None:
    questions("far-1", 3, timedelta(hours=1))
    questions("far-2", 3, timedelta(hours=2))
    assert found(delivery._FIRST) == ("far-2", False)


def test_a_node_that_could_not_be_reached_the_last_time_is_named_so() -> None:
    questions("far-1", 1, timedelta(hours=1))
    Peer.objects.create(name="far-1", failures=1, rests_until=Now() - timedelta(seconds=1))
    assert found(delivery._FIRST) == ("far-1", True)


def test_a_thread_whose_first_message_is_not_due_holds_up_no_other_node() -> None:
    letters("far-1", 1, timedelta(hours=2))
    Letter.objects.filter(position=1).update(next_try=Now() + timedelta(seconds=30))
    letters("far-2", 1, timedelta(hours=1))
    assert found(delivering._FIRST) == ("far-2", False)
