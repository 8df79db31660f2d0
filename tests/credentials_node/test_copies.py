"""Copies of another node's status list: fetched, kept, aged; no older or forged one takes its place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.credentials_node.conftest import AWAY, CREDENTIAL_KEY, OTHER_KEY
from tongban.credentials.status import Status, StatusReference, StatusRegister, judge, publish
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import copies
from tongban.node.fetching import Site
from tongban.suites import SigningKey

ADDRESS = f"{AWAY}/status/0"
INDEX = 7


def published(
    status: Status = Status.VALID,
    *,
    at: datetime | None = None,
    key: SigningKey = OTHER_KEY,
    uri: str = ADDRESS,
) -> str:
    """The list of Chongqing's node with this status at one entry."""
    register = StatusRegister(64)
    register.set(INDEX, status)
    day, minutes = timedelta(days=1), timedelta(minutes=5)
    return publish(register, uri, key, now=at or true_now(), lifetime=day, ttl=minutes)


Serve = Callable[[str | int], None]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Have Chongqing's node answer with a list, or with a status."""

    def served(answer: str | int) -> None:
        def handle(_request: httpx.Request) -> httpx.Response:
            if isinstance(answer, int):
                return httpx.Response(answer)
            return httpx.Response(200, content=answer.encode())

        def site(*, seconds: float, most_bytes: int) -> Site:
            client = httpx.Client(transport=httpx.MockTransport(handle))
            return Site(seconds=seconds, most_bytes=most_bytes, client=client)

        monkeypatch.setattr(copies, "Site", site)
        copies.refresh()

    return served


def verdict(now: datetime | None = None) -> Verdict:
    return judge(StatusReference(ADDRESS, INDEX), AWAY, copies.at_hand(), now or true_now())


def test_a_change_arrives_with_the_next_list(serve: Serve) -> None:
    assert verdict() is Verdict.STATUS_STALE
    serve(published())
    assert verdict() is Verdict.VALID
    serve(published(Status.INVALID))
    assert verdict() is Verdict.REVOKED


def test_a_list_that_cannot_be_fetched_ages_and_is_told_as_stale(serve: Serve) -> None:
    serve(published())
    serve(503)
    assert verdict() is Verdict.VALID
    assert verdict(true_now() + timedelta(minutes=6)) is Verdict.STATUS_STALE


def test_an_older_list_does_not_take_the_place_of_a_newer_one(serve: Serve) -> None:
    old = published(at=true_now() - timedelta(minutes=2))
    serve(published(Status.INVALID))
    serve(old)
    assert verdict() is Verdict.REVOKED


@pytest.mark.parametrize(
    "forged",
    [
        {"key": CREDENTIAL_KEY.named("chongqing-credential")},
        {"key": CREDENTIAL_KEY.named("sichuan-credential")},
        {"uri": f"{AWAY}/status/1"},
        {"at": true_now() - timedelta(days=2)},
    ],
    ids=["another key", "another issuer", "another list", "expired"],
)
def test_a_list_that_is_not_the_issuers_own_is_not_kept(serve: Serve, forged: dict[str, Any]) -> None:
    serve(published(Status.INVALID))
    serve(published(**forged))
    assert verdict() is Verdict.REVOKED
