"""Chongqing's node in this process, asked by Sichuan's, and what it said."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from tests.exchange.sides import delivered, reply_to
from tongban.node.exchange import receiving
from tongban.protocol import Code, EvidenceAnswer, EvidenceRequest, Refusal

Fill = Callable[..., None]
Declare = Callable[..., None]
SECOND = "nonce-of-second-delivery"


def ask(message: EvidenceRequest, nonce: str = "nonce-of-first-delivery") -> EvidenceAnswer | Refusal:
    request = delivered(message, nonce)
    return reply_to(request, receiving.receive(request), message)


def code_of(reply: EvidenceAnswer | Refusal) -> Code:
    assert isinstance(reply, Refusal)
    return reply.code


def records_of(reply: EvidenceAnswer | Refusal) -> tuple[dict[str, str | int], ...]:
    assert isinstance(reply, EvidenceAnswer)
    return reply.body.records


@contextmanager
def database_gone() -> Iterator[None]:
    """The node's own database cannot be reached."""
    settings = connection.settings_dict
    kept = {name: settings[name] for name in ("HOST", "PORT")}
    connection.close()
    settings.update(HOST="127.0.0.1", PORT="1")
    try:
        yield
    finally:
        connection.close()
        settings.update(kept)


@contextmanager
def unstorable(message: UUID) -> Iterator[None]:
    """The node's database cannot hold the answer to that message."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION cannot_hold() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'data_exception'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER cannot_hold BEFORE INSERT ON exchange_inbox FOR EACH ROW"
            f" WHEN (NEW.message = '{message}') EXECUTE FUNCTION cannot_hold()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION cannot_hold CASCADE")
