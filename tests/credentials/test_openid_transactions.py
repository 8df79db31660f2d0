"""Transaction data: what a holder agrees to by showing a credential, signed and checked."""

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.counterparts.counterpart import ask
from tests.credentials.openid_refusals import refused
from tests.credentials.samples import NOW, issued, issuer_key, known, list_token
from tests.credentials.test_openid_presentation import (
    CLIENT,
    HOLDER,
    ID,
    KEY,
    VERIFIER,
    WALLET,
    credential_query,
    sealed,
)
from tongban.credentials import Code, CredentialRefused, jws
from tongban.credentials.jwk import to_jwk
from tongban.credentials.openid import (
    Agreement,
    OpenIdError,
    PresentationRequest,
    ReceivedRequest,
    open_request,
    open_response,
    public_jwk,
    signed_by,
    verify_response,
)
from tongban.credentials.sdjwt import Held
from tongban.credentials.status import StatusRegister
from tongban.credentials.verdict import Verdict
from tongban.suites import Suite

STATEMENT = "同意成都市人才服务中心为办理落户查询本人职称，查询一次"
ASKED = Agreement.of(STATEMENT, "title", "CD-2026-17")
QUERY = {"credentials": [credential_query(claims=[{"path": ["title"]}])]}


def received(*agreements: Agreement) -> ReceivedRequest:
    request = PresentationRequest(
        client_id=CLIENT,
        response_uri="https://sichuan.example/answer/1",
        nonce="nonce-1",
        state="state-1",
        query=QUERY,
        encryption_key=public_jwk(KEY),
        agreements=agreements,
    )
    text = request.sign(VERIFIER, now=NOW, lifetime=timedelta(minutes=5))
    return open_request(text, VERIFIER.verifying_key, client_id=CLIENT, now=NOW)


def shown(texts: Sequence[str], held: Held = WALLET["a"]) -> str:
    return held.present_bound(
        [("title",)], HOLDER, audience=CLIENT, nonce="nonce-1", now=NOW, transactions=texts
    )


def verdict(presentation: str, *agreements: Agreement) -> Verdict:
    asked = received(*agreements)
    response = open_response(sealed(asked, title=[presentation]), KEY)
    found = verify_response(
        response,
        asked.dcql_query,
        known(),
        client_id=CLIENT,
        nonce="nonce-1",
        now=NOW,
        agreements=agreements,
    )
    return found["title"][0].verdict


def test_the_wallet_reads_what_its_holder_is_asked_to_agree_to() -> None:
    (agreement,) = received(ASKED).agreements
    assert (agreement.statement, agreement.reference) == (STATEMENT, "CD-2026-17")
    assert agreement.text == ASKED.text


def test_what_was_agreed_to_by_the_holders_key_is_taken() -> None:
    texts = signed_by(received(ASKED).agreements, "title", ["title"])
    assert verdict(shown(texts), ASKED) is Verdict.VALID


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [Agreement.of("别的事", "title").text],
        [ASKED.text, Agreement.of("别的事", "title").text],
        [ASKED.text, ASKED.text],
    ],
)
def test_an_agreement_to_less_more_or_something_else_is_refused(texts: list[str]) -> None:
    with pytest.raises(CredentialRefused) as caught:
        verdict(shown(texts), ASKED)
    assert caught.value.code is Code.TRANSACTION_MISMATCH


def test_an_agreement_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(CredentialRefused) as caught:
        verdict(shown([ASKED.text]))
    assert caught.value.code is Code.TRANSACTION_MISMATCH


@pytest.mark.parametrize(
    "more",
    [
        {"transaction_data_hashes_alg": "sha-512"},
        {"transaction_data_hashes": "x"},
        {"transaction_data_hashes": [1]},
        {"transaction_data_hashes": None},
    ],
)
def test_hashes_of_another_form_are_refused(more: dict[str, object]) -> None:
    whole, _, token = shown([ASKED.text]).rpartition("~")
    signed = jws.take_apart(token.encode(), "kb")
    forged = jws.sign({"typ": "kb+jwt"}, signed.payload | more, HOLDER).decode()
    with pytest.raises(CredentialRefused) as caught:
        verdict(f"{whole}~{forged}", ASKED)
    assert caught.value.code is Code.TRANSACTION_MISMATCH


def test_of_several_credentials_that_could_agree_one_does() -> None:
    either = Agreement(ASKED.text, STATEMENT, "", ("title", "id"))
    assert signed_by([either], "title", ["title", "id"]) == (ASKED.text,)
    assert signed_by([either], "id", ["title", "id"]) == ()
    assert signed_by([either], "id", ["id"]) == (ASKED.text,)


def entry(**members: object) -> str:
    whole = {
        "type": "https://tongban.example/transactions/agreement/1",
        "credential_ids": ["title"],
        "statement": STATEMENT,
    } | members
    return base64.urlsafe_b64encode(json.dumps(whole).encode()).rstrip(b"=").decode()


def opened(entries: object, **query: Any) -> ReceivedRequest:
    token = PresentationRequest(
        client_id=CLIENT,
        response_uri="https://sichuan.example/answer/1",
        nonce="nonce-1",
        state="state-1",
        query={"credentials": [credential_query(**query), credential_query("id", ID)]},
        encryption_key=public_jwk(KEY),
    ).to_json(NOW, timedelta(minutes=5))
    text = jws.sign({"typ": "oauth-authz-req+jwt"}, token | {"transaction_data": entries}, VERIFIER)
    return open_request(text.decode(), VERIFIER.verifying_key, client_id=CLIENT, now=NOW)


def test_an_entry_without_a_hash_name_is_read() -> None:
    assert opened([entry()]).agreements[0].statement == STATEMENT


@pytest.mark.parametrize(
    "text",
    [
        entry(type="https://tongban.example/transactions/payment/1"),
        entry(amount="100"),
        entry(credential_ids=[]),
        entry(credential_ids=["other"]),
        entry(transaction_data_hashes_alg=["sha-512"]),
        entry(transaction_data_hashes_alg=[]),
        entry(statement=""),
        entry(statement="x" * 501),
        entry(statement=1),
        "e30",
        "W10",
        "not base64!",
        "密",
    ],
)
def test_an_entry_that_is_not_understood_is_refused_rather_than_answered_without_it(text: str) -> None:
    assert refused(opened, [text]) is OpenIdError.INVALID_TRANSACTION_DATA


@pytest.mark.parametrize("entries", [[], "x", [1], [entry()] * 6])
def test_entries_of_another_form_are_refused(entries: object) -> None:
    assert refused(opened, entries) is OpenIdError.INVALID_REQUEST


def test_an_entry_for_a_credential_without_its_holders_key_is_refused() -> None:
    with pytest.raises(Exception, match="holder's key"):
        opened([entry()], require_cryptographic_holder_binding=False)


def test_the_npm_verifier_finds_what_our_wallet_agreed_to() -> None:
    compact = issued(holder=HOLDER.verifying_key)
    found: Any = ask(
        "credentials.mjs",
        {
            "do": "agreed",
            "compact": shown([ASKED.text], Held.of(compact)),
            "entries": [ASKED.text],
            "query": "title",
            "nonce": "nonce-1",
            "now": int(NOW.timestamp()),
            "list": list_token(StatusRegister(1000)),
            "issuer": to_jwk(issuer_key(Suite.ES256).verifying_key),
            "holder": to_jwk(HOLDER.verifying_key),
        },
    )
    assert found == [STATEMENT]
