"""The sample people of the demo, read from people.toml.

Promises: nobody real is meant; every ID number is well formed, so that the node's own checks take it.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources

from stdnum.cn import ric

from tongban.places import Text

STORY = "luo.suqin"
"""User name of the woman whose application the demo walks."""


@dataclass(frozen=True)
class Paid:
    """Months that a department has on record for a person, both ends included, as days of their first."""

    first: date
    last: date
    is_deemed: bool


@dataclass(frozen=True)
class SamplePerson:
    """One invented person, the rows that either department has, and what they let a reader see.

    `acts_for` is the user name of who gave them a mandate; empty for most.
    """

    username: str
    name: str
    resident_number: str = field(repr=False)
    shows: Text
    chongqing: tuple[Paid, ...]
    chengdu: tuple[Paid, ...]
    acts_for: str


@cache
def sample_people() -> tuple[SamplePerson, ...]:
    """All sample people in the order of the file."""
    text = resources.files("tongban.federation").joinpath("people.toml").read_text(encoding="utf-8")
    return tuple(_person(row) for row in tomllib.loads(text)["people"])


def sample_person(username: str) -> SamplePerson:
    """The sample person with that user name; KeyError when there is none."""
    return {person.username: person for person in sample_people()}[username]


def _person(row: dict[str, object]) -> SamplePerson:
    born = row["born"]
    assert isinstance(born, date)
    number = f"{row['area']}{born:%Y%m%d}{row['order']}"
    shows = row["shows"]
    assert isinstance(shows, dict)
    return SamplePerson(
        username=str(row["username"]),
        name=str(row["name"]),
        resident_number=number + str(ric.calc_check_digit(number + "0")),
        shows=Text(zh=str(shows["zh"]), en=str(shows["en"])),
        chongqing=_rows(row["chongqing"]),
        chengdu=_rows(row["chengdu"]),
        acts_for=str(row.get("acts_for", "")),
    )


def _rows(rows: object) -> tuple[Paid, ...]:
    assert isinstance(rows, list)
    return tuple(Paid(first, last, kind == "deemed") for first, last, kind in rows)
