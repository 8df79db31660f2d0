"""A node of the sample federation: run like any other, after its sample data were put in.

`python -m tongban.federation.sample_node run|load CONFIG`. Promises: what is loaded once is not loaded again,
so that a node goes on with what it had.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tongban.node.config import ConfigError, load
from tongban.node.embedded_postgres import EmbeddedPostgresError
from tongban.node.supervisor import PreparationError, Program, run_node

if TYPE_CHECKING:
    from tongban.federation.sides import Side

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
    from tongban.federation.sides import SIDES  # noqa: PLC0415 - the supervisor needs none of this
    from tongban.node.cli import bring_up_to_date  # noqa: PLC0415 - likewise

    bring_up_to_date(config_path)
    name = load(config_path).name
    side = next(side for side in SIDES if side.node == name)
    _fill_department(side)
    password = (config_path.parent.parent / "password").read_text(encoding="utf-8").strip()
    from django.db import transaction  # noqa: PLC0415 - needs Django started

    with transaction.atomic():
        _open_accounts(side, password)


def _fill_department(side: "Side") -> None:
    """Make the department's table with all sample people, whole or not at all."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs Django started

    from tongban.federation.sample_people import sample_people  # noqa: PLC0415 - only for loading

    department = side.department
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [department.schema])
        if cursor.fetchone():
            return
        cursor.execute(f"CREATE SCHEMA {department.schema}")
        cursor.execute(department.create)
        rows = [row for person in sample_people() for row in department.rows_of(person)]
        cursor.executemany(department.insert, rows)


def _open_accounts(side: "Side", password: str) -> None:
    """Open the accounts that are not there yet; the caller keeps all of them or none."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - needs Django started

    from tongban.federation.sample_people import sample_people  # noqa: PLC0415 - only for loading
    from tongban.federation.sample_portraits import placeholder  # noqa: PLC0415 - only for loading
    from tongban.federation.sample_records import posts  # noqa: PLC0415 - only for loading
    from tongban.federation.sides import Post  # noqa: PLC0415 - only for loading
    from tongban.node.credentials import portraits  # noqa: PLC0415 - needs Django started
    from tongban.node.people.models import Account  # noqa: PLC0415 - needs Django started
    from tongban.node.people.register import (  # noqa: PLC0415 - needs Django started
        create_citizen,
        create_officer,
    )
    from tongban.services import Text  # noqa: PLC0415 - only for loading

    known = set(Account.objects.values_list("username", flat=True))
    opened = []
    for person in sample_people():
        if person.username not in known:
            account = create_citizen(person.username, None, person.resident_number, person.name)
            opened.append(account.pk)
            if account.person is not None:
                portraits.put(account.person, placeholder(person.username))
    own = Post(side.agency, side.officer, side.officer_name, side.officer_post)
    for post in (own, *posts(side)):
        if post.officer not in known:
            title = Text(zh=post.title.zh, en=post.title.en)
            opened.append(create_officer(post.officer, None, post.agency, post.name, title).pk)
    if opened:  # one hash for the password that all sample people share: each takes half a second
        Account.objects.filter(pk__in=opened).update(password=make_password(password))


if __name__ == "__main__":
    main()
