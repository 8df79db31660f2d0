"""Connectors: how evidence is read from a department's own system, declared as data in node.toml.

A faulty declaration is a ConfigError with the key and what is expected there.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange import department_data
from tongban.node.exchange.department_data import Unit
from tongban.node.exchange.subjects import names_enterprise
from tongban.protocol import Code, Directory, Refused, Value

Row = Mapping[str, object]
_Identifier = Annotated[str, Field(pattern=r"^[^\W\d]\w{0,62}$")]
_Name = Annotated[str, Field(pattern=r"^[^\W\d]\w{0,62}(\.[^\W\d]\w{0,62})*$")]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FieldSource(_Declared):
    """Where a field's value comes from: a column, converted or mapped, or a fixed value.

    `form` is how months or dates are written, such as YYYY年MM月; `unit` is what amounts are kept in. With
    `convert` file the column leads to a file: its bytes, its path below `files_path`, its address at the
    department's service, or what a function returns.
    """

    column: _Name | None = None
    value: Value | None = None
    convert: Literal["text", "month", "date", "integer", "money", "fen", "file"] = "text"
    form: str = ""
    unit: Unit = Unit.YUAN
    map: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, declared: object) -> object:
        return {"column": declared} if isinstance(declared, str) else declared

    @model_validator(mode="after")
    def _one_source(self) -> "FieldSource":
        if (self.column is None) == (self.value is None):
            raise ValueError("either column or value is expected")
        if self.is_file and (self.column is None or self.map):
            raise ValueError("convert file goes with a column, and with no map")
        if self.form and (self.convert not in {"month", "date"} or "YYYY" not in self.form):
            raise ValueError("form goes with convert month or date, and holds YYYY, MM and for dates DD")
        needed = {"month": ("MM",), "date": ("MM", "DD")}.get(self.convert, ()) if self.form else ()
        if any(part not in self.form for part in needed):
            raise ValueError(f"form lacks {' or '.join(needed)}")
        return self

    @property
    def is_file(self) -> bool:
        """Whether the value is a file, which is not read here."""
        return self.convert == "file"

    def read(self, row: Row, path: str) -> Value:
        """The field's value in `row`; Refused `department-data-invalid` when it cannot be converted."""
        if self.column is None:
            return self.value if self.value is not None else ""
        raw = row.get(self.column)
        if self.map:
            return department_data.by_map(raw, self.map, path)
        return self._converted(raw, path)

    def _converted(self, raw: object, path: str) -> Value:
        match self.convert:
            case "month":
                return department_data.as_month(raw, path, self.form)
            case "date":
                return department_data.as_date(raw, path, self.form)
            case "integer":
                return department_data.as_integer(raw, path)
            case "money":
                return department_data.as_money(raw, path, self.unit)
            case "fen":
                return department_data.as_fen(raw, path, self.unit)
            case _:
                return department_data.as_text(raw, path)


class _Connector(_Declared):
    evidence_type: str
    agency: str
    key: _Identifier
    enterprise_key: _Identifier | None = None
    files_path: Path | None = None
    fields: dict[str, FieldSource]

    def keyed_for(self, subject: str) -> Self:
        """The connector by which this subject is looked up: an enterprise under `enterprise_key`.

        Refused `try-later` for an enterprise where the operator has not declared that key.
        """
        if not names_enterprise(subject):
            return self
        if self.enterprise_key is None:
            raise Refused(Code.TRY_LATER, "connectors", "no key is declared for evidence about enterprises")
        return self.model_copy(update={"key": self.enterprise_key})

    def columns(self, fields: Sequence[str]) -> tuple[str, ...]:
        """The columns that the fields are read from, each once."""
        named = (self.fields[name].column for name in fields)
        return tuple(dict.fromkeys(column for column in named if column is not None))

    def files_among(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Those of the fields whose values are files."""
        return tuple(name for name in fields if self.fields[name].is_file)

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The columns that hold files."""
        return tuple(one.column for one in self.fields.values() if one.is_file and one.column is not None)

    def record(self, row: Row, fields: Sequence[str], path: str) -> dict[str, Value]:
        """The fields of one row as evidence, none of which is a file."""
        return {name: self.fields[name].read(row, f"{path}.{name}") for name in fields}


class SqlConnector(_Connector):
    """A table or view in a database of any make, read by ID number and never written.

    `url` is SQLAlchemy's, the password may stand in a file; without it the table is in the node's own
    database, in a schema of its own.
    """

    kind: Literal["sql"]
    url: Annotated[str, Field(repr=False)] = ""
    password_path: Path | None = None
    schema_name: _Identifier | None = Field(default=None, alias="schema")
    table: _Identifier
    where: dict[_Identifier, str | int] = {}

    @model_validator(mode="after")
    def _is_an_address(self) -> "SqlConnector":
        if not self.url and self.schema_name is None:
            raise ValueError("url is expected, or the schema in the node's own database")
        if self.url and not _is_database_address(self.url):
            raise ValueError("url: expected is dialect://user@host/database")
        return self


class HttpConnector(_Connector):
    """A department's own service: the ID number goes in the body of a POST, never in the address.

    `records` leads to the list in the answer, such as data.items; the secret in `secret_path` is sent as
    `header`. 404 means that the department knows nobody of that number.
    """

    kind: Literal["http"]
    url: Annotated[str, Field(pattern=r"^https?://[^?#]+$")]
    records: _Name | None = None
    where: dict[str, str | int] = {}
    header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] = "Authorization"
    secret_path: Path | None = None
    ca_path: Path | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 5.0


