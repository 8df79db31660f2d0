"""Writes docs/reference/commands.md from the commands themselves.

Promises: every command with its arguments and options, in the words of its own help.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from tongban.cli import main as tongban

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"
INTRODUCTION = """# Commands

Exit status of every command: 0 done; 1 the answer is no (a failed check); 2 unusable input,
with one line on stderr that names file, field and what is expected.

| command | does |
| --- | --- |
| `make setup` | installs everything into `.venv`, starts nothing |
| `make demo` | two nodes with sample people on this machine; Ctrl-C stops them |
| `make demo ONCE=1` | the same, walks one application across the border, prints it, and ends |
| `make test` | all tests; `ONLY=postgres` for those that tell PostgreSQL servers apart, on any |
| `make bench` | the benchmarks, peers included; `ONLY=topic` for one, `QUICK=1` for a small try |
| `make lint` | style, types, import directions, state of the tree |
| `make clean` | removes the demo's data and everything that was built |

What follows is the help of the `tongban` command, which the set-up leaves in `.venv/bin`.
This page is written by `tools/describe_commands.py`.
"""
_EVERYWHERE = ("--help", "--version")


def described() -> str:
    """The whole page."""
    return "\n".join((INTRODUCTION, *_sections(tongban, "tongban")))


def _sections(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    if isinstance(command, click.Group):
        options = list(_options(command, context))
        if options:
            yield "\n".join((f"## `{name} …`\n", *options, ""))
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _sections(found, f"{name} {child}")
        return
    usage = " ".join(command.collect_usage_pieces(context))
    help_text = re.sub(r"\s+", " ", command.help or "")
    yield "\n".join((f"## `{name} {usage}`\n", help_text, "", *_options(command, context))).rstrip() + "\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [record for record in records if record and record[1] and record[0] not in _EVERYWHERE]
    if rows:
        yield "| option | meaning |\n| --- | --- |"
        yield from (f"| `{_escaped(option)}` | {_escaped(meaning)} |" for option, meaning in rows)


def _escaped(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    REFERENCE.write_text(described(), encoding="utf-8")
