"""Attestations of wallets and keys: what a trusted maker vouched for counts, and nothing else."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from tests.credentials.samples import NOW
from tongban.credentials import jws
from tongban.credentials.jwk import to_jwk
from tongban.credentials.openid import (
    WALLET_HEADER,
    WALLET_PROOF_HEADER,
    AttestedWallet,
    Maker,
    OpenIdError,
    OpenIdRefused,
    authenticate,
    check_proofs,
    check_wallet,
)
from tongban.credentials.openid.issuance import PROOF_TYPE, Proofs
from tongban.credentials.sdjwt.times import seconds
from tongban.node.certificates import Issuer, certify, new_issuer
from tongban.suites import SigningKey, Suite, new_signing_key

ISSUER = "https://sichuan.example"
ROOT = new_issuer("maker", now=NOW - timedelta(days=10), until=NOW + timedelta(days=400))
STRANGER = new_issuer("stranger", now=NOW - timedelta(days=10), until=NOW + timedelta(days=400))
KEY, WALLET, HOLDER, OTHER = (
    new_signing_key(name, Suite.ES256) for name in ("maker", "wallet", "holder", "other")
)


def certificate(root: Issuer = ROOT, key: SigningKey = KEY) -> bytes:
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public_key)
    return certify(root, "maker", "https://maker.example", public).public_bytes(Encoding.DER)


def maker(root: Issuer = ROOT) -> Maker:
    return Maker(KEY, (certificate(root),), "https://maker.example", "org.example.wallet")


def headers(root: Issuer = ROOT, *, issuer: str = ISSUER, now: datetime = NOW) -> Mapping[str, str]:
    return authenticate(maker(root), WALLET, issuer=issuer, now=now)


def checked(given: Mapping[str, str], now: datetime = NOW) -> AttestedWallet:
    return check_wallet(
        given[WALLET_HEADER],
        given[WALLET_PROOF_HEADER],
        issuer=ISSUER,
        now=now,
        roots=(STRANGER.certificate, ROOT.certificate),
    )


def bent(token: str, key: SigningKey, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
    """The token with another header or payload, signed again."""
    apart = jws.take_apart(token.encode(), "token")
    payload = {name: value for name, value in (apart.payload | changed).items() if value is not None}
    kept = {name: value for name, value in apart.header.items() if name != "alg"}
    return jws.sign(kept | dict(header or {}), payload, key).decode()


def test_a_wallet_whose_maker_is_trusted_is_known_by_its_client_id() -> None:
    found = checked(headers())
    assert (found.client_id, found.maker) == ("org.example.wallet", ROOT.certificate.subject.rfc4514_string())
    assert found.proof_id != checked(headers()).proof_id


def refused(given: Mapping[str, str], now: datetime = NOW) -> str:
    with pytest.raises(OpenIdRefused) as caught:
        checked(given, now)
    assert (caught.value.error, caught.value.status) == (OpenIdError.INVALID_CLIENT, 401)
    return caught.value.description


def test_an_attestation_of_nobody_who_is_trusted_is_refused() -> None:
    with pytest.raises(OpenIdRefused):
        check_wallet(*headers().values(), issuer=ISSUER, now=NOW, roots=(STRANGER.certificate,))
    with pytest.raises(OpenIdRefused):
        check_wallet(*headers().values(), issuer=ISSUER, now=NOW, roots=())


@pytest.mark.parametrize(
    "chain",
    [
        (),
        (ROOT.certificate.public_bytes(Encoding.DER),),
        (certificate(), ROOT.certificate.public_bytes(Encoding.DER)),
        (certificate(key=OTHER),),
        (certificate(), certificate(key=OTHER)),
    ],
    ids=["none", "root itself", "root in the chain", "another key's", "no authority"],
)
def test_a_chain_that_does_not_prove_the_signer_is_refused(chain: tuple[bytes, ...]) -> None:
    given = headers()
    told = {"x5c": [base64.b64encode(one).decode() for one in chain]}
    refused({**given, WALLET_HEADER: bent(given[WALLET_HEADER], KEY, told)})


@pytest.mark.parametrize(
    "changed",
    [{"exp": seconds(NOW - timedelta(hours=1))}, {"exp": None}, {"sub": None}, {"cnf": None}, {"sub": "x"}],
    ids=str,
)
def test_an_attestation_that_lacks_something_is_refused(changed: dict[str, Any]) -> None:
    given = headers()
    refused({**given, WALLET_HEADER: bent(given[WALLET_HEADER], KEY, **changed)})


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://another.example"},
        {"iss": "another.wallet"},
        {"jti": None},
        {"exp": seconds(NOW - timedelta(hours=1))},
        {"iat": seconds(NOW - timedelta(hours=1)), "exp": None},
    ],
    ids=["audience", "wallet", "no name", "ended", "old"],
)
def test_a_proof_for_something_else_is_refused(changed: dict[str, Any]) -> None:
    given = headers()
    refused({**given, WALLET_PROOF_HEADER: bent(given[WALLET_PROOF_HEADER], WALLET, **changed)})


def test_a_stolen_attestation_is_no_use_without_the_wallets_key() -> None:
    given = headers()
    stolen = bent(given[WALLET_PROOF_HEADER], OTHER)
    assert "cannot be verified" in refused({**given, WALLET_PROOF_HEADER: stolen})


@pytest.mark.parametrize("name", [WALLET_HEADER, WALLET_PROOF_HEADER])
@pytest.mark.parametrize("value", ["", "nonsense", "ü", "a.b.c", "x" * 20_000])
def test_what_is_no_attestation_is_refused(name: str, value: str) -> None:
    refused({**headers(), name: value})


def test_an_attestation_made_for_another_use_is_refused() -> None:
    given = headers()
    refused({**given, WALLET_HEADER: bent(given[WALLET_HEADER], KEY, {"typ": "key-attestation+jwt"})})


def key_attestation(*keys: SigningKey, root: Issuer = ROOT, **changed: Any) -> str:
    header = {
        "typ": "key-attestation+jwt",
        "x5c": [base64.b64encode(certificate(root)).decode()],
    }
    payload = {
        "iat": seconds(NOW),
        "exp": seconds(NOW + timedelta(minutes=5)),
        "attested_keys": [to_jwk(key.verifying_key) for key in keys],
        "nonce": "n1",
    }
    return jws.sign(header, payload | changed, KEY).decode()


def keys_of(proofs: Proofs) -> set[bytes]:
    found = check_proofs(
        proofs, issuer=ISSUER, now=NOW, knows_nonce=lambda nonce: nonce == "n1", makers=(ROOT.certificate,)
    )
    return {key.public_key for key in found}


def test_every_attested_key_gets_a_credential() -> None:
    assert keys_of(Proofs(attestation=[key_attestation(HOLDER, OTHER)])) == {
        HOLDER.public_key,
        OTHER.public_key,
    }


def proof(attestation: str) -> str:
    header = {"typ": PROOF_TYPE, "jwk": to_jwk(HOLDER.verifying_key), "key_attestation": attestation}
    return jws.sign(header, {"aud": ISSUER, "nonce": "n1", "iat": seconds(NOW)}, HOLDER).decode()


def test_a_proof_of_one_attested_key_stands_for_all_of_them() -> None:
    assert len(keys_of(Proofs(jwt=[proof(key_attestation(HOLDER, OTHER))]))) == 2


@pytest.mark.parametrize(
    ("proofs", "error"),
    [
        (Proofs(attestation=[key_attestation(HOLDER, root=STRANGER)]), OpenIdError.INVALID_PROOF),
        (Proofs(attestation=[key_attestation(HOLDER, nonce="old")]), OpenIdError.INVALID_NONCE),
        (Proofs(attestation=[key_attestation(HOLDER, nonce=1)]), OpenIdError.INVALID_PROOF),
        (Proofs(attestation=[key_attestation()]), OpenIdError.INVALID_PROOF),
        (Proofs(attestation=[key_attestation(HOLDER, HOLDER)]), OpenIdError.INVALID_PROOF),
        (Proofs(attestation=[key_attestation(HOLDER, exp=1)]), OpenIdError.INVALID_PROOF),
        (Proofs(attestation=["nonsense"]), OpenIdError.INVALID_PROOF),
        (Proofs(jwt=[proof(key_attestation(OTHER))]), OpenIdError.INVALID_PROOF),
        (Proofs(jwt=[proof("nonsense")]), OpenIdError.INVALID_PROOF),
    ],
)
def test_keys_that_nobody_vouches_for_get_nothing(proofs: Proofs, error: OpenIdError) -> None:
    with pytest.raises(OpenIdRefused) as caught:
        keys_of(proofs)
    assert caught.value.error is error
