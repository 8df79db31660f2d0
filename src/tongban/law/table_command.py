"""`tongban law table`: what is in force on a date and since when: dated rules, then every parameter."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from tongban.law.citations import Citations
from tongban.law.command_input import LANGUAGE, ON, find_ruleset, plainly, today
from tongban.law.ir import BOOL, EnumType, OptionalType, Rule, Text, Type
from tongban.law.parameters import SIGNS, Entry, Parameter, Resolved, Row
from tongban.law.rule_sets import RuleSet
from tongban.law.values import Date
from tongban.law.writing import show, write
from tongban.plain_commands import PlainCommand

_UNITS = {
    "days": "天",
    "months": "个月",
    "years": "年",
    "yuan": "元",
    "yuan a month": "元/月",
    "yuan a tonne": "元/吨",
    "yuan a year": "元/年",
}
_DATED_RULES = Text("有施行日期的规则", "Rules with dates of their own")
_SINCE = Text("自 {} 起", "since {}")
_UNTIL = Text("至 {} 止", "until {}")
_REPLACED = Text("自 {} 起由新规定代替", "replaced from {}")
_NOT_IN_FORCE = Text("此日期未施行", "not in force on this date")
_NO_VALUE = Text("此日期无有效值", "no value in force on this date")
_OTHERWISE = Text("其他", "otherwise")
_NOTE = Text("注", "note")


@click.command(cls=PlainCommand)
@click.argument("name", metavar="RULESET")
@ON
@LANGUAGE
@click.pass_obj
@plainly
def table(root: Path, name: str, on: datetime | None, lang: str) -> None:
    """Give what is in force on a date and since when: dated rules, parameters with source and confidence."""
    ruleset = find_ruleset(root, name)
    day = Date.from_date(on.date() if on else today())
    click.echo(f"{ruleset.title.of(lang)} ({ruleset.name} {ruleset.version}) {day}")
    for line in _lines(ruleset, day, lang):
        click.echo(line)


def _lines(ruleset: RuleSet, day: Date, lang: str) -> Iterator[str]:
    dated = {
        name: versions
        for name, versions in ruleset.rules.items()
        if any(rule.since is not None or rule.until is not None for rule in versions)
    }
    if dated:
        yield from ("", _DATED_RULES.of(lang))
    for name, versions in dated.items():
        yield f"    {_rule(name, versions, day, ruleset, lang)}"
    for parameter in ruleset.parameters.values():
        yield from _parameter(parameter, ruleset, day, lang)


def _rule(name: str, versions: tuple[Rule, ...], day: Date, ruleset: RuleSet, lang: str) -> str:
    rule = ruleset.in_force(versions, day)
    said = [ruleset.citations.of(rule.cites, lang)] if rule is not None else [_NOT_IN_FORCE.of(lang)]
    if rule is not None and rule.since is not None:
        said.append(_dated(_SINCE, rule.since, lang))
    ended = [one.until for one in versions if one.until is not None and (one is rule or rule is None)]
    coming = [one.since for one in versions if one.since is not None and one.since > day.ordinal]
    if ended:
        said.append(_dated(_UNTIL, max(ended), lang))
    if coming:
        said.append(_dated(_REPLACED if rule is not None else _SINCE, min(coming), lang))
    return f"{(rule or versions[0]).title.of(lang)} ({name}): {'; '.join(said)}"


def _dated(words: Text, day: int, lang: str) -> str:
    return words.of(lang).format(Date.from_ordinal(day))


def _parameter(parameter: Parameter, ruleset: RuleSet, day: Date, lang: str) -> Iterator[str]:
    resolved = Resolved(parameter, day.ordinal)
    unit = parameter.unit if lang == "en" else _UNITS.get(parameter.unit, parameter.unit)
    yield from ("", f"{parameter.name}{f' [{unit}]' if unit else ''} · {parameter.title.of(lang)}")
    if not resolved.rows:
        yield f"    {_NO_VALUE.of(lang)}"
    for row in resolved.rows.values():
        yield f"    {_row(parameter, row, ruleset, lang)}"
    notes = dict.fromkeys(row.entry.note for row in resolved.rows.values() if row.entry and row.entry.note)
    for note in notes:
        yield f"    {_NOTE.of(lang)}: {ruleset.citations.of(note, lang)}"
    if parameter.has_otherwise:
        yield f"    {_OTHERWISE.of(lang)} = {_value(parameter.type, parameter.otherwise, lang)}"


def _row(parameter: Parameter, row: Row, ruleset: RuleSet, lang: str) -> str:
    keys = ", ".join(
        f"{key.title.of(lang)}{SIGNS[key.match]}{key.said(part, lang, ruleset.place_names)}"
        for key, part in zip(parameter.keys, row.key, strict=True)
    )
    if isinstance(row.value, frozenset):
        value = ", ".join(sorted(str(write(parameter.type, one)) for one in row.value))
    else:
        value = _value(parameter.type, row.value, lang)
    assert row.entry is not None
    return f"{keys + ': ' if keys else ''}{value}  ({_origin(row.entry, ruleset.citations, lang)})"


def _value(kind: Type, value: object, lang: str) -> str:
    """Give a value as it stands in the file, but truth, members and what is missing in words."""
    plain = kind.item if isinstance(kind, OptionalType) else kind
    worded = value is None or plain == BOOL or isinstance(plain, EnumType)
    return show(kind, value, lang) if worded else str(write(kind, value))


def _origin(entry: Entry, citations: Citations, lang: str) -> str:
    said = [_dated(_SINCE, entry.since, lang)]
    if entry.until is not None:
        said.append(_dated(_UNTIL, entry.until, lang))
    return "; ".join([*said, citations.of(entry.source, lang), entry.sureness(lang)])
