"""How a command becomes part of one node: which configuration, and Django started with it."""

import os
import sys
from pathlib import Path

import click

from tongban.node.config import CONFIG_VARIABLE, ConfigError, this_node
from tongban.node.database import DatabaseUnavailableError, open_database
from tongban.node.embedded_postgres import EmbeddedPostgresError

config_option = click.option(
    "--config",
    "config_path",
    required=True,
    type=click.Path(path_type=Path),
    help="The node's TOML file.",
)


def start_django(config_path: Path) -> None:
    """Make this process part of the node; exits with status 2 and one line when it cannot."""
    os.environ[CONFIG_VARIABLE] = str(config_path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.node.settings"
    import django  # noqa: PLC0415 - reads the settings, which need the variables above

    try:
        django.setup()
        open_database(this_node()).connect().close()
    except (ConfigError, DatabaseUnavailableError, EmbeddedPostgresError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
