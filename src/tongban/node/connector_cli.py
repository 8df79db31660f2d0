"""`tongban connector`: what a department tries on its own system before it joins.

Exit status: 0 everything fits, 1 something does not, 2 unusable input. No value of the department is printed.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from tongban.node.clock import today
from tongban.node.config import CONFIG_VARIABLE, ConfigError, NodeConfig, load
from tongban.node.exchange import connectors, contract_test
from tongban.node.exchange.trust import read_directory
from tongban.node.starting import config_option, start_django
from tongban.protocol import Directory

MOST_ROWS = 200


@click.group()
def connector() -> None:
    """A department's connector to its own system."""


@connector.command("test")
@config_option
@click.option("--agency", help="Only the connectors of this agency.")
@click.option("--evidence-type", help="Only the connectors for this evidence.")
@click.option(
    "--person",
    type=click.File(encoding="utf-8"),
    help="File with the ID number of a person whose rows are tried; - is standard input.",
)
@click.option(
    "--rows",
    type=click.IntRange(1, 100_000),
    default=MOST_ROWS,
    show_default=True,
    help="Without a person: how many rows of anybody are tried.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def test(
    *,
    config_path: Path,
    agency: str | None,
    evidence_type: str | None,
    person: TextIO | None,
    rows: int,
    as_json: bool,
) -> None:
    """Say field by field whether the department's system fits its connector."""
    os.environ[CONFIG_VARIABLE] = str(config_path)
    try:
        config = load(config_path)
        directory = read_directory(config).directory
        reports = _reports(
            config,
            config_path,
            directory,
            only=(agency, evidence_type),
            person=_number(person),
            rows=rows,
        )
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if as_json:
        shown = [asdict(report) | {"fits": report.fits} for report in reports]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _tell(report)
    sys.exit(0 if all(report.fits for report in reports) else 1)


def _number(person: TextIO | None) -> str | None:
    if person is None:
        return None
    try:
        number = person.read(200).strip()
    except UnicodeDecodeError:
        number = ""
    if not number or len(number.split()) != 1:
        raise ConfigError(f"{person.name}: one ID number is expected")
    return number


def _reports(
    config: NodeConfig,
    config_path: Path,
    directory: Directory,
    *,
    only: tuple[str | None, str | None],
    person: str | None,
    rows: int,
) -> Sequence[contract_test.Report]:
    wanted = [
        found
        for found in connectors.declared(config, directory)
        if only[0] in {None, found.agency} and only[1] in {None, found.evidence_type}
    ]
    if not wanted:
        raise ConfigError(f"{config_path}: connectors: none is declared for this agency and evidence")
    if any(isinstance(found, connectors.SqlConnector) and not found.url for found in wanted):
        start_django(config_path)
    return [
        contract_test.examine(found, directory.evidence_type(found.evidence_type), today(), person, rows)
        for found in wanted
    ]


def _tell(report: contract_test.Report) -> None:
    click.echo(
        f"{report.evidence_type} of {report.agency} ({report.kind}): "
        f"{report.rows} rows in {report.seconds * 1000:.0f} ms"
    )
    for finding in report.fields:
        faults = ", ".join(f"{count} of {finding.tried} {fault}" for fault, count in finding.faults.items())
        said = finding.problem or faults or ("fits" if finding.tried else "not tried")
        click.echo(f"  {finding.name:<20} {finding.source:<24} {said}")
    for problem in report.problems:
        click.echo(f"  problem: {problem}")
    click.echo("  fits" if report.fits else "  does not fit")
