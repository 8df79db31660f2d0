"""The plan register's page lists every item, counts honestly, and can be narrowed."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.pages.test_portal import page
from tongban.node.programme.plans import plan_items
from tongban.node.programme.register import Progress, register


@pytest.mark.django_db
def test_every_item_of_both_plans_is_listed(client: Client) -> None:
    numbers = re.findall(r'register__number">(\w+)<', page(client, "/plan/"))
    assert numbers == list(plan_items())


@pytest.mark.django_db
@pytest.mark.parametrize("number", plan_items())
def test_every_item_has_its_page(client: Client, number: str) -> None:
    assert f"{number} · " in page(client, f"/plan/{number}/")


@pytest.mark.django_db
def test_filter_by_plan_shows_only_that_plan(client: Client) -> None:
    numbers = re.findall(r'register__number">(\w+)<', page(client, "/plan/?plan=P"))
    assert numbers
    assert all(number.startswith("P") for number in numbers)


@pytest.mark.django_db
def test_filter_by_progress_shows_what_works(client: Client, service_root: Path) -> None:
    numbers = set(re.findall(r'register__number">(\w+)<', page(client, "/plan/?progress=works")))
    works = (state for state in register(service_root).items if state.progress is Progress.WORKS)
    assert numbers == {state.item.number for state in works} == {"D5"}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["plan=X", "progress=nonsense"])
def test_filter_that_nothing_meets_says_so(client: Client, query: str) -> None:
    assert "没有符合这两个条件的条目" in page(client, f"/plan/?{query}")


@pytest.mark.django_db
def test_unknown_item_is_not_found(client: Client) -> None:
    page(client, "/plan/D99/", 404)
