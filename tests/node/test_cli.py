"""`tongban node migrate` as an operator meets it."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.shipped import SHIPPED, copy_shipped
from tongban.node.database import Address

SOURCE = SHIPPED.parent.parent

Migrate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def services(tmp_path: Path) -> Path:
    return copy_shipped(tmp_path / "services") / "medical_retirement"


@pytest.fixture
def migrate(tmp_path: Path, database_server_url: str) -> Iterator[Migrate]:
    name = f"n{uuid.uuid4().hex[:12]}"
    (tmp_path / "secret").write_text("s" * 40, encoding="utf-8")

    def run(database: str = "") -> "subprocess.CompletedProcess[str]":
        (tmp_path / "node.toml").write_text(
            f"""
name = "{name}"
jurisdiction = "510000"
title = {{ zh = "四川", en = "Sichuan" }}
case_prefix = "SC"
pages_url = "http://127.0.0.1:18510"
gateway_url = "http://127.0.0.1:18511"
pages_port = 18510
gateway_port = 18511
directory_path = "d"
federation_key_path = "f"
key_path = "k"
secret_path = "secret"
services_path = "services"
database = "{database}"
""",
            encoding="utf-8",
        )
        command = [
            sys.executable,
            "-m",
            "tongban",
            "node",
            "migrate",
            "--config",
            str(tmp_path / "node.toml"),
        ]
        known = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "TONGBAN_DATABASE_URL": database_server_url,
        }
        return subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, check=False)

    yield run
    with Address.parse(database_server_url).named("postgres").connect() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS tongban_{name}")


def test_it_migrates_and_publishes_the_services_and_may_be_repeated(migrate: Migrate, services: Path) -> None:
    for _ in range(2):
        done = migrate()
        assert done.returncode == 0, done.stderr
        assert "services: medical-retirement 2026.11.3" in done.stdout


def test_a_broken_service_folder_is_one_line_with_file_and_key(migrate: Migrate, services: Path) -> None:
    (services / "service.toml").write_text('code = "medical-retirement"\n', encoding="utf-8")
    done = migrate()
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("medical_retirement/service.toml: version:")


def test_an_unreachable_database_is_one_line(migrate: Migrate, services: Path) -> None:
    done = migrate(database="postgresql://u:password-of-it@127.0.0.1:1/one")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "127.0.0.1" in line
    assert "password-of-it" not in done.stderr + done.stdout
