"""The directory as a signed file: a DSSE envelope by the federation's key, whose versions only ever rise.

The keys that may sign the next version stand in the directory itself, so the federation's key can be followed
by another without touching a node's configuration.
"""

from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError

from tongban.protocol.directory import Directory
from tongban.protocol.dsse import (
    DocumentError,
    SignedDocument,
    open_document,
    sign_document,
    unverified_payload,
)
from tongban.suites import SigningKey, VerifyingKey

DIRECTORY_TYPE = "application/vnd.tongban.directory+json"


class DirectoryError(ValueError):
    """A directory file is forged, older than the one known, or not well-formed."""


class DirectoryForged(DirectoryError):
    """No key that may sign the directory has signed this one."""


class DirectoryOlder(DirectoryError):
    """The version is below one that is known already."""


def sign_directory(directory: Directory, *federation_keys: SigningKey) -> bytes:
    """The directory file, signed with one or more keys of the federation."""
    payload = directory.model_dump_json().encode()
    first, *others = (sign_document(DIRECTORY_TYPE, payload, key) for key in federation_keys)
    signatures = first.signatures + tuple(s for document in others for s in document.signatures)
    return first.model_copy(update={"signatures": signatures}).to_json()


def open_directory(
    document: bytes, trusted: VerifyingKey | Iterable[VerifyingKey], *, at_least: int = 0
) -> Directory:
    """Read a directory file.

    Raises DirectoryForged when none of the `trusted` keys signed it, DirectoryOlder when its version is below
    `at_least`, DirectoryError when a member is wrong (the text names it).
    """
    keys = {key.keyid: key for key in ([trusted] if isinstance(trusted, VerifyingKey) else trusted)}
    try:
        payload = open_document(SignedDocument.from_json(document), DIRECTORY_TYPE, keys.get)
    except DocumentError as forged:
        raise DirectoryForged(f"directory: {forged}") from None
    directory = _read(payload)
    if directory.version < at_least:
        raise DirectoryOlder(
            f"directory: version {directory.version} is older than version {at_least}, which is already known"
        )
    return directory


def signers(directory: Directory, pinned: VerifyingKey, moment: datetime) -> tuple[VerifyingKey, ...]:
    """The keys that may sign the version after `directory`: the pinned one, and those that it lists."""
    listed = (key.verifying_key for key in directory.federation_keys if key.valid_at(moment))
    withdrawn = {key.keyid for key in directory.federation_keys if not key.valid_at(moment)}
    return (*((pinned,) if pinned.keyid not in withdrawn else ()), *listed)


def read_unsigned(document: bytes) -> Directory:
    """A draft of a directory that is not signed yet; DirectoryError names the member that is wrong."""
    return _read(document)


def _read(payload: bytes) -> Directory:
    try:
        return Directory.model_validate_json(payload)
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DirectoryError(f"directory: {where}: {first['msg']}") from None


def payload_of(document: bytes) -> bytes:
    """What the file holds, whoever has signed it; DirectoryError when it is no signed document."""
    try:
        return unverified_payload(SignedDocument.from_json(document))
    except DocumentError as error:
        raise DirectoryError(f"directory: {error}") from None


def signer_name(document: bytes, key: SigningKey) -> str | None:
    """The name under which `key` has signed the file; None when it has not."""
    signed = SignedDocument.from_json(document)
    for signature in signed.signatures:
        named = key.named(signature.keyid).verifying_key
        try:
            open_document(signed, DIRECTORY_TYPE, {signature.keyid: named}.get)
        except DocumentError:
            continue
        return signature.keyid
    return None
