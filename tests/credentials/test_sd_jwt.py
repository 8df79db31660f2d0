"""Issuing, showing and verifying SD-JWTs."""

import json
from datetime import timedelta

import pytest

from tests.credentials.issuer_and_holder import (
    AUDIENCE,
    CLAIMS,
    FRAME,
    NONCE,
    NOW,
    TYPE,
    holder_key,
    issued,
    issuer_key,
    presented,
    verify,
    wanted,
)
from tongban.credentials import Code, CredentialRefused, sdjwt
from tongban.credentials.base64url import decode
from tongban.credentials.sdjwt import Frame, Held
from tongban.suites import Suite


def test_all_disclosures_together_give_back_what_was_issued() -> None:
    claims = dict(verify(issued()).claims)
    assert claims.pop("cnf")
    assert claims == CLAIMS


def test_nothing_is_shown_that_was_not_chosen() -> None:
    claims = verify(Held.of(issued()).present([])).claims
    assert set(claims) == {"iss", "iat", "exp", "works", "cnf"}
    assert claims["works"] == []


def test_a_chosen_claim_is_shown_and_no_other() -> None:
    claims = verify(Held.of(issued()).present([("birth_date",)])).claims
    assert claims["birth_date"] == "1985-03-02"
    assert "name" not in claims


def test_a_claim_inside_another_brings_the_outer_one_along() -> None:
    claims = verify(Held.of(issued()).present([("address", "street")])).claims
    assert claims["address"] == CLAIMS["address"]


def test_the_outer_claim_can_be_shown_without_the_inner_one() -> None:
    claims = verify(Held.of(issued()).present([("address",)])).claims
    assert claims["address"] == {"province": "重庆"}


def test_one_element_of_an_array_can_be_shown() -> None:
    assert verify(Held.of(issued()).present([("works", 1)])).claims["works"] == ["tunnel"]


def test_the_wallet_lists_what_can_be_chosen() -> None:
    assert set(Held.of(issued()).disclosable) == {
        ("name",),
        ("birth_date",),
        ("address",),
        ("address", "street"),
        ("works", 0),
        ("works", 1),
        ("works", 2),
    }


def test_choosing_what_is_not_there_is_refused() -> None:
    with pytest.raises(CredentialRefused) as caught:
        Held.of(issued()).present([("blood_type",)])
    assert caught.value.code is Code.CLAIM_MISSING


def test_a_bound_presentation_convinces_its_verifier() -> None:
    verified = verify(presented(), key_binding=wanted())
    assert verified.key_bound
    assert verified.claims["name"] == CLAIMS["name"]


@pytest.mark.parametrize("suite", list(Suite))
def test_every_suite_issues_binds_and_verifies(suite: Suite) -> None:
    compact = sdjwt.issue(CLAIMS, FRAME, issuer_key(suite), typ=TYPE, holder=holder_key(suite).verifying_key)
    shown = Held.of(compact).present_bound(
        [("name",)], holder_key(suite), audience=AUDIENCE, nonce=NONCE, now=NOW
    )
    verified = sdjwt.verify(shown, issuer_key(suite).verifying_key, now=NOW, key_binding=wanted())
    assert verified.claims["name"] == CLAIMS["name"]


def test_sm2_credentials_are_digested_with_sm3() -> None:
    compact = sdjwt.issue(CLAIMS, FRAME, issuer_key(Suite.SM2), typ=TYPE)
    payload = json.loads(decode(compact.split(".")[1].encode(), "payload"))
    assert payload["_sd_alg"] == "urn:oid:1.2.156.10197.1.401"


def test_decoys_make_the_number_of_claims_unknowable() -> None:
    compact = sdjwt.issue({"iss": "a", "name": "b"}, Frame.of([("name",)]), issuer_key(), typ=TYPE, decoys=7)
    payload = json.loads(decode(compact.split(".")[1].encode(), "payload"))
    assert len({len(digest) for digest in payload["_sd"]}) == 1
    assert len(payload["_sd"]) == 8
    assert verify(compact).claims == {"iss": "a", "name": "b"}


def test_digests_stand_in_alphabetic_order_so_that_their_place_tells_nothing() -> None:
    payload = json.loads(decode(issued().split(".")[1].encode(), "payload"))
    assert payload["_sd"] == sorted(payload["_sd"])


def test_two_issuances_of_the_same_claims_share_no_disclosure_and_no_digest() -> None:
    first, second = issued(), issued()
    assert not set(first.split("~")[1:-1]) & set(second.split("~")[1:-1])
    digests = [json.loads(decode(c.split(".")[1].encode(), "p"))["_sd"] for c in (first, second)]
    assert not set(digests[0]) & set(digests[1])


def test_a_credential_without_disclosable_claims_has_no_digests() -> None:
    compact = sdjwt.issue({"iss": "a"}, Frame(), issuer_key(), typ=TYPE)
    assert json.loads(decode(compact.split(".")[1].encode(), "payload")) == {"iss": "a"}
    assert verify(compact).claims == {"iss": "a"}


@pytest.mark.parametrize("name", ["_sd", "_sd_alg", "..."])
def test_reserved_names_are_never_issued(name: str) -> None:
    for claims in ({name: "x"}, {"outer": {name: "x"}}, {"outer": [{name: "x"}]}):
        with pytest.raises(CredentialRefused) as caught:
            sdjwt.issue(claims, FRAME, issuer_key(), typ=TYPE)
        assert caught.value.code is Code.RESERVED_NAME


def test_clocks_may_differ_by_a_minute() -> None:
    verify(issued(nbf=int((NOW + timedelta(seconds=50)).timestamp())))
    verify(issued(exp=int((NOW - timedelta(seconds=50)).timestamp())))


def test_an_audience_that_the_issuer_named_is_satisfied_by_its_name() -> None:
    verify(issued(aud=["https://a.example", AUDIENCE]), audience=AUDIENCE)
