"""The records of sample people and firms, and officers, that service folders bring along in `demo/*.toml`.

Promises: each agency that holds a kind of evidence, and has no table of its own, gets an export of it with a
connector, even an empty one; a fault in a file is told with file and key.
"""

import csv
import io
import tomllib
from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tongban.federation import sample_directory, sample_scans
from tongban.federation.sample_firms import sample_firm, sample_firms
from tongban.federation.sample_people import sample_people, sample_person
from tongban.federation.sides import Post, Side
from tongban.places import Text
from tongban.protocol import EvidenceType
from tongban.protocol.evidence import ValueType

FOLDER = "departments"
"""The folder of a node's home in which the exports lie."""
_SUBJECT = "subject"
_CONVERTED = {
    ValueType.MONTH: "month",
    ValueType.DATE: "date",
    ValueType.INTEGER: "integer",
    ValueType.MONEY: "money",
    ValueType.FILE: "file",
}


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Title(_Row):
    zh: str
    en: str


class Record(_Row):
    """One record that an agency at a place holds of a sample person, a sample firm, or each of them."""

    evidence: str
    place: str
    person: str = ""
    firm: str = ""
    everyone: bool = False
    values: dict[str, str | int]

    @model_validator(mode="after")
    def _is_about_somebody(self) -> "Record":
        if bool(self.person) + bool(self.firm) + self.everyone != 1:
            raise ValueError("expected one of: person, firm, everyone")
        return self

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ID numbers and credit codes of those whom the record is about."""
        if self.everyone:
            people = tuple(person.resident_number for person in sample_people())
            return people + tuple(firm.code for firm in sample_firms())
        return (sample_firm(self.firm).code if self.firm else sample_person(self.person).resident_number,)


class SampleOfficer(_Row):
    """An officer of an agency that has no post in the sample otherwise."""

    agency: str
    username: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z]+$")]
    name: str
    title: _Title


class _File(_Row):
    records: tuple[Record, ...] = ()
    officers: tuple[SampleOfficer, ...] = ()


class SampleDataError(ValueError):
    """A demo file of a service folder cannot be used; the text names file and key."""


def posts(side: Side) -> tuple[Post, ...]:
    """The posts at a side's further agencies with their officers, those of service folders included."""
    own = sample_directory.agencies(side)
    brought = tuple(
        Post(one.agency, one.username, one.name, Text(zh=one.title.zh, en=one.title.en))
        for file in _files()
        for one in file.officers
        if one.agency in own
    )
    return side.posts + brought


def exports(side: Side) -> Iterator[tuple[str, str]]:
    """Name and content of the exports (CSV) of a side's agencies."""
    for kind, agency in _exported(side):
        text = io.StringIO()
        writer = csv.DictWriter(text, [_SUBJECT, *(field.name for field in kind.fields)])
        writer.writeheader()
        for record in _records(kind, side):
            writer.writerows({_SUBJECT: subject, **record.values} for subject in record.subjects)
        yield _name(kind, agency), text.getvalue()


def scans(side: Side) -> Iterator[tuple[str, bytes]]:
    """Name and content of the papers that the exports name."""
    for kind, _ in _exported(side):
        for record in _records(kind, side):
            for name in kind.file_fields:
                if scan := str(record.values.get(name, "")):
                    yield scan, sample_scans.placeholder(scan)


def _records(kind: EvidenceType, side: Side) -> Iterator[Record]:
    for file in _files():
        for record in file.records:
            if (record.evidence, record.place) == (kind.name, side.office_place):
                yield record


def connectors(side: Side) -> str:
    """The connectors (TOML) by which a side's node reads its exports."""
    return "".join(_connector(kind, agency) for kind, agency in _exported(side))


def _exported(side: Side) -> list[tuple[EvidenceType, str]]:
    kinds = {kind.name: kind for kind in sample_directory.evidence_types()}
    held = [one for one in sample_directory.holds() if one.place == side.office_place]
    tables = side.department.connector
    return [(kinds[one.evidence_type], one.agency) for one in held if f'"{one.evidence_type}"' not in tables]


def _name(kind: EvidenceType, agency: str) -> str:
    return f"{agency}-{kind.name}.csv"


def _connector(kind: EvidenceType, agency: str) -> str:
    fields = (
        f'{field.name} = {{ column = "{field.name}", convert = "{_CONVERTED.get(field.type, "text")}" }}\n'
        for field in kind.fields
    )
    return f"""
[[connectors]]
evidence_type = "{kind.name}"
agency = "{agency}"
kind = "files"
folder = "{FOLDER}"
pattern = "{_name(kind, agency)}"
key = "{_SUBJECT}"
enterprise_key = "{_SUBJECT}"

[connectors.fields]
{"".join(fields)}"""


def _files() -> Iterator[_File]:
    for path in sorted(sample_directory.ROOT.glob("*/demo/*.toml")):
        try:
            yield _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            name = path.relative_to(sample_directory.ROOT).as_posix()
            raise SampleDataError(f"{name}: {error}") from error
