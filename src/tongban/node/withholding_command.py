"""`tongban node withhold`: an authorised post has looks of an investigation shown only from a day on."""

import sys
from datetime import datetime
from pathlib import Path

import click

from tongban.node.starting import config_option, start_django


@click.command()
@config_option
@click.argument("username")
@click.option("--case", "case_ref", required=True, help="The case for which the looks are made.")
@click.option("--agency", default="", help="The agency that looks; the officer's own unless said.")
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which the person is shown the looks, with the note that they were withheld.",
)
@click.option("--basis-zh", required=True, help="The article of law that it rests on, in Chinese.")
@click.option("--basis-en", required=True, help="The same in English.")
def withhold(
    *,
    config_path: Path,
    username: str,
    case_ref: str,
    agency: str,
    until: datetime,
    basis_zh: str,
    basis_en: str,
) -> None:
    """Have looks for a case shown to the person only from a day on; the officer USERNAME orders it."""
    start_django(config_path)
    from tongban.node.people.models import Officer  # noqa: PLC0415 - needs Django started
    from tongban.node.people.withholding import (  # noqa: PLC0415 - needs Django started
        WithholdingRefused,
        withhold,
    )
    from tongban.node.translog.api import LogUnavailable  # noqa: PLC0415 - needs Django started
    from tongban.services import Text  # noqa: PLC0415

    officer = Officer.objects.filter(account__username=username).first()
    if officer is None:
        _refuse(f"{username}: no officer has this user name", 2)
        return
    basis = Text(zh=basis_zh, en=basis_en)
    looking = agency or officer.agency
    try:
        made = withhold(officer, case_ref=case_ref, agency=looking, until=until.date(), basis=basis)
    except WithholdingRefused as refused:
        _refuse(f"{refused.fault.value}: {refused}", 1)
    except LogUnavailable as unavailable:
        _refuse(f"log-unavailable: nothing is withheld without a record ({unavailable.reason})", 1)
    else:
        click.echo(f"looks of {looking} for {case_ref} are shown from {made.until} on; recorded in the log")


def _refuse(sentence: str, status: int) -> None:
    click.echo(sentence, err=True)
    sys.exit(status)
