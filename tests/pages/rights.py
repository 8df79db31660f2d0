"""Tries pages as roles and says where they answer otherwise than the table says."""

import runpy
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.test import Client

from tests.casework.conftest import POST
from tongban.node.clock import today
from tongban.node.people import mandates
from tongban.node.people.mandates import Terms
from tongban.node.people.models import Account, Officer
from tongban.node.people.permissions import Act
from tongban.node.people.register import create_citizen, create_officer

ROOT = Path(__file__).parents[2]
TABLE: Mapping[str, Any] = runpy.run_path(str(ROOT / "tools" / "describe_rights.py"))
ROLES: tuple[str, ...] = tuple(TABLE["ROLES"])
WRONG_METHOD = 405
ALL = (Act.HANDLE, Act.ASSIGN, Act.SUPERVISE)
AGENT = "510104199003070023"


def pages(*, of_credentials: bool) -> list[Any]:
    """The pages of the table, those of credentials or all others."""
    return [page for page in TABLE["pages"]() if ("credentials" in page.module) == of_credentials]


def differences(
    pages: list[Any],
    role: str,
    clients: Mapping[str, Client],
    named: Mapping[str, Any],
    lacking: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Where a page answers this role otherwise than its cell says, by whichever method it takes.

    Pages of the names `lacking` are about something that this world has not: whom they let in, they tell so.
    """
    for page in pages:
        expected = TABLE["cell"](page, role)
        address = filled(page.pattern, page.name, named)
        answers = {method: _status(clients[role], method, address) for method in ("GET", "POST")}
        if set(answers.values()) == {"wrong method"}:
            yield f"{page.pattern}: takes neither GET nor POST"
        for method, answer in answers.items():
            if page.opens_for == "everybody":
                if answer != _status(clients["nobody"], method, address):
                    yield f"{method} {page.pattern}: {answer}, otherwise than for nobody"
            elif expected == "yes" and page.name in lacking and answer == "not found":
                continue
            elif answer not in {expected, "wrong method"}:
                yield f"{method} {page.pattern}: {answer}, not {expected}"


def filled(pattern: str, name: str, named: Mapping[str, Any]) -> str:
    """The address with things of this world in it; `NAME.part` is a part of the page of that name only."""
    address = pattern
    while "<" in address:
        before, _, rest = address.partition("<")
        converter, _, after = rest.partition(">")
        part = converter.rpartition(":")[2]
        thing = named[f"{name}.{part}"] if f"{name}.{part}" in named else named[part]
        address = f"{before}{thing}{after}"
    return address


def clients_of(citizen: Account, officer: Officer, services: tuple[str, ...]) -> dict[str, Client]:
    """Somebody of every role, signed in; the agent acts for the citizen by a mandate for these services."""
    agent = create_citizen("agent", "x", AGENT, "代办人")
    supervisor = create_officer("supervisor", "x", officer.agency, "主任", POST, acts=ALL)
    who: dict[str, Account | None] = {
        "nobody": None,
        "owner": citizen,
        "agent": agent,
        "other": create_citizen("other", "x", "11010519491231002X", "别人"),
        "officer": officer.account,
        "supervisor": supervisor,
        "elsewhere": create_officer("elsewhere", "x", "510100-wj", "外人", POST, acts=ALL),
    }
    signed_in = {role: Client() for role in ROLES}
    for role, account in who.items():
        if account is not None:
            signed_in[role].force_login(account)
    assert citizen.person is not None
    terms = Terms(services, today(), today() + timedelta(days=1))
    given, _ = mandates.give(citizen.person, "代办人", AGENT, terms, key=uuid4())
    signed_in["agent"].post("/mandates/act-for/", {"for": f"mandate:{given.pk}"})
    return signed_in


def _status(client: Client, method: str, address: str) -> str:
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.get(address) if method == "GET" else client.post(address)
        transaction.set_rollback(True)
    client.cookies = cookies
    if response.status_code == 302 and response.headers["Location"].startswith("/sign-in/?next="):
        return "sign-in"
    special = {403: "refused", 404: "not found", WRONG_METHOD: "wrong method"}
    assert response.status_code < 500, f"{address}: {response.status_code}"
    return special.get(response.status_code, "yes")
