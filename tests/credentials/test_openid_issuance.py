"""OpenID4VCI: offers, metadata, tokens, proofs; and what a broken or thieving wallet meets."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.credentials.openid_refusals import refused
from tests.credentials.samples import NOW, kind, registry
from tongban.credentials import jws
from tongban.credentials.jwk import to_jwk
from tongban.credentials.openid import (
    CodeRequest,
    CredentialOffer,
    DpopProof,
    Endpoints,
    Nonces,
    OpenIdError,
    OpenIdRefused,
    PreAuthorisedRequest,
    TransactionCode,
    check_dpop,
    check_pkce,
    check_proofs,
    configuration_id,
    credential_response,
    issuer_metadata,
    new_encryption_key,
    read_authorisation_request,
    read_credential_request,
    read_form,
    read_notification_request,
    read_signed_metadata,
    read_token_request,
    server_metadata,
    sign_metadata,
    sign_proof,
    token_response,
)
from tongban.suites import SigningKey, Suite, VerifyingKey, new_signing_key

ISSUER = "https://chongqing.tongban.example"
ENDPOINTS = Endpoints(
    ISSUER,
    *(
        f"{ISSUER}/{name}"
        for name in (
            "authorise",
            "par",
            "token",
            "nonce",
            "credential",
            "deferred",
            "notification",
        )
    ),
)
NONCES = Nonces(b"s" * 32)
WALLET = new_signing_key("wallet", Suite.ES256)
NOBODY = new_signing_key("nobody", Suite.SM2)
PRE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def form(**fields: str) -> dict[str, str]:
    return dict(read_form(urlencode(fields).encode()))


def test_an_offer_is_a_link_that_wallets_open() -> None:
    offer = CredentialOffer(ISSUER, ("professional-title-1",), "code-1", TransactionCode(6, "短信验证码"))
    link = urlsplit(offer.link())
    members = json.loads(parse_qs(link.query)["credential_offer"][0])
    assert link.scheme == "openid-credential-offer"
    assert members == offer.to_json()
    assert members["grants"][PRE]["tx_code"] == {
        "input_mode": "numeric",
        "length": 6,
        "description": "短信验证码",
    }


def test_metadata_offers_every_type_with_names_in_three_languages() -> None:
    document = issuer_metadata(
        ENDPOINTS, registry().values(), Suite.ES256, ("重庆", "Chongqing"), [new_encryption_key("k")]
    )
    found = document["credential_configurations_supported"]
    assert isinstance(found, dict)
    assert len(found) == len(registry())
    title = found[configuration_id(kind())]
    assert title["vct"] == kind().vct
    assert [entry["locale"] for entry in title["credential_metadata"]["display"]] == ["zh-CN", "zh-TW", "en"]
    assert title["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] == ["ES256", "EdDSA"]
    json.dumps(document)


def signed_metadata(key: SigningKey = WALLET, **changed: object) -> bytes:
    document = {"credential_issuer": ISSUER, "credential_endpoint": ENDPOINTS.credential} | changed
    return sign_metadata(document, key, {"kid": "k"}, now=NOW, lifetime=timedelta(hours=1)).encode()


def read_signed(token: bytes, now: datetime = NOW) -> dict[str, Any]:
    return read_signed_metadata(token, [NOBODY.verifying_key, WALLET.verifying_key], issuer=ISSUER, now=now)


def test_signed_metadata_say_what_plain_ones_do() -> None:
    read = read_signed(signed_metadata())
    assert read["credential_endpoint"] == ENDPOINTS.credential
    assert (read["sub"], read["exp"] - read["iat"]) == (ISSUER, 3600)


@pytest.mark.parametrize(
    ("token", "now"),
    [
        (signed_metadata(new_signing_key("thief", Suite.ES256)), NOW),
        (signed_metadata(credential_issuer="https://other.example"), NOW),
        (signed_metadata(), NOW + timedelta(hours=2)),
        (signed_metadata(), NOW - timedelta(hours=2)),
        (jws.sign({"typ": "JWT"}, {"sub": ISSUER}, WALLET), NOW),
        (b"{}", NOW),
    ],
)
def test_metadata_of_somebody_else_or_another_time_are_refused(token: bytes, now: datetime) -> None:
    assert refused(read_signed, token, now) is OpenIdError.INVALID_REQUEST


def test_the_server_asks_for_what_haip_demands() -> None:
    document = server_metadata(ENDPOINTS, only_attested=True)
    assert document["require_pushed_authorization_requests"] is True
    assert document["code_challenge_methods_supported"] == ["S256"]
    algorithms = document["dpop_signing_alg_values_supported"]
    assert isinstance(algorithms, list)
    assert "ES256" in algorithms


def test_token_requests_of_both_grants_are_read() -> None:
    first = read_token_request(form(**{"grant_type": PRE, "pre-authorized_code": "c", "tx_code": "123456"}))
    assert isinstance(first, PreAuthorisedRequest)
    assert (first.code, first.tx_code) == ("c", "123456")
    second = read_token_request(
        form(
            grant_type="authorization_code",
            code="c",
            redirect_uri="https://w.example/cb",
            code_verifier=VERIFIER,
            client_id="w",
        )
    )
    assert isinstance(second, CodeRequest)
    check_pkce(CHALLENGE, second.code_verifier)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password"}, OpenIdError.UNSUPPORTED_GRANT_TYPE),
        ({}, OpenIdError.UNSUPPORTED_GRANT_TYPE),
        ({"grant_type": PRE}, OpenIdError.INVALID_REQUEST),
        ({"grant_type": "authorization_code", "code": "c"}, OpenIdError.INVALID_REQUEST),
    ],
)
def test_other_token_requests_are_refused(fields: dict[str, str], error: OpenIdError) -> None:
    assert refused(read_token_request, fields) is error


def test_a_stolen_code_without_its_verifier_is_refused() -> None:
    assert refused(check_pkce, CHALLENGE, "w" * 43) is OpenIdError.INVALID_GRANT


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"code_challenge": "short"},
        {"scope": ""},
    ],
)
def test_a_pushed_request_without_s256_or_scope_is_refused(changed: dict[str, str]) -> None:
    fields = {
        "response_type": "code",
        "client_id": "w",
        "redirect_uri": "https://w.example/cb",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "scope": "professional-title-1",
    }
    assert read_authorisation_request(fields).scope == "professional-title-1"
    assert refused(read_authorisation_request, fields | changed) is OpenIdError.INVALID_REQUEST


def test_a_parameter_that_is_there_twice_is_refused() -> None:
    assert refused(read_form, b"a=1&a=2") is OpenIdError.INVALID_REQUEST


@pytest.mark.parametrize(
    "body", [b"\xff", b"a&b", "é=1".encode(), b"&".join(b"x%d=1" % i for i in range(90))]
)
def test_a_body_that_is_no_form_is_refused(body: bytes) -> None:
    assert refused(read_form, body) is OpenIdError.INVALID_REQUEST


def test_tokens_say_whether_they_are_bound() -> None:
    assert token_response("t", 300, bound=True)["token_type"] == "DPoP"
    assert token_response("t", 300, bound=False)["token_type"] == "Bearer"


def proof(
    key: SigningKey = WALLET, *, issuer: str = ISSUER, nonce: str | None = None, now: datetime = NOW
) -> str:
    return sign_proof(key, issuer=issuer, nonce=nonce or NONCES.fresh(NOW), now=now)


def checked(*texts: str) -> list[VerifyingKey]:
    body = {"credential_configuration_id": "professional-title-1", "proofs": {"jwt": list(texts)}}
    return check_proofs(
        read_credential_request(json.dumps(body).encode()).proofs,
        issuer=ISSUER,
        now=NOW,
        knows_nonce=lambda nonce: NONCES.accepts(nonce, NOW),
    )


def test_proofs_give_the_holders_keys() -> None:
    others = [new_signing_key(f"w{number}", Suite.ES256) for number in range(3)]
    keys = checked(*(proof(key) for key in others))
    assert [key.public_key for key in keys] == [key.public_key for key in others]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (proof(issuer="https://other.example"), OpenIdError.INVALID_PROOF),
        (proof(nonce="made-up"), OpenIdError.INVALID_NONCE),
        (proof(nonce=Nonces(b"t" * 32).fresh(NOW)), OpenIdError.INVALID_NONCE),
        (proof(nonce=NONCES.fresh(NOW - timedelta(hours=1))), OpenIdError.INVALID_NONCE),
        (proof(now=NOW - timedelta(minutes=10)), OpenIdError.INVALID_PROOF),
        (proof(now=NOW + timedelta(minutes=10)), OpenIdError.INVALID_PROOF),
    ],
)
def test_a_proof_for_another_issuer_time_or_nonce_is_refused(text: str, error: OpenIdError) -> None:
    assert refused(checked, text) is error


def test_one_key_is_not_proved_twice() -> None:
    assert refused(checked, proof(), proof()) is OpenIdError.INVALID_PROOF


def test_a_proof_with_anothers_key_in_its_header_is_refused() -> None:
    other = new_signing_key("other", Suite.ES256)
    header = {"typ": "openid4vci-proof+jwt", "jwk": to_jwk(other.verifying_key)}
    payload = {"aud": ISSUER, "nonce": NONCES.fresh(NOW), "iat": int(NOW.timestamp())}
    assert refused(checked, jws.sign(header, payload, WALLET).decode()) is OpenIdError.INVALID_PROOF


@pytest.mark.parametrize("typ", ["JWT", "kb+jwt", "dpop+jwt", None])
def test_another_kind_of_token_is_no_proof(typ: str) -> None:
    header = {"typ": typ, "jwk": to_jwk(WALLET.verifying_key)}
    payload = {"aud": ISSUER, "nonce": NONCES.fresh(NOW), "iat": int(NOW.timestamp())}
    assert refused(checked, jws.sign(header, payload, WALLET).decode()) is OpenIdError.INVALID_PROOF


def test_a_request_without_proofs_is_refused() -> None:
    assert (
        refused(check_proofs, None, issuer=ISSUER, now=NOW, knows_nonce=lambda _: True)
        is OpenIdError.INVALID_PROOF
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"credential_configuration_id":"a","credential_identifier":"b"}',
        b'{"credential_configuration_id":5}',
        b'{"credential_configuration_id":"a","proofs":{"jwt":[]}}',
        b'{"credential_configuration_id":"a","proofs":{"jwt":"x"}}',
        json.dumps({"credential_configuration_id": "a", "proofs": {"jwt": ["x"] * 21}}).encode(),
        b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"x":"' + b"y" * 300_000 + b'"}',
    ],
)
def test_a_malformed_credential_request_is_refused(body: bytes) -> None:
    assert refused(read_credential_request, body) is OpenIdError.INVALID_CREDENTIAL_REQUEST


def test_notifications_are_read_and_strange_ones_refused() -> None:
    body = {"notification_id": "n", "event": "credential_accepted"}
    assert read_notification_request(json.dumps(body).encode()).event == "credential_accepted"
    body["event"] = "credential_eaten"
    assert refused(read_notification_request, json.dumps(body).encode()) is (
        OpenIdError.INVALID_NOTIFICATION_REQUEST
    )


def test_a_response_holds_every_credential_of_the_batch() -> None:
    assert credential_response(["a", "b"], "n") == {
        "credentials": [{"credential": "a"}, {"credential": "b"}],
        "notification_id": "n",
    }


def dpop(key: SigningKey = WALLET, header: dict[str, object] | None = None, **claims: object) -> str:
    payload: dict[str, object] = {
        "htm": "POST",
        "htu": ENDPOINTS.credential,
        "iat": int(NOW.timestamp()),
        "jti": "one",
    }
    full = {"typ": "dpop+jwt", "jwk": to_jwk(key.verifying_key)} | (header or {})
    return jws.sign(full, payload | claims, key).decode()


def used(text: str, *, access_token: str | None = None, thumbprint: str | None = None) -> DpopProof:
    return check_dpop(
        text,
        method="POST",
        uri=ENDPOINTS.credential,
        now=NOW,
        access_token=access_token,
        thumbprint=thumbprint,
    )


def test_a_dpop_proof_names_its_key_and_may_be_used_once() -> None:
    found = used(dpop())
    assert found.id == "one"
    ath = base64.urlsafe_b64encode(hashlib.sha256(b"token").digest()).rstrip(b"=").decode()
    used(dpop(ath=ath), access_token="token", thumbprint=found.thumbprint)


@pytest.mark.parametrize(
    "text",
    [
        dpop(htm="GET"),
        dpop(htu="https://other.example/credential"),
        dpop(htu=5),
        dpop(iat=int(NOW.timestamp()) - 3600),
        dpop(iat=int(NOW.timestamp()) + 3600),
        dpop(jti=""),
        dpop(jti=None),
        dpop(header={"typ": "JWT"}),
        dpop(header={"jwk": to_jwk(new_signing_key("x", Suite.ES256).verifying_key)}),
        dpop(header={"jwk": None}),
        "é",
        "",
    ],
)
def test_a_dpop_proof_of_another_request_or_key_is_refused(text: str) -> None:
    assert refused(used, text) is OpenIdError.INVALID_DPOP_PROOF


def test_an_access_token_does_not_work_with_another_key_or_token() -> None:
    found = used(dpop())
    thief = new_signing_key("thief", Suite.ES256)
    ath = base64.urlsafe_b64encode(hashlib.sha256(b"token").digest()).rstrip(b"=").decode()
    assert (
        refused(
            used,
            dpop(thief, ath=ath),
            access_token="token",
            thumbprint=found.thumbprint,
        )
        is OpenIdError.INVALID_TOKEN
    )
    assert refused(used, dpop(ath=ath), access_token="other") is OpenIdError.INVALID_DPOP_PROOF


def test_errors_have_the_bodies_and_statuses_of_oauth() -> None:
    error = OpenIdRefused(OpenIdError.INVALID_NONCE, "ask anew")
    assert (error.status, error.to_json()["error"]) == (400, "invalid_nonce")
    assert OpenIdRefused(OpenIdError.INVALID_TOKEN, "x").status == 401


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=80))
def test_no_text_is_a_nonce_that_was_not_given_out(text: str) -> None:
    assert not NONCES.accepts(text, NOW)


@settings(deadline=None, max_examples=60)
@given(body=st.binary(max_size=200))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read in (read_form, read_credential_request, read_notification_request):
        try:
            read(body)
        except OpenIdRefused:
            continue
