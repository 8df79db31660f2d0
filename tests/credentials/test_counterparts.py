"""Issued here and verified by independent implementations, issued by them and verified here."""

import base64
import io
import json
import zlib
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.counterparts.counterpart import ask
from tests.credentials.samples import (
    CLAIMS,
    ISSUER,
    LIST,
    NAMES,
    NOW,
    issued,
    issuer_key,
    kind,
    known,
    list_token,
    trust,
    trusted,
)
from tongban.credentials import jwk, sdjwt
from tongban.credentials.base64url import decode
from tongban.credentials.codes import Listed, QrCode, base45, make_offline_code, read_offline_code
from tongban.credentials.sdjwt import Held, KeyBinding
from tongban.credentials.status import StatusReference, StatusRegister, open_list, publish
from tongban.credentials.status.cwt import open_cwt, publish_cwt
from tongban.credentials.vc import verify_credential
from tongban.credentials.verdict import Verdict
from tongban.suites import Suite, VerifyingKey, new_signing_key, sm3

SECONDS = int(NOW.timestamp())
AUDIENCE, NONCE = "https://verifier.example", "n-42"


def answer(do: str, **asked: object) -> Any:
    return ask("credentials.mjs", {"do": do, **asked})


@pytest.fixture(scope="module")
def their_issuer() -> dict[str, Any]:
    return dict(answer("keys"))


@pytest.fixture(scope="module")
def their_holder() -> dict[str, Any]:
    return dict(answer("keys"))


def named(key: object) -> VerifyingKey:
    found = jwk.from_jwk(key)
    return VerifyingKey("theirs", found.suite, found.public_key)


@pytest.mark.parametrize("name", ["professional-title", "credit-report", "contribution-certificate"])
def test_our_credentials_are_verified_by_sd_jwt_js(name: str) -> None:
    holder = new_signing_key("h", Suite.ES256)
    compact = issued(name, holder=holder.verifying_key)
    chosen = list(Held.of(compact).disclosable)
    shown = Held.of(compact).present_bound(chosen, holder, audience=AUDIENCE, nonce=NONCE, now=NOW)
    found = answer(
        "verify",
        compact=shown,
        issuer=jwk.to_jwk(issuer_key().verifying_key),
        holder=jwk.to_jwk(holder.verifying_key),
        nonce=NONCE,
        now=SECONDS,
        list=list_token(StatusRegister(1000)),
    )
    assert {claim: found["payload"][claim] for claim in CLAIMS[name]} == CLAIMS[name]
    assert found["kb"]["payload"]["aud"] == AUDIENCE


def test_a_choice_made_here_shows_no_more_there() -> None:
    shown = Held.of(issued()).present([("title",)])
    found = answer(
        "verify",
        compact=shown,
        issuer=jwk.to_jwk(issuer_key().verifying_key),
        now=SECONDS,
        list=list_token(StatusRegister(1000)),
    )
    assert "name" not in found["payload"]
    assert found["payload"]["title"] == "高级工程师"


def test_their_credentials_are_verified_here(
    their_issuer: dict[str, Any], their_holder: dict[str, Any]
) -> None:
    compact = answer(
        "issue",
        issuerPrivate=their_issuer["privateKey"],
        header={"kid": "theirs"},
        claims={
            "iss": ISSUER,
            "iat": SECONDS,
            "vct": kind().vct,
            "cnf": {"jwk": their_holder["publicKey"]},
            "status": StatusReference(LIST, 3).to_claim(),
            **CLAIMS["professional-title"],
        },
        frame={"_sd": ["name", "title", "level", "id_number"], "_sd_decoy": 3},
    )
    shown = answer(
        "present",
        issuerPrivate=their_issuer["privateKey"],
        holderPrivate=their_holder["privateKey"],
        compact=compact,
        chosen={"title": True, "level": True},
        kb={"iat": SECONDS, "aud": AUDIENCE, "nonce": NONCE},
    )
    both = trust(trusted(), trusted(key=named(their_issuer["publicKey"])))
    found = verify_credential(shown, known(trust=both), now=NOW, key_binding=KeyBinding(AUDIENCE, NONCE))
    assert (found.verdict, found.key_bound) == (Verdict.VALID, True)
    assert found.claims["title"] == "高级工程师"
    assert "id_number" not in found.claims


def test_their_nested_and_array_disclosures_are_revealed_here(their_issuer: dict[str, Any]) -> None:
    claims = {
        "iss": "a",
        "vct": "b",
        "address": {"city": "c", "street": "s"},
        "list": ["x", "y"],
        "iat": SECONDS,
    }
    compact = answer(
        "issue",
        issuerPrivate=their_issuer["privateKey"],
        claims=claims,
        frame={"_sd": ["address"], "address": {"_sd": ["street"]}, "list": {"_sd": [0, 1]}},
    )
    verified = sdjwt.verify(compact, named(their_issuer["publicKey"]), now=NOW, key_binding=None)
    assert verified.claims == claims
    shown = Held.of(compact).present([("list", 1)])
    assert sdjwt.verify(shown, named(their_issuer["publicKey"]), now=NOW, key_binding=None).claims[
        "list"
    ] == ["y"]


