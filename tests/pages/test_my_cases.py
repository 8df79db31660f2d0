"""The list of one's cases: what is new, what waits to be finished and until when, and any number of cases."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import decided, page, signed_in
from tongban.node.casework import drafts
from tongban.node.casework.models import Case, Draft
from tongban.node.clock import now

__all__ = ["decided", "signed_in"]
MANY = 10_000


@pytest.mark.django_db
def test_ten_thousand_cases_are_turned_over_page_by_page(signed_in: Client, walk: Walk) -> None:
    first = walk.submitted()
    copies = (
        Case(
            number=f"SC-{number:011}",
            person=first.person,
            service=first.service,
            procedure=first.procedure,
            agency=first.agency,
            status=first.status,
            revision=0,
            snapshot={},
            opened_at=first.opened_at - timedelta(minutes=number),
            updated_at=first.updated_at,
        )
        for number in range(1, MANY)
    )
    Case.objects.bulk_create(copies, batch_size=2000)
    shown = page(signed_in, "/cases/")
    assert "共 10000 项，第 1 页，共 500 页" in shown
    assert first.number in shown
    assert 'href="?page=2"' in shown
    assert f"SC-{MANY - 1:011}" in page(signed_in, "/cases/?page=500")


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30])
def test_a_page_that_there_is_not_shows_one_that_there_is(signed_in: Client, walk: Walk, number: str) -> None:
    assert walk.submitted().number in page(signed_in, f"/cases/?page={number}")


@pytest.mark.django_db
def test_an_unfinished_application_says_until_when_it_is_kept(signed_in: Client, walk: Walk) -> None:
    draft = walk.draft()
    expires = drafts.expires_at(draft).astimezone()
    assert "保存到" in page(signed_in, "/cases/")
    assert expires - draft.updated_at == timedelta(days=90)


@pytest.mark.django_db
def test_an_expired_application_is_removed_and_a_case_never(walk: Walk) -> None:
    case = walk.submitted()
    walk.draft()
    Draft.objects.update(updated_at=now() - timedelta(days=91))
    assert drafts.remove_expired() == 1
    assert [one.case for one in Draft.objects.all()] == [case]


@pytest.mark.django_db
def test_a_message_is_new_once(signed_in: Client, decided: Case) -> None:
    assert "新消息" in page(signed_in, "/cases/")
    assert "新消息" not in page(signed_in, "/cases/")
