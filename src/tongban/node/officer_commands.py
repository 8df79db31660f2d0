"""`tongban node officer`: officers' accounts and what they may do.

Promises: wrong use is told in one line; a closed account is signed out everywhere at once.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from tongban.node.starting import config_option, start_django

ACTS = ("handle", "assign", "supervise", "administer", "oversee", "investigate")


@click.group()
def officer() -> None:
    """Officers' accounts and what they may do."""


@officer.command()
@config_option
@click.argument("username")
@click.option("--agency", required=True, help="The agency's code, such as 510100-yb.")
@click.option("--name", required=True, help="The officer's name.")
@click.option("--post-zh", required=True, help="The post, in Chinese.")
@click.option("--post-en", required=True, help="The post, in English.")
@click.option(
    "--act", "acts", multiple=True, type=click.Choice(ACTS), help="What the officer may do [handle]."
)
def add(
    *,
    config_path: Path,
    username: str,
    agency: str,
    name: str,
    post_zh: str,
    post_en: str,
    acts: tuple[str, ...],
) -> None:
    """Open an account; asks for its first password, or reads it from standard input."""
    start_django(config_path)
    from tongban.node.people.models import Account, Grant  # noqa: PLC0415 - needs Django started
    from tongban.node.people.register import create_officer  # noqa: PLC0415 - needs Django started
    from tongban.places.agencies import UnknownAgency  # noqa: PLC0415
    from tongban.services import Text  # noqa: PLC0415

    if Account.objects.filter(username=username).exists():
        _refuse(f"{username}: there is an account of this name; choose another")
    password = _password(username)
    try:
        create_officer(
            username,
            password,
            agency,
            name,
            Text(zh=post_zh, en=post_en),
            acts=[Grant.Act(act) for act in acts or ("handle",)],
        )
    except UnknownAgency as error:
        _refuse(f"--agency: {error.args[0]}")
    click.echo(f"{username}: account opened at {agency}; may {', '.join(acts or ('handle',))}")


@officer.command()
@config_option
@click.argument("username")
@click.argument("act", type=click.Choice(ACTS))
@click.option("--service", default="", help="One service's code; all unless said.")
@click.option("--place", default="", help="One place's code, its districts included; all unless said.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day; today unless said.")
@click.option("--until", "last", type=click.DateTime(["%Y-%m-%d"]), help="The last day; no end unless said.")
def grant(
    *,
    config_path: Path,
    username: str,
    act: str,
    service: str,
    place: str,
    first: datetime | None,
    last: datetime | None,
) -> None:
    """Let an officer do something more."""
    start_django(config_path)
    from tongban.node.clock import today  # noqa: PLC0415 - needs Django started
    from tongban.node.people import permissions  # noqa: PLC0415 - needs Django started
    from tongban.node.people.models import Grant, Officer  # noqa: PLC0415 - needs Django started
    from tongban.places.divisions import UnknownPlace  # noqa: PLC0415

    found = Officer.objects.filter(account__username=username).first()
    if found is None:
        _refuse(f"{username}: no officer has this account")
    begins = first.date() if first else today()
    if last is not None and last.date() < begins:
        _refuse(f"--until: {last.date()} lies before {begins}; name a later day")
    try:
        permissions.grant(
            found,
            Grant.Act(act),
            service=service,
            place=place,
            valid_from=begins,
            valid_until=last.date() if last else None,
        )
    except UnknownPlace as error:
        _refuse(f"--place: {error}")
    click.echo(f"{username}: may {act} for {service or 'every service'} at {place or 'every place'}")


@officer.command()
@config_option
@click.argument("username")
def close(config_path: Path, username: str) -> None:
    """Close an officer's account and end all its sessions; what was done under it stays on record."""
    start_django(config_path)
    from tongban.node.people.models import Officer  # noqa: PLC0415 - needs Django started
    from tongban.node.sign_in import sessions  # noqa: PLC0415 - needs Django started

    found = Officer.objects.select_related("account").filter(account__username=username).first()
    if found is None:
        _refuse(f"{username}: no officer has this account")
    found.is_active = False
    found.account.is_active = False
    found.save(update_fields=["is_active"])
    found.account.save(update_fields=["is_active"])
    click.echo(f"{username}: closed; {sessions.end_all(found.account)} sessions ended")


def _password(username: str) -> str:
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415
    from django.core.exceptions import ValidationError  # noqa: PLC0415

    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as error:
        _refuse(f"{username}: the password is too weak: {' '.join(error.messages)}")
    return password


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)
