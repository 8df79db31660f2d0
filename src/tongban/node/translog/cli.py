"""`tongban log`: verifying a node's log from outside, and what its operator does with it."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import click

from tongban.node.config import ConfigError, NodeConfig, load
from tongban.node.starting import config_option, start_django
from tongban.node.translog.proof_documents import ProofDocumentError, ProofFormatError, check_document
from tongban.node.translog.sources import SourceError, reader_of, seen_in
from tongban.node.translog.verifying import Subject, as_json, local, node_configs, roots_in, subject_of, told
from tongban.protocol import Directory, DirectoryError, KeyFileError, VerifyingKey, open_directory

HOME_VARIABLE = "TONGBAN_HOME"
DEFAULT_HOME = ".tongban"
PROOF_LIMIT = 1024 * 1024


@click.group()
def log() -> None:
    """A node's transparency log."""


@log.command()
@click.option("--node", "nodes", multiple=True, metavar="N", help="This node's log; default: all there are.")
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar=HOME_VARIABLE,
    default=DEFAULT_HOME,
    show_default=True,
    help="Folder with the nodes' folders; TONGBAN_HOME names another one too.",
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="The node's TOML file.")
@click.option("--log", "place", metavar="FOLDER|URL", help="The log's files or address; needs --directory.")
@click.option("--directory", "directory_path", type=click.Path(path_type=Path), help="The signed directory.")
@click.option(
    "--federation-key", "key_path", type=click.Path(path_type=Path), help="The federation's public key."
)
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="NAME=FOLDER|URL",
    help="Another node's log, which shows what that node saw of this one.",
)
@click.option(
    "--timestamp-roots",
    "roots_path",
    type=click.Path(path_type=Path),
    help="Roots of timestamp authorities, as PEM.",
)
@click.option(
    "--database",
    "is_database",
    is_flag=True,
    help="The log in the node's database, and the records themselves.",
)
@click.option("--json", "is_json", is_flag=True, help="Print the result as JSON.")
def verify(
    *,
    nodes: tuple[str, ...],
    home: Path,
    config_path: Path | None,
    place: str | None,
    directory_path: Path | None,
    key_path: Path | None,
    witnesses: tuple[str, ...],
    roots_path: Path | None,
    is_database: bool,
    is_json: bool,
) -> None:
    """Verify records, tiles, signed heads and cosignatures of a log, from its files and the directory."""
    try:
        if is_database:
            subjects = [_stored(nodes, home, config_path)]
        elif place is not None:
            subjects = [_foreign(nodes, place, directory_path, key_path)]
        else:
            subjects = _own(nodes, home, config_path)
        subjects = [_with_witnesses(subject, witnesses) for subject in subjects]
        if roots_path is not None:
            subjects = [replace(subject, roots=roots_in(roots_path)) for subject in subjects]
        results = [(subject.node, subject.verified()) for subject in subjects]
    except (ConfigError, SourceError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if is_json:
        click.echo(json.dumps([as_json(*result) for result in results], indent=2))
    else:
        click.echo("\n".join(told(*result) for result in results))
    if any(result.findings for _, result in results):
        sys.exit(1)


@log.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar=HOME_VARIABLE,
    default=DEFAULT_HOME,
    help="Folder with the nodes' folders, whose directory counts unless --directory names one.",
)
@click.option("--directory", "directory_path", type=click.Path(path_type=Path), help="The signed directory.")
@click.option(
    "--federation-key", "key_path", type=click.Path(path_type=Path), help="The federation's public key."
)
def check(file: BinaryIO, home: Path, directory_path: Path | None, key_path: Path | None) -> None:
    """Check a proof that a person was given for a record about them; FILE may be -."""
    shared = home / "federation"
    try:
        directory = _directory(
            directory_path or shared / "directory.json", key_path or shared / "federation.json"
        )
        document = file.read(PROOF_LIMIT + 1)
        proven = check_document(document, directory)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except ProofFormatError as error:
        click.echo(f"{file.name}: {error}", err=True)
        sys.exit(2)
    except ProofDocumentError as error:
        click.echo(f"NOT proved: {error}")
        sys.exit(1)
    click.echo(
        f"proved: this record is number {proven.file.index + 1} of {proven.head.size} in {proven.origin}"
    )
    for one in proven.cosigned:
        click.echo(f"  cosigned by {one.node} at {local(one.at)}")
    click.echo(proven.opening.content.decode())


