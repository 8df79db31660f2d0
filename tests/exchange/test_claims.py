"""Claims of workers: a living one's are its own, a dead one's are free for the next that starts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Model

from tests.exchange.questions import a_question
from tests.exchange.test_conversing import TITLE, errand
from tongban.node.exchange import api, claims, delivery
from tongban.node.exchange.claims import LifeSign
from tongban.node.exchange.conversing import delivering
from tongban.node.exchange.conversing.models import Letter
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.transport import Unreachable
from tongban.protocol import HttpRequest, HttpResponse, NodeEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sichuan")]

OTHER_WORKER = """
import sys, time, uuid
import psycopg
owner = uuid.UUID(sys.argv[2])
held = psycopg.connect(sys.argv[1], autocommit=True)
key = int.from_bytes(owner.bytes[:8], "big", signed=True)
assert held.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone() == (True,)
print("alive", flush=True)
time.sleep(600)
"""
"""Another worker as the database sees it: a process with a connection that holds its lock."""


@contextmanager
def other_worker() -> Iterator[tuple[str, Callable[[], None]]]:
    """A living worker of another process: its id, and how to kill it."""
    owner, settings = str(uuid4()), connection.settings_dict
    parts = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = " ".join(f"{name}='{settings[key]}'" for name, key in parts.items() if settings[key])
    command = [sys.executable, "-c", OTHER_WORKER, address, owner]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"alive\n"

        def kill() -> None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

        yield owner, kill
        process.kill()


def claimed(rows: type[Model], owner: object) -> int:
    return rows._default_manager.filter(lease=owner).count()


def free_once_its_lock_is_gone(rows: type[Model], owner: str, release: Callable[[], None]) -> None:
    deadline = time.monotonic() + 30
    while claimed(rows, owner):
        assert time.monotonic() < deadline
        release()
        time.sleep(0.05)


def test_a_starting_worker_leaves_a_question_to_the_living_one_that_claimed_it() -> None:
    api.ask(a_question())
    with other_worker() as (owner, kill):
        Outbox.objects.update(lease=owner)
        delivery.release_leases()
        assert claimed(Outbox, owner) == 1
        kill()
        free_once_its_lock_is_gone(Outbox, owner, delivery.release_leases)


def test_so_it_is_with_what_is_said_in_conversations() -> None:
    api.give_notice(errand(), subject=None, text=TITLE, contents={})
    with other_worker() as (owner, kill):
        Letter.objects.update(lease=owner)
        delivering.release_leases()
        assert claimed(Letter, owner) == 1
        kill()
        free_once_its_lock_is_gone(Letter, owner, delivering.release_leases)


def test_a_worker_shows_for_as_long_as_it_lives_that_its_claims_are_its_own() -> None:
    api.ask(a_question())
    sign = LifeSign()
    sign.show()
    Outbox.objects.update(lease=claims.worker())
    delivery.release_leases()
    assert claimed(Outbox, claims.worker()) == 1
    sign.end()
    free_once_its_lock_is_gone(Outbox, str(claims.worker()), delivery.release_leases)


def test_it_shows_it_again_when_its_connection_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "SECONDS_BETWEEN_LOOKS", 0.0)
    api.ask(a_question())
    sign = LifeSign()
    sign.show()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        )
    sign.show()
    Outbox.objects.update(lease=claims.worker())
    delivery.release_leases()
    assert claimed(Outbox, claims.worker()) == 1
    sign.end()


def test_who_postpones_late_does_not_take_the_question_from_whom_has_claimed_it_since() -> None:
    """Its lease has ended meanwhile, and another thread of the same worker has claimed the question."""
    api.ask(a_question())

    def claim_again(peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        Outbox.objects.update(attempts=2)
        raise Unreachable

    delivery.deliver_next(claim_again)
    row = Outbox.objects.get()
    assert (row.lease, row.attempts) == (claims.worker(), 2)
