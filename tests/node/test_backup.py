"""A node's backup is put back whole, or not at all, and only where it belongs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.node.backup import DUMP, RESTORED, BackupError, back_up, put_back, read_note
from tongban.node.config import NodeConfig, this_node
from tongban.node.database import Address


@pytest.fixture
def database(database_server_url: str) -> Iterator[Address]:
    """A database with one row, dropped afterwards."""
    name = f"backup_{os.getpid()}"
    server = Address.parse(database_server_url)
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    address = server.named(name)
    execute(address, "CREATE TABLE cases (number text PRIMARY KEY)")
    execute(address, "INSERT INTO cases VALUES ('first')")
    yield address
    with server.connect() as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def execute(address: Address, statement: str) -> None:
    with address.connect() as connection:
        connection.execute(statement.encode())


def cases(address: Address) -> list[str]:
    with address.connect() as connection:
        return [str(row[0]) for row in connection.execute("SELECT number FROM cases ORDER BY number")]


def config(home: Path, name: str = "sichuan") -> NodeConfig:
    return this_node().model_copy(update={"home": home, "name": name})


def test_what_was_backed_up_is_there_again(tmp_path: Path, database: Address) -> None:
    made = back_up(config(tmp_path), database, tmp_path / "backup")
    execute(database, "INSERT INTO cases VALUES ('second')")
    assert put_back(config(tmp_path), database, tmp_path / "backup") == made
    assert cases(database) == ["first"]
    assert read_note(tmp_path / RESTORED).since == made.since


def test_numbers_of_cases_given_after_the_backup_are_not_given_again(
    tmp_path: Path, database: Address
) -> None:
    execute(database, "CREATE SEQUENCE casework_case_number")
    execute(database, "SELECT nextval('casework_case_number')")
    back_up(config(tmp_path), database, tmp_path / "backup")
    with database.connect() as connection:
        told = connection.execute("SELECT max(nextval('casework_case_number')) FROM generate_series(1, 50)")
        (last,) = told.fetchone() or (0,)
    put_back(config(tmp_path), database, tmp_path / "backup")
    with database.connect() as connection:
        (following,) = connection.execute("SELECT nextval('casework_case_number')").fetchone() or (0,)
    assert following > last


def test_a_backup_is_for_its_owner_only_and_never_written_over(tmp_path: Path, database: Address) -> None:
    folder = tmp_path / "backup"
    back_up(config(tmp_path), database, folder)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    with pytest.raises(BackupError, match="name a new folder"):
        back_up(config(tmp_path), database, folder)


def test_another_nodes_backup_is_not_put_back(tmp_path: Path, database: Address) -> None:
    back_up(config(tmp_path, "chongqing"), database, tmp_path / "backup")
    with pytest.raises(BackupError, match="a backup of chongqing"):
        put_back(config(tmp_path), database, tmp_path / "backup")


def test_a_damaged_backup_is_not_put_back(tmp_path: Path, database: Address) -> None:
    back_up(config(tmp_path), database, tmp_path / "backup")
    dump = tmp_path / "backup" / DUMP
    dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    with pytest.raises(BackupError, match="damaged"):
        put_back(config(tmp_path), database, tmp_path / "backup")
    assert cases(database) == ["first"]


@pytest.mark.parametrize("note", [None, "nothing", '{"node": "sichuan"}'])
def test_a_folder_that_is_no_backup_is_said(tmp_path: Path, note: str | None) -> None:
    if note is not None:
        (tmp_path / "backup.json").write_text(note)
    with pytest.raises(BackupError, match="expected the note of a backup"):
        read_note(tmp_path)


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    nowhere = Address("none", "127.0.0.1", "1")
    with pytest.raises(BackupError, match="pg_dump failed"):
        back_up(config(tmp_path), nowhere, tmp_path / "backup")
