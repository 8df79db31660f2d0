"""`tongban directory`: what the federation's operator does with keys and the directory.

A change reads the signed file, makes the next version and signs it; the file is written whole or not at all.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from pydantic import ValidationError

from tongban import protocol
from tongban.federation import amending
from tongban.federation.directory_text import described
from tongban.protocol import (
    Directory,
    DirectoryError,
    KeyFileError,
    KeyUse,
    SigningKey,
    Suite,
    SuiteUnavailable,
    VerifyingKey,
)

_FILE = click.Path(path_type=Path, dir_okay=False)
_SUITES = click.Choice([suite.value for suite in Suite])
_USES = click.Choice([use.value for use in KeyUse])
_KEY_NAME = r"[a-z0-9][a-z0-9.-]{0,79}"
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])
signing_key = click.option(
    "--key", "key_path", type=_FILE, required=True, help="The federation's private key."
)
public_key = click.option("--public", type=_FILE, required=True, help="The new key's .json file.")
days = click.option(
    "--days", type=click.IntRange(1, 3660), default=730, show_default=True, help="How long it holds."
)


@click.group()
def directory() -> None:
    """The federation's directory: keys, agencies, agreements, signed as one file."""


@directory.command("new-key")
@click.argument("keyid")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--suite", type=_SUITES, default=Suite.ED25519.value, show_default=True, help="What it signs in."
)
def new_key(keyid: str, folder: Path, suite: str) -> None:
    """Make a key: KEYID.pem for its owner only, KEYID.json to be listed."""
    with _explained():
        if re.fullmatch(_KEY_NAME, keyid) is None:
            raise amending.AmendmentError(f"{keyid}: small letters, digits, dots and hyphens are expected")
        key = protocol.new_signing_key(keyid, Suite(suite))
        private, public = folder / f"{keyid}.pem", folder / f"{keyid}.json"
        if private.exists():
            raise amending.AmendmentError(f"{private}: is there already; choose another name or folder")
        folder.mkdir(parents=True, exist_ok=True)
        private.touch(mode=0o600)
        private.write_bytes(key.to_pem())
        public.write_bytes(key.verifying_key.to_json())
    click.echo(f"{private}\n{public}")


@directory.command()
@click.argument("file", type=_FILE)
@click.option("--trusted", type=_FILE, help="The federation's public key (.json): check the signature too.")
@click.option("--json", "as_json", is_flag=True, help="The whole content as JSON.")
def show(file: Path, trusted: Path | None, *, as_json: bool) -> None:
    """Print what a directory says and until when its keys hold."""
    with _explained():
        content = _content(file)
        if trusted is not None:
            protocol.open_directory(file.read_bytes(), VerifyingKey.from_json(trusted.read_bytes()))
    if as_json:
        click.echo(content.model_dump_json(indent=2))
        return
    click.echo(described(content, datetime.now(UTC)))
    click.echo("signature: good" if trusted is not None else "signature: not checked; give --trusted")


@directory.command()
@click.argument("content", type=_FILE)
@click.argument("file", type=_FILE)
@signing_key
@click.option(
    "--key-id", default="federation", show_default=True, help="The key's name, for a first directory."
)
def sign(content: Path, file: Path, key_path: Path, key_id: str) -> None:
    """Sign CONTENT (JSON, as `show --json` prints it) as the next version of FILE."""
    with _explained():
        drafted = protocol.read_unsigned(content.read_bytes())
        if file.exists():
            key, version = _signer(file, key_path), _content(file).version
        else:
            key, version = SigningKey.from_pem(key_id, key_path.read_bytes()), 0
        _write(file, amending.following(drafted, version, datetime.now(UTC)), key)


