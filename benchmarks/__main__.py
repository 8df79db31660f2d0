"""`python -m benchmarks [TOPIC …]`: measures topics, each in a process of its own, and reports.

Exit status: 0 measured, whether or not targets were met; 1 a topic failed or results differed; 2 no such
topic.
"""

import subprocess
import sys

import click
from rich.console import Console

from benchmarks.frame.figures import RESULTS, Result, load, save
from benchmarks.frame.machine import machine
from benchmarks.frame.report import show
from benchmarks.frame.size import Size
from benchmarks.frame.topics import measure, names


@click.command()
@click.argument("topics", nargs=-1)
@click.option("--quick", is_flag=True, help="A small try; its figures say little.")
@click.option("--alone", is_flag=True, hidden=True, help="Measure one topic in this process.")
def main(topics: tuple[str, ...], *, quick: bool, alone: bool) -> None:
    """Measure topics (all without a name) and print what was reached."""
    chosen = list(topics) or names()
    unknown = [topic for topic in chosen if topic not in names()]
    if unknown:
        click.echo(f"{unknown[0]}: no such topic; there are {', '.join(names())}", err=True)
        raise SystemExit(2)
    if alone:
        save(measure(chosen[0], Size(quick)), machine())
        return
    console = Console(width=None if sys.stdout.isatty() else 120)
    found: list[Result] = []
    failed: list[str] = []
    for topic in chosen:
        console.print(f"[bench] {topic}", highlight=False, markup=False)
        (RESULTS / f"{topic}.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks", topic, "--alone", *(["--quick"] if quick else [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(topic)
        else:
            found.append(load(RESULTS / f"{topic}.json"))
    show(found, console)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
