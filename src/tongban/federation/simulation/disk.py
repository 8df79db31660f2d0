"""A simulated durable store with the semantics of the node's database.

What a transaction writes is seen at once and is undone whole if it fails; a commit survives a crash only once
it is synced. All values are immutable, so that a backup is a copy of the tables.
"""

from collections import defaultdict
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

Table = MutableMapping[Any, Any]
_ABSENT: Any = object()


class DiskFull(Exception):
    """The commit could not be written; the transaction is undone."""


class Disk:
    """Tables by name; `watch` gets (table, key, before, after) when a watched one changes or is set back."""

    def __init__(
        self, watch: Callable[[str, Any, Any, Any], None] | None = None, watched: frozenset[str] = frozenset()
    ) -> None:
        self.is_full = False
        self._tables: defaultdict[str, Table] = defaultdict(dict)
        self._undo: list[tuple[str, Any, Any]] = []
        self._unsynced: list[list[tuple[str, Any, Any]]] = []
        self._watch = watch
        self._watched = watched

    def get(self, table: str, key: Any, default: Any = None) -> Any:
        """What is kept under the key."""
        return self._tables[table].get(key, default)

    def table(self, table: str) -> Table:
        """A table to read; it is empty if nothing was ever written."""
        return self._tables[table]

    def put(self, table: str, key: Any, value: Any) -> None:
        """Write inside the transaction."""
        rows = self._tables[table]
        before = rows.get(key, _ABSENT)
        self._undo.append((table, key, before))
        if table in self._watched and self._watch is not None:
            self._watch(table, key, None if before is _ABSENT else before, value)
        rows[key] = value

    def remove(self, table: str, key: Any) -> None:
        """Remove inside the transaction; nothing happens when it is not there."""
        if key in self._tables[table]:
            self._undo.append((table, key, self._tables[table][key]))
            self._set(table, key, _ABSENT)

    def transaction(self) -> "Transaction":
        """Commit what is written inside, or undo it and raise what was raised; DiskFull without room."""
        return Transaction(self)

    def commit(self) -> None:
        """Let what the transaction wrote stand, until a crash at least; DiskFull without room for it."""
        if self.is_full and self._undo:
            self.roll_back()
            raise DiskFull
        self._unsynced.append(self._undo)
        self._undo = []

    def roll_back(self) -> None:
        """Undo what the transaction wrote."""
        self._take_back(self._undo)
        self._undo = []

    def sync(self) -> None:
        """Make all commits durable."""
        self._unsynced.clear()

    def crash(self) -> None:
        """Lose what was not synced."""
        self._take_back(self._undo)
        for writes in reversed(self._unsynced):
            self._take_back(writes)
        self._undo, self._unsynced = [], []

    def backup(self) -> dict[str, Table]:
        """A copy of everything that is durable."""
        self.sync()
        return {name: dict(rows) for name, rows in self._tables.items()}

    def restore(self, backup: dict[str, Table]) -> None:
        """Put a copy in the place of everything."""
        self.crash()
        for name in {*self._tables, *backup}:
            before, after = self._tables.get(name, {}), backup.get(name, {})
            if self._watch is not None and name in self._watched:
                for key in {*before, *after}:
                    self._watch(name, key, before.get(key), after.get(key))
            self._tables[name] = dict(after)

    def _take_back(self, writes: list[tuple[str, Any, Any]]) -> None:
        for table, key, before in reversed(writes):
            self._set(table, key, before)

    def _set(self, table: str, key: Any, value: Any) -> None:
        rows = self._tables[table]
        if self._watch is not None and table in self._watched:
            self._watch(table, key, rows.get(key), None if value is _ABSENT else value)
        if value is _ABSENT:
            rows.pop(key, None)
        else:
            rows[key] = value


class Transaction:
    """The `with` block in which a disk is written."""

    __slots__ = ("_disk",)

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def __enter__(self) -> None:
        """Nothing is needed to begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._disk.commit()
        else:
            self._disk.roll_back()
