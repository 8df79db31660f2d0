"""`tongban node purge-files`: removes files that crossed and that nothing needs any more, or shows them.

Exit status: 0 done; 1 nothing was purged because the rule is not verified; 2 unusable input.
"""

import sys
from pathlib import Path

import click

from tongban.node.config import ConfigError
from tongban.node.starting import config_option, start_django


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
    from tongban.node.clock import true_now  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange import purging, retention  # noqa: PLC0415 - needs Django started
    from tongban.node.translog.api import LogUnavailable  # noqa: PLC0415 - needs Django started

    try:
        period = retention.on(true_now().date())
        if period is None:
            click.echo("no period counts today; declare one in retention_path", err=True)
            sys.exit(2)
        verified = "verified" if period.is_verified else "NOT verified"
        click.echo(f"rule {period.name} of {period.since}: {period.days} days, {verified}")
        click.echo(f"  {period.source.zh}")
        if is_dry:
            digests = purging.due(period)
            for sha256 in digests:
                click.echo(f"  due: {sha256}")
            click.echo(f"{len(digests)} files are due, of {purging.AT_ONCE} at a time; nothing was purged")
            return
        if not (period.is_verified or is_accepted):
            click.echo(
                "nothing was purged: declare a verified period in retention_path, "
                "or say --by-unverified-rule",
                err=True,
            )
            sys.exit(1)
        purged = purging.purge(period)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except LogUnavailable as halted:
        click.echo(f"nothing was purged: the log takes no records ({halted.reason})", err=True)
        sys.exit(2)
    for row in purged:
        click.echo(f"  purged: {row.sha256}")
    click.echo(f"{len(purged)} files purged; run it again for more")
