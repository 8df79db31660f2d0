"""Mistakes at the top level of rules.py: name, text below a good rule."""

from tests.law.mistaken import GOOD, HEAD, NUMBERS, PARAMETERS, RULES, Case, made, rule, with_rules

RULE = '@rule(zh="题", en="t", cites="s", '
FUNCTION = ")\ndef f() -> int:\n    return 1"
TOP_LEVEL: list[tuple[str, ...]] = [
    ("syntax", "X = 08"),
    ("syntax/plain", "x = 1 2"),
    ("syntax/comma", '@rule(zh="题" en="t")\ndef f() -> int:\n    return 1'),
    ("syntax/equals", "def f(age: int) -> int:\n    if age = 60:\n        return 1"),
    ("syntax/character", "X = (LIMITS，)"),
    ("syntax/unclosed", "X = (1, 2"),
    ("syntax/colon", "def f()\n    return 1"),
    ("syntax/indent", "def f():\nreturn 1"),
    ("syntax/text", "X = 'abc"),
    ("syntax/file", "X = '\0'"),
    ("too-deep", rule("return 1" + " + 1" * 5000).replace("answer", "sum_of_many")),
    ("top-level", "if True:\n    X = 1"),
    ("top-level/nothing", "X.y = 1"),
    ("async", "async def f() -> int: ..."),
    ("import/plain", "import os"),
    ("import", "from os import path"),
    ("import-unknown", "from country.atlantis.rules import king"),
    ("class", "class Thing:\n    x = 1"),
    ("choice-member", "class Other(Choice):\n    A = 1"),
    ("choice-member/values", 'class Other(Choice):\n    A = "a", "甲", "A"\n    B = "a", "乙", "B"'),
    ("record-field", "class Other(Record):\n    x = 1"),
    ("field-type", 'class Other(Record):\n    x: int = fact(Fen, zh="额", en="x")'),
    ("name-twice", 'age = fact(int, zh="年龄", en="age")'),
    ("reserved-name", 'on = fact(Date, zh="日", en="day")'),
    ("no-decorator", "def f() -> int:\n    return 1"),
    ("decorator", '@staticmethod\n@rule(zh="题", en="t", cites="s"' + FUNCTION),
    ("unknown-option", RULE + 'law="x"' + FUNCTION),
    ("unknown-option/positional", '@rule("题")\ndef f() -> int:\n    return 1'),
    ("missing-text", '@rule(zh="题", en="t"' + FUNCTION),
    ("option-value", RULE + "scalar_only=1" + FUNCTION),
    ("option-value/place", 'place_name("重庆", zh="重庆", en="Chongqing")'),
    ("rule-dates", RULE + 'since="soon"' + FUNCTION),
    ("rule-dates/replacing", RULE + 'replaces="answer"' + FUNCTION),
    ("rule-dates/order", RULE + 'since="2020-01-01", until="2019-01-01"' + FUNCTION),
    ("rule-names", RULE + 'names="bonus"' + FUNCTION),
    ("rule-names", RULE + 'names={"bonus": "bonus"}' + FUNCTION),
    ("rule-names/unknown", RULE + 'names={"bonus": ("加成", "bonus")}' + FUNCTION),
    ("replaces-unknown", RULE + 'since="2020-01-01", replaces="x"' + FUNCTION),
    ("replaces-type", RULE + 'since="2020-01-01", replaces="answer")\ndef f() -> bool:\n    return True'),
    (
        "replaces-same-day",
        "".join(
            RULE + f'since="2020-01-01", replaces="answer")\ndef {name}() -> int:\n    return 1\n'
            for name in "fg"
        ),
    ),
    ("for-each", RULE + "for_each=LIMITS)\ndef f(x: int) -> int:\n    return x"),
    ("no-result-type", '@rule(zh="题", en="t", cites="s")\ndef f():\n    return 1'),
    ("check-type", '@check(fact="age", zh="题", en="t")\ndef f(age: int) -> int:\n    return age'),
    ("check-fact", '@check(fact="agee", zh="题", en="t")\ndef f(age: int) -> bool:\n    return age > 1'),
    (
        "check-rules",
        '@check(fact="age", zh="题", en="t")\ndef f(answer: int) -> bool:\n    return answer > 1',
    ),
    ("fact-option/default-optional", 'x = fact(int, zh="题", en="t", optional=True, default=1)'),
    ("fact-option/limits", 'x = fact(int, zh="题", en="t", at_least=2, at_most=1)'),
    ("fact-option/limit", 'x = fact(Fen, zh="题", en="t", at_least=0)'),
    ("fact-option/unlimited", 'x = fact(bool, zh="题", en="t", at_least=True)'),
    ("fact-option/past", 'x = fact(int, zh="题", en="t", past=True)'),
    ("fact-option/matches", 'x = fact(str, zh="题", en="t", matches="(")'),
    ("fact-option/one-of", 'x = fact(int, zh="题", en="t", one_of=("a", "b"))'),
    ("fact-option/passing", 'x = fact(int, zh="题", en="t", as_time_passes="moves")'),
    ("fact-option/optional", 'x = fact(int | None, zh="题", en="t")'),
    ("fact-option/default", 'x = fact(int, zh="题", en="t", default="a")'),
    ("constant", "X = 1 + 1"),
    ("constant", 'X = (1, "a")'),
    ("ruleset-twice", 'ruleset("utopia", version="1", zh="乌", en="U")'),
]
OTHER = """\
from tongban.law import *
ruleset("atlantis", version="1", zh="亚特兰蒂斯", en="Atlantis")
age = fact(Fen, zh="年龄", en="age")
@rule(zh="王", en="king", cites="s")
def king(age: Fen) -> Fen:
    return age
"""
CIRCULAR = """\
from tongban.law import *
from country.utopia.rules import answer
ruleset("atlantis", version="1", zh="亚特兰蒂斯", en="Atlantis")
"""
NAMED = "from country.atlantis.rules import "


def _together(mistake: str, text: str, other: str, rules: str, file: str = RULES) -> Case:
    return Case(mistake, text, file, {RULES: rules, PARAMETERS: NUMBERS, "atlantis/rules.py": other})


def _headed(mistake: str, text: str, head: str) -> Case:
    return Case(mistake, text, RULES, with_rules(GOOD, head))


CASES = [
    *made(TOP_LEVEL, RULES, lambda text: with_rules(GOOD + text + "\n")),
    _headed("no-ruleset", "X = 1", "X = 1\n"),
    _headed("ruleset-name", 'ruleset("My Utopia", …)', HEAD.replace('"utopia"', '"My Utopia"')),
    _headed("ruleset-folder", 'ruleset("nowhere", …)', HEAD.replace('"utopia"', '"nowhere"')),
    _together("import-name", NAMED + "queen", OTHER, HEAD + NAMED + "queen\n" + GOOD),
    _together("import-name/renamed", NAMED + "king as k", OTHER, HEAD + NAMED + "king as k\n" + GOOD),
    _together(
        "fact-differs", "age = fact(Fen, …)", OTHER, HEAD + NAMED + "king\n" + rule("return 1", "king: Fen")
    ),
    _together(
        "import-circle",
        "from country.utopia.rules import answer",
        CIRCULAR,
        HEAD + NAMED + "king\n" + GOOD,
        "atlantis/rules.py",
    ),
]
