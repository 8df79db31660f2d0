"""A verifier asks for several credentials at once; the portal's wallet answers all of it in one showing.

The verifier is of another make: `@openid4vc/openid4vp`, `@sd-jwt` and `jose`, by a node's certificate.
"""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from django.test import Client
from joserfc.jwk import ECKey

from tests.casework.walk import RESIDENT_ID
from tests.counterparts.counterpart import ask
from tests.credentials_node.conftest import AGENCY, CLAIMS, CREDENTIAL_KEY, TITLE
from tests.credentials_node.test_answering import list_certificates
from tongban.credentials.jwk import to_jwk
from tongban.credentials.openid import request_link
from tongban.node.credentials import issuing, lists, redeeming
from tongban.node.credentials.models import Holding, Issued, Showing
from tongban.node.credentials.wallets import answering, reader
from tongban.node.fetching import Site
from tongban.node.people.models import Account, Officer, Person

ISSUER = "https://sichuan.example"
SKILL = "https://tongban.example/credentials/skill-certificate/1"
SKILLED: dict[str, object] = {
    "name": "刘芳",
    "id_number": RESIDENT_ID,
    "id_tail": RESIDENT_ID[-4:],
    "occupation": "养老护理员",
    "level": "3",
    "evaluator": "成都市某某职业技能等级评价中心",
    "certificate_number": "S000051010026243000012",
    "issued_on": "2025-06-30",
    "authority": "四川省职业技能鉴定指导中心",
}


def wanted(query_id: str, vct: str, *claims: str, **more: object) -> dict[str, object]:
    paths = [{"path": [name]} for name in claims]
    meta = {"vct_values": [vct]}
    return {"id": query_id, "format": "dc+sd-jwt", "meta": meta, "claims": paths, **more}


BOTH = {"credentials": [wanted("title", TITLE, "title"), wanted("skill", SKILL, "occupation", "level")]}
EITHER = {
    "credentials": [*BOTH["credentials"], wanted("name", TITLE, "name")],
    "credential_sets": [
        {"options": [["title"], ["skill"]]},
        {"options": [["name"]], "required": False},
    ],
}


class Verifier(httpx.BaseTransport):
    """A verifier of another make: serves its request, takes the answer."""

    def __init__(self, query: object) -> None:
        verifier = reader.reader()
        self._question = {
            "client": verifier.client_id,
            "responseUri": f"{ISSUER}/answers/1",
            "requestUri": f"{ISSUER}/requests/1",
            "query": query,
            "signer": {
                "x5c": [base64.b64encode(verifier.certificate).decode()],
                "key": ECKey.import_key(verifier.key.to_pem()).as_dict(private=True),
            },
        }
        self.link = request_link(verifier.client_id, f"{ISSUER}/requests/1")
        self.answer: str | None = None
        self._made: Any = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read().decode()
        if request.url.path == "/requests/1":
            given = parse_qs(body)
            assert "dc+sd-jwt" in json.loads(given["wallet_metadata"][0])["vp_formats_supported"]
            question = {"do": "ask", "walletNonce": given["wallet_nonce"][0], **self._question}
            self._made = ask("verifier.mjs", question)
            return httpx.Response(200, content=self._made["request"].encode())
        self.answer = body
        return httpx.Response(200, json={})

    def seen(self) -> Any:
        """What the answer shows: by query, of every presentation its claims and its holder's key."""
        assert self.answer is not None
        issuer = to_jwk(CREDENTIAL_KEY.verifying_key)
        given = {"form": self.answer, "issuer": issuer, "list": lists.signed(0)}
        return ask("verifier.mjs", {"do": "read", **given, **self._made})


Asks = Callable[[object], "Page"]


class Page:
    """The citizen's page with one request on it."""

    def __init__(self, citizen: Account, verifier: Verifier) -> None:
        self.verifier = verifier
        self._browser = Client()
        self._browser.force_login(citizen)
        self.opened: Any = self._browser.post("/credentials/answer/", {"link": verifier.link})

    @property
    def text(self) -> str:
        return str(self.opened.content.decode())

    def boxes(self, part: int, card: int = 0, option: int = 0) -> list[str]:
        _one, options = self.opened.context["parts"][part]["offers"][card]
        return [box for box, *_words in options[option]]

    def show(self, *ticked: str) -> Any:
        given = {"request": self.opened.context["asked"].text, "claims": ticked, "answer": "show"}
        return self._browser.post("/credentials/answer/", given)

    def is_refused(self, words: str, *ticked: str) -> bool:
        told = self.show(*ticked)
        assert not Showing.objects.exists()
        assert not Holding.objects.exclude(shown_at=None).exists()
        return told.status_code == 409 and words in told.content.decode() and self.verifier.answer is None


@pytest.fixture
def asks(citizen: Account, issuer_name: None, reader_issuer: None, monkeypatch: pytest.MonkeyPatch) -> Asks:
    """Have a verifier ask, and the citizen open its request."""
    list_certificates(monkeypatch)

    def opened(query: object) -> Page:
        verifier = Verifier(query)
        monkeypatch.setattr(
            answering,
            "connection",
            lambda: Site(seconds=1, most_bytes=redeeming.MOST_BYTES, client=httpx.Client(transport=verifier)),
        )
        return Page(citizen, verifier)

    return opened


@pytest.fixture
def skill(woman: Person, officer: Officer) -> Issued:
    return issuing.issue(person=woman, vct=SKILL, claims=SKILLED, agency=AGENCY, officer=officer)


def another_title(woman: Person, officer: Officer) -> Issued:
    claims = {**CLAIMS, "title": "正高级工程师", "certificate_number": "GCJS2026-0001"}
    return issuing.issue(person=woman, vct=TITLE, claims=claims, agency=AGENCY, officer=officer)


