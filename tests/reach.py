"""Which tests reach the tests' PostgreSQL server: `pytest -m postgres` runs just these, on whichever server.

Promises: a test that asks for the server, by a fixture or by pytest-django's mark, is marked; no other is
told where the server is, so that it fails if it needs it after all. A test may say that another asks the same
of PostgreSQL (`same_sql_as`): it is then left to the runs of everything, and the other is not.
"""

import os
from collections.abc import Callable, Iterable

import pytest

from tests.conftest import OPERATOR_VARIABLE, SERVER_VARIABLE

GIVE_THE_SERVER = frozenset(
    {"db", "transactional_db", "live_server", "django_db_setup", "database_server_url", "operator_server_url"}
)
SAME_SQL = pytest.mark.same_sql
"""For a parameter, a language or a service, with which a test asks the same of PostgreSQL as without it."""
Test = Callable[..., object]


def same_sql_as(*others: Test) -> pytest.MarkDecorator:
    """For what a browser shows of pages that the other tests open too, in the same state, without one."""
    return pytest.mark.same_sql.with_args(*others)


def reaches_postgres(item: pytest.Item) -> bool:
    """Whether the test, or a fixture that it stands on, asks for the server."""
    asks = GIVE_THE_SERVER.intersection(getattr(item, "fixturenames", ()))
    return bool(asks) or item.get_closest_marker("django_db") is not None


def without_their_like(items: Iterable[pytest.Item]) -> list[str]:
    """Tests that say of another that it brings their statements, though that one is left out as well."""
    tests = [item for item in items if isinstance(item, pytest.Function)]
    stay = {item.function for item in tests if item.get_closest_marker("postgres")}
    there = {item.function for item in tests}
    return [item.nodeid for item in tests for other in _like(item) if other in there - stay]


def _like(item: pytest.Function) -> list[Test]:
    mark = item.get_closest_marker("same_sql")
    return [] if mark is None else list(mark.args) or [item.function]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them before any are chosen by their marks."""
    for item in items:
        if reaches_postgres(item) and item.get_closest_marker("same_sql") is None:
            item.add_marker(pytest.mark.postgres)
    if alone := without_their_like(items):
        raise pytest.UsageError(f"no test that asks the same of PostgreSQL is left for {', '.join(alone)}")


@pytest.fixture(autouse=True)
def _server_is_for_who_asks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not reaches_postgres(request.node):
        monkeypatch.delenv(SERVER_VARIABLE)
        monkeypatch.delenv(OPERATOR_VARIABLE)


@pytest.fixture(scope="session")
def database_server_url() -> str:
    """The server on which a test may create databases of its own."""
    return os.environ[SERVER_VARIABLE]


@pytest.fixture(scope="session")
def operator_server_url() -> str:
    """The operator's server, on which nodes that run get their databases; empty without one."""
    return os.environ[OPERATOR_VARIABLE]
