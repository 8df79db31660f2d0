"""A rule set's own examples: facts and what must come out, as data that a lawyer can add to."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.law.errors import FactsRefused, LawError, Place, RuleSetError
from tongban.law.rule_sets import RuleSet

_EXAMPLE_KEYS = {"name", "on", "facts", "outcomes", "refused", "source", "note"}
_TABLE_KEYS = {"name", "on", "facts", "columns", "rows", "source", "note"}


@dataclass(frozen=True)
class Example:
    """One case: facts on a day, and the outcomes expected or the path at which they are refused."""

    file: str
    name: str
    on: date
    facts: Mapping[str, object]
    outcomes: Mapping[str, object]
    refused: str


def examples_of(ruleset: RuleSet) -> list[Example]:
    """Read the examples of a rule set; RuleSetError names file and example."""
    found: list[Example] = []
    for path in sorted(ruleset.files):
        if path.endswith(".toml") and path.split("/")[-3:-1] == [ruleset.folder, "examples"]:
            found.extend(_read(path, ruleset.files[path]))
    return found


def failures(ruleset: RuleSet, example: Example) -> list[str]:
    """Say how an example differs from what the rules give; empty when it holds."""
    try:
        outcomes = ruleset.explain(example.facts, example.on).outcomes
    except FactsRefused as error:
        if any(problem.path == example.refused for problem in error.problems):
            return []
        return [f"the facts were refused: {error}"]
    except LawError as error:
        return [f"no answer: {error}"]
    if example.refused:
        return [f"the facts should have been refused at {example.refused}, but were decided"]
    return [
        f"{name}: expected {expected!r}, but is {_outcome(outcomes, name)!r}"
        for name, expected in example.outcomes.items()
        if name not in outcomes or not _same(expected, outcomes[name])
    ]


def _outcome(outcomes: Mapping[str, object], name: str) -> object:
    return outcomes.get(name, "not an outcome on this day")


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


def _read(path: str, text: str) -> Iterator[Example]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError(
            "bad-toml", Place(path), f"this is not TOML: {error}", "Correct the line named"
        ) from None
    for key in document:
        if key not in ("example", "table"):
            raise _refuse(path, key, "is not known here", "Write [[example]] or [[table]]")
    for index, written in enumerate(_tables(path, document, "example")):
        yield _example(path, f"example[{index}]", written)
    for index, written in enumerate(_tables(path, document, "table")):
        yield from _table(path, f"table[{index}]", written)


def _tables(path: str, document: Mapping[str, object], key: str) -> list[dict[str, object]]:
    written = document.get(key, [])
    if isinstance(written, list) and all(isinstance(one, dict) for one in written):
        return written
    raise _refuse(path, key, "is not a list of tables", f"Write [[{key}]]")


def _refuse(path: str, key: str, message: str, instead: str) -> RuleSetError:
    return RuleSetError("example-form", Place(path), f"{key}: {message}", instead)


def _mapping(path: str, at: str, written: Mapping[str, object], key: str) -> dict[str, object]:
    value = written.get(key, {})
    if isinstance(value, dict):
        return value
    raise _refuse(path, f"{at}.{key}", "is not a table", f"Write {key} = {{ … }}")


def _heading(path: str, at: str, written: Mapping[str, object], known: set[str]) -> tuple[str, date]:
    for key in written:
        if key not in known:
            raise _refuse(path, f"{at}.{key}", "is not known here", f"Known are {', '.join(sorted(known))}")
    name, on = written.get("name"), written.get("on")
    if not isinstance(name, str):
        raise _refuse(path, f"{at}.name", "is missing", 'Write name = "…"')
    if not isinstance(on, date):
        raise _refuse(path, f"{at}.on", "is not a date", "Write on = 2026-11-22")
    return name, on


def _example(path: str, at: str, written: Mapping[str, object]) -> Example:
    name, on = _heading(path, at, written, _EXAMPLE_KEYS)
    outcomes = _mapping(path, at, written, "outcomes")
    refused = written.get("refused", "")
    if not isinstance(refused, str) or bool(outcomes) == bool(refused):
        raise _refuse(path, at, "expects neither or both of outcomes and refused", "Give one of the two")
    return Example(path, name, on, _mapping(path, at, written, "facts"), outcomes, refused)


def _table(path: str, at: str, written: Mapping[str, object]) -> Iterator[Example]:
    name, on = _heading(path, at, written, _TABLE_KEYS)
    shared = _mapping(path, at, written, "facts")
    columns, rows = written.get("columns"), written.get("rows")
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise _refuse(path, f"{at}.columns", "is not a list of names", 'Write columns = ["fact", "=outcome"]')
    if not isinstance(rows, list) or not rows:
        raise _refuse(path, f"{at}.rows", "is not a list of rows", "Write one list a case")
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(columns):
            raise _refuse(
                path, f"{at}.rows[{index}]", f"has not {len(columns)} values", "Give one for each column"
            )
        cells = dict(zip(columns, row, strict=True))
        facts = {column: cell for column, cell in cells.items() if not column.startswith("=")}
        outcomes = {column[1:]: cell for column, cell in cells.items() if column.startswith("=")}
        yield Example(path, f"{name} [{index}]", on, {**shared, **facts}, outcomes, "")
