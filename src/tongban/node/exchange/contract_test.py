"""Does a department's system fit its connector? Field by field, without repeating a single value.

Rows of one person are tried as an answer would be; without a person some rows of anybody, where the system
can be read so.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tongban.node.exchange import department, department_data, department_files, department_sql, papers
from tongban.node.exchange.connectors import Connector, FilesConnector, Row, SqlConnector
from tongban.protocol import Code, EvidenceType, Record, Refused, Value

NOBODY = "00000000000000000X"
"""A number that nobody can have: the department has to know nothing about it."""


@dataclass(frozen=True)
class FieldFinding:
    """What was found of one field: how many values were tried, and how often what was wrong."""

    name: str
    source: str
    tried: int
    faults: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""

    @property
    def fits(self) -> bool:
        """Whether every value that was tried fits."""
        return not self.faults and not self.problem


@dataclass(frozen=True)
class Report:
    """What was found of one connector; `problems` are about the system as a whole."""

    agency: str
    evidence_type: str
    kind: str
    rows: int
    seconds: float
    fields: tuple[FieldFinding, ...]
    problems: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the department's system fits in all that was tried."""
        return not self.problems and all(finding.fits for finding in self.fields)


def examine(connector: Connector, kind: EvidenceType, today: date, person: str | None, most: int) -> Report:
    """Try the connector on `person`, or on `most` rows of anybody."""
    names = tuple(known.name for known in kind.fields)
    began = time.monotonic()
    rows: Sequence[Row] = ()
    problems: list[str] = []
    unread: Mapping[str, str] = {}
    try:
        rows = _rows(connector, names, person, most)
    except Refused as refused:
        problems.append(refused.hint)
        unread = _unreadable_fields(connector, names)
    seconds = time.monotonic() - began
    fields = tuple(_tried(connector, kind, name, rows, unread.get(name, "")) for name in names)
    if not problems:
        problems += _about_nobody(connector, names)
        problems += _together(connector, kind, rows, today) if person and all(f.fits for f in fields) else []
        if not rows:
            problems.append("there are no rows to try" + ("" if person is None else " of this person"))
    return Report(connector.agency, kind.name, connector.kind, len(rows), seconds, fields, tuple(problems))


def _rows(connector: Connector, names: Sequence[str], person: str | None, most: int) -> Sequence[Row]:
    if person is not None:
        return department.read_rows(connector, person, names)
    match connector:
        case SqlConnector():
            return department_sql.sample(connector, connector.columns(names), most)
        case FilesConnector():
            return department_files.sample(connector, connector.columns(names), most)
        case _:
            raise Refused(Code.TRY_LATER, "connector", "this kind is tried with --person only")


def _unreadable_fields(connector: Connector, names: Sequence[str]) -> Mapping[str, str]:
    """Which fields cannot be read even alone, when some can: their columns are what is wrong."""
    problems = {}
    read = [name for name in names if connector.fields[name].column is not None]
    for name in read:
        try:
            department.read_rows(connector, NOBODY, (name,))
        except Refused:
            problems[name] = "its column cannot be read; check its name and the right to read it"
    return problems if len(problems) < len(read) else {}


def _tried(
    connector: Connector, kind: EvidenceType, name: str, rows: Sequence[Row], problem: str
) -> FieldFinding:
    source = connector.fields[name]
    faults: Counter[str] = Counter()
    for row in rows:
        try:
            value: Value = papers.tried(connector, row, name) if source.is_file else source.read(row, name)
        except Refused as refused:
            faults[refused.hint] += 1
            continue
        known = kind.field(name)
        if known is None or not known.accepts(value):
            faults[department_data.Fault.WRONG_FORM.value] += 1
    shown = source.column if source.column is not None else "(fixed value)"
    return FieldFinding(name, shown, len(rows), dict(faults), problem)


def _about_nobody(connector: Connector, names: Sequence[str]) -> list[str]:
    try:
        rows = department.read_rows(connector, NOBODY, names)
    except Refused as refused:
        return [f"asked about a number that nobody has: {refused.hint}"]
    return ["gives rows about a number that nobody has; check the key"] if rows else []


def _together(connector: Connector, kind: EvidenceType, rows: Sequence[Row], today: date) -> list[str]:
    names = [known.name for known in kind.fields]
    files = connector.files_among(names)
    names = [name for name in names if name not in files]
    records: list[Record] = [connector.record(row, names, f"records[{n}]") for n, row in enumerate(rows)]
    try:
        department_data.check(kind, names, records, today)
    except Refused as refused:
        return [f"{refused.path}: {refused.hint}"]
    return []
