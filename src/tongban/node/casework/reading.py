"""Reads procedures from their TOML files, with the parts they share, and from their published form.

Promises: a procedure that loads is whole: every state can be reached, every open one left, every action
records something that may happen there; a mistake is refused with file, key and what is expected.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tongban.node.casework.procedure import MAIN_LIMIT, Procedure
from tongban.services import Text

_ADAPTER: Final = TypeAdapter(Procedure)
_SHARED: Final = "shared.toml"
_SECTIONS: Final = ("states", "happenings", "actions", "limits")
_STATE_LISTS: Final = ("during", "reaches")
_GROUP_MARK: Final = "@"


class ProcedureError(ValueError):
    """A procedure's data cannot be used; the text names file, key and what is expected."""

    def __init__(self, file: str, key: str, expected: str) -> None:
        super().__init__(f"{file}: {key}: {expected}" if key else f"{file}: {expected}")


@cache
def shipped() -> Mapping[str, Procedure]:
    """The procedures that come with this version of Tongban, by kind. Raises ProcedureError."""
    folder = resources.files("tongban.node.casework").joinpath("kinds")
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return {
        procedure.kind: procedure
        for name in files
        if name != _SHARED
        for procedure in [read(name, _text(folder, name), _text(folder, _SHARED))]
    }


def read(file: str, text: str, shared: str) -> Procedure:
    """The procedure in a TOML text; `shared` holds the parts that it names under `parts`.

    Raises ProcedureError.
    """
    document = _toml(file, text)
    parts = _toml(_SHARED, shared)
    groups = document.pop("groups", {})
    for name in document.pop("parts", ()):
        if name not in parts:
            raise ProcedureError(file, "parts", f"expected parts of {_SHARED}, not {name!r}")
        _add(file, document, parts[name])
    for section in _SECTIONS:
        if section == "limits":
            continue
        for code, entry in document.get(section, {}).items():
            entry["kind" if section == "happenings" else "code"] = code
            for key in _STATE_LISTS:
                if key in entry:
                    entry[key] = list(_expanded(file, f"{section}.{code}.{key}", entry[key], groups))
    procedure = _checked(file, document)
    for key, expected in problems(procedure):
        raise ProcedureError(file, key, expected)
    return procedure


def to_text(procedure: Procedure) -> str:
    """The canonical published form: the whole procedure, parts and all; equal procedures give equal texts."""
    return json.dumps(procedure, sort_keys=True, ensure_ascii=False, default=_plain)


@cache
def from_text(text: str) -> Procedure:
    """The procedure that `to_text` wrote."""
    return _ADAPTER.validate_json(text)


def problems(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """What is not whole about a procedure, as key and what is expected."""
    states, happenings = procedure.states, procedure.happenings
    if procedure.initial not in states:
        yield "initial", "expected one of the states"
    for kind, happening in happenings.items():
        unknown = (happening.during | happening.reaches) - states.keys()
        if unknown:
            yield f"happenings.{kind}", f"expected known states, not {', '.join(sorted(unknown))}"
        if bool(happening.reaches) + happening.stays + happening.returns != 1:
            yield f"happenings.{kind}", "expected one of: reaches, stays, returns"
    for code, action in procedure.actions.items():
        records = happenings.get(action.records)
        if records is None or action.by not in records.by:
            yield f"actions.{code}.records", f"expected an event that happens by {action.by}"
        elif not action.during <= records.during:
            yield f"actions.{code}.during", f"expected states in which {action.records} happens"
    yield from _unreached(procedure)


def _unreached(procedure: Procedure) -> Iterator[tuple[str, str]]:
    happenings = procedure.happenings.values()
    reached = frozenset[str]().union(*(one.reaches for one in happenings))
    left = frozenset[str]().union(*(one.during for one in happenings if not one.stays))
    for code, state in procedure.states.items():
        if code not in reached:
            yield f"states.{code}", "expected an event that reaches it"
        if not state.is_final and code not in left:
            yield f"states.{code}", "expected an event that leaves it, since it awaits somebody"
        if state.is_final == bool(state.waiting_for):
            yield f"states.{code}.waiting_for", "expected for a state that awaits somebody, and only there"
        if state.limit != MAIN_LIMIT and state.limit not in procedure.limits:
            yield f"states.{code}.limit", "expected one of the limits"
        if state.task is not None and not state.runs:
            yield f"states.{code}.task", "expected only where an officer is awaited"


def _text(folder: Traversable, name: str) -> str:
    return folder.joinpath(name).read_text(encoding="utf-8")


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProcedureError(file, "", f"expected TOML: {error}") from error


def _add(file: str, document: dict[str, Any], part: Mapping[str, Any]) -> None:
    for section in _SECTIONS:
        own = document.setdefault(section, {})
        for code, entry in part.get(section, {}).items():
            if code in own:
                raise ProcedureError(file, f"{section}.{code}", "expected once, here or in the shared part")
            own[code] = dict(entry)


def _expanded(
    file: str, key: str, codes: Iterable[str], groups: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    for code in codes:
        if not code.startswith(_GROUP_MARK):
            yield code
        elif code.removeprefix(_GROUP_MARK) in groups:
            yield from groups[code.removeprefix(_GROUP_MARK)]
        else:
            raise ProcedureError(file, key, f"expected a group of this file, not {code!r}")


def _checked(file: str, document: Mapping[str, Any]) -> Procedure:
    try:
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = re.sub(r"\.\[key\]$", "", ".".join(str(part) for part in first["loc"]))
        raise ProcedureError(file, key, first["msg"]) from error


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Text):
        return value.to_json()
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be published")
