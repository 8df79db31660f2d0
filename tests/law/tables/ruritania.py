"""People of Ruritania as a table."""

import random
from decimal import Decimal

import pyarrow as pa

from tongban.law import Date

DAY = Date("2026-06-30")
TOWN = "990101"
SPELL = pa.struct([(name, pa.string()) for name in ("place", "from", "to", "kind")])


def people(count: int) -> pa.Table:
    luck = random.Random(5)
    rows = [_someone(luck, number) for number in range(count)]
    schema = pa.schema(
        [
            ("id", pa.int64()),
            ("birth_month", pa.string()),
            ("trade", pa.string()),
            ("wage", pa.decimal128(12, 2)),
            ("bonus", pa.decimal128(12, 2)),
            ("claim_month", pa.string()),
            ("work", pa.list_(SPELL)),
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def _someone(luck: random.Random, number: int) -> dict[str, object]:
    return {
        "id": number,
        "birth_month": f"{luck.randint(1950, 1990)}-{luck.randint(1, 12):02d}",
        "trade": luck.choice(("miner", "clerk")),
        "wage": Decimal(luck.randint(0, 10**7)) / 100,
        "bonus": None if luck.random() < 0.4 else Decimal(luck.randint(0, 10**5)) / 100,
        "claim_month": f"2026-{luck.randint(1, 6):02d}",
        "work": [_spell(luck, begin) for begin in range(1991, 1991 + luck.randint(0, 30), 7)],
    }


def _spell(luck: random.Random, begin: int) -> dict[str, object]:
    last = begin + luck.randint(0, 5)
    return {
        "place": luck.choice((TOWN, "990200", "110000")),
        "from": f"{begin}-{luck.randint(1, 6):02d}",
        "to": f"{last}-{luck.randint(7, 12):02d}",
        "kind": luck.choice((None, "actual", "deemed")),
    }