@directory.command("add-key")
@click.argument("file", type=_FILE)
@click.argument("node")
@signing_key
@public_key
@click.option("--use", type=_USES, default=KeyUse.SIGN.value, show_default=True, help="What it is for.")
@days
def add_key(file: Path, node: str, key_path: Path, public: Path, use: str, days: int) -> None:  # noqa: PLR0917 - options
    """List one more key of NODE."""
    entry = _entry(public, days, KeyUse(use))
    _amend(file, key_path, lambda known: amending.with_key(known, node, entry))


@directory.command("replace-key")
@click.argument("file", type=_FILE)
@click.argument("node")
@signing_key
@public_key
@click.option("--use", type=_USES, default=KeyUse.SIGN.value, show_default=True, help="What it is for.")
@days
@click.option(
    "--overlap",
    type=click.IntRange(0, 365),
    default=14,
    show_default=True,
    help="Days that the old key still holds.",
)
def replace_key(  # noqa: PLR0917 - options
    file: Path, node: str, key_path: Path, public: Path, use: str, days: int, overlap: int
) -> None:
    """Let a new key of NODE follow the old one with overlap."""
    entry, until = _entry(public, days, KeyUse(use)), datetime.now(UTC) + timedelta(days=overlap)
    _amend(file, key_path, lambda known: amending.replaced(known, node, entry, until))


@directory.command("revoke-key")
@click.argument("file", type=_FILE)
@click.argument("keyid")
@signing_key
@click.option("--at", type=_MOMENT, help="From when on; without it from now on.")
def revoke_key(file: Path, keyid: str, key_path: Path, at: datetime | None) -> None:
    """Let no message under KEYID count from a moment on; records of before keep their proof."""
    moment = at if at is not None and at.tzinfo is not None else (at or datetime.now(UTC)).replace(tzinfo=UTC)
    _amend(file, key_path, lambda known: amending.revoked(known, keyid, moment))


@directory.command("add-federation-key")
@click.argument("file", type=_FILE)
@signing_key
@public_key
@days
def add_federation_key(file: Path, key_path: Path, public: Path, days: int) -> None:
    """Let one more key sign the versions after this one."""
    entry = _entry(public, days, KeyUse.SIGN)
    _amend(file, key_path, lambda known: amending.with_federation_key(known, entry))


def _amend(file: Path, key_path: Path, change: Callable[[Directory], Directory]) -> None:
    with _explained():
        known = _content(file)
        _write(
            file, amending.following(change(known), known.version, datetime.now(UTC)), _signer(file, key_path)
        )


def _write(file: Path, content: Directory, key: SigningKey) -> None:
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.write_bytes(protocol.sign_directory(content, key))
    unfinished.replace(file)
    click.echo(f"{file}: version {content.version}, signed with {key.keyid}")


def _content(file: Path) -> Directory:
    """What the file says, whoever has signed it."""
    return protocol.read_unsigned(protocol.payload_of(file.read_bytes()))


def _signer(file: Path, key_path: Path) -> SigningKey:
    """The key under the name that the directory or its signature knows it by."""
    key = SigningKey.from_pem("", key_path.read_bytes())
    for entry in _content(file).federation_keys:
        if entry.verifying_key.public_key == key.public_key:
            return key.named(entry.keyid)
    name = protocol.signer_name(file.read_bytes(), key)
    if name is None:
        raise amending.AmendmentError(f"{key_path}: this key has not signed {file}, nor does {file} list it")
    return key.named(name)


def _entry(public: Path, days: int, use: KeyUse) -> protocol.KeyEntry:
    with _explained():
        now = datetime.now(UTC).replace(microsecond=0)
        return protocol.key_entry(
            VerifyingKey.from_json(public.read_bytes()), now, now + timedelta(days=days), use
        )


@contextmanager
def _explained() -> Iterator[None]:
    """Say in one line what is wrong, and end with status 2."""
    try:
        yield
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        _end(f"{'.'.join(str(part) for part in first['loc']) or 'directory'}: {first['msg']}")
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}")
    except (DirectoryError, KeyFileError, SuiteUnavailable, amending.AmendmentError) as error:
        _end(str(error))


def _end(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)
