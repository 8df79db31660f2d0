"""The `tongban` command: one group a room; a room is imported when its command is asked for."""

import sys
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

# What each room's own help says first, so that listing the rooms imports none.
PURPOSES: Mapping[str, str] = {
    "connector": "A department's connector to its own system.",
    "demo": "Run two nodes with sample people on this machine; Ctrl-C stops them.",
    "directory": "The federation's directory: keys, agencies, agreements, signed as one file.",
    "law": "Decide by law: rule sets, one person with reasons, parameters in force, examples.",
    "log": "A node's transparency log.",
    "node": "One jurisdiction's node.",
    "simulate": (
        "Run a whole federation under faults, deterministic in the seed; exit 1 when an invariant breaks."
    ),
}


class Rooms(click.Group):
    """Finds a room's command by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the rooms."""
        return [*ROOMS]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the rooms with what each is for, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, PURPOSES[name]) for name in ROOMS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of a room, None for another name; told in a line where it is not installed."""
        if cmd_name not in ROOMS:
            return None
        try:
            command = getattr(import_module(ROOMS[cmd_name]), cmd_name)
        except ModuleNotFoundError as error:
            missing = str(error.name).partition(".")[0]
            if missing == "tongban":
                raise
            click.echo(_not_installed(cmd_name, missing), err=True)
            sys.exit(2)
        return command if isinstance(command, click.Command) else None


def _not_installed(room: str, missing: str) -> str:
    from tongban.law.command_input import language  # noqa: PLC0415 - loaded only to tell this

    install = "pip install 'tongban[node]'"
    if language() == "zh":
        return f"tongban {room}：此处未安装节点所需的软件包（缺 {missing}）；请运行 {install}"
    return f"tongban {room}: the node's packages are not installed here (no {missing}); {install}"


@click.group(cls=Rooms)
@click.version_option(__version__)
def main() -> None:
    """Serve people across jurisdictions. Exit status: 0 done, 1 the answer is no, 2 unusable input."""
