"""Encrypted credential requests and responses: both ways round, and what is refused before it is read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwe

from tests.credentials.samples import registry
from tests.credentials.test_openid_issuance import ENDPOINTS
from tongban.credentials.openid import (
    OpenIdError,
    OpenIdRefused,
    envelope,
    issuer_metadata,
    new_encryption_key,
    public_jwk,
    read_credential_request,
    read_recipient,
    unseal,
)
from tongban.suites import Suite

KEY = new_encryption_key("2026-11")
OTHER = new_encryption_key("2026-10")
METADATA = issuer_metadata(ENDPOINTS, registry().values(), Suite.ES256, ("重庆", "Chongqing"), [KEY])
REQUEST: dict[str, object] = {"credential_configuration_id": "professional-title-1"}
UNFIT = OpenIdError.INVALID_ENCRYPTION_PARAMETERS
JWK = public_jwk(new_encryption_key("mine"))


def test_what_a_wallet_asks_and_gets_is_read_by_both_and_nobody_else() -> None:
    sealed = envelope(METADATA)
    assert sealed is not None
    asked = read_credential_request(unseal(sealed.seal(REQUEST).decode(), [OTHER, KEY], UNFIT, "request"))
    recipient = read_recipient(asked.credential_response_encryption, was_sealed=True)
    assert recipient is not None
    told = recipient.seal({"credentials": []})
    assert sealed.open(told.encode()) == {"credentials": []}
    another = envelope(METADATA)
    assert another is not None
    with pytest.raises(OpenIdRefused):
        another.open(told.encode())


def test_every_request_has_a_key_of_its_own() -> None:
    first, second = envelope(METADATA), envelope(METADATA)
    assert first is not None
    assert second is not None
    assert first.own.thumbprint() != second.own.thumbprint()


def test_a_wallet_takes_the_stronger_encryption_that_both_sides_offer() -> None:
    found = envelope(METADATA)
    assert found is not None
    assert found.encryption == "A256GCM"


def test_a_request_without_encryption_gets_a_response_without() -> None:
    assert read_recipient(None, was_sealed=True) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"enc": "A128CBC-HS256"},
        {"enc": None},
        {"alg": "RSA-OAEP"},
        {"zip": "DEF"},
        {"jwk": {}},
        {"jwk": "x"},
        {"jwk": JWK | {"alg": "ECDH-ES+A128KW"}},
        {"jwk": {name: value for name, value in JWK.items() if name != "alg"}},
        {"jwk": JWK | {"crv": "P-384"}},
        {"jwk": JWK | {"x": JWK["y"]}},
        {"jwk": JWK | {"kid": 5}},
        {"jwk": JWK | {"kid": "k" * 500}},
        {"jwk": {**new_encryption_key("x").as_dict(private=True), "alg": "ECDH-ES"}},
    ],
)
def test_a_response_is_encrypted_to_a_sound_public_key_only(changed: dict[str, object]) -> None:
    with pytest.raises(OpenIdRefused) as refused:
        read_recipient({"jwk": JWK, "enc": "A128GCM"} | changed, was_sealed=True)
    assert refused.value.error is UNFIT


def test_whoever_alters_an_open_request_does_not_get_the_response() -> None:
    with pytest.raises(OpenIdRefused) as refused:
        read_recipient({"jwk": JWK, "enc": "A128GCM"}, was_sealed=False)
    assert refused.value.error is UNFIT


def test_what_else_is_said_of_a_key_does_not_matter() -> None:
    found = read_recipient({"jwk": JWK | {"use": "sig", "key_ops": []}, "enc": "A128GCM"}, was_sealed=True)
    assert found is not None
    assert found.seal({}).count(".") == 4


@pytest.mark.parametrize(
    "header", [{"alg": "ECDH-ES", "enc": "A128GCM", "kid": "2026-11", "zip": "DEF"}, {"kid": "2026-09"}]
)
def test_a_compressed_request_or_one_to_another_key_is_refused(header: dict[str, str]) -> None:
    full = {"alg": "ECDH-ES", "enc": "A128GCM"} | header
    bomb = jwe.encrypt_compact(full, bytes(1_000_000), KEY, algorithms=["ECDH-ES", "A128GCM", "DEF"])
    with pytest.raises(OpenIdRefused) as refused:
        unseal(bomb, [KEY], UNFIT, "request")
    assert refused.value.error is UNFIT


@pytest.mark.parametrize(
    "changed",
    [
        {"credential_request_encryption": None},
        {"credential_response_encryption": {}},
        {"credential_request_encryption": {"jwks": {"keys": ["x"]}, "enc_values_supported": ["A128GCM"]}},
        {"credential_response_encryption": {"alg_values_supported": "ECDH-ES", "enc_values_supported": 1}},
    ],
)
def test_a_wallet_does_not_encrypt_where_an_issuer_does_not_know_how(changed: dict[str, object]) -> None:
    assert envelope(METADATA | changed) is None


def test_metadata_name_no_private_key() -> None:
    assert '"d"' not in json.dumps(METADATA)


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=80))
def test_any_text_is_refused_as_a_request(text: str) -> None:
    with pytest.raises(OpenIdRefused):
        unseal(text, [KEY], UNFIT, "request")
