"""The `tongban` command: one group a room; a room is imported when its command is asked for."""

from collections.abc import Mapping
from importlib import import_module

import click

from tongban import __version__

ROOMS: Mapping[str, str] = {
    "connector": "tongban.node.connector_cli",
    "demo": "tongban.federation.demo",
    "directory": "tongban.federation.directory",
    "law": "tongban.law.cli",
    "log": "tongban.node.translog.cli",
    "node": "tongban.node.cli",
    "simulate": "tongban.federation.simulation.command",
}


class Rooms(click.Group):
    """Finds a room's command by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the rooms."""
        return [*ROOMS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of a room, None for another name."""
        if cmd_name not in ROOMS:
            return None
        command = getattr(import_module(ROOMS[cmd_name]), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Rooms)
@click.version_option(__version__)
def main() -> None:
    """Serve people across jurisdictions. Exit status: 0 done, 1 the answer is no, 2 unusable input."""
