"""A question of every kind is asked on its page, read back, and refused with what to do."""

from pathlib import Path

import pytest
from django.test import Client

from tests.pages.every_kind import CODE, add_every_kind
from tests.pages.test_portal import page
from tests.services.shipped import copy_shipped
from tongban.node.casework import catalogue, drafts
from tongban.node.casework.models import Draft
from tongban.node.people.models import Account
from tongban.services.form_schema import form_of

JOB = {"employer": "锦城机械厂", "from-year": "2001", "from-month": "3", "ended": "no"}


@pytest.fixture
def draft(client: Client, citizen: Account, tmp_path: Path) -> Draft:
    root = copy_shipped(tmp_path / "services")
    add_every_kind(root)
    catalogue.publish(root)
    client.force_login(citizen)
    assert citizen.person is not None
    return drafts.begin(citizen.person, CODE)


def address(draft: Draft, key: str, *more: object) -> str:
    return f"/applications/{draft.pk}/questions/{'/'.join(map(str, (key, *more)))}/"


def answers() -> dict[str, object]:
    found: dict[str, object] = Draft.objects.get().answers
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "sent", "kept"),
    [
        ("ways", {"answer": ["sms", "letter"]}, ["letter", "sms"]),
        ("born", {"answer-year": "2019", "answer-month": "2", "answer-day": "8"}, "2019-02-08"),
        ("since", {"answer-year": "2019", "answer-month": "12"}, "2019-12"),
        ("people", {"answer": " 3 "}, 3),
        ("home", {"answer": "510104"}, "510104"),
        ("spouse", {"answer": "11010519491231002x"}, "11010519491231002X"),
        ("employer", {"answer": "9111 0000 6000 3734 1L"}, "91110000600037341L"),
        ("story", {"answer": "第一行\r\n第二行"}, "第一行\n第二行"),
    ],
)
def test_an_answer_of_each_kind_is_kept_in_its_canonical_form(
    client: Client, draft: Draft, key: str, sent: dict[str, object], kept: object
) -> None:
    page(client, address(draft, key))
    assert client.post(address(draft, key), sent).status_code == 302
    assert answers()[key] == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "sent", "said"),
    [
        ("ways", {}, "请至少选择一项"),
        ("born", {"answer-year": "2019", "answer-month": "2", "answer-day": "30"}, "请填写年、月、日"),
        ("since", {"answer-year": "2019", "answer-month": "13"}, "请填写年和月"),
        ("people", {"answer": "10"}, "请填写 1 至 9 之间的整数"),
        ("home", {"answer": "510199"}, "请选择一个地方"),
        ("home", {"answer": "500105"}, "请选择一个地方"),
        ("spouse", {"answer": "110105194912310021"}, "请对照证件"),
        ("employer", {"answer": "911100006000373411"}, "请对照营业执照"),
        ("story", {"answer": "字" * 2001}, "最多 2000 字"),
        ("story", {"answer": "零\x00字节"}, "最多 2000 字"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_what_to_do(
    client: Client, draft: Draft, key: str, sent: dict[str, object], said: str
) -> None:
    refused = client.post(address(draft, key), sent)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert key not in answers()


@pytest.mark.django_db
def test_items_of_a_group_are_added_changed_and_removed(client: Client, draft: Draft) -> None:
    asked = client.post(address(draft, "jobs"), {"more": "yes"})
    assert asked.headers["Location"] == address(draft, "jobs", 1)
    client.post(address(draft, "jobs", 1), JOB)
    assert "单位名称：锦城机械厂；起：2001年3月；已经离开了吗？：否" in page(client, address(draft, "jobs"))
    left = JOB | {"ended": "yes", "to-year": "2009", "to-month": "8"}
    client.post(address(draft, "jobs", 1), left)
    assert answers()["jobs"] == [
        {"employer": "锦城机械厂", "from": "2001-03", "ended": True, "to": "2009-08"}
    ]
    client.post(address(draft, "jobs", 1, "remove"))
    assert "jobs" not in answers()


@pytest.mark.django_db
def test_an_item_sent_twice_is_one_item(client: Client, draft: Draft) -> None:
    for _ in range(2):
        assert client.post(address(draft, "jobs", 1), JOB).status_code == 302
    assert answers()["jobs"] == [{"employer": "锦城机械厂", "from": "2001-03", "ended": False}]


@pytest.mark.django_db
def test_a_wrong_part_of_an_item_is_named_and_nothing_is_kept(client: Client, draft: Draft) -> None:
    refused = client.post(address(draft, "jobs", 1), JOB | {"from-year": "later"})
    assert refused.status_code == 422
    assert 'href="#from"' in refused.content.decode()
    assert "jobs" not in answers()


@pytest.mark.django_db
def test_a_group_that_must_have_an_item_does_not_let_go_on_without(client: Client, draft: Draft) -> None:
    refused = client.post(address(draft, "jobs"), {"more": "no"})
    assert refused.status_code == 422
    assert "请填写 1 至 2 项" in refused.content.decode()


@pytest.mark.django_db
def test_a_full_group_asks_for_no_more(client: Client, draft: Draft) -> None:
    for position in (1, 2):
        client.post(address(draft, "jobs", position), JOB)
    assert "已经填满" in page(client, address(draft, "jobs"))
    assert client.post(address(draft, "jobs", 3), JOB).status_code == 404
    assert client.post(address(draft, "jobs"), {}).headers["Location"].endswith("/check/")


@pytest.mark.django_db
@pytest.mark.parametrize("position", [0, 2, 99])
def test_an_item_that_is_not_there_is_not_found(client: Client, draft: Draft, position: int) -> None:
    assert client.get(address(draft, "jobs", position)).status_code == 404


@pytest.mark.django_db
def test_an_abolished_district_is_not_offered(client: Client, draft: Draft) -> None:
    offered = page(client, address(draft, "home"))
    assert "两江新区" in offered
    assert 'value="500105"' not in offered


@pytest.mark.django_db
def test_the_form_is_published_as_a_schema_that_reads_back_to_the_same_form(
    client: Client, draft: Draft
) -> None:
    published = client.get(f"/services/{CODE}/form.schema.json")
    assert published.headers["Content-Type"] == "application/schema+json"
    assert form_of(published.json()) == drafts.service_of(draft).form
    assert client.get("/services/no-such/form.schema.json").status_code == 404


@pytest.mark.django_db
def test_answers_are_checked_in_words(client: Client, draft: Draft) -> None:
    client.post(address(draft, "born"), {"answer-year": "2019", "answer-month": "2", "answer-day": "8"})
    client.post(address(draft, "jobs", 1), JOB)
    shown = {question.key: said.zh for question, said in drafts.answered(Draft.objects.get())}
    assert shown["born"] == "2019年2月8日"
    assert shown["jobs"].startswith("单位名称：锦城机械厂")
