"""The records of evidence in words: every field with its title, in the order in which its kind has them.

Promises: what the kind does not name is left as it came; nothing is left out.
"""

from collections.abc import Mapping

from tongban.places import divisions
from tongban.places.divisions import PlaceError
from tongban.services import Definition, Text

_ANSWERS = {"yes": Text(zh="是", en="yes"), "no": Text(zh="否", en="no")}


def in_words(
    definition: Definition, kind: str, record: Mapping[str, str | int]
) -> tuple[tuple[Text, Text], ...]:
    """Title and value of every field of a record."""
    known = definition.evidence_type(kind)
    fields = {field.name: field for field in known.fields} if known else {}
    order = [name for name in fields if name in record] + [name for name in record if name not in fields]
    told = []
    for name in order:
        field = fields.get(name)
        title = field.title if field else Text(zh=name, en=name)
        told.append((title, _value(record[name], field.type if field else "text")))
    return tuple(told)


def _value(value: str | int, kind: str) -> Text:
    plain = Text(zh=str(value), en=str(value))
    if kind == "choice":
        return _ANSWERS.get(str(value), plain)
    if kind != "place":
        return plain
    try:
        name = divisions.place(str(value)).name
    except PlaceError:
        return plain
    return Text(zh=name.zh, en=name.en)
