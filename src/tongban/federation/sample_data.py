"""What a sample node begins with: its department's table, and the accounts of sample people and officers.

`python -m tongban.federation.sample_data CONFIG`. Promises: what is loaded once is not loaded again, so that
a node goes on with what it had.
"""

from datetime import timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import click
from django.db import connection, transaction

from tongban.federation.sample_firms import sample_firms
from tongban.federation.sample_people import sample_people
from tongban.federation.sample_portraits import placeholder
from tongban.federation.sample_records import posts
from tongban.federation.sides import SIDES, Post, Side
from tongban.node.cli import bring_up_to_date
from tongban.node.config import load
from tongban.services import Text

_HANDLING = ("handle",)
_LEADING = ("handle", "assign", "supervise", "administer")
_MANDATED = ("medical-retirement",)


@click.command()
@click.argument("config_path", type=click.Path(path_type=Path))
def load_samples(config_path: Path) -> None:
    """Bring the database to the present form and load accounts and department."""
    bring_up_to_date(config_path)
    name = load(config_path).name
    side = next(side for side in SIDES if side.node == name)
    fill_department(side)
    password = (config_path.parent.parent / "password").read_text(encoding="utf-8").strip()
    with transaction.atomic():
        _open_accounts(side, password)
        _register_firms()
        _give_mandates()


def fill_department(side: Side) -> None:
    """Make the department's table with all sample people, whole or not at all."""
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
    """Open the accounts that are not there yet; the caller keeps all of them or none."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - needs Django started

    from tongban.node.credentials import portraits  # noqa: PLC0415 - needs Django started
    from tongban.node.people.models import Account, Grant  # noqa: PLC0415 - needs Django started
    from tongban.node.people.register import (  # noqa: PLC0415 - needs Django started
        create_citizen,
        create_officer,
    )

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
            acts = _LEADING if post.leads else _HANDLING
            account = create_officer(
                post.officer, None, post.agency, post.name, title, acts=[Grant.Act(one) for one in acts]
            )
            opened.append(account.pk)
    if opened:  # one hash for the password that all sample people share: each takes half a second
        Account.objects.filter(pk__in=opened).update(password=make_password(password))


def _register_firms() -> None:
    """Have the node know the sample firms and who represents them."""
    from tongban.node.people.models import Person  # noqa: PLC0415 - needs Django started
    from tongban.node.people.register import register_enterprise  # noqa: PLC0415 - needs Django started

    for firm in sample_firms():
        register_enterprise(firm.code, firm.name, Person.objects.get(account__username=firm.head))


def _give_mandates() -> None:
    """Let sample people act for those who gave them a mandate, once and for a year from the first start."""
    from tongban.node.clock import today  # noqa: PLC0415 - needs Django started
    from tongban.node.people import mandates  # noqa: PLC0415 - needs Django started
    from tongban.node.people.models import Person  # noqa: PLC0415 - needs Django started

    for agent in sample_people():
        if not agent.acts_for:
            continue
        giver = Person.objects.get(account__username=agent.acts_for)
        key = uuid5(NAMESPACE_URL, f"tongban:sample-mandate:{agent.username}")
        terms = mandates.Terms(_MANDATED, today(), today() + timedelta(days=365))
        mandates.give(giver, agent.name, agent.resident_number, terms, key=key)


if __name__ == "__main__":
    load_samples()
