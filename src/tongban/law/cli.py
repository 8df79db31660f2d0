"""`tongban law`: list, explain, table, test, when, compare.

Exit 0 done, 1 the answer is no, 2 unusable input with one line on stderr.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from tongban.law.command_input import (
    FACTS,
    LANGUAGE,
    ON,
    OWN_RULESETS,
    day_of,
    find_ruleset,
    language,
    naming,
    plainly,
    read_facts,
    texts_below,
    write_text,
)
from tongban.law.examples import examples_of, failures
from tongban.law.graph import svg
from tongban.law.ir import Text
from tongban.law.rule_sets import load_rulesets_from
from tongban.law.run_command import run
from tongban.law.table_command import table
from tongban.law.whatif_commands import compare, when
from tongban.plain_commands import PlainGroup

_HOLD = Text("{0}：{2} 例中 {1} 例相符", "{0}: {1} of {2} examples hold")


@click.group(cls=PlainGroup)
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
@plainly
def list_rulesets(root: Path) -> None:
    """Rule sets: name, title, version."""
    for ruleset in load_rulesets_from(texts_below(root)).values():
        click.echo(f"{ruleset.name:24} {ruleset.version:10} {ruleset.title.zh} · {ruleset.title.en}")


@law.command()
@click.argument("name", metavar="RULESET")
@FACTS
@ON
@click.option("--json", "as_json", is_flag=True, help="The published JSON form.")
@click.option("--svg", "picture", type=click.Path(path_type=Path), help="Also draw what led to what.")
@LANGUAGE
@click.pass_obj
@plainly
def explain(
    root: Path, name: str, *, file: str, on: datetime | None, as_json: bool, picture: Path | None, lang: str
) -> None:
    """Decide on one person's facts and say why."""
    facts = read_facts(file)
    ruleset = find_ruleset(root, name)
    with naming(file):
        explanation = ruleset.explain(facts, day_of(on))
    if picture is not None:
        write_text(picture, svg(explanation, lang))
    if as_json:
        click.echo(json.dumps(explanation.to_json(), ensure_ascii=False))
    else:
        click.echo(explanation.to_text(lang))


@law.command("test")
@click.argument("name", metavar="[RULESET]", required=False)
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the text; default: that of the environment."
)
@click.pass_obj
@plainly
def test_examples(root: Path, name: str | None, lang: str | None) -> None:
    """Run the rule sets' own examples; exit 1 when one does not hold."""
    lang = lang or language()
    rulesets = [find_ruleset(root, name)] if name else list(load_rulesets_from(texts_below(root)).values())
    failed = 0
    for ruleset in rulesets:
        examples = examples_of(ruleset)
        wrong = [(example, found) for example in examples if (found := failures(ruleset, example))]
        for example, found in wrong:
            for difference in found:
                where = f"{example.where.file}:{example.where.line}"
                click.echo(f"{where}: {example.name}: {difference.of(lang)}")
        failed += len(wrong)
        click.echo(_HOLD.of(lang).format(ruleset.name, len(examples) - len(wrong), len(examples)))
    if failed:
        sys.exit(1)


law.add_command(run)
law.add_command(table)
law.add_command(when)
law.add_command(compare)
