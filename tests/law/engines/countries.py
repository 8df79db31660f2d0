"""Rule sets of countries that chance made: every type and operation that runs in columns."""
# ruff: noqa: E501 - tables of forms are read line by line

from hypothesis import strategies as st

FACTS = """
class Colour(Choice):
    RED = "red", "红", "red"
    GREEN = "green", "绿", "green"
    BLUE = "blue", "蓝", "blue"

flag = fact(bool, zh="旗", en="flag")
few = fact(int, zh="少", en="few", at_least=-20, at_most=20)
many = fact(int, zh="多", en="many")
real = fact(float, zh="实", en="real", at_least=-1000.0, at_most=1000.0)
colour = fact(Colour, zh="色", en="colour")
code = fact(str, zh="码", en="code")
born = fact(Month, zh="生月", en="born", at_least=Month("1940-01"), at_most=Month("2030-12"))
day = fact(Date, zh="日", en="day", at_least=Date("1940-01-01"), at_most=Date("2030-12-31"))
moment = fact(DateTime, zh="时", en="moment", at_least=DateTime("1940-01-01T00:00"), at_most=DateTime("2030-12-31T23:59"))
money = fact(Fen, zh="钱", en="money", at_least=yuan("-1000000"), at_most=yuan("1000000"))
share = fact(Rate, zh="率", en="share", at_most=Rate("2"))
place = fact(PlaceCode, zh="地", en="place")
work = fact(Spells, zh="史", en="work")
maybe = fact(int, zh="或", en="maybe", optional=True, at_least=-5, at_most=5)
usual = fact(int, zh="常", en="usual", default=7, at_least=0, at_most=99)
"""

PARAMETERS = """
[step]
zh = "步"
en = "step"
type = "int"
keys = { colour = "Colour" }
values = [
    { since = 2000-01-01, source = "s", confidence = "high", rows = [["red", 3], ["green", -4], ["blue", 0]] },
    { since = 2026-06-01, source = "s", confidence = "high", rows = [["red", 5]] },
]

[local]
zh = "地方"
en = "local"
type = "yuan"
keys = { place = "place", few = "int from" }
[[local.values]]
since = 2010-01-01
source = "s"
confidence = "low"
rows = [["500000", 0, "12.34"], ["500000", 10, "5.00"], ["510000", -20, "1"], ["510100", 3, "-7.5"]]
[[local.values]]
since = 2024-01-01
source = "s"
confidence = "low"
rows = [["510104", 0, "99.99"]]

[limit]
zh = "限"
en = "limit"
type = "int"
otherwise = "none"
keys = { code = "str", few = "int up-to" }
values = [{ since = 2000-01-01, source = "s", confidence = "high", rows = [["A", 5, 1], ["A", 10, "none"], ["B", 0, 4]] }]

[era]
zh = "年代"
en = "era"
type = "rate"
values = [
    { since = 1950-01-01, until = 1999-12-31, source = "s", confidence = "high", value = "0.105" },
    { since = 2005-01-01, source = "s", confidence = "high", value = "0.333333" },
]

[known]
zh = "已知"
en = "known"
type = "str"
set = true
values = [{ since = 2000-01-01, source = "s", confidence = "high", value = ["A", "C"] }]

[area]
zh = "区域"
en = "area"
type = "place"
set = true
values = [{ since = 2000-01-01, source = "s", confidence = "high", value = ["510100", "500000"] }]
"""

TYPES = ("bool", "int", "float", "Month", "Date", "DateTime", "Fen", "Rate", "Colour", "PlaceCode", "Spells")
ARGUMENTS = {
    "flag": "bool", "few": "int", "many": "int", "real": "float", "colour": "Colour", "code": "str",
    "born": "Month", "day": "Date", "moment": "DateTime", "money": "Fen", "share": "Rate", "place": "PlaceCode",
    "work": "Spells", "maybe": "int | None", "usual": "int", "on": "Date",
    "step": "Table[Colour, int]", "local": "Table[tuple[PlaceCode, int], Fen]",
    "limit": "Table[tuple[str, int], int | None]", "era": "Dated[Rate]", "known": "frozenset[str]",
    "area": "frozenset[PlaceCode]",
}  # fmt: skip

