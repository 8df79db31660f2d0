"""How long files are kept once nothing needs them: retention.toml, or the operator's own.

Promises: what is purged on a day goes by the period of that day; what is not verified is marked.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongban.node.clock import LOCAL_ZONE
from tongban.node.config import ConfigError, this_node
from tongban.protocol import Text

_FILE = "retention.toml"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
SHORTEST_DAYS = 30
"""Less is no retention: a peer's repeated question would find nothing."""


class Kept(StrEnum):
    """What is kept, each for periods of its own: files that crossed, and those that applicants upload."""

    CROSSED = "periods"
    UPLOADED = "uploads"


@dataclass(frozen=True)
class Period:
    """From `since` on, files are kept for so many days after their last need; `source` says who says so."""

    name: str
    since: date
    days: int
    source: Text
    is_verified: bool

    def told(self) -> dict[str, str | int | bool]:
        """What the log's record of a purge says of the rule by which it was."""
        return {
            "rule": self.name,
            "rule_since": self.since.isoformat(),
            "days": self.days,
            "is_verified": self.is_verified,
        }


def on(day: date, kept: Kept = Kept.CROSSED) -> Period | None:
    """The period that counts on this day; None before the first or without any. Raises ConfigError."""
    return next((one for one in reversed(_declared()[kept]) if one.since <= day), None)


def told(record: Mapping[str, Any]) -> str:
    """What verifying the log says of a purge; the day is the offices'."""
    day = datetime.fromisoformat(record["at"]).astimezone(LOCAL_ZONE).date()
    return (
        f"purged on {day} by rule {record['rule']} of {record['rule_since']} "
        f"({record['days']} days{'' if record['is_verified'] else ', not verified'})"
    )


def _declared() -> Mapping[Kept, tuple[Period, ...]]:
    path = this_node().retention_path
    if path is None:
        return read((resources.files("tongban.node") / _FILE).read_text("utf-8"), Path(_FILE))
    try:
        return read(path.read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path}: cannot be read; expected periods as in {_FILE}") from None


def read(text: str, path: Path) -> Mapping[Kept, tuple[Period, ...]]:
    """The periods of a TOML text, each kind's in order. Raises ConfigError that names file and key."""
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from None
    found = {kept: _periods(kept, declared.get(kept, []), path) for kept in Kept}
    if not any(found.values()):
        kinds = ", ".join(f"[[{kept}]]" for kept in Kept)
        raise ConfigError(f"{path}: expected at least one of {kinds}")
    return found


def _periods(kept: Kept, rows: object, path: Path) -> tuple[Period, ...]:
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: {kept}: expected [[{kept}]]")
    periods = tuple(_period(f"{kept}[{position}]", row, path) for position, row in enumerate(rows))
    days = [one.since for one in periods]
    if days != sorted(set(days)):
        raise ConfigError(f"{path}: {kept}: expected each with a later `since` than before")
    return periods


def _period(place: str, row: Any, path: Path) -> Period:
    def wrong(key: str, expected: str) -> ConfigError:
        return ConfigError(f"{path}: {place}{key}: expected {expected}")

    if not isinstance(row, dict):
        raise wrong("", "a table")

    name, since, days = row.get("name"), row.get("since"), row.get("days")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise wrong(".name", "lower-case letters, digits and hyphens")
    if type(since) is not date:
        raise wrong(".since", "a day, as 2026-01-01")
    if type(days) is not int or days < SHORTEST_DAYS:
        raise wrong(".days", f"a whole number, {SHORTEST_DAYS} at least")
    if row.get("confidence") not in {"high", "medium", "low"}:
        raise wrong(".confidence", "high, medium or low; low is not verified")
    try:
        source = Text.model_validate(row.get("source"))
    except ValidationError:
        raise wrong(".source", "who says so, in zh and en") from None
    return Period(name, since, days, source, is_verified=row["confidence"] != "low")
