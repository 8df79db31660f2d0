"""From table to table: the forms of contracts.md in and out, refusals by row and column, nothing lost."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.law.tables.ruritania import DAY, TOWN, people
from tongban.law import RuleSet
from tongban.law.tables.errors import RowsRefused, UnusableTable
from tongban.law.tables.run import OnError, Summary, decide_table, open_run


def decided(
    ruleset: RuleSet,
    folder: Path,
    table: pa.Table,
    ending: str = "parquet",
    *,
    engine: str = "native",
    on_error: OnError = "stop",
) -> Summary:
    source = folder / f"in.{ending}"
    if ending == "csv":
        source.write_text(as_csv(table), encoding="utf-8")
    else:
        pq.write_table(table, source)
    result = folder / f"out.{ending}"
    return open_run(ruleset, source, result, DAY, engine=engine, on_error=on_error).execute()


def as_csv(table: pa.Table) -> str:
    lines = [",".join(table.schema.names)]
    for row in table.to_pylist():
        lines.append(",".join(_cell(value) for value in row.values()))
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, list):
        kept = [{key: part for key, part in one.items() if part is not None} for one in value]
        return '"' + json.dumps(kept).replace('"', '""') + '"'
    return "" if value is None else str(value)


def expected(ruleset: RuleSet, table: pa.Table) -> list[dict[str, object]]:
    """What the interpreter says of each row, in written forms."""
    found = []
    for row in table.to_pylist():
        facts = {key: value for key, value in row.items() if key != "id" and value is not None}
        facts |= {name: str(facts[name]) for name in ("wage", "bonus") if name in facts}
        facts["work"] = [{key: part for key, part in one.items() if part is not None} for one in row["work"]]
        found.append(dict(ruleset.explain(facts, DAY.to_date()).outcomes))
    return found


def written(table: pa.Table) -> list[dict[str, object]]:
    rows = table.drop_columns(["id"]).to_pylist()
    return [{key: f"{v:.2f}" if isinstance(v, Decimal) else v for key, v in row.items()} for row in rows]


@pytest.mark.parametrize("engine", ["native", "numpy", "duckdb"])
def test_outcomes_are_those_of_the_interpreter(ruritania: RuleSet, tmp_path: Path, engine: str) -> None:
    table = people(50)
    summary = decided(ruritania, tmp_path, table, engine=engine)
    assert (summary.decided, summary.refused) == (50, 0)
    assert written(pq.read_table(tmp_path / "out.parquet")) == expected(ruritania, table)


def test_csv_gives_what_parquet_gives(ruritania: RuleSet, tmp_path: Path) -> None:
    table = people(20)
    decided(ruritania, tmp_path, table, "csv")
    decided(ruritania, tmp_path, table)
    as_text = [
        {k: str(v) for k, v in row.items()} for row in pq.read_table(tmp_path / "out.parquet").to_pylist()
    ]
    types = {name: pa.string() for name in as_text[0]}
    options = pyarrow.csv.ConvertOptions(column_types=types)
    from_csv = pyarrow.csv.read_csv(tmp_path / "out.csv", convert_options=options).to_pylist()
    assert [
        {k: v.replace("true", "True").replace("false", "False") for k, v in row.items()} for row in from_csv
    ] == as_text


def test_columns_that_are_no_facts_are_carried_over_in_order(ruritania: RuleSet, tmp_path: Path) -> None:
    decided(ruritania, tmp_path, people(5))
    result = pq.read_table(tmp_path / "out.parquet")
    assert result.schema.names[0] == "id"
    assert result.column("id").to_pylist() == list(range(5))


def test_a_table_in_memory_is_decided_like_one_in_a_file(ruritania: RuleSet) -> None:
    table = people(30)
    assert written(decide_table(ruritania, table, DAY)) == expected(ruritania, table)


def test_months_may_come_as_numbers_or_dates(ruritania: RuleSet) -> None:
    table = people(10)
    texts = table.column("birth_month").to_pylist()
    position = table.schema.get_field_index("birth_month")
    numbers = table.set_column(position, "birth_month", pa.array([int(t.replace("-", "")) for t in texts]))
    days = table.set_column(position, "birth_month", pa.array([date.fromisoformat(f"{t}-17") for t in texts]))
    assert decide_table(ruritania, numbers, DAY) == decide_table(ruritania, table, DAY)
    assert decide_table(ruritania, days, DAY) == decide_table(ruritania, table, DAY)


def test_spells_may_come_in_any_order(ruritania: RuleSet) -> None:
    table = people(10)
    turned = pa.array(
        [list(reversed(one)) for one in table.column("work").to_pylist()], table.schema.field("work").type
    )
    position = table.schema.get_field_index("work")
    assert decide_table(ruritania, table.set_column(position, "work", turned), DAY) == decide_table(
        ruritania, table, DAY
    )


@pytest.mark.parametrize(
    ("column", "instead", "told"),
    [
        ("birth_month", "birth_mnth", "birth_month: this column is missing; did you mean it by birth_mnth?"),
        ("bonus", "bonuss", "bonuss: there is no such fact; did you mean bonus?"),
        ("id", "pension", "pension: is also an outcome"),
    ],
)
def test_a_misnamed_column_stops_the_run(
    ruritania: RuleSet, tmp_path: Path, column: str, instead: str, told: str
) -> None:
    names = [instead if name == column else name for name in people(3).schema.names]
    with pytest.raises(UnusableTable, match=told.replace("?", r"\?")):
        decided(ruritania, tmp_path, people(3).rename_columns(names))
    assert not (tmp_path / "out.parquet").exists()


def test_a_column_of_the_wrong_type_stops_the_run(ruritania: RuleSet, tmp_path: Path) -> None:
    table = people(3)
    floats = table.set_column(table.schema.get_field_index("wage"), "wage", pa.array([1.5, 2.5, 3.5]))
    with pytest.raises(UnusableTable, match="wage: is double; expected yuan"):
        decided(ruritania, tmp_path, floats)


BROKEN: dict[str, list[object]] = {
    "birth_month": ["2026-13", "1066-10", None],
    "trade": ["plumber", "", None],
    "work": [
        [{"place": TOWN, "from": "2012-02", "to": "2012-01"}],
        [{"place": "99", "from": "2012-01", "to": "2012-02"}],
        [
            {"place": TOWN, "from": "2012-01", "to": "2012-05"},
            {"place": TOWN, "from": "2012-05", "to": "2012-09"},
        ],
    ],
}


def broken(column: str, value: object) -> pa.Table:
    """Seven people, of whom the fourth has something wrong."""
    table = people(7)
    values = table.column(column).to_pylist()
    values[3] = value
    field = table.schema.field(column)
    return table.set_column(table.schema.get_field_index(column), field, pa.array(values, field.type))


@pytest.mark.parametrize("engine", ["native", "numpy", "duckdb"])
@pytest.mark.parametrize(
    ("column", "value"), [(name, one) for name, values in BROKEN.items() for one in values]
)
def test_a_broken_cell_is_named_by_row_and_column(
    ruritania: RuleSet, tmp_path: Path, column: str, value: object, engine: str
) -> None:
    with pytest.raises(RowsRefused) as refused:
        decided(ruritania, tmp_path, broken(column, value), engine=engine)
    (offender,) = refused.value.offenders
    assert offender.row == 4
    assert offender.reasons[0].startswith(column)
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_reported_rows_go_to_a_table_of_their_own(ruritania: RuleSet, tmp_path: Path, ending: str) -> None:
    table = broken("birth_month", "2026-13")
    summary = decided(ruritania, tmp_path, table, ending, on_error="report")
    assert (summary.decided, summary.refused) == (6, 1)
    assert summary.refused_table == tmp_path / f"out.errors.{ending}"
    read = pq.read_table if ending == "parquet" else pyarrow.csv.read_csv
    refused, good = read(summary.refused_table).to_pylist(), read(tmp_path / f"out.{ending}")
    assert [(row["row"], row["id"], row["birth_month"]) for row in refused] == [(4, 3, "2026-13")]
    assert refused[0]["reasons"].startswith("birth_month")
    assert good.column("id").to_pylist() == [0, 1, 2, 4, 5, 6]


def test_no_table_of_refused_rows_is_left_from_an_earlier_run(ruritania: RuleSet, tmp_path: Path) -> None:
    decided(ruritania, tmp_path, broken("trade", "plumber"), on_error="report")
    decided(ruritania, tmp_path, people(2), on_error="report")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def test_only_the_first_ten_offenders_are_told(ruritania: RuleSet, tmp_path: Path) -> None:
    table = people(40)
    position = table.schema.get_field_index("trade")
    with pytest.raises(RowsRefused) as refused:
        decided(ruritania, tmp_path, table.set_column(position, "trade", pa.array(["x"] * 40)))
    assert [offender.row for offender in refused.value.offenders] == list(range(1, 11))


@pytest.mark.parametrize("wrong", [(2, 9, 30, 44), tuple(range(5, 40, 3))])
def test_the_first_offenders_are_told_however_far_apart_they_lie(
    ruritania: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[int, ...]
) -> None:
    monkeypatch.setattr("tongban.law.tables.sources.BATCH_ROWS", 7)
    table = people(50)
    trades = ["x" if row in wrong else "clerk" for row in range(50)]
    table = table.set_column(table.schema.get_field_index("trade"), "trade", pa.array(trades))
    with pytest.raises(RowsRefused) as refused:
        decided(ruritania, tmp_path, table)
    assert [offender.row - 1 for offender in refused.value.offenders] == list(wrong)[:10]
    assert not (tmp_path / "out.parquet").exists()


def test_an_empty_table_gives_an_empty_result(ruritania: RuleSet, tmp_path: Path) -> None:
    assert decided(ruritania, tmp_path, people(0)).decided == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_each_row_may_have_its_own_date(ruritania: RuleSet) -> None:
    table = people(6)
    days = ["2026-06-30", "2020-01-01", "2026-06-30", "2030-01-01", "2020-01-01", "2026-06-30"]
    dated = decide_table(ruritania, table.append_column("on", pa.array(days)), DAY).to_pylist()
    for row, (facts, day) in enumerate(zip(table.to_pylist(), days, strict=True)):
        alone = decide_table(ruritania, table.slice(row, 1), type(DAY)(day)).to_pylist()[0]
        assert dated[row] == {key: alone.get(key) for key in dated[row]}, facts


def test_many_batches_keep_the_order(
    ruritania: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongban.law.tables.sources.BATCH_ROWS", 7)
    decided(ruritania, tmp_path, people(50))
    result = pq.read_table(tmp_path / "out.parquet")
    assert result.column("id").to_pylist() == list(range(50))
    assert written(result) == expected(ruritania, people(50))


@pytest.mark.parametrize("name", ["in.parquet", "in.xlsx", "nowhere/out.parquet"])
def test_a_result_that_cannot_be_written_is_refused(ruritania: RuleSet, tmp_path: Path, name: str) -> None:
    pq.write_table(people(2), tmp_path / "in.parquet")
    with pytest.raises(UnusableTable):
        open_run(ruritania, tmp_path / "in.parquet", tmp_path / name, DAY).execute()


@pytest.mark.parametrize(
    ("name", "content"), [("gone.csv", None), ("empty.csv", ""), ("bad.parquet", "PAR1")]
)
def test_a_table_that_cannot_be_read_is_refused(
    ruritania: RuleSet, tmp_path: Path, name: str, content: str | None
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UnusableTable, match=name):
        open_run(ruritania, tmp_path / name, tmp_path / "out.parquet", DAY)
