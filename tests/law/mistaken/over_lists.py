"""Mistakes in rules over lists: name, body."""

from tests.law.mistaken import RULES, made, rule, with_rules

BODIES: list[tuple[str, ...]] = [
    ("break", "n = 0\nfor line in lines:\n    n = 1\n    break\nreturn n"),
    ("break/continue", "n = 0\nfor line in lines:\n    n = 1\n    continue\nreturn n"),
    ("return-in-loop", "n = 0\nfor line in lines:\n    n = 1\n    return n\nreturn n"),
    (
        "loop-in-loop",
        "n = 0\nfor line in lines:\n    n = 1\n    for other in lines:\n        n = 2\nreturn n",
    ),
    ("loop-else", "n = 0\nfor line in lines:\n    n = 1\nelse:\n    n = 2\nreturn n"),
    ("loop-carries-nothing", "for line in lines:\n    n = 1\nreturn 2"),
    ("not-a-list", "n = 0\nfor x in age:\n    n = 1\nreturn n"),
    ("loop-variable", "n = 0\nfor a, b in lines:\n    n = 1\nreturn n"),
    ("element", "return lines[1].amount // Fen(1)"),
    ("element-missing", "return lines[0].amount // Fen(1)"),
    ("sum", "return sum(x.amount for x in lines)"),
    ("no-member/field", "return sum(x.price // Fen(1) for x in lines)"),
    ("no-order/list", "return len(ordered(lines))"),
    ("arguments/otherwise", "return smallest(x.amount // Fen(1) for x in lines)"),
    ("arguments/those", "return len(those(age))"),
    ("loop-in-loop/comprehension", "return len([1 for x in lines for y in lines])"),
    ("not-bool/list", "return 1 if any(x.amount for x in lines) else 2"),
    ("scalar-only/comprehension", "return 1 if [x for x in lines] else 2", ""),
    ("loop-start", "n = age / 2\nfor line in lines:\n    n = n + 1\nreturn round_down(n)"),
    ("set/comprehension", "return len({x.amount for x in lines})"),
    ("no-member/mapping", "return len(years.pairs())"),
    ("arguments/list", "return len()"),
    ("arguments/ordered", "return smallest((x for x in lines), otherwise=0)"),
    ("arguments/keys", "return len(those({Sort.A: age > 1, age: age > 2}))"),
    ("arguments/annuity", "return annuity_payment(Fen(1)) // Fen(1)"),
    ("sign/annuity", "return annuity_payment(Fen(-1), Rate('0.1'), 12) // Fen(1)"),
]


def _files(body: str, options: str = ", scalar_only=True") -> dict[str, str]:
    return with_rules(rule(body, "lines: list[Line], years: dict[int, Fen], age: int", options=options))


CASES = made(BODIES, RULES, _files)
