"""How the code of rules looks up parameters: rows in force on the day of the decision, or on another day.

A row is found once for a key and then only taken; the rows that a decision used are noted.
"""

from collections.abc import Callable, Mapping

from tongban.law import values
from tongban.law.parameters import MOST_KEPT, Parameter, Resolved, Row


class RowsOfDay(dict[object, Row]):
    """The rows of a parameter on the day of the decision, by key; found when first asked for."""

    def __init__(self, find: Callable[[], Resolved]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: object) -> Row:
        if len(self) > MOST_KEPT:
            self.clear()
        row = self[key] = self._find().get(key if isinstance(key, tuple) else (key,))
        return row


class Tables:
    """The parameters of a rule set as in force on a day; other days are resolved when asked."""

    def __init__(
        self, parameters: Mapping[str, Parameter], day: int, resolve: Callable[[str, int], Resolved]
    ) -> None:
        self.parameters = parameters
        self.day = day
        self.resolve = resolve
        self._rows: dict[str, RowsOfDay] = {}

    def rows(self, name: str) -> RowsOfDay:
        """Give the rows of the decision's day."""
        found = self._rows.get(name)
        if found is None:
            found = self._rows[name] = RowsOfDay(lambda: self._today(name))
        return found

    def row(self, used: list[Row], name: str, at: int | None, key: tuple[object, ...]) -> object:
        """Give a value and note that its row was used."""
        row = (self._today(name) if at is None else self.resolve(name, at)).get(key)
        used.append(row)
        return row.value

    def _today(self, name: str) -> Resolved:
        return self.resolve(name, self.day)

    def has(self, name: str, at: int | None, key: tuple[object, ...]) -> bool:
        """Whether there is a row for the key."""
        return (self._today(name) if at is None else self.resolve(name, at)).find(key) is not None

    def inside(self, used: list[Row], name: str, at: int | None, value: object, within: bool) -> bool:
        """Whether a value is a member of a set, or its place lies in one."""
        members = self.row(used, name, at, ())
        assert isinstance(members, frozenset)
        if within and isinstance(value, int):
            return any(values.place_within(value, member) for member in members)
        return value in members
