"""The portal's wallet answers a verifier: its holder first reads who asks, for what, and what is agreed to.

One database plays both nodes: the verifier is Sichuan's, which has issued; the wallet is Chongqing's.
"""

import base64
import dataclasses
import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.credentials_node.conftest import AWAY, OTHER_KEY, TITLE
from tests.credentials_node.test_taking import Issuer, become, issuer
from tongban.credentials import jws
from tongban.credentials.openid import Agreement
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, redeeming
from tongban.node.credentials.models import Holding, Issued, Showing
from tongban.node.credentials.wallets import addresses, answering, asking, reader
from tongban.node.credentials.wallets.models import Asked
from tongban.node.exchange import identity
from tongban.node.fetching import Site
from tongban.node.people.models import Account, Officer, Person

__all__ = ["issuer"]
STATEMENT = "同意成都市人才服务中心为办理落户查询本人职称，查询一次"
ANSWER = "/credentials/answer/"
LINK = "openid4vp://?client_id=x&request_uri="
Given = dict[str, Any]


@pytest.fixture(autouse=True)
def _certificates(reader_issuer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    list_certificates(monkeypatch)


def list_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory lists Sichuan's node with its certificate, and Chongqing's without."""
    me = identity.current()
    pem = reader.certificate_issuer().certificate_pem().decode()
    nodes = tuple(
        node.model_copy(update={"certificates": (pem,) if node.id == "sichuan" else ()})
        for node in me.directory.nodes
    )
    listed = dataclasses.replace(me, directory=me.directory.model_copy(update={"nodes": nodes}))
    monkeypatch.setattr(identity, "current", lambda: listed)


@pytest.fixture
def verifier(issuer: Issuer) -> Issuer:
    return issuer


@pytest.fixture
def browser(citizen: Account, verifier: Issuer, monkeypatch: pytest.MonkeyPatch) -> Callable[[Given], Any]:
    """The citizen's browser on the page of Chongqing's portal, which reaches Sichuan in this process."""
    here = Client()
    here.force_login(citizen)
    there = dataclasses.replace(identity.current(), me="chongqing")

    def post(given: Given) -> Any:
        with monkeypatch.context() as patch:
            become(patch, there, OTHER_KEY)
            patch.setattr(
                answering,
                "connection",
                lambda: Site(
                    seconds=1, most_bytes=redeeming.MOST_BYTES, client=httpx.Client(transport=verifier)
                ),
            )
            return here.post(ANSWER, given)

    return post


Browser = Callable[[Given], Any]


def ask(statement: str = STATEMENT, **more: Any) -> Asked:
    return asking.ask(issuers.types()[TITLE], ["name", "title"], statement=statement, **more)


def opened(browser: Browser, asked: Asked) -> Any:
    return browser({"link": asking.link(asked)})


def agreed(browser: Browser, asked: Asked, **changed: Any) -> Any:
    """Open the request, tick everything that is asked for, show it."""
    page = opened(browser, asked)
    given = {"request": page.context["asked"].text, "claims": boxes(page), "answer": "show"}
    return browser(given | changed)


def boxes(page: Any) -> list[str]:
    """What the boxes of the page's first card send, all of them."""
    (part, *_) = page.context["parts"]
    (_one, ((*claims,), *_)) = part["offers"][0]
    return [box for box, *_words in claims]


def test_who_asks_for_what_and_the_agreement_are_read_before_anything_is_shown(
    browser: Browser, title: Issued
) -> None:
    page = opened(browser, ask()).content.decode()
    assert STATEMENT in page
    assert "出示就是同意下面的事项" in page
    assert '/title"' in page
    assert "高级工程师" in page  # what would be shown, not only what it is called
    assert "/certificate_number" not in page
    assert "checked" not in page
    assert not Showing.objects.exists()
    assert Asked.objects.get().answered_at is None


def test_what_was_agreed_to_is_signed_seen_by_the_verifier_and_in_the_history(
    browser: Browser, title: Issued, woman: Person
) -> None:
    asked = ask()
    assert "已经出示" in agreed(browser, asked).content.decode()
    seen = asking.take(asked.pk)
    assert seen is not None
    assert (seen.verdict, dict(seen.claims)) == ("valid", {"name": "刘芳", "title": "高级工程师"})
    assert seen.agreed is not None
    assert seen.agreed.statement == STATEMENT
    row = Showing.objects.get()
    assert (row.how, row.to, row.purpose) == (Showing.How.REQUEST, "http://testserver", STATEMENT)
    assert set(row.claims) == {"name", "title"}


def test_the_proof_of_an_agreement_holds_by_the_holders_key(browser: Browser, title: Issued) -> None:
    asked = ask()
    agreed(browser, asked)
    seen = asking.take(asked.pk)
    assert seen is not None
    assert seen.agreed is not None
    proof = json.loads(seen.agreed.proof)
    assert proof["transaction_data"] == [Agreement.of(STATEMENT, asking.QUERY_ID, str(asked.pk)).text]
    signed = jws.take_apart(proof["presentation"].rpartition("~")[2].encode(), "kb").payload
    digest = base64.urlsafe_b64encode(hashlib.sha256(proof["transaction_data"][0].encode()).digest())
    assert signed["transaction_data_hashes"] == [digest.decode().rstrip("=")]


def test_the_counter_reads_the_agreement_once(client: Client, browser: Browser, title: Issued) -> None:
    client.post("/verify/ask/", {"type": TITLE, "claims": ["title"], "statement": STATEMENT})
    asked = Asked.objects.get()
    agreed(browser, asked)
    page = client.get(f"/verify/asked/{asked.pk}/").content.decode()
    assert "持证人签名同意" in page
    assert STATEMENT in page
    assert "transaction_data" in page


def test_a_request_without_an_agreement_is_answered_without(browser: Browser, title: Issued) -> None:
    asked = ask("")
    assert "出示就是同意" not in opened(browser, asked).content.decode()
    agreed(browser, asked)
    seen = asking.take(asked.pk)
    assert seen is not None
    assert seen.agreed is None


def test_a_request_from_this_device_leads_back(browser: Browser, title: Issued) -> None:
    asked = ask(is_same_device=True)
    assert f"/verify/asked/{asked.pk}/?response_code=" in agreed(browser, asked).headers["location"]


def test_nothing_is_shown_unless_every_item_is_ticked(browser: Browser, title: Issued) -> None:
    asked = ask()
    some = boxes(opened(browser, asked))[:1]
    page = agreed(browser, asked, claims=some)
    assert (page.status_code, "逐项勾上" in page.content.decode()) == (409, True)
    assert not Showing.objects.exists()
    assert asking.take(asked.pk) is None


def test_whoever_asked_is_told_that_nothing_is_shown(browser: Browser, title: Issued) -> None:
    asked = ask()
    assert "已经告诉对方" in agreed(browser, asked, answer="decline").content.decode()
    assert Asked.objects.get().problem == asking.DECLINED
    assert not Showing.objects.exists()


def test_what_was_suspended_is_not_shown(browser: Browser, title: Issued, officer: Officer) -> None:
    asked = ask()
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    assert "不能出示" in agreed(browser, asked).content.decode()
    assert not Showing.objects.exists()


def test_somebody_elses_card_cannot_be_shown(browser: Browser, title: Issued) -> None:
    stranger = Person.objects.create(resident_id="510104197602140039", pseudonym="y", name="别人")
    asked = ask()
    page = opened(browser, asked)
    Holding.objects.update(person=stranger)
    given = {"request": page.context["asked"].text, "answer": "show"}
    for ticked in (boxes(page), ["x"], ["credential/x/name"], [f"other/{uuid.uuid4()}/name"]):
        refused = browser(given | {"claims": ticked})
        assert (refused.status_code, "没有找到" in refused.content.decode()) == (409, True)
    assert not Showing.objects.exists()


def test_each_showing_takes_another_copy(browser: Browser, title: Issued) -> None:
    for _ in range(2):
        agreed(browser, ask())
    assert Holding.objects.exclude(shown_at=None).count() == 2


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("", "openid4vp://"),
        ("https://testserver/openid/requests/x", "openid4vp://"),
        (f"{LINK}https://stranger.example/openid/requests/x", "不是川渝两地的节点"),
        (f"{LINK}http://testserver.stranger.example/x", "不是川渝两地的节点"),
        (f"{LINK}http://testserver@stranger.example/x", "不是川渝两地的节点"),
        (f"haip-vp://?client_id=x&request_uri={AWAY}/openid/requests/x", "没有回应"),
    ],
)
def test_nobody_is_asked_but_nodes_of_the_directory(
    browser: Browser, verifier: Issuer, link: str, words: str
) -> None:
    if AWAY in link:
        verifier.change = lambda request, response: httpx.Response(503)
    page = browser({"link": link})
    assert (page.status_code, words in page.content.decode()) == (409, True)
    assert bool(verifier.asked) is (AWAY in link)


