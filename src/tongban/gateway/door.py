"""What stands behind the gateway's addresses, run in threads; each call leaves no connection half used."""

from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, ProgrammingError, close_old_connections, connection

from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import connectors, identity, receiving
from tongban.node.exchange.conversing import receiving as conversing
from tongban.protocol import HttpRequest, HttpResponse

Given = TypeVar("Given")


def check_configuration() -> None:
    """Read what the exchange is configured with; ConfigError when it cannot be used."""
    try:
        connectors.declared(this_node(), identity.current().directory)
    except ProgrammingError:
        raise ConfigError("the node's database has no tables yet; run `tongban node migrate` first") from None


def receive(request: HttpRequest) -> HttpResponse:
    """The reply to a message."""
    return _with_connection(lambda: receiving.receive(request))


def hear(request: HttpRequest) -> HttpResponse:
    """The receipt for a message of a conversation."""
    return _with_connection(lambda: conversing.receive(request))


def is_healthy() -> bool:
    """Whether the node's database answers."""
    return _with_connection(_database_answers)


def directory_document() -> bytes:
    """The signed directory that the node goes by."""
    return identity.current().document


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _with_connection(call: Callable[[], Given]) -> Given:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
