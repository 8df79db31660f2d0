"""`tongban node backup`, `restore` and `catch-up`: what an operator does before and after a loss.

Exit status: 0 done; 1 something is still missing; 2 unusable input.
"""

import sys
from pathlib import Path

import click

from tongban.node.backup import BackupError, back_up, put_back
from tongban.node.config import ConfigError, load
from tongban.node.database import DatabaseUnavailableError, open_database
from tongban.node.embedded_postgres import EmbeddedPostgresError
from tongban.node.starting import config_option, start_django

_folder = click.Path(path_type=Path, file_okay=False)


@click.command()
@config_option
@click.option("--to", "folder", required=True, type=_folder, help="A new folder for the backup.")
def backup(config_path: Path, folder: Path) -> None:
    """Back up the node's database; the node may go on running."""
    try:
        config = load(config_path)
        made = back_up(config, open_database(config), folder)
    except (ConfigError, BackupError, DatabaseUnavailableError, EmbeddedPostgresError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{config.name}: backed up into {folder}, as of {made.begun}")


@click.command()
@config_option
@click.option("--from", "folder", required=True, type=_folder, help="The folder of the backup.")
def restore(config_path: Path, folder: Path) -> None:
    """Put a backup back in place of the node's database; the node must be stopped."""
    try:
        config = load(config_path)
        made = put_back(config, open_database(config), folder)
    except (ConfigError, BackupError, DatabaseUnavailableError, EmbeddedPostgresError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{config.name}: is as it was at {made.begun}")
    click.echo("once started, it asks its peers what it has missed; to see what they tell:")
    click.echo(f"tongban node catch-up --config {config_path}")


@click.command("catch-up")
@config_option
def catch_up(config_path: Path) -> None:
    """Ask every peer what crossed since the backup, write down again what is missing, and tell."""
    start_django(config_path)
    from tongban.node import catching_up  # noqa: PLC0415 - needs Django started
    from tongban.node.exchange.transport import own_transport  # noqa: PLC0415 - needs Django started

    try:
        found = catching_up.catch_up(load(config_path).home, own_transport())
    except (ConfigError, BackupError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    for peer in found:
        if peer.problem:
            click.echo(f"{peer.peer}: could not be asked ({peer.problem}); try again")
            continue
        click.echo(
            f"{peer.peer}: has {peer.heard} messages of this node, {len(peer.lost)} of them unknown here; "
            f"{peer.accesses} accesses written down again"
        )
        for message in peer.lost:
            click.echo(f"  lost here, answered there: message {message}")
        click.echo(f"  {peer.files} files of answers sent again, which had not crossed")
        for case_ref in dict.fromkeys(peer.files_lost):
            click.echo(f"  {case_ref}: a file of this node's answer is not here any more; give it again")
        taken_up = peer.conversations
        click.echo(f"  {taken_up.messages} messages of conversations taken up again")
        for case_ref, kind in taken_up.decided:
            click.echo(f"  {case_ref}: this node had said {kind}; its case shows it without the officer")
        for case_ref in taken_up.left:
            click.echo(f"  {case_ref}: its conversations could not be taken up again; see the node's log")
    sys.exit(0 if all(peer.is_whole and not peer.lost for peer in found) else 1)
