"""Pages when things are away, empty or very long: each says what is so, and what to do, if anything."""

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import PASSWORD, page, signed_in
from tongban.node.casework.models import PublishedService
from tongban.node.exchange import api
from tongban.node.people.models import Person
from tongban.node.people.register import create_citizen
from tongban.protocol import Text

__all__ = ["signed_in"]
LONG_NAME = "阿卜杜热合曼·" * 5 + "买买提江艾"


@pytest.mark.django_db
def test_while_the_other_node_is_away_the_case_says_so_and_that_it_goes_on_by_itself(
    signed_in: Client, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = walk.submitted()
    away = api.Waiting(
        message=walk.message(case, "500000"),
        evidence_type="contribution-spells",
        place="500000",
        agency_title=Text(zh="重庆市医疗保障局", en="Chongqing Healthcare Security Administration"),
        node_title=Text(zh="重庆", en="Chongqing"),
        since=case.opened_at,
        next_try=case.opened_at,
        attempts=3,
        reason=Text(zh="连不上", en="cannot be reached"),
    )
    monkeypatch.setattr(api, "waiting", lambda case_ref: (away,))
    shown = page(signed_in, f"/cases/{case.number}/")
    assert "重庆" in shown
    assert "note--warn" in shown


@pytest.mark.django_db
def test_a_name_of_forty_characters_stands_whole_on_every_page(client: Client, walk: Walk) -> None:
    assert len(LONG_NAME) == 40
    Person.objects.update(name=LONG_NAME)
    case = walk.submitted()
    client.force_login(case.person.account)
    for address in ("/", "/cases/", f"/cases/{case.number}/"):
        assert LONG_NAME in page(client, address)


@pytest.mark.django_db
def test_a_node_without_services_says_so_everywhere(client: Client) -> None:
    assert not PublishedService.objects.exists()
    assert "这一边还没有开通事项" in page(client, "/")
    assert "这一边还没有开通事项" in page(client, "/ratings/")


@pytest.mark.django_db
def test_a_newcomer_finds_every_list_empty_with_what_to_do(client: Client, walk: Walk) -> None:
    client.force_login(create_citizen("new", PASSWORD, "11010519491231002X", "新来"))
    assert "看看能办什么" in page(client, "/cases/")
    assert "您没有提过投诉" in page(client, "/complaints/")
    assert "没有查看您数据的记录" in page(client, "/accesses/")
