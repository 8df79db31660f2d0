"""`tongban law run`: decides on a table of persons, Parquet, CSV or Arrow in and out.

Nothing of numpy, Arrow or LLVM is loaded before the command runs, nor what draws the bar where there is none.
"""

import os
import sys
import time
from contextlib import nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from tongban.law.command_input import ON, find_ruleset, language, plainly, today
from tongban.law.ir import Text
from tongban.law.values import Date
from tongban.plain_commands import PlainCommand

if TYPE_CHECKING:
    from rich.progress import Progress


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
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help="Language of what is told and of the reasons; default: that of the environment.",
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
    lang: str | None,
) -> None:
    """Decide on a table, one row a person: columns that are no facts are carried over, outcomes follow."""
    _spare_memory()
    from tongban.law.tables.run import open_run  # noqa: PLC0415 - Arrow is loaded only here

    ruleset = find_ruleset(root, name)
    day = Date.from_date(on.date() if on else today())
    begun = time.perf_counter()
    lang = lang or language()
    prepared = open_run(ruleset, table, result, day, engine=engine, on_error=on_error, lang=lang)
    bar = _progress()
    with bar or nullcontext():
        task = bar.add_task(table.name, total=prepared.source.rows) if bar else None

        def told(rows: int) -> None:
            if bar is not None and task is not None:
                bar.advance(task, rows)

        summary = prepared.execute(told)
    seconds = time.perf_counter() - begun
    law = f"{ruleset.name} {ruleset.version}"
    click.echo(_DECIDED.of(lang).format(summary.decided, law, seconds, result))
    if summary.row_by_row:
        click.echo(_ROW_BY_ROW.of(lang).format(ruleset.name))
    if summary.refused_table is not None:
        click.echo(_REFUSED.of(lang).format(summary.refused, summary.refused_table))


_DECIDED = Text("{0} 行已按 {1} 裁定，用时 {2:.2f} 秒：{3}", "{0} rows decided by {1} in {2:.2f} s: {3}")
_ROW_BY_ROW = Text(
    "{} 有按列表逐项计算的规则：由解释器逐行裁定",
    "{} has rules over lists: the interpreter decided row by row",
)
_REFUSED = Text(
    "{0} 行不可用，连同原因写入 {1}", "{0} rows could not be used; they are in {1} with the reasons"
)


def _spare_memory() -> None:
    """Have Arrow give memory back as soon as it is free: it would keep three times what it uses."""
    if sys.platform == "linux":
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
    import pyarrow as pa  # noqa: PLC0415 - Arrow is loaded only here

    with suppress(NotImplementedError):
        pa.jemalloc_set_decay_ms(0)


def _progress() -> "Progress | None":
    """A bar on the terminal; None where there is none."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console  # noqa: PLC0415 - loaded only to draw
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
