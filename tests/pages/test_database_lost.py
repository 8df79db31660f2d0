"""The database is lost between two statements of one action: nothing is half done, and the page says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.test import Client

from tests.casework.walk import CONSENTS, Walk
from tongban.node.casework import log
from tongban.node.casework.models import Case, Event, Notice, Task
from tongban.node.exchange.models import Outbox
from tongban.node.people.models import Account, Officer
from tongban.node.translog.models import LogRecord

pytestmark = pytest.mark.django_db(transaction=True)

WRITE = "WITH kept AS"
READ = 'SELECT "casework_event"."id"'
QUESTION = 'INSERT INTO "exchange_outbox"'

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@contextmanager
def database_lost_before(statement: str) -> Iterator[None]:
    """The server ends the connection when the first statement that begins so is about to be sent."""
    lost: list[int] = []

    def cut(execute: Execute, sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().startswith(statement) and not lost:
            lost.append(connection.connection.info.backend_pid)
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 10000)", lost)
                assert cursor.fetchone() == (True,)
            other.close()
        return execute(sql, values, many, context)

    with connection.execute_wrapper(cut):
        yield
    close_old_connections()
    assert lost, f"no statement began with {statement}"


def visitor(account: Account) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return client


def stored() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Case, Event, Task, Notice, Outbox, LogRecord)}


@pytest.mark.parametrize("statement", [WRITE, READ])
def test_a_decision_is_made_whole_or_not_at_all(walk: Walk, officer: Officer, statement: str) -> None:
    case = walk.proposed()
    before, at_work = stored(), visitor(officer.account)
    address, sent = f"/workbench/cases/{case.number}/confirm/", {"revision": str(case.revision), "read": "on"}
    with database_lost_before(statement):
        response = at_work.post(address, sent)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "请过几分钟刷新这一页" in response.content.decode()
    assert stored() == before
    assert log.state_of(walk.again(case)).decided_by is None
    assert at_work.post(address, sent).status_code == 302
    assert Event.objects.filter(kind="decided").count() == 1


@pytest.mark.parametrize("statement", [WRITE, QUESTION])
def test_an_application_is_submitted_whole_or_not_at_all(
    walk: Walk, citizen: Account, statement: str
) -> None:
    draft = walk.draft()
    before, at_home = stored(), visitor(citizen)
    address, sent = f"/applications/{draft.pk}/consent/", dict.fromkeys(CONSENTS, "on")
    with database_lost_before(statement):
        response = at_home.post(address, sent)
    assert response.status_code == 503
    assert "没有丢，也不会重复提交" in response.content.decode()
    assert stored() == before
    assert at_home.post(address, sent).status_code == 302
    assert (Case.objects.count(), Outbox.objects.count()) == (1, 2)
