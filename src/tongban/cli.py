"""The `tongban` command: one group a room; every room brings its own sub-commands."""

import click

from tongban import __version__
from tongban.federation.demo import demo
from tongban.law.cli import law
from tongban.node.cli import node


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Serve people across jurisdictions. Exit status: 0 done, 1 the answer is no, 2 unusable input."""


main.add_command(demo)
main.add_command(law)
main.add_command(node)