def test_a_request_that_is_over_is_told_of(browser: Browser, title: Issued) -> None:
    asked = ask()
    agreed(browser, asked)
    assert "已经结束" in opened(browser, asked).content.decode()


def test_a_request_by_a_certificate_of_nobody_in_the_directory_is_not_answered(
    browser: Browser, title: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask()
    me = identity.current()
    nodes = tuple(node.model_copy(update={"certificates": ()}) for node in me.directory.nodes)
    bare = dataclasses.replace(me, directory=me.directory.model_copy(update={"nodes": nodes}))
    text = Asked.objects.get().request
    with monkeypatch.context() as patch:
        patch.setattr(identity, "current", lambda: bare)
        with pytest.raises(answering.NotAnswered, match="unknown-verifier"):
            answering.read(text)
    assert answering.read(text).verifier == "http://testserver"
    assert asked.answered_at is None


@pytest.mark.parametrize("where", ["http://testserver.stranger.example/x", "https://stranger.example/x"])
def test_a_request_whose_answer_would_go_elsewhere_is_not_answered(
    title: Issued, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(addresses, "answer_uri", lambda name: where)
    with pytest.raises(answering.NotAnswered, match="request-unclear"):
        answering.read(ask().request)


@pytest.mark.parametrize("change", ["signature", "agreement"])
def test_an_altered_request_is_not_answered(title: Issued, change: str) -> None:
    head, body, signature = ask().request.split(".")
    if change == "signature":
        text = f"{head}.{body}.{signature[:-4]}AAAA"
    else:
        other = asking.ask(issuers.types()[TITLE], ["name"], statement="同意别的事")
        text = f"{head}.{other.request.split('.')[1]}.{signature}"
    with pytest.raises(answering.NotAnswered, match="request-unclear"):
        answering.read(text)


def test_an_old_request_is_not_answered(title: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ask().request
    late = true_now() + timedelta(minutes=10)
    monkeypatch.setattr(answering, "true_now", lambda: late)
    with pytest.raises(answering.NotAnswered, match="request-unclear"):
        answering.read(text)


def test_a_verifier_that_does_not_answer_is_told_of_and_the_history_says_what_left(
    browser: Browser, verifier: Issuer, title: Issued
) -> None:
    asked = ask()
    verifier.change = lambda request, response: (
        httpx.Response(503) if "/answers/" in request.url.path else response
    )
    assert "没有回应" in agreed(browser, asked).content.decode()
    assert Showing.objects.count() == 1


def test_too_long_an_agreement_is_not_asked_for(client: Client) -> None:
    page = client.post("/verify/ask/", {"type": TITLE, "claims": ["title"], "statement": "同" * 501})
    assert (page.status_code, "最多 500 个字" in page.content.decode()) == (422, True)
    assert not Asked.objects.exists()


def test_the_history_tells_what_was_agreed_to(browser: Browser, citizen: Account, title: Issued) -> None:
    agreed(browser, ask())
    here = Client()
    here.force_login(citizen)
    page = here.get("/credentials/shown/").content.decode()
    assert "同时同意了" in page
    assert STATEMENT in page


def test_a_request_is_fetched_with_a_nonce_of_the_wallets_own_each_time(
    browser: Browser, verifier: Issuer, title: Issued
) -> None:
    asked = ask()
    nonces = [opened(browser, asked).context["asked"].received.wallet_nonce for _ in range(2)]
    assert len(set(nonces)) == 2
    assert all(len(nonce) > 40 for nonce in nonces)
    assert [request.method for request in verifier.asked] == ["POST", "POST"]


def test_a_link_without_a_method_is_followed_by_get(
    browser: Browser, verifier: Issuer, title: Issued
) -> None:
    page = browser({"link": asking.link(ask()).replace("&request_uri_method=post", "")})
    assert page.context["asked"].received.wallet_nonce is None
    assert [request.method for request in verifier.asked] == ["GET"]


@pytest.mark.parametrize("method", ["POST", "put", ""])
def test_a_link_by_another_method_is_not_followed(
    browser: Browser, verifier: Issuer, title: Issued, method: str
) -> None:
    page = browser({"link": asking.link(ask()).replace("method=post", f"method={method}")})
    assert (page.status_code, verifier.asked) == (409, [])


def test_an_older_request_passed_off_as_the_answer_to_this_wallet_is_not_answered(
    browser: Browser, verifier: Issuer, title: Issued
) -> None:
    asked = ask()
    seen = []

    def keep(_request: httpx.Request, response: httpx.Response) -> httpx.Response:
        seen.append(response.content)
        return httpx.Response(200, content=seen[0])

    verifier.change = keep
    assert opened(browser, asked).status_code == 200
    page = opened(browser, asked)
    assert (page.status_code, "无法核验" in page.content.decode()) == (409, True)


def test_a_request_without_the_wallets_nonce_is_not_answered(
    browser: Browser, verifier: Issuer, title: Issued
) -> None:
    asked = ask()
    verifier.change = lambda _request, _response: httpx.Response(200, content=asked.request.encode())
    assert opened(browser, asked).status_code == 409


def test_a_link_of_another_verifier_than_signed_the_request_is_not_answered(
    browser: Browser, title: Issued
) -> None:
    page = browser({"link": asking.link(ask()).replace("x509_hash%3A", "x509_hash%3AB")})
    assert (page.status_code, "无法核验" in page.content.decode()) == (409, True)
