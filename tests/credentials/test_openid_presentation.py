"""OpenID4VP: queries, signed requests, encrypted answers; and what a forged or short answer meets."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey

from tests.counterparts.counterpart import ask
from tests.credentials.openid_refusals import refused
from tests.credentials.samples import NOW, issued, kind, known, trust, trusted
from tongban.credentials import Code, CredentialRefused
from tongban.credentials.openid import (
    OpenIdError,
    OpenIdRefused,
    PresentationRequest,
    Query,
    ReceivedRequest,
    WalletRefused,
    check_answer,
    choose,
    is_answered_by,
    new_encryption_key,
    open_request,
    open_response,
    public_jwk,
    read_query,
    seal_response,
    verify_response,
)
from tongban.credentials.sdjwt import Held
from tongban.credentials.status import Status
from tongban.credentials.vc import Known
from tongban.credentials.verdict import Verdict
from tongban.suites import Suite, new_signing_key

VERIFIER = new_signing_key("verifier", Suite.ES256)
HOLDER = new_signing_key("holder", Suite.ES256)
CLIENT = "x509_hash:abc"
TITLE, ID = kind().vct, kind("electronic-id").vct


def credential_query(query_id: str = "title", vct: str = TITLE, **members: object) -> dict[str, Any]:
    return {"id": query_id, "format": "dc+sd-jwt", "meta": {"vct_values": [vct]}} | members


QUERY = {
    "credentials": [
        credential_query(
            claims=[{"path": ["title"]}, {"path": ["level"], "values": ["senior", "associate-senior"]}]
        )
    ]
}
WALLET = {
    "a": Held.of(issued(holder=HOLDER.verifying_key)),
    "b": Held.of(issued("electronic-id", holder=HOLDER.verifying_key, index=8)),
    "c": Held.of(issued("credit-report", holder=HOLDER.verifying_key, index=9)),
}
KEY = new_encryption_key("enc-1")


def signed(encryption_key: ECKey = KEY) -> str:
    request = PresentationRequest(
        client_id=CLIENT,
        response_uri="https://sichuan.example/answer/1",
        nonce="nonce-1",
        state="state-1",
        query=QUERY,
        encryption_key=public_jwk(encryption_key),
    )
    return request.sign(VERIFIER, now=NOW, lifetime=timedelta(minutes=5))


def received(encryption_key: ECKey = KEY) -> ReceivedRequest:
    return open_request(signed(encryption_key), VERIFIER.verifying_key, client_id=CLIENT, now=NOW)


def shown(
    asked: ReceivedRequest, name: str = "a", *, nonce: str | None = None, audience: str = CLIENT
) -> str:
    choice = choose(asked.dcql_query, WALLET)
    assert choice is not None
    paths = next(c.paths for found in choice.candidates.values() for c in found if c.credential == name)
    return WALLET[name].present_bound(paths, HOLDER, audience=audience, nonce=nonce or asked.nonce, now=NOW)


def sealed(asked: ReceivedRequest, **presentations: list[str]) -> bytes:
    return urlencode(seal_response(asked, presentations)).encode()


def verdicts(body: bytes, asked: ReceivedRequest, with_knowledge: Known | None = None) -> dict[str, Any]:
    response = open_response(body, KEY)
    return verify_response(
        response,
        asked.dcql_query,
        with_knowledge or known(),
        client_id=CLIENT,
        nonce="nonce-1",
        now=NOW,
    )


def test_a_wallet_answers_a_request_with_the_claims_asked_for_and_no_other() -> None:
    asked = received()
    found = verdicts(sealed(asked, title=[shown(asked)]), asked)["title"][0]
    assert (found.verdict, found.key_bound) == (Verdict.VALID, True)
    assert found.claims["title"] == "高级工程师"
    assert "name" not in found.claims


def test_a_revoked_credential_is_told_in_the_verdict() -> None:
    asked = received()
    found = verdicts(sealed(asked, title=[shown(asked)]), asked, known((7, Status.INVALID)))
    assert found["title"][0].verdict is Verdict.REVOKED


def test_an_unknown_issuer_is_told_in_the_verdict() -> None:
    asked = received()
    elsewhere = known(trust=trust(trusted(issuer="https://other.example")))
    found = verdicts(sealed(asked, title=[shown(asked)]), asked, elsewhere)
    assert found["title"][0].verdict is Verdict.UNKNOWN_ISSUER


@pytest.mark.parametrize(
    ("options", "code"),
    [({"nonce": "other"}, Code.WRONG_NONCE), ({"audience": "x509_hash:other"}, Code.WRONG_AUDIENCE)],
)
def test_an_answer_to_another_request_or_verifier_is_refused(options: dict[str, str], code: Code) -> None:
    asked = received()
    with pytest.raises(CredentialRefused) as caught:
        verdicts(sealed(asked, title=[shown(asked, **options)]), asked)
    assert caught.value.code is code


def test_an_answer_with_another_type_is_refused() -> None:
    asked = received()
    other = WALLET["b"].present_bound([("name",)], HOLDER, audience=CLIENT, nonce="nonce-1", now=NOW)
    with pytest.raises(CredentialRefused) as caught:
        verdicts(sealed(asked, title=[other]), asked)
    assert caught.value.code is Code.WRONG_TYPE


def test_an_answer_that_lacks_a_claim_is_refused() -> None:
    asked = received()
    short = WALLET["a"].present_bound([("title",)], HOLDER, audience=CLIENT, nonce="nonce-1", now=NOW)
    assert refused(verdicts, sealed(asked, title=[short]), asked) is OpenIdError.INVALID_REQUEST


def test_an_answer_under_an_unknown_id_is_refused() -> None:
    asked = received()
    assert refused(verdicts, sealed(asked, other=[shown(asked)]), asked) is OpenIdError.INVALID_REQUEST


def test_more_credentials_than_asked_for_are_refused() -> None:
    asked = received()
    assert refused(verdicts, sealed(asked, title=[shown(asked)] * 2), asked) is OpenIdError.INVALID_REQUEST


def test_an_answer_to_another_key_cannot_be_opened() -> None:
    asked = received(encryption_key=new_encryption_key("enc-1"))
    assert refused(open_response, sealed(asked, title=["x"]), KEY) is OpenIdError.INVALID_REQUEST


@pytest.mark.parametrize(
    "body", [b"", b"response=x", b"response=a.b.c.d.e", b"other=1", b"response=" + b"A" * 9999]
)
def test_a_malformed_answer_is_refused(body: bytes) -> None:
    assert refused(open_response, body, KEY) is OpenIdError.INVALID_REQUEST


def test_a_compressed_answer_is_refused_before_it_is_unpacked() -> None:
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": "enc-1", "zip": "DEF"}
    bomb = jwe.encrypt_compact(header, bytes(10_000_000), KEY, algorithms=["ECDH-ES", "A128GCM", "DEF"])
    body = urlencode({"response": bomb}).encode()
    assert refused(open_response, body, KEY) is OpenIdError.INVALID_REQUEST


def test_a_holder_who_declines_is_heard() -> None:
    with pytest.raises(WalletRefused) as caught:
        open_response(b"error=access_denied&state=state-1", KEY)
    assert caught.value.error is OpenIdError.ACCESS_DENIED


def test_an_altered_or_foreign_request_is_refused_by_the_wallet() -> None:
    other = new_signing_key("other", Suite.ES256).verifying_key
    assert refused(open_request, signed(), other, client_id=CLIENT, now=NOW) is OpenIdError.INVALID_REQUEST
    for client, now in (
        ("x509_hash:other", NOW),
        (CLIENT, NOW + timedelta(minutes=10)),
        (CLIENT, NOW - timedelta(minutes=10)),
    ):
        assert refused(open_request, signed(), VERIFIER.verifying_key, client_id=client, now=now) is (
            OpenIdError.INVALID_REQUEST
        )


def test_jose_opens_our_encryption_and_we_open_joses() -> None:
    asked = received()
    ours = seal_response(asked, {"title": ["x"]})["response"]
    found = ask(
        "credentials.mjs",
        {
            "do": "jwe",
            "sealed": ours,
            "private": KEY.as_dict(private=True),
            "answer": {"vp_token": {"title": ["y"]}, "state": "s"},
            "enc": "A256GCM",
            "kid": "enc-1",
        },
    )
    assert isinstance(found, dict)
    assert found["opened"] == {"vp_token": {"title": ["x"]}, "state": "state-1"}
    theirs = open_response(urlencode({"response": found["sealed"]}).encode(), KEY)
    assert (theirs.presentations, theirs.state) == ({"title": ("y",)}, "s")


def chosen(query: dict[str, object]) -> Any:
    return choose(read_query(query), WALLET)


def test_a_query_without_claims_asks_for_nothing_that_can_be_kept_back() -> None:
    choice = chosen({"credentials": [credential_query()]})
    assert choice.candidates["title"][0].paths == ()


def test_a_value_that_was_not_asked_for_is_no_answer() -> None:
    assert (
        chosen({"credentials": [credential_query(claims=[{"path": ["level"], "values": ["senior"]}])]})
        is None
    )


def test_a_claim_that_is_not_there_is_no_answer() -> None:
    assert chosen({"credentials": [credential_query(claims=[{"path": ["blood_type"]}])]}) is None


def test_values_are_compared_with_their_type() -> None:
    query = credential_query("id", ID, claims=[{"path": ["age_over_18"], "values": [1]}])
    assert chosen({"credentials": [query]}) is None
    query["claims"] = [{"path": ["age_over_18"], "values": [True]}]
    assert chosen({"credentials": [query]}) is not None


def test_the_first_set_of_claims_that_can_be_shown_is_taken() -> None:
    claims = [
        {"id": "x", "path": ["blood_type"]},
        {"id": "n", "path": ["name"]},
        {"id": "t", "path": ["title"]},
    ]
    query = credential_query(claims=claims, claim_sets=[["x", "n"], ["t"]])
    assert chosen({"credentials": [query]}).candidates["title"][0].paths == (("title",),)


def test_every_element_of_a_list_is_chosen_where_the_path_says_so() -> None:
    query = credential_query("r", kind("credit-report").vct, claims=[{"path": ["domains", None, "domain"]}])
    paths = chosen({"credentials": [query]}).candidates["r"][0].paths
    assert set(paths) == {("domains", number, "domain") for number in range(3)}


def test_of_several_combinations_the_first_that_can_be_shown_is_needed() -> None:
    query = {
        "credentials": [
            credential_query("missing", "https://x.example/y/1"),
            credential_query("title"),
            credential_query("id", ID),
        ],
        "credential_sets": [
            {"options": [["missing"], ["title", "id"]]},
            {"options": [["id"]], "required": False},
        ],
    }
    assert chosen(query).needed == ("title", "id")
    assert set(chosen(query).candidates) == {"title", "id"}


SETS = {
    "credentials": [credential_query(name) for name in ("a", "b", "c", "d")],
    "credential_sets": [
        {"options": [["a"], ["b", "c"]]},
        {"options": [["c"], ["d"]], "required": False},
    ],
}


@pytest.mark.parametrize("picked", ["a", "bc", "ac", "ad", "bcd"])
def test_one_option_of_every_set_answers_a_query(picked: str) -> None:
    assert is_answered_by(read_query(SETS), picked)


@pytest.mark.parametrize("picked", ["", "b", "c", "d", "cd", "ab", "abc", "acd", "abd", "ax"])
def test_less_or_more_than_one_option_of_every_set_answers_none(picked: str) -> None:
    assert not is_answered_by(read_query(SETS), picked)


def test_all_options_of_claims_that_can_be_shown_are_told_the_preferred_first() -> None:
    claims = [{"id": name, "path": [name]} for name in ("blood_type", "name", "title")]
    query = credential_query(claims=claims, claim_sets=[["blood_type"], ["title"], ["name", "title"]])
    options = chosen({"credentials": [query]}).candidates["title"][0].options
    assert options == ((("title",),), (("name",), ("title",)))


def test_without_combinations_every_credential_is_needed() -> None:
    both = [credential_query(), credential_query("missing", "https://x.example/y/1")]
    assert chosen({"credentials": both}) is None


def test_a_credential_bound_to_no_key_is_no_answer_where_binding_is_asked() -> None:
    unbound = {"u": Held.of(issued())}
    query = {"credentials": [credential_query()]}
    assert choose(read_query(query), unbound) is None
    query["credentials"][0]["require_cryptographic_holder_binding"] = False
    assert choose(read_query(query), unbound) is not None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"credentials": []},
        {"credentials": [credential_query("a b")]},
        {"credentials": [credential_query(), credential_query()]},
        {"credentials": [credential_query(format="mso_mdoc")]},
        {"credentials": [credential_query(meta={})]},
        {"credentials": [credential_query(claims=[])]},
        {"credentials": [credential_query(claims=[{"path": []}])]},
        {"credentials": [credential_query(claims=[{"path": [-1]}])]},
        {"credentials": [credential_query(claims=[{"path": [True]}])]},
        {"credentials": [credential_query(claims=[{"path": ["a"]}], claim_sets=[["x"]])]},
        {"credentials": [credential_query()], "credential_sets": [{"options": [["x"]]}]},
        {"credentials": [credential_query()], "credential_sets": []},
    ],
)
def test_a_malformed_query_is_refused(query: object) -> None:
    assert refused(read_query, query) is OpenIdError.INVALID_REQUEST


def test_a_verifier_never_takes_less_than_it_asked_for() -> None:
    query: Query = read_query(QUERY)
    enough = {"vct": TITLE, "title": "x", "level": "senior"}
    check_answer(query, {"title": [enough]})
    too_little: list[dict[str, list[dict[str, str]]]] = [
        {},
        {"title": []},
        {"title": [enough | {"level": "assistant"}]},
        {"title": [{"vct": TITLE}]},
    ]
    for less in too_little:
        assert refused(check_answer, query, less) is OpenIdError.INVALID_REQUEST


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(
    value=json_values, member=st.sampled_from(["id", "format", "meta", "claims", "claim_sets", "multiple"])
)
def test_any_query_is_read_or_refused(value: object, member: str) -> None:
    try:
        chosen({"credentials": [credential_query() | {member: value}]})
    except OpenIdRefused:
        return
