"""OpenID4VP: the link to a request, and the nonce by which a wallet fetches it."""

import json
from datetime import timedelta

import pytest

from tests.credentials.openid_refusals import refused
from tests.credentials.samples import NOW
from tests.credentials.test_openid_presentation import CLIENT, KEY, QUERY, VERIFIER
from tongban.credentials.openid import (
    OpenIdError,
    PresentationRequest,
    open_request,
    public_jwk,
    read_link,
    read_wallet_nonce,
    request_link,
    wallet_fields,
)

ADDRESS = "https://sichuan.example/requests/1"


def signed(wallet_nonce: str) -> str:
    request = PresentationRequest(
        client_id=CLIENT,
        response_uri="https://sichuan.example/answer/1",
        nonce="nonce-1",
        state="state-1",
        query=QUERY,
        encryption_key=public_jwk(KEY),
        wallet_nonce=wallet_nonce,
    )
    return request.sign(VERIFIER, now=NOW, lifetime=timedelta(minutes=5))


def test_a_link_says_whose_request_it_is_where_it_is_and_that_it_is_fetched_by_post() -> None:
    link = read_link(request_link(CLIENT, ADDRESS))
    assert (link.client_id, link.request_uri, link.is_posted) == (CLIENT, ADDRESS, True)


@pytest.mark.parametrize(("method", "is_posted"), [("", False), ("&request_uri_method=get", False)])
def test_a_link_that_does_not_want_a_post_is_followed_by_get(method: str, is_posted: bool) -> None:
    link = read_link(f"haip-vp://?client_id=x&request_uri=https%3A%2F%2Fa.example{method}")
    assert link.is_posted is is_posted


@pytest.mark.parametrize("method", ["POST", "put", "Get"])
def test_another_method_has_the_code_of_the_standard(method: str) -> None:
    link = f"openid4vp://?client_id=x&request_uri=https%3A%2F%2Fa.example&request_uri_method={method}"
    assert refused(read_link, link) is OpenIdError.INVALID_REQUEST_URI_METHOD


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://a.example?client_id=x&request_uri=y",
        "openid4vp://",
        "openid4vp://?client_id=x",
        "openid4vp://?request_uri=x",
        "openid4vp://?client_id=x&client_id=y&request_uri=z",
        "openid4vp://?client_id=证&request_uri=z",
    ],
)
def test_what_is_no_such_link_is_refused(link: str) -> None:
    assert refused(read_link, link) is OpenIdError.INVALID_REQUEST


def test_the_wallets_nonce_comes_back_under_the_verifiers_signature() -> None:
    fields = wallet_fields("n-1")
    assert json.loads(fields["wallet_metadata"])["client_id_prefixes_supported"] == ["x509_hash"]
    nonce = read_wallet_nonce(f"wallet_nonce={fields['wallet_nonce']}&more=1".encode())
    key = VERIFIER.verifying_key
    received = open_request(signed(nonce), key, client_id=CLIENT, now=NOW, wallet_nonce="n-1")
    assert received.wallet_nonce == "n-1"


@pytest.mark.parametrize("given", ["", "n-2"])
def test_a_request_with_another_nonce_or_none_is_not_the_answer_to_this_wallet(given: str) -> None:
    key = VERIFIER.verifying_key
    error = refused(open_request, signed(given), key, client_id=CLIENT, now=NOW, wallet_nonce="n-1")
    assert error is OpenIdError.INVALID_REQUEST
