"""The report: every figure with its target, as a table for the terminal and for the documents."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from benchmarks.frame.figures import Figure, Result


def show(results: Iterable[Result], console: Console) -> None:
    """Print a table of all figures, and what was compared."""
    table = Table(title="Benchmarks")
    for heading in ("topic", "figure", "target", "measured", ""):
        table.add_column(heading, overflow="fold")
    for result in results:
        for figure in result.figures:
            table.add_row(result.topic, figure.what, target(figure), measured(figure), verdict(figure))
        table.add_section()
    console.print(table)
    for result in results:
        if result.versions:
            named = ", ".join(f"{name} {number}" for name, number in result.versions.items())
            console.print(f"{result.topic} compared {named}")


def markdown(results: Iterable[Result]) -> str:
    """The same as a table in Markdown."""
    lines = ["| figure | target | measured | |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {figure.what} | {target(figure)} | {measured(figure)} | {verdict(figure)} |"
        for result in results
        for figure in result.figures
    ]
    return "\n".join(lines) + "\n"


def target(figure: Figure) -> str:
    """What the figure is held to."""
    return "" if figure.target is None else f"{figure.bound} {figure.target:g} {figure.unit}"


def measured(figure: Figure) -> str:
    """The figure with its unit."""
    return f"{figure.value:.3g} {figure.unit}" if figure.value < 1000 else f"{figure.value:.0f} {figure.unit}"


def verdict(figure: Figure) -> str:
    """Whether the target is met."""
    if figure.target is None:
        return ""
    return "reached" if figure.reached else "missed"
