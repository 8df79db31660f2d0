"""The records of evidence in words: every field with its title, in the order in which its kind has them.

Promises: what the kind does not name is left as it came; nothing is left out.
"""

from collections.abc import Mapping, Sequence

from tongban.node.casework.billed import lines_in
from tongban.node.casework.models import Event
from tongban.node.casework.shown import Bill, Table
from tongban.places import divisions
from tongban.places.divisions import PlaceError
from tongban.services import Definition, Text
from tongban.services.evidence_type import EvidenceTypeField

Record = Mapping[str, str | int]


def in_words(definition: Definition, kind: str, record: Record) -> tuple[tuple[Text, Text], ...]:
    """Title and value of every field of a record."""
    known = definition.evidence_type(kind)
    fields = {field.name: field for field in known.fields} if known else {}
    order = [name for name in fields if name in record] + [name for name in record if name not in fields]
    told = []
    for name in order:
        field = fields.get(name)
        title = field.title if field else Text(zh=name, en=name)
        plain = Text(zh=str(record[name]), en=str(record[name]))
        told.append((title, _value(field, record[name]) if field else plain))
    return tuple(told)


def bill(definition: Definition, events: Mapping[int, Event]) -> Bill | None:
    """The bill as it was claimed; None before that, and in cases that settle nothing."""
    settlement = definition.settlement
    told = next((event.data for event in events.values() if "lines" in event.data), None)
    kind = definition.evidence_type(settlement.bill) if settlement else None
    if settlement is None or kind is None or told is None:
        return None
    lines = lines_in(events.values())
    fields = [one for one in kind.fields if one.name != settlement.bill_number]
    same = [one for one in fields if one.name not in settlement.line_fields and _is_same(lines, one.name)]
    columns = [field for field in fields if field not in same]
    return Bill(
        number=str(told["bill"]),
        same=tuple((field.title, _value(field, lines[0].get(field.name))) for field in same),
        lines=Table(
            titles=tuple(field.title for field in columns),
            rows=tuple(tuple(_value(field, line.get(field.name)) for field in columns) for line in lines),
        ),
    )


def _is_same(lines: Sequence[Record], field: str) -> bool:
    return len({str(line.get(field)) for line in lines}) == 1


def _value(field: EvidenceTypeField, value: object) -> Text:
    if field.type != "place":
        return field.show(value)
    try:
        name = divisions.place(str(value)).name
    except PlaceError:
        return Text(zh=str(value), en=str(value))
    return Text(zh=name.zh, en=name.en)
