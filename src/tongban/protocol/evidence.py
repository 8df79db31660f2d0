"""Kinds of evidence and their records: which fields there are and what a value looks like.

An answer is a list of records; each has exactly the fields that were asked, no more.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from tongban.protocol.model import FieldName, Name, Strict, Text
from tongban.protocol.refusals import Code, Refused

Value = str | int
Record = Mapping[str, Value]


class ValueType(StrEnum):
    """What a field of a record holds."""

    TEXT = "text"
    MONTH = "month"
    DATE = "date"
    PLACE = "place"
    INTEGER = "integer"
    MONEY = "money"
    DECIMAL = "decimal"
    CHOICE = "choice"
    FILE = "file"


class Shape(StrEnum):
    """What the records are together: plain records, or spells of months at places."""

    RECORDS = "records"
    SPELLS = "spells"


_PATTERNS = {
    ValueType.MONTH: re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])"),
    ValueType.DATE: re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"),
    ValueType.PLACE: re.compile(r"[1-9][0-9]{5}"),
    ValueType.MONEY: re.compile(r"-?[0-9]{1,15}\.[0-9]{2}"),
    ValueType.DECIMAL: re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?"),
    ValueType.TEXT: re.compile(r"[^\x00-\x1f\x7f]{1,400}"),
    ValueType.FILE: re.compile(r"(?:[0-9a-f]{64})?"),
}
_SPELL_FIELDS = {"place": ValueType.PLACE, "from": ValueType.MONTH, "to": ValueType.MONTH}


class EvidenceField(Strict):
    """A field of the records: its name, what it is called, what it holds.

    A file's value is its SHA-256, or nothing where there is none; its bytes cross beside the messages.
    """

    name: FieldName
    title: Text
    type: ValueType = Field(strict=False)
    choices: tuple[str, ...] = ()

    def accepts(self, value: object) -> bool:
        """Whether `value` is of this field's type."""
        if self.type is ValueType.INTEGER:
            return type(value) is int and abs(value) < 2**53
        if not isinstance(value, str):
            return False
        if self.type is ValueType.CHOICE:
            return value in self.choices
        if not _PATTERNS[self.type].fullmatch(value):
            return False
        return self.type is not ValueType.DATE or _is_date(value)


class EvidenceType(Strict):
    """A kind of evidence that agencies hold."""

    name: Name
    title: Text
    shape: Shape = Field(strict=False)
    fields: Annotated[tuple[EvidenceField, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _spells_have_their_fields(self) -> "EvidenceType":
        types = {field.name: field.type for field in self.fields}
        if len(types) != len(self.fields):
            raise ValueError("a field stands twice")
        if self.shape is Shape.SPELLS and not _SPELL_FIELDS.items() <= types.items():
            raise ValueError("spells need place, from and to")
        return self

    def field(self, name: str) -> EvidenceField | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def file_fields(self) -> tuple[str, ...]:
        """The fields whose values name files."""
        return tuple(field.name for field in self.fields if field.type is ValueType.FILE)

    def files_named(self, records: Sequence[Record]) -> tuple[str, ...]:
        """The digests of the files that the records name, each once, in their order."""
        named = (str(record.get(name, "")) for record in records for name in self.file_fields)
        return tuple(dict.fromkeys(digest for digest in named if digest))

    def check_files(self, records: Sequence[Record], files: Sequence[str], path: str) -> None:
        """Refuse unless exactly the `files` that the records name are described, each once."""
        if sorted(files) != sorted(self.files_named(records)):
            raise Refused(Code.SCHEMA_VIOLATED, path, "exactly the files that the records name")

    def check_records(self, records: Sequence[Record], fields: Sequence[str], path: str) -> None:
        """Refuse records that have other fields than those asked, or a value of another type."""
        asked, by_name = set(fields), {field.name: field for field in self.fields}
        for position, record in enumerate(records):
            if record.keys() != asked:
                raise Refused(Code.SCHEMA_VIOLATED, f"{path}[{position}]", "exactly the asked fields")
            for name in fields:
                known = by_name.get(name)
                if known is None or not known.accepts(record[name]):
                    kind = known.type.value if known else "known field"
                    raise Refused(Code.SCHEMA_VIOLATED, f"{path}[{position}].{name}", f"expected: {kind}")


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


CONTRIBUTION_SPELLS = EvidenceType(
    name="contribution-spells",
    title=Text(zh="职工医保缴费记录", en="Employee medical insurance contribution record"),
    shape=Shape.SPELLS,
    fields=(
        EvidenceField(name="place", title=Text(zh="参保地", en="Place insured"), type=ValueType.PLACE),
        EvidenceField(name="from", title=Text(zh="起始月", en="First month"), type=ValueType.MONTH),
        EvidenceField(name="to", title=Text(zh="截止月", en="Last month"), type=ValueType.MONTH),
        EvidenceField(
            name="kind",
            title=Text(zh="缴费性质", en="Kind of months"),
            type=ValueType.CHOICE,
            choices=("actual", "deemed"),
        ),
    ),
)
