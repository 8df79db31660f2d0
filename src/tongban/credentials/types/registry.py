"""The types of credentials that a node knows, read from the service folders.

Promises: a type is found by its exact identifier only; identifiers that look alike cannot both be registered.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.types.definition import CredentialType

FILE = "credential.toml"


class TypeFileError(ValueError):
    """A `credential.toml` cannot be used; the text names file, key and what is expected."""


class TypeRegistry(Mapping[str, CredentialType]):
    """Credential types by `vct`."""

    def __init__(self, types: Iterable[CredentialType]) -> None:
        """Register the types. TypeFileError when two share a number or look alike."""
        self._by_vct: dict[str, CredentialType] = {}
        self._by_code: dict[int, CredentialType] = {}
        looks: dict[str, str] = {}
        for kind in types:
            if kind.code in self._by_code:
                raise TypeFileError(f"{kind.vct}: code: expected a number of its own, {kind.code} is taken")
            other = looks.setdefault(_look(kind.vct), kind.vct)
            if kind.vct in self._by_vct or other != kind.vct:
                raise TypeFileError(f"{kind.vct}: vct: expected an identifier unlike {other}")
            self._by_vct[kind.vct] = kind
            self._by_code[kind.code] = kind

    def __getitem__(self, vct: str) -> CredentialType:
        return self._by_vct[vct]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_vct)

    def __len__(self) -> int:
        return len(self._by_vct)

    def find(self, vct: object) -> CredentialType:
        """The type of this very identifier; refuses any other, however alike."""
        found = self._by_vct.get(vct) if isinstance(vct, str) else None
        if found is None:
            raise CredentialRefused(Code.UNKNOWN_TYPE, "vct")
        return found

    def find_code(self, code: object) -> CredentialType:
        """The type of this number in an offline code."""
        found = self._by_code.get(code) if type(code) is int else None
        if found is None:
            raise CredentialRefused(Code.UNKNOWN_TYPE, "type")
        return found


def load_types(root: Path) -> TypeRegistry:
    """Every `credential.toml` under `root`. Raises TypeFileError for the first one that is broken."""
    return TypeRegistry(load_type(path) for path in sorted(root.glob(f"*/{FILE}")))


def load_type(path: Path) -> CredentialType:
    """One file. Raises TypeFileError with file, key and what is expected."""
    name = f"{path.parent.name}/{path.name}"
    try:
        members = tomllib.loads(path.read_text(encoding="utf-8"))
        return CredentialType.model_validate(members)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TypeFileError(f"{name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"])
        raise TypeFileError(f"{name}: {key}: {first['msg']}") from error


def _look(vct: str) -> str:
    """How an identifier looks to a hurried eye: case, width, dots and easily mistaken characters level."""
    plain = unicodedata.normalize("NFKC", vct).casefold().rstrip("/")
    return plain.translate(str.maketrans("01l5_", "oiis-"))