def test_a_credential_revoked_in_our_list_is_refused_by_sd_jwt_js() -> None:
    register = StatusRegister(1000)
    register.set(7, 1)
    with pytest.raises(AssertionError, match="Status is not valid"):
        answer(
            "verify",
            compact=issued(),
            issuer=jwk.to_jwk(issuer_key().verifying_key),
            now=SECONDS,
            list=list_token(register),
        )


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_our_status_lists_are_read_there(bits: int) -> None:
    register = StatusRegister(5000, bits)
    written = {7: 1, 4999: 2**bits - 1, 2500: 1}
    for index, status in written.items():
        register.set(index, status)
    token = publish(register, LIST, issuer_key(), now=NOW, lifetime=timedelta(days=1), ttl=timedelta(hours=1))
    indices = [0, 7, 8, 2500, 4999]
    found = answer(
        "status_list_read",
        token=token,
        issuer=jwk.to_jwk(issuer_key().verifying_key),
        indices=indices,
        now=SECONDS,
    )
    assert found == [written.get(index, 0) for index in indices]


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_their_status_lists_are_read_here(bits: int, their_issuer: dict[str, Any]) -> None:
    statuses = [(number * 7 + 1) % 2**bits for number in range(64)]
    token = answer(
        "status_list_written",
        issuerPrivate=their_issuer["privateKey"],
        kid="theirs",
        statuses=statuses,
        bits=bits,
        payload={"sub": LIST, "iat": SECONDS, "exp": SECONDS + 60},
    )
    copy = open_list(token, LIST, ISSUER, trust(trusted(key=named(their_issuer["publicKey"]))), now=NOW)
    assert [copy.statuses.status(index) for index in range(64)] == statuses


def test_our_eddsa_credentials_are_verified_by_jose() -> None:
    key = issuer_key(Suite.ED25519)
    token = issued(key=key).split("~")[0]
    found = answer("jws", token=token, key=jwk.to_jwk(key.verifying_key), alg="EdDSA")
    assert found["vct"] == kind().vct


@pytest.mark.parametrize("suite", [Suite.ES256, Suite.ED25519])
def test_thumbprints_are_those_of_jose(suite: Suite) -> None:
    key = issuer_key(suite).verifying_key
    assert answer("thumbprint", key=jwk.to_jwk(key)) == jwk.thumbprint(key)


def test_our_sm2_credentials_are_verified_by_sm_crypto() -> None:
    key = issuer_key(Suite.SM2)
    compact = issued(key=key)
    signed, _, signature = compact.split("~")[0].rpartition(".")
    first = compact.split("~")[1]
    found = ask(
        "sm2.mjs",
        {
            "verify": [
                {
                    "public_key": key.public_key.hex(),
                    "data": signed.encode().hex(),
                    "signature": decode(signature.encode(), "signature").hex(),
                }
            ],
            "sm3": [first.encode().hex()],
        },
    )
    assert isinstance(found, dict)
    assert found["verify"] == [True]
    payload = json.loads(decode(compact.split(".")[1].encode(), "payload"))
    their_digest = base64.urlsafe_b64encode(bytes.fromhex(found["sm3"][0])).rstrip(b"=").decode()
    assert their_digest in payload["_sd"]
    assert bytes.fromhex(found["sm3"][0]) == sm3(first.encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_photo_free_reader_and_an_independent_cose_package_read_our_codes(name: str) -> None:
    purpose = kind(name).purposes[0]
    text = make_offline_code(kind(name), purpose.key, CLAIMS[name], Listed(0, 7), key=issuer_key(), now=NOW)
    scanned = zxingcpp.read_barcodes(Image.open(io.BytesIO(QrCode.of(text).png())))
    assert [found.text for found in scanned] == [text]
    message = base45.decode(scanned[0].text.removeprefix("TB1:"))
    view = answer("cose", zlib=base64.b64encode(message).decode(), key=jwk.to_jwk(issuer_key().verifying_key))
    assert view[:6] == [kind(name).code, purpose.code, SECONDS, view[3], 0, 7]
    assert view[6][0] == CLAIMS[name][purpose.claims[0][0]]
    assert read_offline_code(text, known(), now=NOW).verdict is Verdict.VALID
    assert zlib.decompress(message)[0] == 0xD2


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_our_status_lists_in_cbor_are_read_there(bits: int) -> None:
    register = StatusRegister(5000, bits)
    written = {7: 1, 4999: 2**bits - 1, 2500: 1}
    for index, status in written.items():
        register.set(index, status)
    token = publish_cwt(
        register, LIST, issuer_key(), now=NOW, lifetime=timedelta(days=1), ttl=timedelta(hours=1)
    )
    indices = [0, 7, 8, 2500, 4999]
    found = answer(
        "status_cwt_read",
        token=base64.b64encode(token).decode(),
        key=jwk.to_jwk(issuer_key().verifying_key),
        indices=indices,
    )
    assert found == {
        "type": "application/statuslist+cwt",
        "sub": LIST,
        "iat": SECONDS,
        "statuses": [written.get(index, 0) for index in indices],
    }


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_status_lists_in_cbor_by_cborg_and_openssl_are_read_here(
    bits: int, their_issuer: dict[str, Any]
) -> None:
    statuses = [(number * 7 + 1) % 2**bits for number in range(64)]
    token = answer(
        "status_cwt_written",
        issuerPrivate=their_issuer["privateKey"],
        kid="theirs",
        statuses=statuses,
        bits=bits,
        uri=LIST,
        iat=SECONDS,
    )
    known_key = trust(trusted(key=named(their_issuer["publicKey"])))
    copy = open_cwt(base64.b64decode(token), LIST, ISSUER, known_key, now=NOW)
    assert [copy.statuses.status(index) for index in range(64)] == statuses
