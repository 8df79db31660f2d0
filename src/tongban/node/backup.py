"""Backing up a node's database and putting it back, with PostgreSQL's own pg_dump and pg_restore.

A backup is a folder: the dump, and a note that says whose it is, of when, and its digest. Promises: a dump
that is damaged or another node's is not put back; putting back is one transaction, all or nothing; a number
of a case that was given after the backup is not given again.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tongban import __version__
from tongban.node.clock import true_now
from tongban.node.config import NodeConfig
from tongban.node.database import Address
from tongban.node.embedded_postgres import program
from tongban.node.private_files import write_private

DUMP = "database.dump"
NOTE = "backup.json"
RESTORED = "restored.json"
CAUGHT_UP = "caught-up.json"
NUMBERS_SKIPPED = 100_000
"""Numbers of cases that are left out after a backup was put back: more than a node gives between two."""


class BackupError(Exception):
    """A backup cannot be made or put back; the text says why and what to do."""


@dataclass(frozen=True)
class Backup:
    """What a backup's note says."""

    node: str
    begun: str
    version: str
    sha256: str

    @property
    def since(self) -> datetime:
        """The moment after which the backup may lack something."""
        return datetime.fromisoformat(self.begun)


def back_up(config: NodeConfig, database: Address, folder: Path) -> Backup:
    """Write a backup of the node's database into `folder`, which must be new or empty. Raises BackupError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise BackupError(f"{folder}: is not empty; name a new folder for each backup")
    begun = true_now()
    dump = folder / DUMP
    dump.touch(mode=0o600)
    _run("pg_dump", database, ["--format=custom", "--no-owner", f"--file={dump}"])
    backup = Backup(config.name, begun.astimezone(UTC).isoformat(), __version__, _sha256(dump))
    write_private(folder / NOTE, json.dumps(asdict(backup), indent=2).encode() + b"\n")
    return backup


def put_back(config: NodeConfig, database: Address, folder: Path) -> Backup:
    """Make the database what it was when the backup in `folder` was begun. Raises BackupError.

    The node must not run. That it was put back is noted in the node's home, for it to catch up.
    """
    backup = read_note(folder)
    if backup.node != config.name:
        raise BackupError(f"{folder}: is a backup of {backup.node}, not of {config.name}")
    dump = folder / DUMP
    if not dump.is_file() or _sha256(dump) != backup.sha256:
        raise BackupError(f"{dump}: is damaged or missing; take another backup")
    _run(
        "pg_restore",
        database,
        ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(dump)],
    )
    _skip_numbers(database)
    (config.home / CAUGHT_UP).unlink(missing_ok=True)
    write_private(config.home / RESTORED, json.dumps(asdict(backup), indent=2).encode() + b"\n")
    return backup


def _skip_numbers(database: Address) -> None:
    """Leave out the numbers of cases that may have been given since the backup: people have them."""
    with database.connect() as connection:
        connection.execute(
            "SELECT setval(oid::regclass, nextval(oid::regclass) + %s) FROM pg_class"
            " WHERE oid = to_regclass('casework_case_number')",
            (NUMBERS_SKIPPED,),
        )


def read_note(path: Path) -> Backup:
    """The note of a backup's folder, or of the file that a restored node has. Raises BackupError."""
    file = path / NOTE if path.is_dir() else path
    try:
        backup = Backup(**json.loads(file.read_text(encoding="utf-8")))
        datetime.fromisoformat(backup.begun)
    except (OSError, ValueError, TypeError):
        raise BackupError(f"{file}: cannot be read; expected the note of a backup") from None
    return backup


def _run(name: str, database: Address, arguments: Sequence[str]) -> None:
    settings = {
        "PGDATABASE": database.name,
        "PGHOST": database.host,
        "PGPORT": database.port,
        "PGUSER": database.user,
        "PGPASSWORD": database.password,
    }
    environment = os.environ | {key: value for key, value in settings.items() if value}
    target = [f"--dbname={database.name}"] if name == "pg_restore" else []
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [_program(name, database), *target, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise BackupError(f"{name} failed: {said}")


def _program(name: str, database: Address) -> str:
    """The program that fits the server: the embedded server's own, or the one that the operator installed."""
    if not database.host.startswith("/") or not (Path(database.host) / "data").is_dir():
        found = shutil.which(name)
        if found:
            return found
    return program(name)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
