"""`tongban law run`: decides on a table of persons, Parquet, CSV or Arrow in and out.

Nothing of numpy, Arrow or LLVM is loaded before the command runs.
"""

import os
import sys
import time
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tongban.law.command_input import ON, find_ruleset, plainly, today
from tongban.law.values import Date
from tongban.plain_commands import PlainCommand


@click.command(cls=PlainCommand)
@click.argument("name", metavar="RULESET")
@click.argument("table", metavar="IN", type=click.Path(path_type=Path))
@click.argument("result", metavar="OUT", type=click.Path(path_type=Path))
@ON
@click.option(
    "--engine",
    type=click.Choice(["native", "numpy", "duckdb", "spark"]),
    default="native",
    show_default=True,
    help="What computes; all give the same.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "report"]),
    default="stop",
    show_default=True,
    help="Rows that cannot be used stop the run, or go to OUT.errors with the reasons.",
)
@click.pass_obj
@plainly
def run(
    root: Path,
    *,
    name: str,
    table: Path,
    result: Path,
    on: datetime | None,
    engine: str,
    on_error: Literal["stop", "report"],
) -> None:
    """Decide on a table, one row a person: columns that are no facts are carried over, outcomes follow."""
    if sys.platform == "linux":
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")  # gives memory back soonest
    from tongban.law.tables.run import open_run  # noqa: PLC0415 - Arrow is loaded only here

    ruleset = find_ruleset(root, name)
    day = Date.from_date(on.date() if on else today())
    begun = time.perf_counter()
    prepared = open_run(ruleset, table, result, day, engine=engine, on_error=on_error)
    bar = _progress()
    with bar or nullcontext():
        task = bar.add_task(table.name, total=prepared.source.rows) if bar else None

        def told(rows: int) -> None:
            if bar is not None and task is not None:
                bar.advance(task, rows)

        summary = prepared.execute(told)
    seconds = time.perf_counter() - begun
    click.echo(
        f"{summary.decided} rows decided by {ruleset.name} {ruleset.version} in {seconds:.2f} s: {result}"
    )
    if summary.row_by_row:
        click.echo(f"{ruleset.name} has rules over lists: the interpreter decided row by row")
    if summary.refused_table is not None:
        click.echo(
            f"{summary.refused} rows could not be used; they are in {summary.refused_table} with the reasons"
        )


def _progress() -> Progress | None:
    """A bar on the terminal; None where there is none."""
    if not sys.stderr.isatty():
        return None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
