"""Mistakes in parameters.toml and in examples: name, text, the key that is named."""

from tests.law.mistaken import CITATIONS, EXAMPLES, GOOD, HEAD, NUMBERS, PARAMETERS, RULES, Case

HEADING = '[x]\nzh = "x"\nen = "x"\ntype = "int"\n'
KEYED = HEADING + 'keys = { a = "int" }\n'


def entry(**change: str) -> str:
    """One value with its source, some of it changed or left out."""
    parts = {"since": "2020-01-01", "source": '"s"', "confidence": '"high"', "value": "1"} | change
    return "values = [{ " + ", ".join(f"{k} = {v}" for k, v in parts.items() if v) + " }]"


IN_PARAMETERS = [
    ("bad-toml", '[x]\nzh = "\\p"', ""),
    ("bad-toml/unclosed", "[x", ""),
    ("bad-toml/unclosed", '[x]\nzh = "x', ""),
    ("bad-toml/twice", HEADING + 'zh = "y"', ""),
    ("bad-toml/equals", "[x]\n中文名 = 1", ""),
    ("bad-toml/value", "[x]\nzh = 限额", ""),
    ("parameter-form", "x = 1", "x"),
    ("parameter-unknown-key", HEADING + "law = 1\n" + entry(), "x.law"),
    ("parameter-form/text", '[x]\nzh = "x"\ntype = "int"\n' + entry(), "x.en"),
    ("parameter-type", '[x]\nzh = "x"\nen = "x"\ntype = "money"\n' + entry(), "x.type"),
    ("parameter-form/values", HEADING, "x.values"),
    ("parameter-form/set", HEADING + "set = 1\n" + entry(), "x.set"),
    ("parameter-form/entry", HEADING + "values = [1]", "x.values[0]"),
    ("parameter-form/keys", HEADING + "keys = 1\n" + entry(), "x.keys"),
    ("parameter-form/text", HEADING + entry(source=""), "x.values[0].source"),
    ("parameter-confidence", HEADING + entry(confidence='"sure"'), "x.values[0].confidence"),
    ("parameter-date", HEADING + entry(since='"2020"'), "x.values[0].since"),
    ("parameter-date/order", HEADING + entry(until="2019-12-31"), "x.values[0].until"),
    ("parameter-value", HEADING + entry(value='"a"'), "x.values[0].value"),
    ("parameter-value", '[x]\nzh = "x"\nen = "x"\ntype = "yuan"\n' + entry(value="1.5"), "x.values[0].value"),
    ("parameter-value/list", HEADING + "set = true\n" + entry(), "x.values[0].value"),
    ("parameter-form/rows", KEYED + entry(), "x.values[0].value"),
    ("parameter-keys", HEADING + 'keys = { a = "int above" }\n' + entry(), "x.keys.a"),
    ("parameter-keys/order", HEADING + 'keys = { a = "place from" }\n' + entry(), "x.keys.a"),
    ("parameter-keys/last", HEADING + 'keys = { a = "int from", b = "int" }\n' + entry(), "x.keys"),
    ("parameter-value/rows", KEYED + entry(value="", rows="1"), "x.values[0].rows"),
    ("parameter-value/row", KEYED + entry(value="", rows="[[1]]"), "x.values[0].rows[0]"),
    ("parameter-twice", KEYED + entry(value="", rows="[[1, 2], [1, 3]]"), "x.values[0].rows[1]"),
    ("parameter-words", KEYED + "words.a = 1\n" + entry(), "x.words.a"),
    ("parameter-words", KEYED + 'words.a = { zh = "x", en = "x", 1 = "x" }\n' + entry(), "x.words.a.1"),
    ("parameter-words/unknown", KEYED + 'words.b = { zh = "x", en = "x" }\n' + entry(), "x.words.b"),
    ("name-twice/parameter", '[age]\nzh = "x"\nen = "x"\ntype = "int"\n' + entry(), "age"),
]
EXAMPLE = '[[example]]\nname = "x"\non = 2026-01-01\n'
TABLE = '[[table]]\nname = "x"\non = 2026-01-01\n'
IN_EXAMPLES = [
    ("bad-toml/twice", EXAMPLE + 'name = "y"', ""),
    ("example-form", '[case]\nname = "x"', "case"),
    ("example-form", EXAMPLE + "outcome = { answer = 1 }", "example[0].outcome"),
    ("example-form/list", "example = 1", "example"),
    ("example-form/table", EXAMPLE + "outcomes = 1", "example[0].outcomes"),
    (
        "example-form/table",
        TABLE + 'columns = ["facts", "=answer"]\nrows = [\n  [1, 1],\n]',
        "table[0].rows[0].facts",
    ),
    ("example-form/name", "[[example]]\non = 2026-01-01\noutcomes = { answer = 1 }", "example[0].name"),
    ("example-form/on", '[[example]]\nname = "x"\non = "2026"\noutcomes = { answer = 1 }', "example[0].on"),
    (
        "example-form/on",
        TABLE + 'columns = ["on", "=answer"]\nrows = [\n  ["2026", 1],\n]',
        "table[0].rows[0]",
    ),
    ("example-form/outcomes", EXAMPLE + "facts = { age = 1 }", "example[0]"),
    ("example-form/columns", TABLE + "columns = 1\nrows = [[1]]", "table[0].columns"),
    ("example-form/rows", TABLE + 'columns = ["age", "=answer"]\nrows = []', "table[0].rows"),
    ("example-form/row", TABLE + 'columns = ["age", "=answer"]\nrows = [\n  [1],\n]', "table[0].rows[0]"),
]
IN_CITATIONS = [
    ("citations", '[laws]\n"法" = "Law"', "laws"),
    ("citations/text", '[acts]\n"法" = 1', "法"),
]
KEYS = {text: key for _, text, key in [*IN_PARAMETERS, *IN_EXAMPLES, *IN_CITATIONS]}
RULE_SET = {RULES: HEAD + GOOD, PARAMETERS: NUMBERS}
CASES = [
    *(Case(name, text, PARAMETERS, RULE_SET | {PARAMETERS: text + "\n"}) for name, text, _ in IN_PARAMETERS),
    *(Case(name, text, EXAMPLES, RULE_SET | {EXAMPLES: text + "\n"}) for name, text, _ in IN_EXAMPLES),
    *(Case(name, text, CITATIONS, RULE_SET | {CITATIONS: text + "\n"}) for name, text, _ in IN_CITATIONS),
]
