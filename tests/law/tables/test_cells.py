"""Cells as Arrow holds them give the same as texts: read in the kernel, refused when they cannot be read."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from tests.law.tables.ruritania import DAY, people
from tongban.law import RuleSet
from tongban.law.tables.errors import RowsRefused
from tongban.law.tables.run import decide_table

PERSONS = 60


def in_cells(table: pa.Table) -> pa.Table:
    """Months as numbers, texts as dictionaries with narrow codes."""
    for name in ("birth_month", "claim_month"):
        months = [int(month.replace("-", "")) for month in table.column(name).to_pylist()]
        table = replaced(table, name, pa.array(months, pa.int32()))
    trades = table.column("trade").combine_chunks().dictionary_encode()
    return replaced(table, "trade", trades.cast(pa.dictionary(pa.int8(), pa.string())))


def replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)


def offender(ruleset: RuleSet, table: pa.Table, engine: str = "native") -> tuple[int, str]:
    with pytest.raises(RowsRefused) as refused:
        decide_table(ruleset, table, DAY, engine)
    (one,) = refused.value.offenders
    return one.row, "; ".join(one.reasons)


@pytest.mark.parametrize("engine", ["native", "numpy", "duckdb"])
def test_cells_and_texts_are_decided_alike(ruritania: RuleSet, engine: str) -> None:
    table = people(PERSONS)
    assert decide_table(ruritania, in_cells(table), DAY, engine).equals(decide_table(ruritania, table, DAY))


def test_a_part_of_a_table_is_decided_as_it_is_in_the_whole(ruritania: RuleSet) -> None:
    table = in_cells(people(PERSONS))
    whole = decide_table(ruritania, table, DAY)
    assert decide_table(ruritania, table.slice(13, 29), DAY).to_pylist() == whole.slice(13, 29).to_pylist()


def test_a_table_in_several_batches_is_decided_in_its_order(ruritania: RuleSet) -> None:
    part = in_cells(people(PERSONS))
    decided = decide_table(ruritania, pa.concat_tables([part] * 2500), DAY)
    assert decided.combine_chunks().equals(
        pa.concat_tables([decide_table(ruritania, part, DAY)] * 2500).combine_chunks()
    )


@pytest.mark.parametrize("month", [199013, 199000, 0, -199001, 2**31 - 1, 180001])
def test_a_number_that_is_no_month_is_refused(ruritania: RuleSet, month: int) -> None:
    table = in_cells(people(PERSONS))
    months = table.column("birth_month").to_numpy().copy()
    months[7] = month
    row, reason = offender(ruritania, replaced(table, "birth_month", pa.array(months)))
    assert row == 8
    assert reason.startswith("birth_month")


def test_an_amount_beyond_64_bits_is_refused(ruritania: RuleSet) -> None:
    wages = people(PERSONS).column("wage").to_pylist()
    wages[2] = Decimal(2**64) / 100 + wages[2]
    column = pa.array(wages, pa.decimal128(38, 2))
    row, reason = offender(ruritania, replaced(people(PERSONS), "wage", column))
    assert row == 3
    assert reason.startswith("wage")


def test_a_text_that_is_no_member_is_refused_among_codes(ruritania: RuleSet) -> None:
    codes = pa.array(np.arange(PERSONS) % 2, pa.int8())
    codes = pa.concat_arrays([codes.slice(0, 4), pa.array([2], pa.int8()), codes.slice(5)])
    trades = pa.DictionaryArray.from_arrays(codes, pa.array(["miner", "clerk", "plumber"]))
    row, reason = offender(ruritania, replaced(people(PERSONS), "trade", trades))
    assert row == 5
    assert reason == "trade: expected one of miner, clerk"


@pytest.mark.parametrize("engine", ["native", "numpy"])
def test_a_null_in_a_dictionary_is_a_missing_fact(ruritania: RuleSet, engine: str) -> None:
    codes = pa.array([0] * (PERSONS - 1) + [1], pa.int32())
    trades = pa.DictionaryArray.from_arrays(codes, pa.array(["miner", None]))
    row, reason = offender(ruritania, replaced(people(PERSONS), "trade", trades), engine)
    assert row == PERSONS
    assert reason.startswith("trade")


def test_cells_under_nulls_are_not_read(ruritania: RuleSet) -> None:
    table = people(PERSONS)
    bonus = table.column("bonus").combine_chunks()
    garbage = np.frombuffer(bonus.buffers()[1], np.int64).copy().reshape(-1, 2)
    garbage[np.array(bonus.is_null())] = 2**62
    kept = pa.Array.from_buffers(bonus.type, len(bonus), [bonus.buffers()[0], pa.py_buffer(garbage)])
    assert decide_table(ruritania, replaced(table, "bonus", kept), DAY).equals(
        decide_table(ruritania, table, DAY)
    )
