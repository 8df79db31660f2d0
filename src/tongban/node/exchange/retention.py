"""How long files that crossed are kept once nothing needs them: retention.toml, or the operator's own.

Promises: what is purged on a day goes by the period of that day; what is not verified is marked.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongban.node.config import ConfigError, this_node
from tongban.protocol import Text

_FILE = "retention.toml"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
SHORTEST_DAYS = 30
"""Less is no retention: a peer's repeated question would find nothing."""


@dataclass(frozen=True)
class Period:
    """From `since` on, files are kept for so many days after their last need; `source` says who says so."""

    name: str
    since: date
    days: int
    source: Text
    is_verified: bool


def on(day: date) -> Period | None:
    """The period that counts on this day; None before the first one. Raises ConfigError."""
    return next((one for one in reversed(_declared()) if one.since <= day), None)


def _declared() -> tuple[Period, ...]:
    path = this_node().retention_path
    if path is None:
        return read((resources.files("tongban.node.exchange") / _FILE).read_text("utf-8"), Path(_FILE))
    try:
        return read(path.read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path}: cannot be read; expected periods as in {_FILE}") from None


def read(text: str, path: Path) -> tuple[Period, ...]:
    """The periods of a TOML text in order. Raises ConfigError that names file and key."""
    try:
        rows = tomllib.loads(text).get("periods", [])
        periods = tuple(_period(position, row, path) for position, row in enumerate(rows))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from None
    _check_order(periods, path)
    return periods


def _check_order(periods: Sequence[Period], path: Path) -> None:
    days = [one.since for one in periods]
    if not days or days != sorted(set(days)):
        raise ConfigError(f"{path}: periods: expected at least one, each with a later `since` than before")


def _period(position: int, row: dict[str, Any], path: Path) -> Period:
    def wrong(key: str, expected: str) -> ConfigError:
        return ConfigError(f"{path}: periods[{position}].{key}: expected {expected}")

    name, since, days = row.get("name"), row.get("since"), row.get("days")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise wrong("name", "lower-case letters, digits and hyphens")
    if type(since) is not date:
        raise wrong("since", "a day, as 2026-01-01")
    if type(days) is not int or days < SHORTEST_DAYS:
        raise wrong("days", f"a whole number, {SHORTEST_DAYS} at least")
    if row.get("confidence") not in {"high", "medium", "low"}:
        raise wrong("confidence", "high, medium or low; low is not verified")
    try:
        source = Text.model_validate(row.get("source"))
    except ValidationError:
        raise wrong("source", "who says so, in zh and en") from None
    return Period(name, since, days, source, is_verified=row["confidence"] != "low")
