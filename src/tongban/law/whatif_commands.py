"""`tongban law when` and `compare`: the same person later, with other facts, or under other law."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from tongban.law.command_input import (
    FACTS,
    LANGUAGE,
    ON,
    day_of,
    find_ruleset,
    naming,
    plainly,
    read_facts,
)
from tongban.law.errors import LawError
from tongban.law.ir import DATE, Text
from tongban.law.reading import read_declared
from tongban.law.rule_sets import RuleSet
from tongban.law.whatif import Change, Comparison, Turning, changes, earliest, under_date, under_place
from tongban.law.writing import show
from tongban.plain_commands import PlainCommand


@click.command(cls=PlainCommand)
@click.argument("name", metavar="RULESET")
@click.argument("outcome")
@FACTS
@ON
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@LANGUAGE
@click.pass_obj
@plainly
def when(
    root: Path, name: str, outcome: str, *, file: str, on: datetime | None, as_json: bool, lang: str
) -> None:
    """Say when an OUTCOME becomes yes and which single fact would make it so; exit 1 if nothing does."""
    facts, ruleset = read_facts(file), find_ruleset(root, name)
    with naming(file):
        turning = earliest(ruleset, facts, day_of(on), outcome)
        found = changes(ruleset, facts, day_of(on), outcome)
    if as_json:
        later = {"months": turning.months, "facts": dict(turning.facts)} if turning else None
        answer = {"outcome": outcome, "earliest": later, "changes": [vars(change) for change in found]}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for line in _answer(ruleset, outcome, turning, found, lang):
            click.echo(line)
    if turning is None and not found:
        sys.exit(1)


@click.command(cls=PlainCommand)
@click.argument("name", metavar="RULESET")
@FACTS
@ON
@click.option("--law-of", type=click.DateTime(["%Y-%m-%d"]), help="The law of this date beside that of --on.")
@click.option("--place", metavar="FACT=CODE", help="The law of another place, by the fact that names it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@LANGUAGE
@click.pass_obj
@plainly
def compare(
    root: Path,
    name: str,
    *,
    file: str,
    on: datetime | None,
    law_of: datetime | None,
    place: str | None,
    as_json: bool,
    lang: str,
) -> None:
    """Decide the same facts under two dates' or two places' law, side by side."""
    facts, ruleset = read_facts(file), find_ruleset(root, name)
    if (law_of is None) == (place is None):
        raise LawError(
            "compare: expected one of --law-of DATE and --place FACT=CODE",
            "compare：--law-of DATE 与 --place FACT=CODE 须且只须给出一项",
        )
    with naming(file):
        if law_of is not None:
            found = under_date(ruleset, facts, day_of(on), law_of.date())
        else:
            fact, _, code = (place or "").partition("=")
            found = under_place(ruleset, facts, day_of(on), fact, code)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    for line in _side_by_side(ruleset, found, lang):
        click.echo(line)


def _answer(
    ruleset: RuleSet, outcome: str, turning: Turning | None, found: tuple[Change, ...], lang: str
) -> Iterator[str]:
    if turning is None:
        yield f"{outcome}: {_NEVER.of(lang)}"
    elif turning.months == 0:
        yield f"{outcome}: {_NOW.of(lang)}"
    else:
        yield f"{outcome}: {_LATER.of(lang).format(turning.months)}"
        yield f"  {_fact(ruleset, 'on', lang)}: {show(DATE, turning.explanation.facts['on'], lang)}"
        for name in turning.facts:
            yield f"  {_fact(ruleset, name, lang)}: {_said(ruleset, name, turning.facts[name], lang)}"
    if found:
        yield _SUFFICES.of(lang)
    for change in found:
        now, needed = (_said(ruleset, change.fact, one, lang) for one in (change.now, change.needed))
        yield f"  {_fact(ruleset, change.fact, lang)}: {now} -> {needed}{_apart(ruleset, change, lang)}"


def _apart(ruleset: RuleSet, change: Change, lang: str) -> str:
    """How far a change goes, in brackets; nothing where that cannot be counted."""
    if change.by is None:
        return ""
    sign = "" if str(change.by).startswith("-") else "+"
    unit = _COUNTED.get(str(ruleset.facts[change.fact].type).removesuffix(" | None"), _PLAIN).of(lang)
    return f" ({sign}{change.by}{unit})" if lang == "en" else f"（{sign}{change.by}{unit}）"


def _side_by_side(ruleset: RuleSet, found: Comparison, lang: str) -> Iterator[str]:
    sides = (found.left, found.right)
    days = dict.fromkeys(str(side.on) for side in sides)
    yield f"{found.left.title.of(lang)} ({found.left.ruleset} {found.left.version}) {' | '.join(days)}"
    for name, declared in ruleset.facts.items():
        given = [side.facts.get(name) for side in sides]
        if name != "on" and given[0] != given[1]:
            said = (show(declared.type, one, lang, ruleset.place_names) for one in given)
            yield f"  {_fact(ruleset, name, lang)}: {' | '.join(said)}"
    for difference in found.differences:
        rule = next(side.forms.rules[difference.rule] for side in sides if difference.rule in side.values)
        values = (
            side.forms.rules[difference.rule].show[lang](side.values[difference.rule])
            if difference.rule in side.values
            else _NO_RULE.of(lang)
            for side in sides
        )
        yield f"  {rule.title[lang]} ({rule.rule.outcome or difference.rule}): {' | '.join(values)}"
    if not found.differences:
        yield f"  {_NO_DIFFERENCE.of(lang)}"


def _fact(ruleset: RuleSet, name: str, lang: str) -> str:
    return f"{ruleset.facts[name].title.of(lang)} ({name})"


def _said(ruleset: RuleSet, name: str, written: object, lang: str) -> str:
    declared = ruleset.facts[name]
    value = read_declared(declared, written, name, written is not None)
    return show(declared.type, value, lang, ruleset.place_names)


_PLAIN = Text("", "")
_MONTHS = Text(" 个月", " months")
_COUNTED = {"Month": _MONTHS, "Spells": _MONTHS, "Date": Text(" 天", " days"), "Fen": Text(" 元", " yuan")}
_NEVER = Text("仅靠时间推移，五十年内不会变为“是”", "not within fifty years by the passing of time alone")
_NOW = Text("现在即为“是”", "yes now")
_LATER = Text("再过 {} 个月变为“是”，届时", "yes in {} months, then with")
_SUFFICES = Text("只改其中一项也可变为“是”", "Or with one of these changes alone")
_NO_RULE = Text("无此规定", "no such rule")
_NO_DIFFERENCE = Text("没有差别", "nothing differs")
