"""What RFC 9901 says MUST be rejected is refused, each with its own code."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.credentials.forging import b64, credential, digest, disclosure, token
from tests.credentials.issuer_and_holder import (
    CLAIMS,
    NOW,
    TYPE,
    holder_key,
    issued,
    issuer_key,
    presented,
    verify,
    wanted,
)
from tongban.credentials import Code, CredentialRefused, Limits, jws
from tongban.credentials.base64url import decode
from tongban.credentials.sdjwt import Held
from tongban.suites import Suite, new_signing_key

NAME = disclosure("salt", "name", "冉小渝")


def refused(attempt: Callable[[], object]) -> Code:
    with pytest.raises(CredentialRefused) as caught:
        attempt()
    return caught.value.code


def test_a_swapped_disclosure_is_refused() -> None:
    compact = issued()
    other = issued(name="别人")
    shown = compact.split("~")
    shown[1] = other.split("~")[1]
    assert refused(lambda: verify("~".join(shown))) is Code.DISCLOSURE_UNREFERENCED


def test_a_disclosure_with_a_changed_value_is_refused_not_dropped() -> None:
    shown = issued().split("~")
    contents = json.loads(decode(shown[1].encode(), "disclosure"))
    shown[1] = disclosure(*contents[:-1], "changed")
    assert refused(lambda: verify("~".join(shown))) is Code.DISCLOSURE_UNREFERENCED


@pytest.mark.parametrize(
    "forged", [("salt", "name", "别人"), ("salt", "title", "x"), ("other", "name", "冉小渝")]
)
def test_nothing_is_disclosed_into_a_flat_credential_that_its_digests_do_not_name(
    forged: tuple[str, str, str],
) -> None:
    flat = {"_sd": [digest(NAME), digest(disclosure("salt", "more", "x"))]}
    for shown in ([disclosure(*forged)], [NAME, disclosure(*forged)]):
        assert refused(lambda: verify(credential(flat, *shown))) is Code.DISCLOSURE_UNREFERENCED  # noqa: B023


def nested(depth: int) -> object:
    return {"a": nested(depth - 1)} if depth else "x"


@pytest.mark.parametrize(
    ("beside", "code"),
    [
        ({"address": {"_sd": [digest(NAME)]}}, Code.DIGEST_DOUBLED),
        ({"address": [{"...": digest(NAME)}]}, Code.DISCLOSURE_MALFORMED),
        ({"address": {"...": "x"}}, Code.RESERVED_NAME),
        ({"address": [{"_sd_alg": "sha-256"}]}, Code.RESERVED_NAME),
        ({"address": nested(Limits().depth + 1)}, Code.TOO_DEEP),
    ],
)
def test_what_stands_beside_what_is_disclosed_is_looked_into_too(
    beside: dict[str, object], code: Code
) -> None:
    assert refused(lambda: verify(credential({"_sd": [digest(NAME)], **beside}, NAME))) is code


def test_a_disclosure_shown_twice_is_refused() -> None:
    shown = issued().split("~")
    shown.insert(1, shown[1])
    assert refused(lambda: verify("~".join(shown))) is Code.DIGEST_DOUBLED


def test_a_digest_that_stands_twice_is_refused() -> None:
    twice = {"_sd": [digest(NAME), digest(NAME)]}
    assert refused(lambda: verify(credential(twice, NAME))) is Code.DIGEST_DOUBLED


def test_a_digest_that_stands_twice_at_different_depths_is_refused_even_when_nothing_is_shown() -> None:
    twice = {"_sd": [digest(NAME)], "inner": {"list": [{"...": digest(NAME)}]}}
    assert refused(lambda: verify(credential(twice))) is Code.DIGEST_DOUBLED


def test_a_disclosed_name_that_is_taken_is_refused() -> None:
    taken = {"_sd": [digest(NAME)], "name": "already"}
    assert refused(lambda: verify(credential(taken, NAME))) is Code.CLAIM_COLLISION


def test_two_disclosures_of_one_name_are_refused() -> None:
    other = disclosure("salt2", "name", "别人")
    both = {"_sd": [digest(NAME), digest(other)]}
    assert refused(lambda: verify(credential(both, NAME, other))) is Code.CLAIM_COLLISION


@pytest.mark.parametrize("value", ["x", ["x"], {"a": "x"}])
@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_a_disclosure_under_a_reserved_name_is_refused(name: str, value: object) -> None:
    text = disclosure("salt", name, value)
    assert refused(lambda: verify(credential({"_sd": [digest(text)]}, text))) is Code.RESERVED_NAME


@pytest.mark.parametrize("inner", [{"...": "x"}, {"deep": {"_sd_alg": "sha-256"}}])
def test_a_reserved_name_in_the_payload_is_refused(inner: dict[str, object]) -> None:
    assert refused(lambda: verify(credential({"outer": inner}))) is Code.RESERVED_NAME


def test_an_array_digest_with_another_member_beside_it_is_refused() -> None:
    assert refused(lambda: verify(credential({"list": [{"...": "x", "y": 1}]}))) is Code.RESERVED_NAME


@pytest.mark.parametrize(
    "contents",
    [["salt"], ["salt", "name", "value", "more"], [1, "name", "value"], ["salt", 7, "value"], []],
)
def test_a_disclosure_of_the_wrong_form_is_refused(contents: list[object]) -> None:
    text = disclosure(*contents)
    attempt = credential({"_sd": [digest(text)]}, text)
    assert refused(lambda: verify(attempt)) is Code.DISCLOSURE_MALFORMED


@pytest.mark.parametrize("text", ["", "!", "a", "WyJzIl0=", b64(b"{}"), b64(b"[1"), b64(b'["s","n",NaN]')])
def test_a_disclosure_that_cannot_be_read_is_refused(text: str) -> None:
    attempt = credential({"_sd": [digest(text)]}, text)
    assert refused(lambda: verify(attempt)) is Code.DISCLOSURE_MALFORMED


def test_a_disclosure_for_an_object_in_an_array_is_refused() -> None:
    assert refused(lambda: verify(credential({"list": [{"...": digest(NAME)}]}, NAME))) is (
        Code.DISCLOSURE_MALFORMED
    )


def test_a_disclosure_for_an_array_in_an_object_is_refused() -> None:
    element = disclosure("salt", "value")
    assert refused(lambda: verify(credential({"_sd": [digest(element)]}, element))) is (
        Code.DISCLOSURE_MALFORMED
    )


@pytest.mark.parametrize("hashes", ["md5", "sha-1", "", None, 256, ["sha-256"]])
def test_an_unknown_hash_is_refused(hashes: object) -> None:
    assert refused(lambda: verify(credential({"_sd_alg": hashes}))) is Code.UNKNOWN_HASH


@pytest.mark.parametrize("digests", ["x", {"a": 1}, [1], [None], [["x"]]])
def test_digests_that_are_no_array_of_texts_are_refused(digests: object) -> None:
    assert refused(lambda: verify(credential({"_sd": digests}))) is Code.MALFORMED


def test_an_expired_credential_is_refused() -> None:
    past = int((NOW - timedelta(minutes=2)).timestamp())
    assert refused(lambda: verify(issued(exp=past))) is Code.EXPIRED


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_credential_of_the_future_is_refused(claim: str) -> None:
    future = int((NOW + timedelta(minutes=2)).timestamp())
    assert refused(lambda: verify(issued(**{claim: future}))) is Code.NOT_YET_VALID


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["1", None, True, [], 1e300])
def test_a_time_that_is_no_time_is_refused(claim: str, value: object) -> None:
    assert refused(lambda: verify(issued(**{claim: value}))) is Code.MALFORMED


def test_another_audience_is_refused() -> None:
    assert refused(lambda: verify(issued(aud="https://a.example"), audience="https://b.example")) is (
        Code.WRONG_AUDIENCE
    )
    assert refused(lambda: verify(issued(aud="https://a.example"))) is Code.WRONG_AUDIENCE


def test_another_type_of_token_is_refused() -> None:
    assert refused(lambda: verify(issued(), types=frozenset({"kb+jwt"}))) is Code.WRONG_TYPE


def test_a_changed_payload_is_refused() -> None:
    header, payload, signature = issued().split("~")[0].split(".")
    members = json.loads(decode(payload.encode(), "payload")) | {"iss": "https://forger.example"}
    forged = ".".join([header, b64(json.dumps(members).encode()), signature]) + "~"
    assert refused(lambda: verify(forged)) is Code.BAD_SIGNATURE


def test_another_issuers_signature_is_refused() -> None:
    forged = token(dict(CLAIMS), key=new_signing_key("issuer-1", Suite.ES256)) + "~"
    assert refused(lambda: verify(forged)) is Code.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "EdDSA", "RS256", "", None, 7])
def test_algorithm_confusion_is_refused_before_the_signature_is_looked_at(algorithm: object) -> None:
    forged = token(dict(CLAIMS), {"typ": TYPE, "alg": algorithm}) + "~"
    assert refused(lambda: verify(forged)) is Code.WRONG_ALGORITHM


def test_a_missing_signature_is_refused() -> None:
    header, payload, _ = issued().split("~")[0].split(".")
    assert refused(lambda: verify(f"{header}.{payload}.~")) is Code.BAD_SIGNATURE


def test_a_key_in_the_header_is_not_believed() -> None:
    thief = new_signing_key("thief", Suite.ES256)
    from tongban.credentials.jwk import to_jwk

    forged = token(dict(CLAIMS), {"typ": TYPE, "jwk": to_jwk(thief.verifying_key)}, thief) + "~"
    assert refused(lambda: verify(forged)) is Code.BAD_SIGNATURE


def test_a_critical_extension_is_refused() -> None:
    assert refused(lambda: verify(token(dict(CLAIMS), {"typ": TYPE, "crit": ["b64"]}) + "~")) is (
        Code.MALFORMED
    )


def test_a_stripped_key_binding_is_refused() -> None:
    stripped = presented().rpartition("~")[0] + "~"
    assert refused(lambda: verify(stripped, key_binding=wanted())) is Code.KEY_BINDING_MISSING


def test_a_thief_without_the_holders_key_is_refused() -> None:
    stolen = presented(key=new_signing_key("thief", Suite.ES256))
    assert refused(lambda: verify(stolen, key_binding=wanted())) is Code.BAD_SIGNATURE


def test_a_presentation_to_another_verifier_is_refused() -> None:
    elsewhere = wanted(audience="https://other.example")
    assert refused(lambda: verify(presented(), key_binding=elsewhere)) is Code.WRONG_AUDIENCE


def test_a_replayed_presentation_is_refused() -> None:
    assert refused(lambda: verify(presented(), key_binding=wanted(nonce="fresh"))) is Code.WRONG_NONCE


def test_a_stale_key_binding_is_refused() -> None:
    later = NOW + timedelta(minutes=7)
    assert refused(lambda: verify(presented(), key_binding=wanted(), now=later)) is Code.KEY_BINDING_STALE


def test_a_key_binding_of_the_future_is_refused() -> None:
    earlier = NOW - timedelta(minutes=2)
    assert refused(lambda: verify(presented(), key_binding=wanted(), now=earlier)) is Code.NOT_YET_VALID


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"iat": None}, Code.MALFORMED),
        ({"exp": int(NOW.timestamp()) - 120}, Code.KEY_BINDING_STALE),
        ({"nbf": int(NOW.timestamp()) + 120}, Code.NOT_YET_VALID),
        ({"sd_hash": None}, Code.KEY_BINDING_MISMATCH),
    ],
)
def test_a_key_binding_that_lacks_its_time_or_hash_or_does_not_hold_now_is_refused(
    changed: dict[str, object], code: Code
) -> None:
    shown, _, signed = presented().rpartition("~")
    payload = jws.take_apart(signed.encode(), "kb").payload | changed
    told = {name: value for name, value in payload.items() if value is not None}
    again = jws.sign({"typ": "kb+jwt"}, told, holder_key()).decode()
    assert refused(lambda: verify(f"{shown}~{again}", key_binding=wanted())) is code


def test_a_disclosure_added_after_the_holder_signed_is_refused() -> None:
    compact = issued()
    shown, _, signature = presented(compact, ("name",)).rpartition("~")
    more = Held.of(compact).present([("birth_date",)]).split("~")[1]
    widened = f"{shown}~{more}~{signature}"
    assert refused(lambda: verify(widened, key_binding=wanted())) is Code.KEY_BINDING_MISMATCH


def test_a_disclosure_removed_after_the_holder_signed_is_refused() -> None:
    parts = presented(None, ("name",), ("birth_date",)).split("~")
    narrowed = "~".join([parts[0], parts[1], parts[-1]])
    assert refused(lambda: verify(narrowed, key_binding=wanted())) is Code.KEY_BINDING_MISMATCH


def test_a_key_binding_token_of_another_kind_is_refused() -> None:
    shown = Held.of(issued()).present([("name",)])
    other = jws.sign({"typ": "JWT"}, {"aud": "a", "nonce": "b", "iat": 1}, holder_key()).decode()
    assert refused(lambda: verify(shown + other, key_binding=wanted())) is Code.WRONG_TYPE


def test_a_credential_bound_to_no_key_is_refused_where_binding_is_asked() -> None:
    unbound = credential({"name": "x"}) + presented().rpartition("~")[2]
    assert refused(lambda: verify(unbound, key_binding=wanted())) is Code.HOLDER_KEY_MISSING


@pytest.mark.parametrize("cnf", [{}, "x", {"jwk": {}}, {"jwk": {"kty": "oct", "k": "AA"}}, {"kid": "x"}])
def test_a_holder_key_that_is_none_is_refused(cnf: object) -> None:
    bound = credential({"cnf": cnf}) + presented().rpartition("~")[2]
    assert refused(lambda: verify(bound, key_binding=wanted())) is Code.MALFORMED


def test_the_holders_algorithm_is_that_of_the_key_in_the_credential() -> None:
    shown = Held.of(issued()).present([("name",)])
    confused = jws.sign({"typ": "kb+jwt", "alg": "none"}, {"aud": "a"}, holder_key()).decode()
    assert refused(lambda: verify(shown + confused, key_binding=wanted())) is Code.WRONG_ALGORITHM


def test_an_enormous_token_is_refused() -> None:
    assert refused(lambda: verify("x" * 300_000)) is Code.TOO_LARGE


def test_too_many_disclosures_are_refused_before_any_is_read() -> None:
    assert refused(lambda: verify(issued() + "x~" * 600)) is Code.TOO_LARGE


@pytest.mark.parametrize("depth", [20, 900, 5_000, 25_000])
def test_deeply_nested_input_is_refused(depth: int) -> None:
    payload = b64(b'{"a":' + b"[" * depth + b"]" * depth + b"}")
    header = issued().split(".")[0]
    assert refused(lambda: verify(f"{header}.{payload}.AA~")) in {Code.TOO_DEEP, Code.BAD_SIGNATURE}
    text = b64(b'["salt","name",' + b'{"a":' * depth + b"1" + b"}" * depth + b"]")
    assert refused(lambda: verify(credential({"_sd": [digest(text)]}, text))) is Code.TOO_DEEP


def test_disclosures_that_nest_into_each_other_endlessly_are_refused() -> None:
    inner = disclosure("salt", "leaf", 1)
    chain = [inner]
    for _ in range(30):
        chain.append(disclosure("salt", "next", {"_sd": [digest(chain[-1])]}))
    attempt = credential({"_sd": [digest(chain[-1])]}, *chain)
    assert refused(lambda: verify(attempt)) is Code.TOO_DEEP


def test_a_wallet_is_not_kept_busy_by_digests_that_repeat() -> None:
    chain = [disclosure("salt", "leaf", 1)]
    for _ in range(12):
        chain.append(disclosure("salt", "next", [{"_sd": [digest(chain[-1])]} for _ in range(10)]))
    attempt = credential({"_sd": [digest(chain[-1])]}, *chain)
    assert refused(lambda: Held.of(attempt, Limits(depth=64))) is Code.DIGEST_DOUBLED


@pytest.mark.parametrize("text", ["", "~", "a.b~", "a.b.c.d~", "..~", "é.é.é~", "a.b.c", "e30.e30.AA"])
def test_what_is_no_sd_jwt_is_refused(text: str) -> None:
    assert refused(lambda: verify(text)) is Code.MALFORMED


def test_a_second_form_of_the_same_signature_is_refused() -> None:
    compact = issued()
    token_text, _, rest = compact.partition("~")
    last = token_text[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(last) + 1]
    assert refused(lambda: verify(f"{token_text[:-1]}{other}~{rest}")) is Code.MALFORMED


def test_the_issuers_key_must_be_of_the_suite_that_was_listed() -> None:
    from tongban.credentials import sdjwt

    other = new_signing_key("issuer-1", Suite.ED25519).verifying_key
    attempt = issued()
    assert refused(lambda: sdjwt.verify(attempt, other, now=NOW, key_binding=None)) is Code.WRONG_ALGORITHM
    assert issuer_key().suite is Suite.ES256


@pytest.mark.parametrize(
    "texts",
    [
        ('["s","a",1],["t","b"', "2]"),
        ('["s","a",1],["t","b",2]', ""),
        ('["s","a",1],["t","b",[2]', "[3]]"),
        ('["s","a",1],["t]', '[","b",2]'),
        ('["s","a",1],["t","b",2]', " "),
        (' ["s","a",1]', '5,["t","b",2]'),
        ('["s","a",1', '["t","b",2]]'),
        ('["s","a",1]\n,["t","b",2]', "\n"),
        ('["s","a"', '["t"],"b"],"xyz"'),
        ('["s","a"', '["t"]],"xyz"'),
    ],
)
def test_two_broken_disclosures_never_make_whole_ones_together(texts: tuple[str, str]) -> None:
    broken = [b64(text.encode()) for text in texts]
    attempt = credential({"_sd": [digest(text) for text in broken]}, *broken)
    assert refused(lambda: verify(attempt)) in {Code.DISCLOSURE_MALFORMED, Code.MALFORMED}


def test_disclosures_with_white_space_are_as_good_as_any() -> None:
    spaced = [b64(b' [ "s" , "a" , 1 ]\n'), b64(b'["t","b",{"c":2}] ')]
    attempt = credential({"_sd": [digest(text) for text in spaced]}, *spaced)
    assert verify(attempt).claims == {"iss": CLAIMS["iss"], "a": 1, "b": {"c": 2}}