def disclosed(shown: Any) -> list[set[str]]:
    """Of each presentation the claims that only its holder can have disclosed."""
    choices = set(CLAIMS) | set(SKILLED)
    return [set(one["claims"]) & choices - {"authority", "id_tail"} for one in shown]


def test_two_credentials_are_shown_in_one_answer_with_the_claims_asked_for_and_no_other(
    asks: Asks, title: Issued, skill: Issued
) -> None:
    page = asks(BOTH)
    assert "checked" not in page.text
    told = page.show(*page.boxes(0), *page.boxes(1))
    assert "已经出示" in told.content.decode()
    seen = page.verifier.seen()
    assert disclosed(seen["title"]) == [{"title"}]
    assert disclosed(seen["skill"]) == [{"occupation", "level"}]
    history = {row.vct: set(row.claims) for row in Showing.objects.all()}
    assert history == {TITLE: {"title"}, SKILL: {"occupation", "level"}}


def test_one_of_two_that_are_both_asked_for_is_not_enough(asks: Asks, title: Issued, skill: Issued) -> None:
    page = asks(BOTH)
    assert page.is_refused("少了，或者多了", *page.boxes(0))


def test_a_claim_that_was_not_ticked_keeps_the_whole_answer_back(
    asks: Asks, title: Issued, skill: Issued
) -> None:
    page = asks(BOTH)
    assert page.is_refused("逐项勾上", *page.boxes(0), *page.boxes(1)[:1])


def test_nothing_leaves_when_one_of_the_cards_does_not_count(
    asks: Asks, title: Issued, skill: Issued, officer: Officer
) -> None:
    page = asks(BOTH)
    issuing.change(skill, Issued.State.SUSPENDED, officer, "核查")
    assert page.is_refused("不能出示", *page.boxes(0), *page.boxes(1))


def test_who_lacks_one_of_them_reads_that_it_is_not_enough_and_can_only_decline(
    asks: Asks, title: Issued
) -> None:
    page = asks(BOTH)
    assert "您在这里的证照不够回答这次查验" in page.text
    assert 'value="show"' not in page.text
    assert 'value="decline"' in page.text


@pytest.mark.parametrize("part", [0, 1])
def test_of_two_that_would_do_the_holder_shows_the_one_of_their_choice(
    asks: Asks, title: Issued, skill: Issued, part: int
) -> None:
    page = asks(EITHER)
    assert "要出示：" in page.text
    assert "可以出示，也可以不出示：" in page.text
    page.show(*page.boxes(part))
    assert list(page.verifier.seen()) == [("title", "skill")[part]]


def test_what_may_be_left_out_can_be_shown_too(asks: Asks, title: Issued, skill: Issued) -> None:
    page = asks(EITHER)
    page.show(*page.boxes(1), *page.boxes(2))
    assert list(page.verifier.seen()) == ["skill", "name"]


@pytest.mark.parametrize("parts", [(2,), (0, 1)])
def test_less_or_more_than_one_of_the_combinations_is_not_shown(
    asks: Asks, title: Issued, skill: Issued, parts: tuple[int, ...]
) -> None:
    page = asks(EITHER)
    assert page.is_refused("少了，或者多了", *(box for part in parts for box in page.boxes(part)))


def test_who_has_one_of_the_combinations_can_answer(asks: Asks, skill: Issued) -> None:
    page = asks(EITHER)
    page.show(*page.boxes(1))
    assert list(page.verifier.seen()) == ["skill"]


def test_several_cards_of_a_type_are_shown_where_several_are_asked_for(
    asks: Asks, title: Issued, woman: Person, officer: Officer
) -> None:
    another_title(woman, officer)
    page = asks({"credentials": [wanted("title", TITLE, "title", multiple=True)]})
    page.show(*page.boxes(0, 0), *page.boxes(0, 1))
    titles = {one["claims"]["title"] for one in page.verifier.seen()["title"]}
    assert titles == {"高级工程师", "正高级工程师"}


def test_of_several_cards_of_a_type_one_is_shown_where_one_is_asked_for(
    asks: Asks, title: Issued, woman: Person, officer: Officer
) -> None:
    another_title(woman, officer)
    page = asks({"credentials": [wanted("title", TITLE, "title")]})
    assert page.is_refused("少了，或者多了", *page.boxes(0, 0), *page.boxes(0, 1))
    page.show(*page.boxes(0, 1))
    assert len(page.verifier.seen()["title"]) == 1


def test_one_card_that_answers_twice_goes_by_two_copies_that_nothing_links(asks: Asks, title: Issued) -> None:
    page = asks({"credentials": [wanted("a", TITLE, "title"), wanted("b", TITLE, "name")]})
    page.show(*page.boxes(0), *page.boxes(1))
    seen = page.verifier.seen()
    assert seen["a"][0]["holder"] != seen["b"][0]["holder"]


def test_of_several_sets_of_claims_the_holder_ticks_one(asks: Asks, title: Issued) -> None:
    claims = [{"id": name, "path": [name]} for name in ("name", "title", "level")]
    sets = [["name", "title"], ["level"]]
    query = wanted("title", TITLE, claims=claims, claim_sets=sets)
    page = asks({"credentials": [query]})
    assert page.is_refused("逐项勾上", *page.boxes(0, 0, 0)[:1])
    page.show(*page.boxes(0, 0, 1))
    assert disclosed(page.verifier.seen()["title"]) == [{"level"}]


def test_more_at_once_than_a_holder_can_judge_is_not_answered(asks: Asks, title: Issued) -> None:
    page = asks({"credentials": [wanted(f"q{number}", TITLE, "title") for number in range(11)]})
    assert (page.opened.status_code, "无法核验" in page.text) == (409, True)
