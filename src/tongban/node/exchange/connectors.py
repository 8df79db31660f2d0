"""Connectors: how evidence is read from a department's own system, declared as data in node.toml.

A faulty declaration is a ConfigError with the key and what is expected there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange import department_data
from tongban.protocol import Code, Directory, Refused, Value

Row = Mapping[str, object]
_Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]

_CONVERSIONS: Mapping[str, Callable[[object, str], Value]] = {
    "text": department_data.as_text,
    "month": department_data.as_month,
    "date": department_data.as_date,
    "integer": department_data.as_integer,
}


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FieldSource(_Declared):
    """Where a field's value comes from: a column, converted or mapped, or a fixed value."""

    column: _Identifier | None = None
    value: Value | None = None
    convert: Literal["text", "month", "date", "integer"] = "text"
    map: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, declared: object) -> object:
        return {"column": declared} if isinstance(declared, str) else declared

    @model_validator(mode="after")
    def _one_source(self) -> "FieldSource":
        if (self.column is None) == (self.value is None):
            raise ValueError("either column or value is expected")
        return self

    def read(self, row: Row, path: str) -> Value:
        """The field's value in `row`; Refused `department-data-invalid` when it cannot be converted."""
        if self.column is None:
            return self.value if self.value is not None else ""
        raw = row[self.column]
        if self.map:
            return department_data.by_map(raw, self.map, path)
        return _CONVERSIONS[self.convert](raw, path)


class SqlConnector(_Declared):
    """A table or view in a PostgreSQL database, read by ID number and never written.

    Without `dsn` it is in the node's own database server, in a schema of its own.
    """

    kind: Literal["sql"]
    evidence_type: str
    agency: str
    dsn: Annotated[str, Field(pattern=r"^$|^postgres(ql)?://", repr=False)] = ""
    schema_name: _Identifier = Field(alias="schema")
    table: _Identifier
    key: _Identifier
    where: dict[_Identifier, str | int] = {}
    fields: dict[str, FieldSource]

    def columns(self, fields: Sequence[str]) -> tuple[str, ...]:
        """The columns that the fields are read from, each once."""
        named = (self.fields[name].column for name in fields)
        return tuple(dict.fromkeys(column for column in named if column is not None))

    def record(self, row: Row, fields: Sequence[str], path: str) -> dict[str, Value]:
        """The fields of one row as evidence."""
        return {name: self.fields[name].read(row, f"{path}.{name}") for name in fields}


def declared(config: NodeConfig, directory: Directory) -> tuple[SqlConnector, ...]:
    """The connectors of node.toml, checked against the directory; ConfigError names what is wrong."""
    return tuple(_connector(n, raw, directory) for n, raw in enumerate(config.connectors))


def connector_for(agency: str, evidence_type: str, directory: Directory) -> SqlConnector:
    """The connector to the agency's system for that evidence.

    Refused `try-later` when the operator has not declared one: the question waits until that is mended.
    """
    for connector in declared(this_node(), directory):
        if (connector.agency, connector.evidence_type) == (agency, evidence_type):
            return connector
    raise Refused(Code.TRY_LATER, "connectors", "no connector is declared for this evidence")


def _connector(position: int, raw: Mapping[str, object], directory: Directory) -> SqlConnector:
    where = f"connectors[{position}]"
    try:
        connector = SqlConnector.model_validate(dict(raw))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"node.toml: {where}.{key}: {first['msg']}") from None
    try:
        directory.agency(connector.agency)
        kind = directory.evidence_type(connector.evidence_type)
    except Refused as refused:
        raise ConfigError(f"node.toml: {where}.{refused.path}: {refused.hint}") from None
    expected = {field.name for field in kind.fields}
    if set(connector.fields) != expected:
        raise ConfigError(f"node.toml: {where}.fields: exactly {', '.join(sorted(expected))} are expected")
    return connector