@log.command()
@config_option
def status(config_path: Path) -> None:
    """Say how the node's log stands: records, waiting ones, the newest head, why it is halted."""
    start_django(config_path)
    from tongban.node.translog.standing import standing  # noqa: PLC0415 - needs Django started

    now = standing()
    click.echo(now.told())
    if now.halted:
        sys.exit(1)


@log.command()
@config_option
@click.option("--without", multiple=True, metavar="NODE", help="Go on without what this witness has seen.")
def resume(config_path: Path, without: tuple[str, ...]) -> None:
    """Acknowledge a rollback: take from the log's files what the database lacks, and record again."""
    start_django(config_path)
    from tongban.node.exchange import identity  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange.transport import own_transport  # noqa: PLC0415 - needs Django started
    from tongban.node.translog.resuming import (  # noqa: PLC0415 - needs Django started
        CannotResume,
        resume_with_witnesses,
    )

    try:
        node = identity.current()
        done = resume_with_witnesses(load(config_path).log_path, node, own_transport(), without)
    except CannotResume as reason:
        click.echo(str(reason), err=True)
        sys.exit(1)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(
        f"the log goes on with {done.size} records; of {done.lost} of them the content is lost with the old "
        "database, which is recorded"
    )


def _own(nodes: tuple[str, ...], home: Path, config_path: Path | None) -> list[Subject]:
    if config_path is not None:
        config = load(config_path)
        if nodes and nodes != (config.name,):
            raise ConfigError(f"{config_path}: is the node {config.name}, not {', '.join(nodes)}")
        return [subject_of(config, _neighbours(config_path.resolve().parent.parent))]
    known = node_configs(home)
    if not known:
        raise ConfigError(
            f"{home}: no node is there; expected a folder with <node>/node.toml, or --config, or --log"
        )
    unknown = [name for name in nodes if name not in known]
    if unknown:
        raise ConfigError(f"{home}: no node is called {unknown[0]}; there are {', '.join(known)}")
    configs = {name: load(path) for name, path in known.items()}
    return [subject_of(configs[name], list(configs.values())) for name in nodes or known]


def _stored(nodes: tuple[str, ...], home: Path, config_path: Path | None) -> Subject:
    """The log in the database of one node, which this process then belongs to."""
    if config_path is None:
        known = node_configs(home)
        if len(nodes) != 1 or nodes[0] not in known:
            raise ConfigError(f"--database: needs --config, or --node with one of {', '.join(known) or home}")
        config_path = known[nodes[0]]
    start_django(config_path)
    from tongban.node.translog.stored_audit import stored_subject  # noqa: PLC0415 - needs Django started

    return stored_subject(load(config_path), _neighbours(config_path.resolve().parent.parent))


def _neighbours(home: Path) -> list[NodeConfig]:
    """The nodes whose folders stand beside this one's, as far as they can be read."""
    return [load(path) for path in node_configs(home).values()]


def _foreign(
    nodes: tuple[str, ...], place: str, directory_path: Path | None, key_path: Path | None
) -> Subject:
    if directory_path is None or key_path is None or len(nodes) != 1:
        raise ConfigError("--log: needs --node, --directory and --federation-key beside it")
    return Subject(nodes[0], reader_of(place), _directory(directory_path, key_path))


def _directory(directory_path: Path, key_path: Path) -> Directory:
    try:
        return open_directory(directory_path.read_bytes(), VerifyingKey.from_json(key_path.read_bytes()))
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read") from None
    except KeyFileError as error:
        raise ConfigError(f"{key_path}: {error}") from None
    except DirectoryError as error:
        raise ConfigError(f"{directory_path}: {error}") from None


def _with_witnesses(subject: Subject, witnesses: tuple[str, ...]) -> Subject:
    seen = list(subject.seen)
    for witness in witnesses:
        name, is_named, place = witness.partition("=")
        if not is_named or not place:
            raise ConfigError(f"--witness {witness}: expected NAME=FOLDER or NAME=URL")
        seen += seen_in(place, name, subject.node)
    return replace(subject, seen=tuple(seen))
