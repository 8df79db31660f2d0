"""A kind of evidence (证明材料类型) that a service brings along: its records' fields and what they hold.

Promises: what loads can stand in a federation's directory.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tongban.services.mistakes import mistake
from tongban.services.text import Data, Text, shown

_YES_OR_NO = ("yes", "no")
FieldType = Literal["text", "month", "date", "place", "integer", "money", "decimal", "choice", "file"]


class EvidenceTypeField(Data):
    """A field of the records; `choices` are the values of one of type `choice`, `names` what people read."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: Text
    type: FieldType
    choices: tuple[str, ...] = Field(default=(), strict=False)
    names: dict[str, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _choices_fit(self) -> "EvidenceTypeField":
        if bool(self.choices) != (self.type == "choice"):
            raise mistake("choices-of-type")
        if not self.names.keys() <= set(self.choices):
            raise mistake("names-of-choices")
        return self

    def show(self, value: object) -> Text:
        """A value as people read it; `yes` and `no` need no names."""
        if self.type == "choice" and value in _YES_OR_NO and not self.names:
            return shown(value == "yes")
        return self.names.get(str(value)) or shown(value)


class EvidenceTypeDefinition(Data):
    """The kind of evidence: records, or spells of months at places (with `place`, `from` and `to`)."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
    title: Text
    shape: Literal["records", "spells"] = "records"
    fields: tuple[EvidenceTypeField, ...] = Field(min_length=1, strict=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields' names."""
        return tuple(field.name for field in self.fields)

    @property
    def decimals(self) -> frozenset[str]:
        """The names of the fields that hold decimal numbers, as text."""
        return frozenset(field.name for field in self.fields if field.type == "decimal")
