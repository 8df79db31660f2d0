"""`tongban node point`: hospitals and pharmacies whose systems submit bills.

Promises: wrong use is told in one line; a secret is shown once, and a closed point's tokens open nothing.
"""

import sys
from pathlib import Path
from typing import NoReturn

import click

from tongban.node.starting import config_option, start_django


@click.group()
def point() -> None:
    """Hospitals and pharmacies whose own systems submit bills."""


@point.command("open")
@config_option
@click.argument("code")
@click.option("--name-zh", required=True, help="The point's name, in Chinese.")
@click.option("--name-en", required=True, help="The point's name, in English.")
@click.option("--service", default="chronic-disease", show_default=True, help="The service that settles.")
@click.option("--bills", required=True, help="How its bills' numbers begin, such as CQ-XN-.")
def open_(*, config_path: Path, code: str, name_zh: str, name_en: str, service: str, bills: str) -> None:
    """Open the node to a point's system, or give it a new secret, which is shown once."""
    start_django(config_path)
    from tongban.node.casework.refusals import Refused  # noqa: PLC0415 - needs Django started
    from tongban.node.points import register  # noqa: PLC0415 - needs Django started
    from tongban.services import Text  # noqa: PLC0415

    try:
        secret = register.open_point(code, Text(zh=name_zh, en=name_en), service, bills)
    except register.NotRegistered as error:
        _refuse(str(error))
    except Refused:
        _refuse(f"--service: {service} is not published here; name one that `tongban node migrate` lists")
    click.echo(f"client_id:     {register.client_id(code)}\nclient_secret: {secret}")
    click.echo("shown once; hand it to the point on a safe way, its system keeps it")


@point.command()
@config_option
@click.argument("code")
def close(config_path: Path, code: str) -> None:
    """Close the node to a point's system at once; its bills stay on record."""
    start_django(config_path)
    from tongban.node.points import register  # noqa: PLC0415 - needs Django started

    if not register.close_point(code):
        _refuse(f"{code}: no point of service has this code")
    click.echo(f"{code}: closed; its tokens are worthless")


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)
