"""What authors of rule sets may write wrong: one case for each mistake of the catalogue, as files to load."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import dedent

from tongban.law import LawError, RuleSet, RuleSetError
from tongban.law.examples import examples_of

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
large = fact(float, zh="大数", en="large number", at_most=1e300)
wage = fact(Fen, zh="工资", en="wage")
sort = fact(Sort, zh="种类", en="sort")
home = fact(PlaceCode, zh="住地", en="home")
born = fact(Date, zh="生日", en="birth")
start = fact(Month, zh="起", en="start")
old = fact(Month, zh="旧", en="old", optional=True)
work = fact(Spells, zh="经历", en="work")
lines = fact(list[Line], zh="明细", en="lines")
years = fact(dict[int, Fen], zh="各年", en="years")
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
[most]
zh = "上限"
en = "most"
type = "int"
values = [{ since = 2020-01-01, source = "s", confidence = "high", value = 3 }]
[towns]
zh = "镇"
en = "towns"
type = "place"
set = true
values = [{ since = 2020-01-01, source = "s", confidence = "high", value = ["500000"] }]
"""
RULES, PARAMETERS, EXAMPLES = "utopia/rules.py", "utopia/parameters.toml", "utopia/examples/cases.toml"
CITATIONS = "citations.toml"


@dataclass(frozen=True)
class Case:
    """One mistake: its name in the catalogue, the text that makes it, and the file it stands in."""

    mistake: str
    text: str
    file: str
    files: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.mistake} {self.text}"[:60]

    def told(self) -> RuleSetError:
        """Load the files and read their examples; give the error that comes of it."""
        try:
            examples_of(RuleSet.from_files(self.files, "utopia"))
        except RuleSetError as error:
            return error
        except LawError as error:
            raise AssertionError(f"{self}: told as {error!r}") from error
        raise AssertionError(f"{self}: not refused")


def rule(body: str, arguments: str = "age: int", result: str = "int", options: str = "") -> str:
    """The rule `answer` with that body."""
    decorator = f'@rule(zh="题", en="title", cites="s. 1", outcome=True{options})\n'
    return f"{decorator}def answer({arguments}) -> {result}:\n" + "".join(
        f"    {line}\n" for line in dedent(body).strip().splitlines()
    )


GOOD = rule("return 1")


def load(rules: str, numbers: str = NUMBERS) -> RuleSet:
    """The rule set of Utopia with those rules below its facts."""
    return RuleSet.from_files({RULES: HEAD + rules, PARAMETERS: numbers}, "utopia")


def made(written: list[tuple[str, ...]], file: str, whole: Callable[..., dict[str, str]]) -> list[Case]:
    """Cases from name, text and whatever else `whole` needs to make the files."""
    return [Case(name, text, file, whole(text, *more)) for name, text, *more in written]


def with_rules(rules: str, head: str = HEAD) -> dict[str, str]:
    """The files of a rule set with those rules."""
    return {RULES: head + rules, PARAMETERS: NUMBERS}
