"""People for a program, ordinary and at the limits: as columns and as the interpreter's facts."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from tongban.law import Date, LawError, RuleSet, ir
from tongban.law.engines.batch import Answers, Batch
from tongban.law.engines.program import Fact, Program, Target, plain
from tongban.law.tables.columns import Column
from tongban.law.tables.histories import History

Person: TypeAlias = Mapping[str, object]
PLACES = (500000, 500103, 510000, 510100, 510104, 510701, 0, 999999)
DTYPES = {
    "bool": np.bool_,
    "int": np.int64,
    "float": np.float64,
    "str": np.int32,
    "month": np.int32,
    "date": np.int32,
    "datetime": np.int64,
    "fen": np.int64,
    "rate": np.int64,
    "place": np.int32,
}


def someone(program: Program, luck: random.Random) -> Person:
    return {fact.name: _value(fact, program, luck) for fact in program.facts}


def _value(fact: Fact, program: Program, luck: random.Random) -> object:
    kind = plain(fact.type)
    if fact.may_be_missing and luck.random() < 0.3:
        return None
    if fact.one_of:
        return luck.choice(fact.one_of)
    if kind == ir.BOOL:
        return luck.random() < 0.5
    if isinstance(kind, ir.EnumType):
        return luck.randrange(len(kind.values))
    if kind == ir.STR:
        return luck.choice([*program.texts, "another"])
    if kind == ir.PLACE:
        return luck.choice(PLACES)
    if kind == ir.SPELLS:
        return _spells(fact, luck)
    return _number(fact, kind, luck)


def _number(fact: Fact, kind: ir.Type, luck: random.Random) -> int | float:
    low, high = fact.low, fact.high
    if luck.random() < 0.1:
        return luck.choice((low, high))
    if kind == ir.FLOAT:
        return luck.choice((luck.uniform(low, high), float(luck.randint(-50, 50)) / 2))
    near = luck.choice((3, 30, 1000, 10**6, 10**12))
    usual: dict[ir.Type, int] = {ir.MONTH: 2020 * 12, ir.DATE: 18_000, ir.DATETIME: 18_000 * 1440}
    centre = usual.get(kind, 0)
    centre = min(max(centre, int(low)), int(high))
    return luck.randint(max(int(low), centre - near), min(int(high), centre + near))


def _spells(fact: Fact, luck: random.Random) -> tuple[tuple[int, int, int, int], ...]:
    found: list[tuple[int, int, int, int]] = []
    latest = min(int(fact.high), 2030 * 12)
    for _ in range(luck.choice((0, 1, 2, 3, 5, 9))):
        first = latest - luck.randrange(120)
        last = min(first + luck.choice((0, 1, 5, 40)), latest)
        place = luck.choice(PLACES)
        if all(p != place or t < first or last < f for f, t, p, _ in found):
            found.append((first, last, place, luck.randrange(2)))
    return tuple(sorted(found))


def in_columns(program: Program, people: Sequence[Person]) -> Batch:
    texts = list(program.texts)
    columns: dict[str, Column] = {}
    histories: dict[str, History] = {}
    for fact in program.facts:
        values = [person[fact.name] for person in people]
        gone = np.array([value is None for value in values], bool)
        missing = gone if gone.any() else None
        kind = plain(fact.type)
        if kind == ir.SPELLS:
            histories[fact.name] = _history(values, missing)
            continue
        for value in values:
            if isinstance(value, str) and value not in texts:
                texts.append(value)
        numbers = [texts.index(v) if isinstance(v, str) else 0 if v is None else v for v in values]
        dtype = np.int8 if isinstance(kind, ir.EnumType) else DTYPES[str(getattr(kind, "name", ""))]
        columns[fact.name] = Column(np.array(numbers, dtype), missing)
    return Batch(len(people), columns, histories, tuple(texts))


def _history(values: Sequence[object], missing: np.ndarray | None) -> History:
    lists = [value if isinstance(value, tuple) else () for value in values]
    flat = np.array([piece for one in lists for piece in one], np.int64).reshape(-1, 4)
    offsets = np.cumsum([0, *(len(one) for one in lists)])
    first, last, place, kind = (flat[:, i] for i in range(4))
    return History(
        offsets.astype(np.int64),
        place.astype(np.int32),
        kind.astype(np.int8),
        first.astype(np.int32),
        last.astype(np.int32),
        missing,
    )


def interpreted(ruleset: RuleSet, program: Program, person: Person) -> Mapping[str, object] | None:
    """The interpreter's outcomes, or None where it refuses the person."""
    encoded: dict[str, object] = {"on": program.day}
    for fact in program.facts:
        value = person[fact.name]
        encoded[fact.name] = fact.default if value is None else value
    try:
        values = ruleset.decide(encoded, Date.from_ordinal(program.day)).values
    except LawError:
        return None
    return {target.name: values[target.rule] for target in program.targets}


def told(program: Program, batch: Batch, answers: Answers) -> list[Mapping[str, object] | None]:
    """An engine's outcomes, person by person, as the interpreter would tell them."""
    return [
        None
        if answers.refused[person]
        else {t.name: _told(t, batch, answers, person) for t in program.targets}
        for person in range(batch.persons)
    ]


def _told(target: Target, batch: Batch, answers: Answers, person: int) -> object:
    answer, kind = answers.outcomes[target.name], plain(target.type)
    if answer.missing is not None and answer.missing[person]:
        return None
    value = answer.values[person].item()
    if kind == ir.STR:
        return batch.texts[value]
    return bool(value) if kind == ir.BOOL else value
