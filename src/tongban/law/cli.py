"""`tongban law`: list, explain, table, test.

Exit 0 done, 1 the answer is no, 2 unusable input with one line on stderr.
"""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click

from tongban.law import LawError, RuleSet, UnknownRuleSet
from tongban.law.errors import FactsRefused
from tongban.law.examples import examples_of, failures
from tongban.law.parameters import Parameter, Resolved, Row
from tongban.law.ruleset import load_rulesets_from, read_folder
from tongban.law.values import Date
from tongban.law.writing import show, write

P = ParamSpec("P")
R = TypeVar("R")
OWN_RULESETS = Path(__file__).parent.parent / "services"
_LANGUAGES = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the text."
)
_ON = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date of the decision; default: the fact `on`, else today.",
)


def _plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn errors of law and facts into one line on stderr and exit status 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LawError as error:
            click.echo(" ".join(str(error).split()), err=True)
            sys.exit(2)

    return run


@click.group()
@click.option(
    "--rulesets",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=OWN_RULESETS,
    help="Folder of rule-set folders; default: those that come with Tongban.",
)
@click.pass_context
def law(context: click.Context, root: Path) -> None:
    """Decide by law: rule sets, one person with reasons, parameters in force, examples."""
    context.obj = root


@law.command("list")
@click.pass_obj
@_plainly
def list_rulesets(root: Path) -> None:
    """Rule sets: name, title, version."""
    for ruleset in load_rulesets_from(read_folder(root)).values():
        click.echo(f"{ruleset.name:24} {ruleset.version:10} {ruleset.title.zh} · {ruleset.title.en}")


@law.command()
@click.argument("name", metavar="RULESET")
@click.option("--facts", "file", required=True, help="JSON file with the facts; - reads standard input.")
@_ON
@click.option("--json", "as_json", is_flag=True, help="The published JSON form.")
@_LANGUAGES
@click.pass_obj
@_plainly
def explain(root: Path, name: str, *, file: str, on: datetime | None, as_json: bool, lang: str) -> None:
    """Decide on one person's facts and say why."""
    facts = _read_facts(file)
    ruleset = _ruleset(root, name)
    try:
        explanation = ruleset.explain(facts, None if on is None else on.date())
    except FactsRefused as error:
        raise LawError(f"{_shown(file)}: {error}") from None
    if as_json:
        click.echo(json.dumps(explanation.to_json(), ensure_ascii=False))
    else:
        click.echo(explanation.to_text(lang))


@law.command()
@click.argument("name", metavar="RULESET")
@_ON
@_LANGUAGES
@click.pass_obj
@_plainly
def table(root: Path, name: str, on: datetime | None, lang: str) -> None:
    """Give the parameters in force on a date with since, source and confidence."""
    ruleset = _ruleset(root, name)
    day = Date.from_date(on.date() if on else _today())
    click.echo(f"{ruleset.title.of(lang)} ({ruleset.name} {ruleset.version}) {day}")
    for parameter in ruleset.parameters.values():
        for line in _parameter_lines(parameter, ruleset, day, lang):
            click.echo(line)


@law.command("test")
@click.argument("name", metavar="[RULESET]", required=False)
@click.pass_obj
@_plainly
def test_examples(root: Path, name: str | None) -> None:
    """Run the rule sets' own examples; exit 1 when one does not hold."""
    rulesets = [_ruleset(root, name)] if name else list(load_rulesets_from(read_folder(root)).values())
    failed = 0
    for ruleset in rulesets:
        examples = examples_of(ruleset)
        wrong = [(example, found) for example in examples if (found := failures(ruleset, example))]
        for example, found in wrong:
            for difference in found:
                click.echo(f"{example.file}: {example.name}: {difference}")
        failed += len(wrong)
        click.echo(f"{ruleset.name}: {len(examples) - len(wrong)} of {len(examples)} examples hold")
    if failed:
        sys.exit(1)


def _ruleset(root: Path, name: str) -> RuleSet:
    try:
        return RuleSet.from_files(read_folder(root), name)
    except UnknownRuleSet:
        known = ", ".join(sorted(path.parent.name.replace("_", "-") for path in root.glob("*/rules.py")))
        raise LawError(f"RULESET: there is no rule set {name}; expected one of {known}") from None


def _read_facts(file: str) -> Mapping[str, object]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise LawError(
            f"{_shown(file)}: cannot be read ({reason}); expected a JSON file with the facts"
        ) from None
    try:
        facts = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise LawError(
            f"{_shown(file)}: line {error.lineno}: this is not JSON; expected an object of facts"
        ) from None
    except (_Twice, RecursionError) as error:
        raise LawError(f"{_shown(file)}: {error}; expected each field once") from None
    if not isinstance(facts, dict):
        raise LawError(f'{_shown(file)}: expected an object of facts, like {{"birth_month": "1976-02"}}')
    return facts


class _Twice(ValueError):
    """A field stands twice in an object."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Twice(f"{twice}: is given twice")
    return found


def _shown(file: str) -> str:
    return "standard input" if file == "-" else file


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def _parameter_lines(parameter: Parameter, ruleset: RuleSet, day: Date, lang: str) -> list[str]:
    resolved = Resolved(parameter, day.ordinal)
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    lines = ["", f"{parameter.name}{unit} · {parameter.title.of(lang)}"]
    if not resolved.rows:
        lines.append("    " + ("此日期无有效值" if lang == "zh" else "no value in force on this date"))
    lines.extend(f"    {_row(parameter, row, ruleset, lang)}" for row in resolved.rows.values())
    if parameter.has_otherwise:
        said = "其他" if lang == "zh" else "otherwise"
        lines.append(f"    {said} = {write(parameter.type, parameter.otherwise)}")
    return lines


def _row(parameter: Parameter, row: Row, ruleset: RuleSet, lang: str) -> str:
    keys = ", ".join(
        f"{key.name}{_SIGNS[key.match]}{show(key.type, part, lang, ruleset.place_names)}"
        for key, part in zip(parameter.keys, row.key, strict=True)
    )
    if isinstance(row.value, frozenset):
        value = ", ".join(sorted(str(write(parameter.type, one)) for one in row.value))
    else:
        value = str(write(parameter.type, row.value))
    entry = row.entry
    assert entry is not None
    mark = {"low": " 未核实" if lang == "zh" else " UNVERIFIED"}.get(entry.confidence, "")
    since = Date.from_ordinal(entry.since)
    return f"{keys + ': ' if keys else ''}{value}  (since {since}; {entry.source}; {entry.confidence}{mark})"


_SIGNS = {"exact": "=", "from": "≥", "up-to": "≤"}
