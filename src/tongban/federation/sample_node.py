"""A node of the sample federation: run like any other, after its sample data were put in.

`python -m tongban.federation.sample_node run CONFIG`.
"""

import sys
from pathlib import Path

import click

from tongban.node.config import ConfigError, load
from tongban.node.embedded_postgres import EmbeddedPostgresError
from tongban.node.nursery import Program
from tongban.node.supervisor import PreparationError, run_node

_LOADER = "tongban.federation.sample_data"
"""A program of its own: whoever only looks after the node's programs needs nothing of what loading needs."""


@click.group()
def main() -> None:
    """Run a sample node."""


@main.command()
@click.argument("config_path", type=click.Path(path_type=Path))
def run(config_path: Path) -> None:
    """Run the node in the foreground; its data are loaded first if they are not there."""
    loading = Program("load", _LOADER, (str(config_path),))
    try:
        run_node(load(config_path), config_path, loading)
    except (ConfigError, EmbeddedPostgresError, PreparationError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
