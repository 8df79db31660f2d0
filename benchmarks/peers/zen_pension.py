"""The pension in 19 rules for zen-engine: one node of nineteen expressions, evaluated with its trace."""

import json
import time
from importlib.metadata import version

import zen
from answering import answer

MONTHS = [230, 226, 223, 220, 216, 212, 208, 204, 199, 195, 190, 185, 180, 175, 170, 164, 158, 152, 145, 139]
MONTHS += [132, 125, 117, 109, 101, 93, 84, 75, 65, 56]
EXPRESSIONS = {
    "original_age": "(category == 0 ? 720 : category == 1 ? 660 : 600) - (heavy_work ? 60 : 0)",
    "months_into_reform": "birth_month + $.original_age - 24300 + 1",
    "delay_months": (
        "$.months_into_reform <= 0 ? 0 : min([ceil($.months_into_reform / (category == 2 ? 2 : 4)), "
        "category == 2 ? 60 : 36])"
    ),
    "retirement_month": "birth_month + $.original_age + $.delay_months",
    "old_enough": "apply_month >= $.retirement_month",
    "insured_months": "paid_months + deemed_months",
    "required_months": "min([max([180, 180 + 6 * (floor($.retirement_month / 12) - 2029)]), 240])",
    "shortfall_months": "max([$.required_months - $.insured_months, 0])",
    "entitled": "$.old_enough and $.shortfall_months == 0",
    "local_wage": "home == 0 ? 741250 : home == 1 ? 690325 : 812000",
    "indexed_wage": "floor($.local_wage * wage_index / 1000000 + 0.5)",
    "basic_pension": "floor(($.local_wage + $.indexed_wage) * $.insured_months / 2400 + 0.5)",
    "age_at_application": "floor((apply_month - birth_month) / 12)",
    "spread_months": f"{json.dumps([233, *MONTHS])}[min([max([$.age_at_application - 40, 0]), 30])]",
    "account_pension": "floor(account / $.spread_months + 0.5)",
    "transitional_pension": "floor($.indexed_wage * deemed_months * 13 / 12000 + 0.5)",
    "supplement": "[0, 40000, 30050, 20000, 10000][disability]",
    "sum_of_parts": "$.basic_pension + $.account_pension + $.transitional_pension + $.supplement",
    "monthly_pension": "$.entitled ? max([$.sum_of_parts, 65000]) : 0",
}
GRAPH = {
    "nodes": [
        {"id": "in", "name": "facts", "type": "inputNode"},
        {
            "id": "rules",
            "name": "rules",
            "type": "expressionNode",
            "content": {
                "expressions": [
                    {"id": name, "key": name, "value": text} for name, text in EXPRESSIONS.items()
                ]
            },
        },
        {"id": "out", "name": "outcomes", "type": "outputNode"},
    ],
    "edges": [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "b", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ],
}
DECISION = zen.ZenEngine().create_decision(json.dumps(GRAPH))
people = []


def load(persons):
    """Keep the people."""
    people[:] = persons
    return len(people)


def outcomes():
    """The monthly pension of everybody, as yuan."""
    found = [DECISION.evaluate(person)["result"]["monthly_pension"] for person in people]
    return [f"{int(fen) // 100}.{int(fen) % 100:02d}" for fen in found]


def explain(times):
    """Seconds of one person traced, each time."""
    found = []
    for turn in range(times):
        begun = time.perf_counter()
        DECISION.evaluate(people[turn % len(people)], {"trace": True})
        found.append(time.perf_counter() - begun)
    return found


answer(version=lambda: version("zen-engine"), load=load, outcomes=outcomes, explain=explain)
