"""People for the pension in 19 rules: ten facts each, from a seed, as numbers that every peer can read.

Months are year × 12 + month − 1, money is fen, the wage index is millionths, category and home are positions.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tongban.law import Date, RuleSet, load_rulesets
from tongban.law.engines.batch import Batch
from tongban.law.tables.columns import Column
from tongban.law.tables.outcomes import MONEY
from tongban.law.values import month_text

Columns = dict[str, npt.NDArray[Any]]
RULESETS = Path(__file__).parents[1] / "rulesets"
DAY = Date("2026-11-22")
HOMES = ("990100", "990200", "990300")
CATEGORIES = ("late", "middle", "early")
OUTCOMES = (
    "delay_months",
    "retirement_month",
    "required_months",
    "shortfall_months",
    "entitled",
    "monthly_pension",
)
_MOST_FEN = 40_000_000


def law() -> RuleSet:
    """The pension as a rule set."""
    return load_rulesets(RULESETS)["old-age-pension"]


def people(persons: int, seed: int = 1) -> Columns:
    """So many people, the same for the same seed."""
    luck = np.random.default_rng(seed)
    birth = luck.integers(1950 * 12, 1985 * 12, persons)
    return {
        "birth_month": birth.astype(np.int32),
        "category": luck.integers(0, len(CATEGORIES), persons).astype(np.int8),
        "heavy_work": luck.random(persons) < 0.1,
        "home": luck.integers(0, len(HOMES), persons).astype(np.int8),
        "apply_month": (birth + luck.integers(50 * 12, 68 * 12, persons)).astype(np.int32),
        "paid_months": luck.integers(0, 481, persons).astype(np.int32),
        "deemed_months": (luck.integers(0, 121, persons) * (luck.random(persons) < 0.3)).astype(np.int32),
        "account": luck.integers(0, _MOST_FEN, persons).astype(np.int32),
        "wage_index": luck.integers(600_000, 3_000_001, persons).astype(np.int32),
        "disability": (luck.integers(0, 5, persons) * (luck.random(persons) < 0.05)).astype(np.int32),
    }


def numbers(columns: Columns, person: int) -> dict[str, object]:
    """One of the people as numbers."""
    return {name: values[person].item() for name, values in columns.items()}


def written(columns: Columns, person: int) -> dict[str, object]:
    """One of the people as facts in the forms of JSON."""
    one = {name: values[person].item() for name, values in columns.items()}
    return one | {
        "birth_month": month_text(one["birth_month"]),
        "apply_month": month_text(one["apply_month"]),
        "category": CATEGORIES[one["category"]],
        "home": HOMES[one["home"]],
        "account": f"{one['account'] // 100}.{one['account'] % 100:02d}",
        "wage_index": f"{one['wage_index'] / 1_000_000:.6f}",
    }


def batch(columns: Columns) -> Batch:
    """The same people as engines take them: places are codes."""
    given = columns | {"home": np.array([int(home) for home in HOMES], np.int32)[columns["home"]]}
    persons = len(columns["birth_month"])
    return Batch(persons, {name: Column(values) for name, values in given.items()}, {}, ())


def table(columns: Columns) -> pa.Table:
    """The same people as an Arrow table: months as numbers, texts as dictionaries, money as decimals."""

    def month(months: npt.NDArray[Any]) -> pa.Array:
        return pa.array(months // 12 * 100 + months % 12 + 1, pa.int32())

    def coded(codes: npt.NDArray[Any], texts: tuple[str, ...]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(texts))

    def decimal(numbers: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
        halves = np.zeros((len(numbers), 2), np.int64)
        halves[:, 0] = numbers
        return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(halves)])

    return pa.table(
        {
            "birth_month": month(columns["birth_month"]),
            "category": coded(columns["category"], CATEGORIES),
            "heavy_work": pa.array(columns["heavy_work"]),
            "home": coded(columns["home"], HOMES),
            "apply_month": month(columns["apply_month"]),
            "paid_months": pa.array(columns["paid_months"]),
            "deemed_months": pa.array(columns["deemed_months"]),
            "account": decimal(columns["account"], MONEY),
            "wage_index": decimal(columns["wage_index"], pa.decimal128(18, 6)),
            "disability": pa.array(columns["disability"]),
        }
    )
