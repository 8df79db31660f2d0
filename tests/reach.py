"""Which tests reach the tests' PostgreSQL server: `pytest -m postgres` runs just these, on whichever server.

Promises: a test that asks for the server, by a fixture or by pytest-django's mark, is marked; no other is
told where the server is, so that it fails if it needs it after all.
"""

import os

import pytest

from tests.conftest import OPERATOR_VARIABLE, SERVER_VARIABLE

GIVE_THE_SERVER = frozenset(
    {"db", "transactional_db", "live_server", "django_db_setup", "database_server_url", "operator_server_url"}
)


def reaches_postgres(item: pytest.Item) -> bool:
    """Whether the test, or a fixture that it stands on, asks for the server."""
    asks = GIVE_THE_SERVER.intersection(getattr(item, "fixturenames", ()))
    return bool(asks) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them before any are chosen by their marks."""
    for item in items:
        if reaches_postgres(item):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(autouse=True)
def _server_is_for_who_asks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("postgres") is None:
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
