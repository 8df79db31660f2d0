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
from tongban.services import ServiceError, Text, mistakes

_ADAPTER: Final = TypeAdapter(Procedure)
_SHARED: Final = "shared.toml"
_SECTIONS: Final = ("states", "happenings", "actions", "limits")
_STATE_LISTS: Final = ("during", "reaches")
_GROUP_MARK: Final = "@"


class ProcedureError(ServiceError):
    """A procedure's data cannot be used: in which file, at which key, what is expected in both languages."""


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
            raise ProcedureError(file, "parts", "part-unknown", file=_SHARED, given=repr(name))
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
    for problem in problems(procedure, file):
        raise problem
    return procedure


def to_text(procedure: Procedure) -> str:
    """The canonical published form: the whole procedure, parts and all; equal procedures give equal texts."""
    return json.dumps(procedure, sort_keys=True, ensure_ascii=False, default=_plain)


@cache
def from_text(text: str) -> Procedure:
    """The procedure that `to_text` wrote."""
    return _ADAPTER.validate_json(text)


def problems(procedure: Procedure, file: str = "") -> Iterator[ProcedureError]:
    """What is not whole about a procedure that stands in `file`."""
    states, happenings = procedure.states, procedure.happenings
    if procedure.initial not in states:
        yield ProcedureError(file, "initial", "initial-unknown")
    for kind, happening in happenings.items():
        unknown = (happening.during | happening.reaches) - states.keys()
        if unknown:
            given = ", ".join(sorted(unknown))
            yield ProcedureError(file, f"happenings.{kind}", "states-unknown", given=given)
        if bool(happening.reaches) + happening.stays + happening.returns != 1:
            yield ProcedureError(file, f"happenings.{kind}", "happening-leads")
    for code, action in procedure.actions.items():
        records = happenings.get(action.records)
        if records is None or action.by not in records.by:
            yield ProcedureError(file, f"actions.{code}.records", "action-records", by=action.by)
        elif not action.during <= records.during:
            yield ProcedureError(file, f"actions.{code}.during", "action-during", event=action.records)
    yield from _unreached(procedure, file)


def _unreached(procedure: Procedure, file: str) -> Iterator[ProcedureError]:
    happenings = procedure.happenings.values()
    reached = frozenset[str]().union(*(one.reaches for one in happenings))
    left = frozenset[str]().union(*(one.during for one in happenings if not one.stays))
    for code, state in procedure.states.items():
        if code not in reached:
            yield ProcedureError(file, f"states.{code}", "state-unreached")
        if not state.is_final and code not in left:
            yield ProcedureError(file, f"states.{code}", "state-unleft")
        if state.is_final == bool(state.waiting_for):
            yield ProcedureError(file, f"states.{code}.waiting_for", "waiting-for")
        if state.limit != MAIN_LIMIT and state.limit not in procedure.limits:
            yield ProcedureError(file, f"states.{code}.limit", "limit-unknown")
        if state.task is not None and not state.runs:
            yield ProcedureError(file, f"states.{code}.task", "task-unwanted")


def _text(folder: Traversable, name: str) -> str:
    return folder.joinpath(name).read_text(encoding="utf-8")


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProcedureError(file, "", "not-toml", problem=error) from error


def _add(file: str, document: dict[str, Any], part: Mapping[str, Any]) -> None:
    for section in _SECTIONS:
        own = document.setdefault(section, {})
        for code, entry in part.get(section, {}).items():
            if code in own:
                raise ProcedureError(file, f"{section}.{code}", "twice-in-part")
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
            raise ProcedureError(file, key, "group-unknown", given=repr(code))


def _checked(file: str, document: Mapping[str, Any]) -> Procedure:
    try:
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        name, path, text = mistakes.found(error)
        raise ProcedureError(file, re.sub(r"\.\[key\]$", "", path), name, text=text) from error


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Text):
        return value.to_json()
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be published")
