"""Notices, complaints and issued credentials are turned over page by page; none falls off the end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import page, signed_in
from tongban.node.casework.models import Notice
from tongban.node.clock import now
from tongban.node.paging import LINES_A_PAGE
from tongban.node.people.models import Account, Officer
from tongban.node.portal.models import Complaint

__all__ = ["signed_in"]

MANY = 2 * LINES_A_PAGE + 1
PAGES = "第 1 页，共 3 页"
pytestmark = pytest.mark.django_db


def test_the_oldest_notice_stands_on_the_last_page(signed_in: Client, citizen: Account) -> None:
    Notice.objects.bulk_create(
        Notice(
            account=citizen,
            path="/cases/",
            at=now() - timedelta(minutes=one),
            text_zh=f"通知{one:04}",
            text_en=f"notice {one:04}",
        )
        for one in range(MANY)
    )
    first = page(signed_in, "/notices/")
    assert PAGES in first
    assert f"通知{MANY - 1:04}" not in first
    assert f"通知{MANY - 1:04}" in page(signed_in, "/notices/?page=3")


@pytest.fixture
def many_complaints(walk: Walk, officer: Officer) -> None:
    Complaint.objects.bulk_create(
        Complaint(
            token=uuid4(),
            person=walk.person,
            service="medical-retirement",
            agency=officer.agency,
            words=f"投诉{one:04}",
            at=now() - timedelta(minutes=one),
        )
        for one in range(MANY)
    )


@pytest.mark.usefixtures("many_complaints")
def test_the_oldest_complaint_stands_on_the_citizens_last_page(signed_in: Client) -> None:
    first = page(signed_in, "/complaints/")
    assert PAGES in first
    assert f"投诉{MANY - 1:04}" not in first
    assert f"投诉{MANY - 1:04}" in page(signed_in, "/complaints/?page=3")


@pytest.mark.usefixtures("many_complaints")
def test_every_complaint_stands_on_one_of_the_officers_pages(officer: Officer) -> None:
    desk = Client()
    desk.force_login(officer.account)
    shown = "".join(page(desk, f"/workbench/complaints/?page={number}") for number in (1, 2, 3))
    assert all(f"/workbench/complaints/{one.pk}/" in shown for one in Complaint.objects.all())
