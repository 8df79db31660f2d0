"""Within how many working days a complaint is answered, from complaint_limits.toml.

Promises: a complaint goes by the limit of the day on which it came; what is not verified is marked.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from tongban.services import Text

_FILE = "complaint_limits.toml"


@dataclass(frozen=True)
class AnswerLimit:
    """From `since` on, complaints are answered within so many working days; `source` says who says so.

    `extension` is by how many working days an agency may extend the limit, once.
    """

    since: date
    working_days: int
    extension: int
    source: Text
    is_verified: bool


def on(day: date) -> AnswerLimit:
    """The limit for complaints that come on this day; the earliest one for days before it."""
    return _holding(_limits(), day)


def read(text: str) -> tuple[AnswerLimit, ...]:
    """The limits of a TOML text in order. Raises ValueError that names file and key."""
    limits = tuple(_limit(position, row) for position, row in enumerate(tomllib.loads(text)["limits"]))
    days = [one.since for one in limits]
    if not days or days != sorted(set(days)):
        raise ValueError(
            f"{_FILE}: limits: expected at least one, each with a later `since` than the one before"
        )
    return limits


def _holding(limits: Sequence[AnswerLimit], day: date) -> AnswerLimit:
    return next((one for one in reversed(limits) if one.since <= day), limits[0])


def _limit(position: int, row: dict[str, Any]) -> AnswerLimit:
    days, extension = (_days(position, row, key) for key in ("working_days", "extension"))
    source = Text.model_validate(row["source"])
    return AnswerLimit(row["since"], days, extension, source, is_verified=row["confidence"] != "low")


def _days(position: int, row: dict[str, Any], key: str) -> int:
    days = row.get(key)
    if not isinstance(days, int) or days < 1:
        raise ValueError(f"{_FILE}: limits[{position}].{key}: expected a whole number of at least 1")
    return days


@cache
def _limits() -> tuple[AnswerLimit, ...]:
    return read(resources.files("tongban.node.portal").joinpath(_FILE).read_text(encoding="utf-8"))
