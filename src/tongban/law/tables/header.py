"""What each column of a table is: a fact, or something to be carried over untouched."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.law import ir
from tongban.law.ir import Text
from tongban.law.rule_sets import RuleSet
from tongban.law.tables.errors import FIRST, UnusableTable

_ALIKE = 0.8


@dataclass(frozen=True)
class Header:
    """The columns that are facts and those that are carried over, in the order of the table."""

    columns: tuple[str, ...]
    facts: tuple[str, ...]
    carried: tuple[str, ...]


def read_header(ruleset: RuleSet, needed: Iterable[str], names: Sequence[str], table: str) -> Header:
    """Tell facts from other columns; UnusableTable when one is missing, misspelt, doubled or an outcome."""
    outcomes = {rule.outcome for versions in ruleset.rules.values() for rule in versions if rule.outcome}
    facts = [name for name in names if name in ruleset.facts]
    carried = [name for name in names if name not in ruleset.facts]
    wrong = [
        Text(f"{name} 列出现两次；只应有一列", f"{name}: stands twice; expected once")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    wrong += [
        Text(f"{name} 也是一项结果；请给这一列改名", f"{name}: is also an outcome; rename this column")
        for name in carried
        if name in outcomes
    ]
    absent = {name: ruleset.facts[name] for name in ruleset.facts if name not in names and name != "on"}
    needed = set(needed)
    for name, fact in absent.items():
        close = difflib.get_close_matches(name, carried, 1, _ALIKE)
        if name in needed and not may_be_missing(fact):
            zh_hint, hint = (
                (f"；{close[0]} 是否就是它？", f"; did you mean it by {close[0]}?") if close else ("", "")
            )
            wrong.append(Text(f"缺少 {name} 列{zh_hint}", f"{name}: this column is missing{hint}"))
        elif close:
            wrong.append(
                Text(
                    f"没有名为 {close[0]} 的事项；是否为 {name}？否则请改名",
                    f"{close[0]}: there is no such fact; did you mean {name}? Else rename it",
                )
            )
    if wrong:
        en, zh = (" | ".join(one.of(lang) for one in wrong[:FIRST]) for lang in ("en", "zh"))
        raise UnusableTable(f"{table}: {en}", f"{table}：{zh}")
    return Header(tuple(names), tuple(facts), tuple(carried))


def may_be_missing(fact: ir.FactDeclared) -> bool:
    """Whether a person may be without the fact."""
    return fact.optional or fact.has_default
