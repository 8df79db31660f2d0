"""When something fails, a person reads what happened, that nothing was lost, and what to do next."""

import pytest
from django.db import OperationalError
from django.test import Client

from tongban.node.casework import catalogue


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def offered() -> None:
        raise error

    monkeypatch.setattr(catalogue, "offered", offered)


def test_unreachable_database_is_told_without_asking_it(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, OperationalError("connection refused"))
    response = visitor.get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "平台暂时连不上数据库" in response.content.decode()


def test_unforeseen_error_shows_no_inner_words(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("inner words"))
    response = visitor.get("/")
    assert response.status_code == 500
    assert "这一步没有办成" in response.content.decode()
    assert "inner words" not in response.content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This step did not succeed"), ("zh-hant", "這一步沒有辦成")]
)
def test_error_pages_speak_the_readers_language(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    failing(monkeypatch, RuntimeError("inner words"))
    visitor.get(f"/language/{language}/")
    assert said in visitor.get("/").content.decode()


def test_every_answer_forbids_foreign_and_inline_assets(visitor: Client) -> None:
    policy = visitor.get("/no-such-page/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize(
    ("address", "back"), [("/workbench/nowhere/", "/workbench/"), ("/nowhere/", "/cases/")]
)
def test_a_page_that_is_not_there_leads_back_to_where_one_was(
    visitor: Client, address: str, back: str
) -> None:
    page = visitor.get(address).content.decode().split("<main")[1].split("</main>")[0]
    assert page.count("href=") == 1
    assert f'href="{back}"' in page


def test_an_address_that_takes_only_a_form_leads_on(visitor: Client) -> None:
    response = visitor.get("/sign-out/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "这一步要从页面上的按钮进入" in response.content.decode()
