"""Agencies (部门) of both sides that the plans name, each at a place.

Promises: an agency whose place was abolished leads on to the one that took over.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import NewType

from tongban.places.divisions import PlaceCode, place_code, valid_at
from tongban.places.text import Text

AgencyCode = NewType("AgencyCode", str)
"""A place's code and a sign of the field, such as `500000-yb`."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency: its side (500000 or 510000), the place it serves, and who took over if that place ended."""

    code: AgencyCode
    side: PlaceCode
    place: PlaceCode
    name: Text
    successor: AgencyCode | None


class UnknownAgency(KeyError):
    """No agency has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no agency has the code {code!r}; the codes stand in places/agencies.toml")
        self.code = code


@cache
def agencies() -> Mapping[AgencyCode, Agency]:
    """Every agency by its code."""
    document = tomllib.loads(
        resources.files("tongban.places").joinpath("agencies.toml").read_text(encoding="utf-8")
    )
    read = (
        Agency(
            code=AgencyCode(row["code"]),
            side=place_code(row["side"]),
            place=place_code(row["place"]),
            name=Text(zh=row["zh"], en=row["en"]),
            successor=AgencyCode(row["successor"]) if "successor" in row else None,
        )
        for row in document["agencies"]
    )
    return {agency.code: agency for agency in read}


def agency(code: str) -> Agency:
    """The agency of a code; `UnknownAgency` if there is none."""
    try:
        return agencies()[AgencyCode(code)]
    except KeyError:
        raise UnknownAgency(code) from None


def in_charge(code: str, on: date) -> Agency:
    """The agency that does an agency's work on a day: itself, or its successor once its place has ended."""
    found = agency(code)
    if found.successor is None or valid_at(found.place, on):
        return found
    return in_charge(found.successor, on)
