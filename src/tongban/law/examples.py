"""A rule set's own examples: facts and what must come out, as data that a lawyer can add to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from tongban.law.errors import FactsRefused, LawError, NoLaw, Place, RuleSetError
from tongban.law.ir import Text
from tongban.law.mistakes.catalogue import tell
from tongban.law.mistakes.toml_files import place_of, read_toml
from tongban.law.rule_sets import RuleSet

_EXAMPLE_KEYS = {"name", "on", "facts", "outcomes", "refused", "no_law", "source", "note"}
_SPECIAL = ("facts", "refused", "no_law")
_TABLE_KEYS = {"name", "on", "facts", "columns", "rows", "source", "note"}


@dataclass(frozen=True)
class Example:
    """One case: facts on a day, and how it ends.

    Either with outcomes, or refused at the path of a fact, or without law: `no_law` is the rule or parameter
    that has nothing in force for it.
    """

    where: Place
    name: str
    on: date
    facts: Mapping[str, object]
    outcomes: Mapping[str, object]
    refused: str = ""
    no_law: str = ""


def examples_of(ruleset: RuleSet) -> list[Example]:
    """Read the examples of a rule set; RuleSetError names file, line and key."""
    found: list[Example] = []
    for path in sorted(ruleset.files):
        if path.endswith(".toml") and path.split("/")[-3:-1] == [ruleset.folder, "examples"]:
            found.extend(_File(path, ruleset.files[path]).read())
    return found


def failures(ruleset: RuleSet, example: Example) -> list[Text]:
    """Say how an example differs from what the rules give; empty when it holds."""
    try:
        outcomes = ruleset.explain(example.facts, example.on).outcomes
    except FactsRefused as error:
        if any(problem.path == example.refused for problem in error.problems):
            return []
        return [Text(f"所填事项被拒绝：{error.said('zh')}", f"the facts were refused: {error}")]
    except LawError as error:
        if isinstance(error, NoLaw) and error.name == example.no_law:
            return []
        return [Text(f"没有结论：{error.said('zh')}", f"no answer: {error}")]
    if example.refused:
        at = example.refused
        return [
            Text(f"应在 {at} 处被拒绝，实际作出了决定", f"expected to be refused at {at}, but was decided")
        ]
    if example.no_law:
        name = example.no_law
        return [Text(f"{name} 应无规定，实际作出了决定", f"expected no law for {name}, but was decided")]
    return [
        _difference(name, expected, outcomes)
        for name, expected in example.outcomes.items()
        if name not in outcomes or not _same(expected, outcomes[name])
    ]


def _difference(name: str, expected: object, outcomes: Mapping[str, object]) -> Text:
    if name not in outcomes:
        known = ", ".join(outcomes)
        return Text(
            f"{name}：当日没有这一结果；现有：{known}",
            f"{name}: there is no such outcome on this day; known are {known}",
        )
    wanted, found = _written(expected), _written(outcomes[name])
    return Text(f"{name}：例中为 {wanted}，算得 {found}", f"{name}: expected {wanted}, but is {found}")


def _written(value: object) -> str:
    """Give a value as it is written in an example."""
    if value is None:
        return '"none"'
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False, default=str)


def _same(expected: object, found: object) -> bool:
    if expected == "none":
        return found is None or found == "none"
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int) and isinstance(found, str):
        return f"{expected}.00" == found
    if isinstance(expected, date):
        return expected.isoformat() == found
    return expected == found


class _File:
    """Reads one file of examples; knows where in it a key stands."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def read(self) -> Iterator[Example]:
        document = read_toml(self.text, self.path)
        for key in document:
            if key not in ("example", "table"):
                raise self._refuse(key, "example-form", known="[[example]], [[table]]")
        for index, written in enumerate(self._tables(document, "example")):
            yield self._example(f"example[{index}]", written)
        for index, written in enumerate(self._tables(document, "table")):
            yield from self._table(f"table[{index}]", written)

    def _place(self, key: str) -> Place:
        return place_of(self.text, self.path, key)

    def _refuse(self, key: str, mistake: str, /, **said: object) -> RuleSetError:
        return tell(mistake, self._place(key), said, key)

    def _tables(self, document: Mapping[str, object], key: str) -> list[dict[str, object]]:
        written = document.get(key, [])
        if isinstance(written, list) and all(isinstance(one, dict) for one in written):
            return written
        raise self._refuse(key, "example-form/list", key=key)

    def _mapping(self, at: str, written: Mapping[str, object], key: str) -> dict[str, object]:
        value = written.get(key, {})
        if isinstance(value, dict):
            return value
        raise self._refuse(f"{at}.{key}", "example-form/table", key=key)

    def _name(self, at: str, written: Mapping[str, object], known: set[str]) -> str:
        for key in written:
            if key not in known:
                raise self._refuse(f"{at}.{key}", "example-form", known=", ".join(sorted(known)))
        name = written.get("name")
        if not isinstance(name, str):
            raise self._refuse(f"{at}.name", "example-form/name")
        return name

    def _day(self, key: str, written: object) -> date:
        if not isinstance(written, date):
            raise self._refuse(key, "example-form/on")
        return written

    def _example(self, at: str, written: Mapping[str, object]) -> Example:
        name, on = self._name(at, written, _EXAMPLE_KEYS), self._day(f"{at}.on", written.get("on"))
        facts, outcomes = self._mapping(at, written, "facts"), self._mapping(at, written, "outcomes")
        return self._ending(at, written, Example(self._place(at), name, on, facts, outcomes))

    def _ending(self, at: str, written: Mapping[str, object], example: Example) -> Example:
        """Give the example with how it ends; it has exactly one end."""
        refused, no_law = written.get("refused", ""), written.get("no_law", "")
        ends = [end for end in (example.outcomes, refused, no_law) if end]
        if len(ends) != 1 or not isinstance(refused, str) or not isinstance(no_law, str):
            raise self._refuse(at, "example-form/outcomes")
        return replace(example, refused=refused, no_law=no_law)

    def _table(self, at: str, written: Mapping[str, object]) -> Iterator[Example]:
        name = self._name(at, written, _TABLE_KEYS)
        shared = self._mapping(at, written, "facts")
        columns, rows = written.get("columns"), written.get("rows")
        if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
            raise self._refuse(f"{at}.columns", "example-form/columns")
        if not isinstance(rows, list) or not rows:
            raise self._refuse(f"{at}.rows", "example-form/rows")
        for index, row in enumerate(rows):
            key = f"{at}.rows[{index}]"
            if not isinstance(row, list) or len(row) != len(columns):
                raise self._refuse(key, "example-form/row", count=len(columns))
            cells: dict[str, object] = dict(zip(columns, row, strict=True))
            on = self._day(key if "on" in cells else f"{at}.on", cells.pop("on", written.get("on")))
            facts = {**shared, **self._mapping(key, cells, "facts")}
            facts |= {name: cell for name, cell in cells.items() if name[:1] != "=" and name not in _SPECIAL}
            outcomes = {name[1:]: cell for name, cell in cells.items() if name[:1] == "="}
            case = Example(self._place(key), f"{name} [{index}]", on, facts, outcomes)
            yield self._ending(key, cells, case)
