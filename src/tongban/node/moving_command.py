"""`tongban node move-cases`: open cases to another version of their service, as an explicit act."""

import sys
from pathlib import Path

import click

from tongban.node.starting import config_option, start_django

_LONGEST_REASON = 500


@click.command("move-cases")
@config_option
@click.option("--service", required=True, help="The service's code.")
@click.option("--to", "version", required=True, help="The published version that the open cases go on with.")
@click.option("--reason", required=True, help="Why; the applicants read it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
def move_cases(config_path: Path, service: str, version: str, reason: str, dry_run: bool) -> None:
    """Move a service's open cases to another published version, and to the newest version of its procedure.

    Each case notes it by an event. Exits with status 1 when some cases cannot move; they stay as they are.
    """
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        click.echo(f"--reason: expected 1 to {_LONGEST_REASON} characters", err=True)
        sys.exit(2)
    start_django(config_path)
    from tongban.node.casework import moving  # noqa: PLC0415 - needs Django started
    from tongban.node.casework.refusals import Refused  # noqa: PLC0415 - needs Django started

    try:
        moves = moving.move(service, version, reason.strip(), is_dry=dry_run)
    except Refused:
        click.echo(f"--service, --to: version {version} of {service} is not published here", err=True)
        sys.exit(2)
    for one in moves:
        if one.obstacle:
            click.echo(f"{one.number}: {one.obstacle}")
    stuck = sum(bool(one.obstacle) for one in moves)
    done = "would move" if dry_run else "moved"
    click.echo(f"{len(moves) - stuck} {done}, {stuck} cannot")
    if stuck:
        sys.exit(1)
