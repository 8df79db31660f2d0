"""What outcomes look like in a table, lists and records included; every shipped law fits into one."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tongban.services
from tongban.law import Date, LawError, RuleSet, load_rulesets
from tongban.law.engines.choice import ENGINES
from tongban.law.examples import examples_of
from tongban.law.tables.run import decide_table, open_run
from tongban.law.tables.sinks import flattened

DAY = Date("2026-11-22")
SHIPPED = load_rulesets(Path(tongban.services.__file__).parent)
HEAD = """
from tongban.law import Date, Fen, Record, Spells, fact, first, rule, ruleset
ruleset("bill", version="1", zh="账单", en="Bill")
class Line(Record):
    amount: Fen = fact(Fen, zh="金额", en="amount")
    day: Date = fact(Date, zh="日", en="day")
lines = fact(list[Line], zh="明细", en="lines", at_least=1)
work = fact(Spells, zh="经历", en="work")
"""
LINES = [{"amount": "1.50", "day": "2026-01-02"}, {"amount": "2", "day": "2026-01-03"}]
WORK = [{"place": "500000", "from": "2020-01", "to": "2020-12", "kind": "actual"}]
FIRST = {"amount": Decimal("1.50"), "day": "2026-01-02"}
SECOND = {"amount": Decimal("2.00"), "day": "2026-01-03"}
OUTCOMES = [
    ("lines: list[Line]", "list[Line]", "[x for x in lines]", [FIRST, SECOND]),
    ("lines: list[Line]", "list[Fen]", "[x.amount for x in lines]", [Decimal("1.50"), Decimal("2.00")]),
    ("lines: list[Line]", "Line", "lines[0]", FIRST),
    ("lines: list[Line]", "Line | None", "first(x for x in lines if x.amount > Fen(900))", None),
    ("work: Spells", "Spells", "work", WORK),
]


def bill(arguments: str, kind: str, body: str, head: str = HEAD) -> RuleSet:
    option = ", scalar_only=True" if "lines" in arguments else ""
    rule = f'@rule(zh="果", en="result", cites="s. 1", outcome=True{option})\n'
    text = f"{head}{rule}def answer({arguments}) -> {kind}:\n    return {body}\n"
    return RuleSet.from_files({"bill/rules.py": text}, "bill")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("arguments", "kind", "body", "expected"), OUTCOMES)
def test_lists_records_and_histories_are_nested_columns(
    arguments: str, kind: str, body: str, expected: object, engine: str
) -> None:
    fact = arguments.partition(":")[0]
    table = pa.table({fact: [LINES if fact == "lines" else WORK]})
    decided = decide_table(bill(arguments, kind, body), table, DAY, engine)
    assert decided.column("answer").to_pylist() == [expected]


def test_records_of_one_name_in_two_rule_sets_are_written_by_their_own_fields() -> None:
    asked = ("lines: list[Line]", "list[Line]", "[x for x in lines]")
    only_amounts = HEAD.replace('    day: Date = fact(Date, zh="日", en="day")\n', "")
    table = pa.table({"lines": [[{"amount": "1.50"}]]})
    decided = decide_table(bill(*asked, head=only_amounts), table, DAY)
    assert decided.column("answer").to_pylist() == [[{"amount": Decimal("1.50")}]]
    decided = decide_table(bill(*asked), pa.table({"lines": [LINES]}), DAY)
    assert decided.column("answer").to_pylist() == [[FIRST, SECOND]]


@pytest.mark.parametrize(
    ("fact", "kind", "cells"),
    [
        ("list[Line]", pa.list_(pa.struct([("amount", pa.string()), ("day", pa.string())])), []),
        ("list[Line]", pa.list_(pa.null()), []),
        ("dict[int, Fen]", pa.map_(pa.string(), pa.string()), []),
        ("dict[int, Fen]", pa.string(), "{}"),
    ],
)
def test_an_empty_cell_of_a_nested_column_is_an_empty_list_or_mapping(
    fact: str, kind: pa.DataType, cells: object
) -> None:
    text = (
        HEAD + f'some = fact({fact}, zh="些", en="some")\n'
        '@rule(zh="果", en="result", cites="s. 1", outcome=True, scalar_only=True)\n'
        f"def answer(some: {fact}) -> int:\n    return len(some)\n"
    )
    law = RuleSet.from_files({"bill/rules.py": text}, "bill")
    table = pa.table({"some": pa.array([cells], kind)})
    assert decide_table(law, table, DAY).column("answer").to_pylist() == [0]


def test_in_csv_they_are_json() -> None:
    law = bill("lines: list[Line]", "list[Line]", "[x for x in lines]")
    batch = decide_table(law, pa.table({"lines": [LINES]}), DAY).to_batches()[0]
    (text,) = flattened(batch, csv=True).column("answer").to_pylist()
    assert json.loads(text)[1] == {"amount": "2.00", "day": "2026-01-03"}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_table_of_its_examples_is_decided_like_each_of_them(name: str, tmp_path: Path) -> None:
    ruleset = SHIPPED[name]
    rows, expected = [], []
    for example in examples_of(ruleset):
        facts = json.loads(json.dumps(dict(example.facts), default=str))
        try:
            expected.append(ruleset.explain(facts, example.on).outcomes)
        except LawError:
            continue
        rows.append({"on": str(example.on)} | {fact: _cell(value) for fact, value in facts.items()})
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, dict.fromkeys(column for row in rows for column in row))
        writer.writeheader()
        writer.writerows(rows)
    open_run(ruleset, tmp_path / "in.csv", tmp_path / "out.parquet", DAY).execute()
    decided = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [
        {outcome: _said(row[outcome]) for outcome in one} for row, one in zip(decided, expected, strict=True)
    ] == [{outcome: _said(value) for outcome, value in one.items()} for one in expected]


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _said(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value
