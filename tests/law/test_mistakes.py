"""What a rules file may not say: refused with code, file, line, source line and what to write instead."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from tongban.law import LawError, RuleSet, RuleSetError

HEAD = """\
from tongban.law import *
ruleset("utopia", version="1", zh="乌托邦", en="Utopia")
class Sort(Choice):
    A = "a", "甲", "A"
    B = "b", "乙", "B"
class Line(Record):
    amount: Fen = fact(Fen, zh="金额", en="amount")
age = fact(int, zh="年龄", en="age", at_least=0, at_most=150)
wide = fact(int, zh="数", en="number")
ratio = fact(float, zh="比", en="ratio", at_least=0.0, at_most=1.0)
wage = fact(Fen, zh="工资", en="wage")
sort = fact(Sort, zh="种类", en="sort")
home = fact(PlaceCode, zh="住地", en="home")
born = fact(Date, zh="生日", en="birth")
start = fact(Month, zh="起", en="start")
old = fact(Month, zh="旧", en="old", optional=True)
work = fact(Spells, zh="经历", en="work")
lines = fact(list[Line], zh="明细", en="lines")
LIMITS = (1, 2)
"""
NUMBERS = """\
[limit]
zh = "限额"
en = "limit"
type = "int"
keys = { place = "place" }
values = [{ since = 2020-01-01, source = "s", confidence = "high", rows = [["500000", 1]] }]
[share]
zh = "比例"
en = "share"
type = "rate"
values = [{ since = 2020-01-01, source = "s", confidence = "high", value = "0.1" }]
[towns]
zh = "镇"
en = "towns"
type = "place"
set = true
values = [{ since = 2020-01-01, source = "s", confidence = "high", value = ["500000"] }]
"""


def load(rules: str, numbers: str = NUMBERS) -> RuleSet:
    return RuleSet.from_files({"utopia/rules.py": HEAD + rules, "utopia/parameters.toml": numbers}, "utopia")


def rule(body: str, arguments: str = "age: int", result: str = "int", options: str = "") -> str:
    decorator = f'@rule(zh="题", en="title", cites="s. 1", outcome=True{options})\n'
    return f"{decorator}def answer({arguments}) -> {result}:\n" + "".join(
        f"    {line}\n" for line in dedent(body).strip().splitlines()
    )


BODIES = [
    # code, body, arguments, result, a word of what to write instead
    ("while", "while age > 1:\n    pass\nreturn 1", "age: int", "int", "scalar-only"),
    ("scalar-only", "for line in lines:\n    pass\nreturn 1", "lines: list[Line]", "int", "scalar_only=True"),
    ("scalar-only", "return sum(1 for line in lines)", "lines: list[Line]", "int", "scalar_only=True"),
    ("try", "try:\n    return 1\nexcept ValueError:\n    return 2", "age: int", "int", "if"),
    ("raise", "raise ValueError", "age: int", "int", "@check"),
    ("assert", "assert age > 1\nreturn 1", "age: int", "int", "@check"),
    ("with", "with age:\n    return 1", "age: int", "int", "Leave"),
    ("match", "match age:\n    case _:\n        return 1", "age: int", "int", "if / elif / else"),
    ("inner-function", "def f() -> int:\n    return 1\nreturn 1", "age: int", "int", "rule of its own"),
    ("inner-class", "class C:\n    pass\nreturn 1", "age: int", "int", "top level"),
    ("global", "global age\nreturn 1", "age: int", "int", "Leave it out"),
    ("delete", "del age\nreturn 1", "age: int", "int", "Leave it out"),
    ("import", "import math\nreturn 1", "age: int", "int", "top of the file"),
    ("pass", "if age > 1:\n    return 1\nelse:\n    pass\nreturn 2", "age: int", "int", "Return a value"),
    ("augmented", "x = 1\nx += 1\nreturn x", "age: int", "int", "new name"),
    ("no-effect", "age + 1\nreturn 1", "age: int", "int", "Name it"),
    ("assigned-twice", "x = 1\nx = 2\nreturn x", "age: int", "int", "another name"),
    ("assigned-twice", "age = 2\nreturn age", "age: int", "int", "another name"),
    ("assignment", "x = y = 1\nreturn x", "age: int", "int", "one a line"),
    ("maybe-unset", "if age > 1:\n    x = 1\nreturn x", "age: int", "int", "each branch"),
    ("no-return", "if age > 1:\n    return 1", "age: int", "int", "every path"),
    ("no-value", "return", "age: int", "int", "Return a value"),
    ("unreachable", "return 1\nreturn 2", "age: int", "int", "Leave it out"),
    ("lambda", "return lambda: 1", "age: int", "int", "rule"),
    ("f-string", "return f'{age}'", "age: int", "str", "because"),
    ("dict", "return {1: 2}", "age: int", "int", "parameters.toml"),
    ("set", "return 1 if age in {1, 2} else 2", "age: int", "int", "tuple"),
    ("list", "return 1 if age in [1, 2] else 2", "age: int", "int", "those"),
    ("walrus", "return (x := 1)", "age: int", "int", "before"),
    ("operator", "return age ** 2", "age: int", "int", "x * x"),
    ("bit-operator", "return age > 1 & age < 2", "age: int", "bool", "`and`"),
    ("not-bool", "return 1 if age else 2", "age: int", "int", "!= 0"),
    ("bool-compared", "return (age > 1) == True", "age: int", "bool", "not x"),
    ("none-compared", "return old == None", "old: Month | None", "bool", "is None"),
    ("is", "return age is 1", "age: int", "bool", "=="),
    ("never-none", "return age is None", "age: int", "bool", "Leave the question out"),
    ("maybe-missing", "return old + 1", "old: Month | None", "Month", "is None"),
    ("unknown-name", "return agee", "age: int", "int", "Did you mean age"),
    ("not-an-argument", "return age", "", "int", "arguments"),
    ("unknown-function", "return round(age)", "age: int", "int", "round_half_up"),
    ("unknown-function", "return sqrt(age)", "age: int", "int", "language.md"),
    ("because", "x = because(1, zh='一', en='one')\nreturn x", "age: int", "int", "return because"),
    ("because", "return because(1, zh='一')", "age: int", "int", "en="),
    ("because-name", "return because(1, zh='{x}', en='y')", "age: int", "int", "Known are age"),
    ("because-text", "return because(1, zh=f'{age}', en='y')", "age: int", "int", "without f"),
    ("mixed-types", "return age + wage", "age: int, wage: Fen", "int", "combines"),
    ("mixed-types", "return start + start", "start: Month", "Month", "combines"),
    ("mixed-types", "return min(age, wage)", "age: int, wage: Fen", "int", "combines"),
    ("money-number", "return wage > 0", "wage: Fen", "bool", "Fen(0)"),
    ("money-float", "return round_down(wage * ratio)", "wage: Fen, ratio: float", "Fen", "Rate"),
    ("money-floor", "return wage // 2", "wage: Fen", "Fen", "round_down"),
    ("not-rounded", "return wage / 3", "wage: Fen", "Fen", "round_half_up"),
    ("not-rounded", "return wage * share", "wage: Fen, share: Rate", "Fen", "round_half_up"),
    ("not-rounded", "return age / 3", "age: int", "int", "round_half_up"),
    ("round", "return round_down(start)", "start: Month", "Month", "Leave the rounding out"),
    ("round", "return round_down(wage / 2, to=100)", "wage: Fen", "Fen", "yuan"),
    ("round", "return round_down(age / 2, to=yuan('1'))", "age: int", "int", "Leave to= out"),
    ("divide-by-zero", "return 100 // age", "age: int", "int", "if divisor == 0"),
    ("divide-by-zero", "return 100 % age", "age: int", "int", "at_least=1"),
    ("divide-by-zero", "return 1.0 / ratio", "ratio: float", "float", "at_least=1"),
    ("overflow", "return wide * wide * wide", "wide: int", "int", "behind wide"),
    ("overflow", "return start + wide", "start: Month, wide: int", "Month", "behind start, wide"),
    ("ambiguous-months", "return born.plus_months(1)", "born: Date", "Date", 'overflow="last-day"'),
    ("ambiguous-months", "return born.full_years_to(born)", "born: Date", "int", 'leap_day="feb-28"'),
    ("text-compared", "return sort == 'a'", "sort: Sort", "bool", "member"),
    ("text-compared", "return home == '500000'", "home: PlaceCode", "bool", "PlaceCode"),
    ("no-order", "return home > home", "home: PlaceCode", "bool", "=="),
    ("spells-compared", "return work == work", "work: Spells", "bool", "months()"),
    ("unknown-member", "return sort == Sort.C", "sort: Sort", "bool", "A, B"),
    ("no-member", "return work.total()", "work: Spells", "int", "longest_run()"),
    ("no-member", "return start.day", "start: Month", "int", "number"),
    ("not-called", "return work.months", "work: Spells", "int", ".months(…)"),
    ("called", "return start.year()", "start: Month", "int", "without brackets"),
    ("arguments", "return work.within()", "work: Spells", "Spells", ".within(PlaceCode)"),
    ("table-value", "return limit", "limit: Table[PlaceCode, int]", "int", "limit[key]"),
    (
        "table-keys",
        "return limit[home, home]",
        "limit: Table[PlaceCode, int], home: PlaceCode",
        "int",
        "[place]",
    ),
    ("wrong-type", "return limit[age]", "limit: Table[PlaceCode, int], age: int", "int", "PlaceCode"),
    ("set-value", "return towns", "towns: frozenset[PlaceCode]", "bool", "in towns"),
    (
        "dated",
        "return limit[home]",
        "limit: Dated[Table[PlaceCode, int]], home: PlaceCode",
        "int",
        ".at(day)",
    ),
    ("subscript", "return age[0]", "age: int", "int", "keys"),
    ("wrong-type", "return 'x'", "age: int", "int", "int"),
    (
        "branch-types",
        "if age > 1:\n    x = 1\nelse:\n    x = wage\nreturn x",
        "age: int, wage: Fen",
        "int",
        "one type",
    ),
    ("constant", "return Month('2020-13')", "age: int", "Month", "Correct the text"),
    ("constant", "return 1j", "age: int", "int", "number"),
    ("unknown-argument", "return 1", "agee: int", "int", "Did you mean age"),
    ("argument-type", "return 1", "age: Fen", "int", "age: int"),
    ("parameter-annotation", "return 1", "limit: int", "int", "Table[PlaceCode, int]"),
    ("no-annotation", "return 1", "age", "int", "age: TYPE"),
    ("arguments-form", "return 1", "age: int = 3", "int", "defaults at the fact"),
    ("unknown-type", "return 1", "age: number", "int", "Write one of"),
    ("rule-called", "return answer()", "age: int", "int", "arguments"),
    ("circle", "return answer", "answer: int", "int", "Break the circle"),
    ("in", "return age in wage", "age: int, wage: Fen", "bool", "tuple"),
    ("tuple-value", "return (1, 2)", "age: int", "int", "after `in`"),
]


@pytest.mark.parametrize(("code", "body", "arguments", "result", "instead"), BODIES)
def test_a_rule_that_says_it_is_refused(
    code: str, body: str, arguments: str, result: str, instead: str
) -> None:
    with pytest.raises(RuleSetError) as caught:
        load(rule(body, arguments, result))
    error = caught.value
    assert (error.code, error.where.file) == (code, "utopia/rules.py")
    assert error.where.line > HEAD.count("\n")
    assert error.where.source in (HEAD + rule(body, arguments, result)).splitlines()
    assert instead in error.instead


SCALAR_ONLY = [
    ("break", "n = 0\nfor line in lines:\n    n = 1\n    break\nreturn n", "condition"),
    ("break", "n = 0\nfor line in lines:\n    n = 1\n    continue\nreturn n", "if"),
    ("return-in-loop", "n = 0\nfor line in lines:\n    n = 1\n    return n\nreturn n", "Carry"),
    (
        "loop-in-loop",
        "n = 0\nfor line in lines:\n    n = 1\n    for other in lines:\n        n = 2\nreturn n",
        "sum",
    ),
    ("loop-else", "n = 0\nfor line in lines:\n    n = 1\nelse:\n    n = 2\nreturn n", "Leave it out"),
    ("loop-carries-nothing", "for line in lines:\n    n = 1\nreturn 2", "start"),
    ("not-a-list", "n = 0\nfor x in age:\n    n = 1\nreturn n", "items()"),
    ("loop-variable", "n = 0\nfor a, b in lines:\n    n = 1\nreturn n", "one name"),
    ("element", "return lines[1].amount // Fen(1)", "xs[0]"),
    ("element-missing", "return lines[0].amount // Fen(1)", "at_least=1"),
    ("sum", "return sum(x.amount for x in lines)", "total"),
    ("no-member", "return sum(x.price // Fen(1) for x in lines)", "amount"),
    ("no-order", "return len(ordered(lines))", "Order"),
    ("arguments", "return smallest(x.amount // Fen(1) for x in lines)", "otherwise"),
    ("arguments", "return len(those(age))", "those"),
    ("loop-in-loop", "return len([1 for x in lines for y in lines])", "Nest"),
]


@pytest.mark.parametrize(("code", "body", "instead"), SCALAR_ONLY)
def test_a_rule_over_lists_that_says_it_is_refused(code: str, body: str, instead: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        load(rule(body, "lines: list[Line], age: int", options=", scalar_only=True"))
    assert caught.value.code == code
    assert instead in caught.value.instead


GOOD = rule("return 1")
RULE = '@rule(zh="题", en="t", cites="s", '
PARAMETER = '[x]\nzh = "x"\nen = "x"\ntype = "int"\n'
F = ")\ndef f() -> int:\n    return 1"
TOP_LEVEL = [
    ("syntax", "def ("),
    ("top-level", "if True:\n    X = 1"),
    ("top-level", "X.y = 1"),
    ("async", "async def f() -> int: ..."),
    ("import", "import os"),
    ("import", "from os import path"),
    ("import-unknown", "from country.atlantis.rules import king"),
    ("class", "class Thing:\n    x = 1"),
    ("choice-member", "class Other(Choice):\n    A = 1"),
    ("choice-member", 'class Other(Choice):\n    A = "a", "甲", "A"\n    B = "a", "乙", "B"'),
    ("record-field", "class Other(Record):\n    x = 1"),
    ("field-type", 'class Other(Record):\n    x: int = fact(Fen, zh="额", en="x")'),
    ("name-twice", 'age = fact(int, zh="年龄", en="age")'),
    ("reserved-name", 'on = fact(Date, zh="日", en="day")'),
    ("no-decorator", "def f() -> int:\n    return 1"),
    ("decorator", '@staticmethod\n@rule(zh="题", en="t", cites="s"' + F),
    ("unknown-option", RULE + 'law="x"' + F),
    ("missing-text", '@rule(zh="题", en="t"' + F),
    ("option-value", RULE + "scalar_only=1" + F),
    ("rule-dates", RULE + 'since="soon"' + F),
    ("rule-dates", RULE + 'replaces="answer"' + F),
    ("rule-dates", RULE + 'since="2020-01-01", until="2019-01-01"' + F),
    ("replaces-unknown", RULE + 'since="2020-01-01", replaces="x"' + F),
    ("replaces-type", RULE + 'since="2020-01-01", replaces="answer")\ndef f() -> bool:\n    return True'),
    ("for-each", RULE + "for_each=LIMITS)\ndef f(x: int) -> int:\n    return x"),
    ("no-result-type", '@rule(zh="题", en="t", cites="s")\ndef f():\n    return 1'),
    ("check-type", '@check(fact="age", zh="题", en="t")\ndef f(age: int) -> int:\n    return age'),
    ("check-fact", '@check(fact="agee", zh="题", en="t")\ndef f(age: int) -> bool:\n    return age > 1'),
    (
        "check-rules",
        '@check(fact="age", zh="题", en="t")\ndef f(answer: int) -> bool:\n    return answer > 1',
    ),
    ("fact-option", 'x = fact(int, zh="题", en="t", optional=True, default=1)'),
    ("fact-option", 'x = fact(int, zh="题", en="t", at_least=2, at_most=1)'),
    ("fact-option", 'x = fact(Fen, zh="题", en="t", at_least=0)'),
    ("fact-option", 'x = fact(bool, zh="题", en="t", at_least=0)'),
    ("fact-option", 'x = fact(int, zh="题", en="t", past=True)'),
    ("fact-option", 'x = fact(str, zh="题", en="t", matches="(")'),
    ("fact-option", 'x = fact(int, zh="题", en="t", one_of=("a", "b"))'),
    ("fact-option", 'x = fact(int, zh="题", en="t", as_time_passes="moves")'),
    ("fact-option", 'x = fact(int | None, zh="题", en="t")'),
    ("constant", "X = 1 + 1"),
    ("constant", 'X = (1, "a")'),
    ("ruleset-twice", 'ruleset("utopia", version="1", zh="乌", en="U")'),
]


@pytest.mark.parametrize(("code", "text"), TOP_LEVEL)
def test_a_file_that_declares_it_is_refused(code: str, text: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        load(GOOD + text + "\n")
    assert caught.value.code == code
    assert re.match(r"utopia/rules.py(:\d+)?: ", str(caught.value))


def entry(**change: str) -> str:
    parts = {"since": "2020-01-01", "source": '"s"', "confidence": '"high"', "value": "1"} | change
    return "values = [{ " + ", ".join(f"{k} = {v}" for k, v in parts.items() if v) + " }]"


PARAMETERS = [
    ("bad-toml", "[x", "x"),
    ("parameter-form", "x = 1", "x"),
    ("parameter-unknown-key", PARAMETER + "law = 1\n" + entry(), "x.law"),
    ("parameter-form", '[x]\nzh = "x"\ntype = "int"\n' + entry(), "x.en"),
    ("parameter-type", '[x]\nzh = "x"\nen = "x"\ntype = "money"\n' + entry(), "x.type"),
    ("parameter-form", '[x]\nzh = "x"\nen = "x"\ntype = "int"', "x.values"),
    ("parameter-form", PARAMETER + entry(source=""), "x.values[0].source"),
    ("parameter-confidence", PARAMETER + entry(confidence='"sure"'), "x.values[0].confidence"),
    ("parameter-date", PARAMETER + entry(since='"2020"'), "x.values[0].since"),
    ("parameter-date", PARAMETER + entry(until="2019-12-31"), "x.values[0].until"),
    ("parameter-value", PARAMETER + entry(value='"a"'), "x.values[0].value"),
    ("parameter-value", '[x]\nzh = "x"\nen = "x"\ntype = "yuan"\n' + entry(value="1.5"), "x.values[0].value"),
    ("parameter-form", PARAMETER + 'keys = { a = "int" }\n' + entry(), "x.values[0].value"),
    ("parameter-keys", PARAMETER + 'keys = { a = "place from" }\n' + entry(), "x.keys.a"),
    ("parameter-keys", PARAMETER + 'keys = { a = "int from", b = "int" }\n' + entry(), "x.keys"),
    (
        "parameter-value",
        PARAMETER + 'keys = { a = "int" }\n' + entry(value="", rows="[[1]]"),
        "x.values[0].rows[0]",
    ),
    (
        "parameter-twice",
        PARAMETER + 'keys = { a = "int" }\n' + entry(value="", rows="[[1, 2], [1, 3]]"),
        "x.values[0].rows[1]",
    ),
    ("name-twice", '[age]\nzh = "x"\nen = "x"\ntype = "int"\n' + entry(), "age"),
]


@pytest.mark.parametrize(("code", "text", "path"), PARAMETERS)
def test_a_parameter_that_says_it_is_refused_with_its_key(code: str, text: str, path: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        load(GOOD, text + "\n")
    assert caught.value.code == code
    assert caught.value.where.file == "utopia/parameters.toml"
    assert path in str(caught.value)


def test_distinct_mistakes_are_many() -> None:
    codes = {code for code, *_ in [*BODIES, *SCALAR_ONLY, *TOP_LEVEL, *PARAMETERS]}
    assert len(codes) >= 100


def test_a_file_without_a_declaration_is_refused() -> None:
    with pytest.raises(LawError, match="no rule set is declared"):
        RuleSet.from_files({"utopia/rules.py": "X = 1\n"}, "utopia")


def test_rule_sets_that_import_each_other_are_refused() -> None:
    other = 'from x.{}.rules import f\nruleset("{}", version="1", zh="a", en="a")\n'
    files = {"a/rules.py": other.format("b", "a"), "b/rules.py": other.format("a", "b")}
    with pytest.raises(RuleSetError) as caught:
        RuleSet.from_files(files, "a")
    assert caught.value.code == "import-circle"


def test_a_folder_named_otherwise_is_refused() -> None:
    with pytest.raises(RuleSetError, match="lies in nowhere"):
        RuleSet.from_files({"nowhere/rules.py": HEAD + GOOD, "nowhere/parameters.toml": NUMBERS}, "nowhere")


def test_deeply_nested_text_is_refused_without_a_traceback() -> None:
    with pytest.raises(RuleSetError):
        load(rule("return " + "(" * 500 + "1" + ")" * 500))


@pytest.mark.parametrize("text", ["return " + "-" * 3000 + "1", "return 1" + " + 1" * 5000])
def test_endless_expressions_are_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(RuleSetError):
        load(rule(text))


def test_the_authors_guide_lists_every_code() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "law" / "errors.md").read_text("utf-8")
    codes = {code for code, *_ in [*BODIES, *SCALAR_ONLY, *TOP_LEVEL, *PARAMETERS]}
    assert [code for code in sorted(codes) if f"`{code}`" not in guide] == []
