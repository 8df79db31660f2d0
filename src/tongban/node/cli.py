"""`tongban node`: what an operator does with one node."""

import sys
from pathlib import Path

import click

from tongban.law.command_input import language
from tongban.node.backup_commands import backup, catch_up, restore
from tongban.node.config import ConfigError, load
from tongban.node.embedded_postgres import EmbeddedPostgresError
from tongban.node.moving_command import move_cases
from tongban.node.officer_commands import officer
from tongban.node.point_commands import point
from tongban.node.purge_command import purge_files
from tongban.node.starting import config_option, start_django
from tongban.node.supervisor import PreparationError, migration, run_node
from tongban.node.withholding_command import withhold
from tongban.services import ServiceError


def bring_up_to_date(config_path: Path) -> None:
    """Bring the node's database to the present form and publish its services, or exit with status 2.

    This process is part of the node afterwards.
    """
    start_django(config_path)
    from tongban.node.casework import catalogue  # noqa: PLC0415 - needs Django started
    from tongban.node.sign_in import partners  # noqa: PLC0415 - needs Django started

    _migrate()
    partners.register()
    try:
        services = catalogue.publish(catalogue.service_root())
    except ServiceError as error:
        click.echo(error.said(language()), err=True)
        sys.exit(2)
    click.echo(f"services: {', '.join(f'{service.code} {service.version}' for service in services)}")


def _migrate() -> None:
    """Bring the database to the present form; one that is there already costs one question."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django started
    from django.db import connection  # noqa: PLC0415 - needs Django started
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - needs Django started

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=1)
    else:
        click.echo("database: nothing to migrate")


@click.group()
def node() -> None:
    """One jurisdiction's node."""


for command in (officer, point, withhold, move_cases, backup, restore, catch_up, purge_files):
    node.add_command(command)


@node.command()
@config_option
def migrate(config_path: Path) -> None:
    """Bring the node's database to the present form and publish its services."""
    bring_up_to_date(config_path)


@node.command()
@config_option
def run(config_path: Path) -> None:
    """Run the node: its database if it has no other, pages, gateway and worker; Ctrl-C ends it."""
    try:
        run_node(load(config_path), config_path, migration(config_path))
    except (ConfigError, EmbeddedPostgresError, PreparationError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
