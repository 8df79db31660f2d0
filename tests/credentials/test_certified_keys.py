"""A credential that names its key by a certificate: found among the trusted keys, never believed as such."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from tests.credentials.samples import ISSUER, NOW, issued, issuer_key, kind, known
from tongban.credentials import Code, CredentialRefused, jws
from tongban.credentials.openid import choose, read_query
from tongban.credentials.sdjwt import Held
from tongban.credentials.vc import Verification, verify_credential
from tongban.credentials.verdict import Verdict
from tongban.credentials.x5c import subject_identifier
from tongban.node.certificates import Issuer, certify, new_issuer
from tongban.suites import SigningKey, Suite, new_signing_key

ROOT = new_issuer("chongqing", now=NOW - timedelta(days=400), until=NOW + timedelta(days=400))
OTHER_ROOT = new_issuer("other", now=NOW - timedelta(days=400), until=NOW + timedelta(days=400))
HOLDER = new_signing_key("holder", Suite.ES256)


def x5c(key: SigningKey, root: Issuer = ROOT) -> list[str]:
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public_key)
    der = certify(root, "chongqing", ISSUER, public).public_bytes(Encoding.DER)
    return [base64.b64encode(der).decode()]


def certified(
    header: dict[str, Any], *, signer: SigningKey | None = None, without: tuple[str, ...] = (), **changed: Any
) -> str:
    """A credential with `header` in place of the key's name."""
    token, _, rest = issued(holder=HOLDER.verifying_key).partition("~")
    payload = jws.take_apart(token.encode(), "token").payload | changed
    for name in without:
        del payload[name]
    signed = jws.sign({"typ": "dc+sd-jwt", **header}, payload, signer or issuer_key())
    return f"{signed.decode()}~{rest}"


def verification(compact: str) -> Verification:
    return verify_credential(compact, known(), now=NOW, key_binding=None)


def refused(compact: str) -> Code:
    with pytest.raises(CredentialRefused) as caught:
        verification(compact)
    return caught.value.code


@pytest.mark.parametrize("without", [(), ("iss",)])
def test_a_listed_key_is_found_by_its_certificate(without: tuple[str, ...]) -> None:
    found = verification(certified({"x5c": x5c(issuer_key())}, without=without))
    assert (found.verdict, found.issuer) == (Verdict.VALID, ISSUER)


def test_a_certificate_of_a_key_that_is_not_listed_counts_for_nothing() -> None:
    forger = new_signing_key("forger", Suite.ES256)
    found = verification(certified({"x5c": x5c(forger)}, signer=forger))
    assert (found.verdict, found.claims) == (Verdict.UNKNOWN_ISSUER, {})


def test_the_certificate_of_a_listed_key_does_not_make_anothers_signature_count() -> None:
    forger = new_signing_key("forger", Suite.ES256)
    assert refused(certified({"x5c": x5c(issuer_key())}, signer=forger)) is Code.BAD_SIGNATURE


def test_another_issuers_name_over_a_listed_key_is_refused() -> None:
    assert refused(certified({"x5c": x5c(issuer_key())}, iss="https://o.example")) is Code.UNKNOWN_ISSUER


def test_a_certificate_that_has_ended_is_refused() -> None:
    old = new_issuer("chongqing", now=NOW - timedelta(days=400), until=NOW - timedelta(days=1))
    assert refused(certified({"x5c": x5c(issuer_key(), old)})) is Code.UNKNOWN_ISSUER


@pytest.mark.parametrize("value", [None, [], "x", [1], ["?"], ["AAAA"], ["AAAA"] * 6])
def test_what_is_no_certificate_is_refused(value: object) -> None:
    assert refused(certified({"x5c": value})) is Code.MALFORMED


def query(*values: str, kind_of: str = "aki") -> Any:
    one = {
        "id": "title",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [kind().vct]},
        "trusted_authorities": [{"type": kind_of, "values": list(values)}],
    }
    return read_query({"credentials": [one]})


def test_a_wallet_shows_what_an_authority_that_was_asked_for_has_certified() -> None:
    wallet = {"a": Held.of(certified({"x5c": x5c(issuer_key())}))}
    here, there = (subject_identifier(root.certificate) for root in (ROOT, OTHER_ROOT))
    assert choose(query(there, here), wallet) is not None
    assert choose(query(there), wallet) is None
    assert choose(query(here, kind_of="etsi_tl"), wallet) is None


def test_a_credential_without_a_certificate_is_no_answer_where_an_authority_is_asked_for() -> None:
    wallet = {"a": Held.of(issued(holder=HOLDER.verifying_key))}
    assert choose(query(subject_identifier(ROOT.certificate)), wallet) is None
