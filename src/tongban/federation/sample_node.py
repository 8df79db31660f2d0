"""A node of the sample federation: run like any other, after its sample data were put in.

`python -m tongban.federation.sample_node run|load CONFIG`. Promises: what is loaded once is not loaded again,
so that a node goes on with what it had.
"""

import sys
from pathlib import Path

import click

from tongban.federation.sample_people import sample_people
from tongban.federation.sample_portraits import placeholder
from tongban.federation.sample_records import posts
from tongban.federation.sides import SIDES, Post, Side
from tongban.node.cli import bring_up_to_date
from tongban.node.config import ConfigError, load
from tongban.node.embedded_postgres import EmbeddedPostgresError
from tongban.node.supervisor import PreparationError, Program, run_node
from tongban.services import Text

_MODULE = "tongban.federation.sample_node"


@click.group()
def main() -> None:
    """Run a sample node or load its data."""


@main.command()
@click.argument("config_path", type=click.Path(path_type=Path))
def run(config_path: Path) -> None:
    """Run the node in the foreground; its data are loaded first if they are not there."""
    loading = Program("load", (sys.executable, "-m", _MODULE, "load", str(config_path)))
    try:
        run_node(load(config_path), config_path, loading)
    except (ConfigError, EmbeddedPostgresError, PreparationError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@main.command("load")
@click.argument("config_path", type=click.Path(path_type=Path))
def load_samples(config_path: Path) -> None:
    """Bring the database to the present form and load accounts and department."""
    bring_up_to_date(config_path)
    name = load(config_path).name
    side = next(side for side in SIDES if side.node == name)
    _fill_department(side)
    _open_accounts(side, (config_path.parent.parent / "password").read_text(encoding="utf-8").strip())


def _fill_department(side: Side) -> None:
    """Make the department's table with all sample people, whole or not at all."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs Django started

    department = side.department
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [department.schema])
        if cursor.fetchone():
            return
        cursor.execute(f"CREATE SCHEMA {department.schema}")
        cursor.execute(department.create)
        rows = [row for person in sample_people() for row in department.rows_of(person)]
        cursor.executemany(department.insert, rows)


def _open_accounts(side: Side, password: str) -> None:
    from tongban.node.credentials import portraits  # noqa: PLC0415 - needs Django started
    from tongban.node.people.models import Account  # noqa: PLC0415 - needs Django started
    from tongban.node.people.register import (  # noqa: PLC0415 - needs Django started
        create_citizen,
        create_officer,
    )

    known = set(Account.objects.values_list("username", flat=True))
    for person in sample_people():
        if person.username not in known:
            account = create_citizen(person.username, password, person.resident_number, person.name)
            if account.person is not None:
                portraits.put(account.person, placeholder(person.username))
    own = Post(side.agency, side.officer, side.officer_name, side.officer_post)
    for post in (own, *posts(side)):
        if post.officer not in known:
            title = Text(zh=post.title.zh, en=post.title.en)
            create_officer(post.officer, password, post.agency, post.name, title)


if __name__ == "__main__":
    main()
