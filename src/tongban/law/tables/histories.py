"""Columns of spells: month intervals in four flat arrays, those of person i at offsets[i] to offsets[i+1].

Within a person they lie by first month, last month, place and kind, whatever their order in the table.
"""

import json
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tongban.law.ir import Text
from tongban.law.tables.columns import (
    AnyColumn,
    Mask,
    UnfitColumn,
    is_text,
    missing_in,
    read_choice,
    read_month,
    read_place,
)

KINDS = {"actual": 0, "deemed": 1}
_FIELDS = ("place", "from", "to", "kind")
_EXPECTED = Text(
    "时段：list<struct<place, from, to, kind>>，或写成 JSON 文本的同样列表",
    "spells: list<struct<place, from, to, kind>> or such a list as JSON text",
)
_JSON_TYPE = pa.list_(pa.struct([(name, pa.string()) for name in _FIELDS]))


@dataclass(frozen=True)
class History:
    """The spells of some persons; `missing` and `unreadable` speak of persons."""

    offsets: npt.NDArray[np.int64]
    place: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    first: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    missing: Mask | None = None
    unreadable: Mask | None = None

    @property
    def persons(self) -> int:
        """How many persons."""
        return len(self.offsets) - 1

    @property
    def owner(self) -> npt.NDArray[np.int64]:
        """For each spell, whose it is."""
        return np.repeat(np.arange(self.persons), np.diff(self.offsets))


def read_history(array: pa.Array) -> History:
    """Spells as nested lists or as JSON text."""
    if is_text(array.type):
        return _from_json(array)
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        raise UnfitColumn(_EXPECTED)
    spell = array.type.value_type
    if not pa.types.is_struct(spell):
        raise UnfitColumn(_EXPECTED)
    names = {spell.field(position).name for position in range(spell.num_fields)}
    if not {"place", "from", "to"} <= names <= set(_FIELDS):
        raise UnfitColumn(_EXPECTED)
    return _in_order(_from_lists(array, with_kind="kind" in names))


def _from_lists(array: pa.Array, with_kind: bool) -> History:
    missing = missing_in(array)
    offsets = array.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    if missing is not None and (np.diff(offsets)[missing] != 0).any():
        array = pa.array(array.to_pylist(), array.type)
        offsets = array.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    spells = array.values.slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
    offsets = offsets - offsets[0]
    place = read_place(spells.field("place"))
    first, last = read_month(spells.field("from")), read_month(spells.field("to"))
    bad = np.zeros(len(spells), bool)
    for column in (place, first, last):
        _note(bad, column, column.missing)
    if spells.null_count:
        bad |= spells.is_null().to_numpy(zero_copy_only=False)
    kind = np.zeros(len(spells), np.int8)
    if with_kind:
        kinds = read_choice(spells.field("kind"), KINDS)
        _note(bad, kinds, None)
        kind = kinds.values.astype(np.int8)
        if kinds.missing is not None:
            kind[kinds.missing] = KINDS["actual"]
    history = History(
        offsets,
        place.values.astype(np.int32),
        kind,
        first.values.astype(np.int32),
        last.values.astype(np.int32),
        missing,
    )
    if not bad.any():
        return history
    unreadable = np.zeros(history.persons, bool)
    unreadable[history.owner[bad]] = True
    return replace(history, unreadable=unreadable)


def _note(bad: Mask, column: AnyColumn, missing: Mask | None) -> None:
    if column.unreadable is not None:
        bad |= column.unreadable
    if missing is not None:
        bad |= missing


def _in_order(history: History) -> History:
    """The same spells, each person's in order."""
    if _is_in_order(history):
        return history
    by = np.lexsort((history.kind, history.place, history.last, history.first, history.owner))
    return replace(
        history,
        place=history.place[by],
        kind=history.kind[by],
        first=history.first[by],
        last=history.last[by],
    )


def _is_in_order(history: History) -> bool:
    if len(history.first) < 2:
        return True
    starts = np.zeros(len(history.first) + 1, bool)
    starts[history.offsets] = True
    inner = ~starts[1:-1]
    first = history.first
    if (inner & (first[1:] < first[:-1])).any():
        return False
    tied = np.flatnonzero(inner & (first[1:] == first[:-1])) + 1
    if not len(tied):
        return True
    later = [
        np.stack((column[tied - 1], column[tied])) for column in (history.last, history.place, history.kind)
    ]
    (last0, last1), (place0, place1), (kind0, kind1) = ((pair[0], pair[1]) for pair in later)
    wrong = (last1 < last0) | (
        (last1 == last0) & ((place1 < place0) | ((place1 == place0) & (kind1 < kind0)))
    )
    return not wrong.any()


def _from_json(array: pa.Array) -> History:
    texts = array.cast(pa.string()).to_pylist()
    rows: list[list[dict[str, str]] | None] = []
    unreadable = np.zeros(len(texts), bool)
    for position, text in enumerate(texts):
        spells = None if text is None else _spells_in(text)
        if spells is None and text is not None:
            unreadable[position] = True
            spells = []
        rows.append(spells)
    history = read_history(pa.array(rows, _JSON_TYPE))
    if history.unreadable is not None:
        unreadable |= history.unreadable
    return replace(history, unreadable=unreadable if unreadable.any() else None)


def _spells_in(text: str) -> list[dict[str, str]] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, list):
        return None
    for spell in value:
        if not isinstance(spell, dict) or not set(spell) <= set(_FIELDS):
            return None
        if not all(isinstance(part, str) for part in spell.values()):
            return None
    return value
