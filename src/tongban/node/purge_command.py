"""`tongban node purge-files`: removes files that nothing needs any more, or shows them.

Exit status: 0 done; 1 some were not purged because their rule is not verified; 2 unusable input.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tongban.node.config import ConfigError
from tongban.node.starting import config_option, start_django

if TYPE_CHECKING:
    from tongban.node.retention import Period


@dataclass(frozen=True)
class _Kind:
    """One kind of files: how they are called, their period, what is due by it, and how that is purged."""

    title: str
    period: "Period | None"
    due: "Callable[[Period], Sequence[str]]"
    purge: "Callable[[Period], Sequence[str]]"


@click.command("purge-files")
@config_option
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show what would be purged, and by which rule.")
@click.option(
    "--by-unverified-rule",
    "is_accepted",
    is_flag=True,
    help="Purge although nobody has verified the period; the log will say so.",
)
def purge_files(*, config_path: Path, is_dry: bool, is_accepted: bool) -> None:
    """Remove the bytes of files that no case has needed for the declared period; what they were stays."""
    start_django(config_path)
    from tongban.node.translog.api import LogUnavailable  # noqa: PLC0415 - needs Django started

    try:
        done = [_done(kind, is_dry=is_dry, is_accepted=is_accepted) for kind in _kinds()]
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except LogUnavailable as halted:
        click.echo(f"nothing more was purged: the log takes no records ({halted.reason})", err=True)
        sys.exit(2)
    if not all(done):
        sys.exit(1)


def _done(kind: _Kind, *, is_dry: bool, is_accepted: bool) -> bool:
    """Purge or show one kind of files; False if they were left because their rule is not verified."""
    period = kind.period
    if period is None:
        click.echo(f"{kind.title}: no period counts today, so none is purged; declare one in retention_path")
        return True
    verified = "verified" if period.is_verified else "NOT verified"
    click.echo(f"{kind.title}: rule {period.name} of {period.since}: {period.days} days, {verified}")
    click.echo(f"  {period.source.zh}")
    if is_dry:
        due = kind.due(period)
        for name in due:
            click.echo(f"  due: {name}")
        click.echo(f"{len(due)} files are due, of those purged at a time; nothing was purged")
        return True
    if not (period.is_verified or is_accepted):
        click.echo(
            f"{kind.title}: nothing was purged: declare a verified period in retention_path, "
            "or say --by-unverified-rule",
            err=True,
        )
        return False
    purged = kind.purge(period)
    for name in purged:
        click.echo(f"  purged: {name}")
    click.echo(f"{len(purged)} files purged; run it again for more")
    return True


def _kinds() -> tuple[_Kind, ...]:
    from tongban.node import retention  # noqa: PLC0415 - needs Django started
    from tongban.node.clock import true_today  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange import purging  # noqa: PLC0415 - needs Django started
    from tongban.node.portal.uploads import purging as uploads  # noqa: PLC0415 - needs Django started

    today = true_today()
    return (
        _Kind(
            "files that crossed",
            retention.on(today),
            purging.due,
            lambda period: [row.sha256 for row in purging.purge(period)],
        ),
        _Kind(
            "files that applicants uploaded",
            retention.on(today, retention.Kept.UPLOADED),
            lambda period: [str(upload.pk) for upload in uploads.due(period)],
            lambda period: [str(row.upload_id) for row in uploads.purge(period)],
        ),
    )
