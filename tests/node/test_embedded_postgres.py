"""The embedded server keeps what was committed, wherever its folder lies and however it ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from benchmarks.frame.folders import temporary

from tongban.node.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, server_processes

SERVE_UNTIL_KILLED = """
import sys
from pathlib import Path
from tongban.node.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), is_durable=False)
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary("pg") as home:
        home.chmod(0o700)
        yield home / "pg"


def serve(folder: Path) -> EmbeddedPostgres:
    server = EmbeddedPostgres(folder, is_durable=False)
    server.start()
    return server


def serve_elsewhere(folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE_UNTIL_KILLED, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def note(server: EmbeddedPostgres, text: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def notes(server: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(server.url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note").fetchall()]


def test_data_outlives_a_stop(folder: Path) -> None:
    server = serve(folder)
    note(server, "甲")
    server.stop()
    server.start()
    try:
        assert notes(server) == ["甲"]
    finally:
        server.stop()


def test_a_folder_may_have_spaces_and_a_long_path(folder: Path) -> None:
    server = serve(folder / "data of the node" / ("long" * 40))
    try:
        assert server.is_answering()
    finally:
        server.stop()


def test_server_dies_with_its_killed_owner_and_the_next_one_has_the_data(folder: Path) -> None:
    owner, pid = serve_elsewhere(folder)
    note(EmbeddedPostgres(folder), "乙")
    postmaster = psutil.Process(pid)
    owner.kill()
    owner.communicate()
    postmaster.wait(60)
    server = serve(folder)
    try:
        assert notes(server) == ["乙"]
    finally:
        server.stop()


def test_a_killed_server_comes_back_with_the_data(folder: Path) -> None:
    server = serve(folder)
    note(server, "丙")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server.start()
    try:
        assert notes(server) == ["丙"]
    finally:
        server.stop()


@pytest.mark.parametrize("left", ["data/postmaster.pid", ".s.PGSQL.5432.lock"])
def test_pid_file_that_names_another_living_process_is_no_obstacle(folder: Path, left: str) -> None:
    server = serve(folder)
    server.stop()
    (folder / left).write_text(f"{os.getpid()}\n{server.data}\n0\n5432\n\n\n\nready\n")
    server.start()
    try:
        assert server.is_answering()
    finally:
        server.stop()


def test_half_made_data_is_made_anew(folder: Path) -> None:
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("18")
    server = serve(folder)
    try:
        assert server.is_answering()
    finally:
        server.stop()


def test_second_process_joins_the_running_server(folder: Path) -> None:
    server = serve(folder)
    try:
        second = EmbeddedPostgres(folder)
        second.start_or_join()
        assert second.pid is None
        assert second.is_answering()
    finally:
        server.stop()


def test_data_of_another_version_is_refused_untouched(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 12"):
        serve(folder)
    assert (folder / "data" / "PG_VERSION").read_text() == "12\n"


def test_nothing_runs_after_a_stop(folder: Path) -> None:
    server = serve(folder)
    assert server_processes(folder)
    server.stop()
    assert not server_processes(folder)


def test_values_of_a_failed_statement_stay_out_of_the_log(folder: Path) -> None:
    server = serve(folder)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE person (number text PRIMARY KEY)")
            connection.execute("INSERT INTO person VALUES ('secret-number')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO person VALUES ('secret-number')")
    finally:
        server.stop()
    log = server.log.read_text()
    assert "duplicate key" in log
    assert "secret-number" not in log
