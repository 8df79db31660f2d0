"""The last page before submitting is called what it is: consent where some is asked for, else submitting."""

import pytest
from django.test import Client

from tests.casework.test_assisting import window
from tests.casework.walk import Walk
from tests.pages.test_portal import page
from tongban.node.casework import drafts
from tongban.node.people.models import Account

__all__ = ["window"]
pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("window")
def test_where_nothing_is_asked_for_title_and_heading_speak_of_submitting(
    client: Client, citizen: Account
) -> None:
    client.force_login(citizen)
    assert citizen.person is not None
    draft = drafts.begin(citizen.person, "virtual-window")
    for key, raw in {"wish": "想查公积金", "phone": "13800000000"}.items():
        drafts.answer(draft, key, raw)
    shown = page(client, f"/applications/{draft.pk}/consent/")
    assert "<title>提交申请 · " in shown
    assert "同意核对" not in shown


def test_where_consent_is_asked_for_the_title_says_so(client: Client, citizen: Account, walk: Walk) -> None:
    client.force_login(citizen)
    shown = page(client, f"/applications/{walk.draft().pk}/consent/")
    assert "<title>同意核对您的记录 · " in shown
