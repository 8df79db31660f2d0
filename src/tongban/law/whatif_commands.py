"""`tongban law when` and `compare`: the same person later, with other facts, or under other law."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from tongban.law.command_input import (
    FACTS,
    LANGUAGE,
    ON,
    PlainCommand,
    day_of,
    find_ruleset,
    naming,
    plainly,
    read_facts,
)
from tongban.law.errors import LawError
from tongban.law.whatif import Comparison, changes, earliest, under_date, under_place


@click.command(cls=PlainCommand)
@click.argument("name", metavar="RULESET")
@click.argument("outcome")
@FACTS
@ON
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
@plainly
def when(root: Path, name: str, outcome: str, *, file: str, on: datetime | None, as_json: bool) -> None:
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
        for line in _lines(outcome, turning.months if turning else None, turning.facts if turning else {}):
            click.echo(line)
        for change in found:
            click.echo(f"  {change.fact}: {_short(change.now)} -> {_short(change.needed)}")
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
        raise LawError("compare: expected one of --law-of DATE and --place FACT=CODE")
    with naming(file):
        if law_of is not None:
            found = under_date(ruleset, facts, day_of(on), law_of.date())
        else:
            fact, _, code = (place or "").partition("=")
            found = under_place(ruleset, facts, day_of(on), fact, code)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    for line in _side_by_side(found, lang):
        click.echo(line)


def _lines(outcome: str, months: int | None, facts: object) -> list[str]:
    if months is None:
        return [f"{outcome}: not within fifty years by the passing of time alone"]
    if months == 0:
        return [f"{outcome}: yes now"]
    moved = ", ".join(f"{k} {_short(v)}" for k, v in facts.items()) if isinstance(facts, dict) else ""
    return [f"{outcome}: yes in {months} months ({moved})"]


def _short(value: object) -> str:
    return (
        "…" + json.dumps(value[-1], ensure_ascii=False) if isinstance(value, list) and value else str(value)
    )


def _side_by_side(found: Comparison, lang: str) -> list[str]:
    lines = [f"{found.left.title.of(lang)}: {found.left.on} | {found.right.on}"]
    for difference in found.differences:
        lines.append(f"  {difference.rule}: {_short(difference.left)} | {_short(difference.right)}")
    if not found.differences:
        lines.append("  nothing differs" if lang == "en" else "  没有差别")
    return lines
