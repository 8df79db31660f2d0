"""Whatever is posted to whichever of the operator's addresses, nothing that happened changes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver

from tests.casework.conftest import POST
from tests.casework.walk import Walk
from tongban.node.casework import actions, cases
from tongban.node.casework.models import (
    Case,
    Draft,
    Event,
    Notice,
    PublishedProcedure,
    PublishedService,
    Rating,
    Task,
    Timer,
)
from tongban.node.exchange.models import Inbox, Outbox
from tongban.node.people.models import AccessRecord, Mandate, Officer, Person, Withholding
from tongban.node.people.permissions import Act
from tongban.node.people.register import create_officer
from tongban.node.translog.models import LogCheckpoint, LogRecord, LogTile

HISTORY: tuple[type[Model], ...] = (
    AccessRecord,
    Case,
    Draft,
    Event,
    Inbox,
    LogCheckpoint,
    LogRecord,
    LogTile,
    Mandate,
    Notice,
    Outbox,
    Person,
    PublishedProcedure,
    PublishedService,
    Rating,
    Task,
    Timer,
    Withholding,
)
REFUSED = 403
DENIED = frozenset({302, 403, 404, 405})


@pytest.fixture
def operator(client: Client, walk: Walk, officer: Officer) -> Client:
    """An operator, after a case was applied for, read and decided."""
    case = walk.proposed()
    cases.for_officer(officer, case.number)
    actions.confirm(officer, case.number, case.revision)
    client.force_login(create_officer("operator", "x", "510100-yb", "高岚", POST, acts=(Act.ADMINISTER,)))
    return client


def addresses() -> Iterator[tuple[str, type[Model] | None]]:
    """Every address of the operator's site, with the model that it is about and a row of it filled in."""
    return _addresses(admin.site.get_urls(), "/admin/", None)


def _addresses(
    patterns: list[URLPattern | URLResolver], before: str, model: type[Model] | None
) -> Iterator[tuple[str, type[Model] | None]]:
    known = {f"{one._meta.app_label}/{one._meta.model_name}/": one for one in admin.site._registry}
    for one in patterns:
        about = known.get(str(one.pattern), model)
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, before + str(one.pattern), about)
        else:
            yield before + str(one.pattern), about


def filled(address: str, model: type[Model] | None) -> str:
    row = model._default_manager.first() if model else None
    key = str(row.pk) if row else "1"
    values = {"<path:object_id>": key, "<int:content_type_id>": "1", "<path:url>": "nonsense"}
    for name, value in values.items():
        address = address.replace(name, value)
    return address.split("(?P")[0]


def attempt(model: type[Model] | None) -> Mapping[str, Any]:
    """A form that would change or remove every row and every field, if anything let it."""
    if model is None:
        return {"username": "x", "password": "x"}
    rows = [str(row.pk) for row in model._default_manager.all()]
    fields = {field.name: "1" for field in model._meta.fields if not isinstance(field, models.ForeignKey)}
    return fields | {"action": "delete_selected", "_selected_action": rows, "post": "yes", "_save": "1"}


def kept() -> dict[str, dict[Any, Any]]:
    return {
        model.__name__: {row["id" if "id" in row else model._meta.pk.name]: row for row in _rows(model)}
        for model in HISTORY
    }


def _rows(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.values())


@pytest.mark.django_db
def test_nothing_posted_to_the_operators_pages_alters_what_happened(operator: Client) -> None:
    before, tried = kept(), 0
    for address, model in addresses():
        with transaction.atomic():
            response = operator.post(filled(address, model), attempt(model))
            assert response.status_code < 500, address
            tried += 1
            if response.status_code != REFUSED:
                assert_nothing_lost(before, address)
            transaction.set_rollback(True)
    assert tried > 5 * len(admin.site._registry)


def assert_nothing_lost(before: Mapping[str, dict[Any, Any]], address: str) -> None:
    after = kept()
    for name, rows in before.items():
        assert {key: after[name].get(key) for key in rows} == rows, f"{address} changed {name}"
        assert len(after[name]) == len(rows) or name in {"AccessRecord", "LogRecord"}, address


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "officer"])
def test_every_address_of_the_operators_is_closed_to_who_does_not_administer(
    client: Client, walk: Walk, officer: Officer, who: str
) -> None:
    if who == "officer":
        client.force_login(officer.account)
    for address, model in addresses():
        for response in (client.get(filled(address, model)), client.post(filled(address, model), {})):
            is_kept_out = response.status_code in DENIED
            assert is_kept_out or address.endswith(("jsi18n/", "login/")), (address, response.status_code)


def test_what_was_said_about_a_person_is_not_shown_to_operators(operator: Client) -> None:
    event = Event.objects.get(kind="opened")
    page = operator.get(f"/admin/casework/event/{event.pk}/change/").content.decode()
    assert "13800000000" in str(event.data)
    assert "13800000000" not in page
    case = operator.get(f"/admin/casework/case/{event.case.pk}/change/").content.decode()
    assert event.case.person.name not in case
    assert "snapshot" not in case