# How values of each type are made: {int}, {Fen}, … stand for a value of that type, made in the same way.
FORMS: dict[str, tuple[str, ...]] = {
    "bool": (
        "flag", "{int} < {int}", "{int} >= {int}", "{Fen} > {Fen}", "{float} <= {float}", "{Month} <= {Month}",
        "{Date} > {Date}", "{DateTime} >= {DateTime}", "not {bool}", "({bool} and {bool})", "({bool} or {bool})",
        "{Colour} == {Colour}", "colour in (Colour.RED, Colour.BLUE)", "code in known", 'code == "B"', "code in ('A', 'Z')",
        "{PlaceCode}.within({PlaceCode})", "{PlaceCode}.within_any(area)", "{Month} in {Spells}", "maybe is None",
        "(maybe is not None and maybe > {small})", "-5 < {int} <= 9", "({bool} if {bool} else {bool})",
        "{Rate} < {Rate}", "{PlaceCode} != {PlaceCode}", "(code, few) in limit",
    ),
    "int": (
        "few", "many", "usual", "{small}", "({int} + {int})", "({int} - {int})", "({small} * {int})", "({int} // {divisor})",
        "({int} % {divisor})", "min({int}, {int})", "max({int}, {int}, {small})", "abs({int})", "-{int}",
        "({int} if {bool} else {int})", "({Month} - {Month})", "({Date} - {Date})", "{Month}.year", "{Month}.number",
        "{Date}.year", "{Date}.day", "{DateTime}.minute_of_day", "({Fen} // Fen(7))", "step[{Colour}]",
        "round_half_up({int} / {divisor})", "round_half_even({int} / {divisor})", "round_up({int} * {Rate})",
        "round_down({int} / {divisor})", "round_half_up({float})", "round_half_even({float})", "round_up({float})",
        "round_down({float})", '{Date}.full_years_to({Date}, leap_day="feb-28")',
        '{Date}.full_years_to({Date}, leap_day="mar-1")', '{Date}.full_months_to({Date}, overflow="last-day")',
        '{Date}.full_months_to({Date}, overflow="next-month")', "{Spells}.months()", "{Spells}.longest_run()",
        "{Spells}.longest_run(bridging={small})", "{Spells}.run_ending({Month})",
        "{Spells}.run_ending({Month}, bridging={small})", "{Spells}.gaps()", "{Spells}.longest_gap()",
        "{Spells}.overlap({Spells})", "(maybe if maybe is not None else {int})",
        "(many // few if few != 0 else {int})", "(many % few if few < 0 else {int})",
    ),
    "float": (
        "real", "0.5", "({float} + {float})", "({float} - {float})", "({float} * 0.25)", "({float} / 3.0)", "float({int})",
        "min({float}, {float})", "max({float}, {float})", "abs({float})", "-{float}", "({float} if {bool} else {float})",
        "(real / float(few) if few > 0 else {float})",
    ),
    "Month": (
        "born", 'Month("2001-02")', "({Month} + few)", "({Month} - {small})", "{Date}.month", "({Month} if {bool} else {Month})",
        "max({Month}, {Month})",
    ),
    "Date": (
        "day", "on", 'Date("2024-02-29")', "({Date} + few)", "({Date} - {small})", "{Month}.first_day", "{Month}.last_day",
        "{DateTime}.date", '{Date}.plus_months(few, overflow="last-day")', '{Date}.plus_months(few, overflow="next-month")',
        '{Date}.plus_years({small}, overflow="last-day")', '{Date}.plus_years({small}, overflow="next-month")',
        "({Date} if {bool} else {Date})", "min({Date}, {Date})",
    ),
    "DateTime": ("moment", "{Date}.at(1440)", "({DateTime} if {bool} else {DateTime})"),
    "Fen": (
        "money", 'yuan("0.05")', "Fen(0)", "({Fen} + {Fen})", "({Fen} - {Fen})", "({Fen} * {small})", "-{Fen}", "abs({Fen})",
        "min({Fen}, {Fen})", "max({Fen}, {Fen})", "({Fen} if {bool} else {Fen})", "({Fen} % yuan('1'))",
        "round_half_up(money * {Rate})", "round_half_even(money * share / 3)", "round_up({Fen} / {divisor})",
        'round_down({Fen} / 7, to=yuan("1"))', 'round_half_up(money * share, to=yuan("0.10"))', "local[{PlaceCode}, few]",
    ),
    "Rate": ("share", 'Rate("0.05")', "(share + {Rate})", "({Rate} - share)", "era.at({Month})", "era.at(day)"),
    "Colour": ("colour", "Colour.GREEN", "({Colour} if {bool} else {Colour})"),
    "PlaceCode": (
        "place", 'PlaceCode("510100")', "{PlaceCode}.province", "{PlaceCode}.city", "({PlaceCode} if {bool} else {PlaceCode})"
    ),
    "Spells": (
        "work", "work", "{Spells}.within({PlaceCode})", "{Spells}.of_kind(SpellKind.ACTUAL)", "{Spells}.up_to({Month})",
        "{Spells}.starting({Month})", "({Spells} | {Spells})", "({Spells} & {Spells})", "({Spells} - {Spells})",
    ),
}  # fmt: skip
MAYBE = (
    ("int | None", "maybe"), ("int | None", "limit[code, few]"), ("Month | None", "{Spells}.first()"),
    ("Month | None", "{Spells}.last()"), ("PlaceCode | None", "{Spells}.last_place()"),
    ("Month | None", "{Spells}.first_month_with({int})"), ("int | None", "({int} if {bool} else None)"),
)  # fmt: skip


