"""Where a node's database is, and what is said when it is not there."""

import uuid

import pytest

from tongban.node.database import Address, DatabaseUnavailableError, create_if_missing


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql://a:b%40c@db.example:5433/one", Address("one", "db.example", "5433", "a", "b@c")),
        ("postgresql:///one?host=/run/pg", Address("one", "/run/pg")),
        ("postgresql://db.example", Address("postgres", "db.example")),
    ],
)
def test_an_address_is_read_from_its_url(url: str, address: Address) -> None:
    assert Address.parse(url) == address


def test_a_missing_database_is_created_once(database_server_url: str) -> None:
    address = Address.parse(database_server_url).named(f"tongban_{uuid.uuid4().hex}")
    create_if_missing(address)
    create_if_missing(address)
    with address.connect() as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    with address.named("postgres").connect() as connection:
        connection.execute(f"DROP DATABASE {address.name}")


def test_an_unreachable_server_is_one_clear_error_without_its_password() -> None:
    address = Address("one", "127.0.0.1", "1", "user", "password-of-it")
    with pytest.raises(DatabaseUnavailableError) as refused:
        address.connect()
    assert "127.0.0.1" in str(refused.value)
    assert "password-of-it" not in str(refused.value)