class FilesConnector(_Connector):
    """A folder into which the department puts a whole export from time to time; the last by name counts.

    Files are CSV with a header, or Parquet. An export older than `at_most_days` is not relied on.
    """

    kind: Literal["files"]
    folder: Path
    pattern: Annotated[str, Field(pattern=r"^[^/]+\.(csv|parquet)$")]
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    where: dict[str, str] = {}
    at_most_days: Annotated[int, Field(ge=1)] | None = None


class PythonConnector(_Connector):
    """A function of an installed package, named by its entry point in the group `tongban.connectors`.

    It takes the ID number, or an enterprise's code, and the columns, and gives rows (mappings from column to
    value).
    """

    kind: Literal["python"]
    entry_point: Annotated[str, Field(min_length=1)]
    key: _Identifier = "resident_id"


Connector = SqlConnector | HttpConnector | FilesConnector | PythonConnector
_reader: TypeAdapter[Connector] = TypeAdapter(Annotated[Connector, Field(discriminator="kind")])
_KINDS = ("sql", "http", "files", "python")


def declared(config: NodeConfig, directory: Directory) -> tuple[Connector, ...]:
    """The connectors of node.toml, checked against the directory; ConfigError names what is wrong."""
    return tuple(_connector(n, raw, config, directory) for n, raw in enumerate(config.connectors))


def connector_for(agency: str, evidence_type: str, directory: Directory) -> Connector:
    """The connector to the agency's system for that evidence.

    Refused `try-later` when the operator has not declared one: the question waits until that is mended.
    """
    found = declared_for(agency, evidence_type, directory)
    if found is None:
        raise Refused(Code.TRY_LATER, "connectors", "no connector is declared for this evidence")
    return found


def declared_for(agency: str, evidence_type: str, directory: Directory) -> Connector | None:
    """The connector to the agency's system for that evidence, if the operator has declared one."""
    for connector in _known.of(this_node(), directory):
        if (connector.agency, connector.evidence_type) == (agency, evidence_type):
            return connector
    return None


class _Known:
    """The connectors of the configuration and directory that were asked for last."""

    def __init__(self) -> None:
        self._last: tuple[NodeConfig, Directory, tuple[Connector, ...]] | None = None

    def of(self, config: NodeConfig, directory: Directory) -> tuple[Connector, ...]:
        last = self._last
        if last is None or last[0] is not config or last[1] is not directory:
            self._last = last = (config, directory, declared(config, directory))
        return last[2]


_known = _Known()


def _connector(
    position: int, raw: Mapping[str, object], config: NodeConfig, directory: Directory
) -> Connector:
    where = f"connectors[{position}]"
    try:
        connector = _reader.validate_python(_at_home(raw, config.home))
    except ValidationError as error:
        raise ConfigError(f"node.toml: {where}.{_said(error)}") from None
    try:
        directory.agency(connector.agency)
        kind = directory.evidence_type(connector.evidence_type)
    except Refused as refused:
        raise ConfigError(f"node.toml: {where}.{refused.path}: {refused.hint}") from None
    expected = {field.name for field in kind.fields}
    if set(connector.fields) != expected:
        raise ConfigError(f"node.toml: {where}.fields: exactly {', '.join(sorted(expected))} are expected")
    for name, source in connector.fields.items():
        if source.is_file != (name in kind.file_fields):
            what = "the field is a file" if name in kind.file_fields else "the field is no file"
            raise ConfigError(f"node.toml: {where}.fields.{name}.convert: {what}")
    return connector


def _is_database_address(url: str) -> bool:
    from sqlalchemy import exc, make_url  # noqa: PLC0415 - large, and only departments' databases need it

    try:
        make_url(url)
    except exc.ArgumentError:
        return False
    return True


def _at_home(raw: Mapping[str, object], home: Path) -> dict[str, object]:
    """The declaration with its paths made absolute; `dsn` is an earlier name of `url`."""
    known = {("url" if key == "dsn" else key): value for key, value in raw.items()}
    for key in ("password_path", "secret_path", "ca_path", "folder", "files_path"):
        if isinstance(path := known.get(key), str):
            known[key] = home / path
    return known


def _said(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return f"kind: one of {', '.join(_KINDS)} is expected"
    key = ".".join(str(part) for part in first["loc"][1:])
    return f"{key}: {first['msg']}" if key else first["msg"].removeprefix("Value error, ")