@st.composite
def countries(draw: st.DrawFn) -> dict[str, str]:
    """The files of a rule set `chance` with some rules."""
    rules = [_rule(draw, number) for number in range(draw(st.integers(2, 5)))]
    header = "from tongban.law import *\n\nruleset('chance', version='1', zh='机会', en='Chance')\n"
    text = header.replace("*", _WORDS) + FACTS + "\n".join(rules)
    return {"chance/rules.py": text, "chance/parameters.toml": PARAMETERS}


_WORDS = (
    "Choice, Date, DateTime, Dated, Fen, Month, PlaceCode, Rate, SpellKind, Spells, Table, fact, round_down, "
    "round_half_even, round_half_up, round_up, rule, ruleset, yuan"
)


def _rule(draw: st.DrawFn, number: int) -> str:
    if draw(st.integers(0, 4)) == 0:
        kind, form = draw(st.sampled_from(MAYBE))
        body = f"    return {_filled(draw, form, 3)}"
    else:
        kind = draw(st.sampled_from(TYPES[:-1]))
        body = _body(draw, kind)
    arguments = ", ".join(f"{name}: {annotation}" for name, annotation in ARGUMENTS.items())
    return (
        f"@rule(zh='规则', en='rule', cites='第一条', outcome=True)\n"
        f"def outcome_{number}({arguments}) -> {kind}:\n{body}\n"
    )


def _body(draw: st.DrawFn, kind: str) -> str:
    value = "{" + kind + "}"
    match draw(st.integers(0, 3)):
        case 0:
            form = f"    if {{bool}}:\n        return {value}\n    return {value}"
        case 1:
            local = draw(st.sampled_from(("int", "Month", "Spells", "Fen")))
            part = {
                "int": "few + named",
                "Month": "named - born",
                "Spells": "named.months()",
                "Fen": "named // Fen(9)",
            }
            form = (
                f"    named = {{{local}}}\n    if {part[local]} > {{small}}:\n        return {value}\n"
                f"    elif {{bool}}:\n        return {value}\n    return {value}"
            )
        case 2:
            form = (
                "    if {bool}:\n        number = {int}\n    else:\n        number = {small}\n"
                f"    return {value} if number > few else {value}"
            )
        case _:
            form = f"    return {value}"
    return _filled(draw, form, 3)


def _filled(draw: st.DrawFn, form: str, depth: int) -> str:
    """The form with a value for every place in braces."""
    before, brace, rest = form.partition("{")
    if not brace:
        return form
    kind, _, after = rest.partition("}")
    return before + _value(draw, kind, depth) + _filled(draw, after, depth)


def _value(draw: st.DrawFn, kind: str, depth: int) -> str:
    if kind == "small":
        return str(draw(st.integers(-9, 9)))
    if kind == "divisor":
        return str(draw(st.sampled_from((1, 2, 3, 7, 12, 1000, -2, -5))))
    forms = FORMS[kind]
    if depth == 0:
        forms = tuple(form for form in forms if "{" not in form)
    return _filled(draw, draw(st.sampled_from(forms)), depth - 1)
