"""Codes to show: what they tell, how large they are, and what a forged, stale or stolen code meets."""

import zlib
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.credentials.samples import (
    CLAIMS,
    ISSUER,
    LIST,
    NAMES,
    NOW,
    issuer_key,
    kind,
    known,
    trust,
    trusted,
)
from tongban.credentials import Code, CredentialRefused
from tongban.credentials.codes import (
    CodeVerification,
    Listed,
    QrCode,
    Redemptions,
    base45,
    cose,
    make_offline_code,
    make_online_code,
    read_offline_code,
    read_online_code,
)
from tongban.credentials.codes.cbor import loads
from tongban.credentials.codes.envelope import pack, short_name
from tongban.credentials.status import Status
from tongban.credentials.trust import Untrusted, Use
from tongban.credentials.vc import Known
from tongban.credentials.verdict import Verdict
from tongban.suites import Suite, new_signing_key

TITLE = CLAIMS["professional-title"]
PURPOSES = [(name, purpose.key) for name in NAMES for purpose in kind(name).purposes]


def code(name: str = "professional-title", purpose: str = "title", **options: Any) -> str:
    defaults: dict[str, Any] = {"key": issuer_key(), "now": NOW, "expires": None, "listed": Listed(0, 7)}
    return make_offline_code(kind(name), purpose, CLAIMS[name], **(defaults | options))


def read(text: str, knowing: Known | None = None, **options: Any) -> CodeVerification:
    return read_offline_code(text, knowing or known(), **({"now": NOW} | options))


def refused(text: str, **options: Any) -> Code:
    with pytest.raises(CredentialRefused) as caught:
        read(text, **options)
    return caught.value.code


def hand_made(view: object) -> str:
    return pack("TB1:", cbor2.dumps(view), issuer_key())


def genuine_view() -> list[Any]:
    """What a good code holds, to be changed and signed again."""
    view = loads(cose.take_apart(zlib.decompress(base45.decode(code()[4:]))).payload)
    assert isinstance(view, list)
    return view


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base45_is_that_of_rfc_9285(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["A", "ABCD", "GGW", "::", "a0", ":::", "Ä00"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(CredentialRefused):
        base45.decode(text)


@pytest.mark.parametrize(("name", "purpose"), PURPOSES)
def test_a_code_tells_the_claims_of_its_purpose_and_no_other(name: str, purpose: str) -> None:
    found = read(code(name, purpose))
    wanted = kind(name).purpose(purpose)
    assert wanted is not None
    assert found.verdict is Verdict.VALID
    told = {path[0]: CLAIMS[name][path[0]] for path in wanted.claims if path[0] in CLAIMS[name]}
    assert found.claims == told
    assert "id_number" not in found.claims


def test_the_code_of_a_persons_credit_report_tells_the_end_of_the_number_and_fits() -> None:
    of_firm = CLAIMS["credit-report"]
    person = {"subject": "阿卜杜热合曼·买买提艾力", "id_tail": "0311"}
    claims = {name: value for name, value in of_firm.items() if name != "subject_code"} | person
    made = make_offline_code(
        kind("credit-report"),
        "summary",
        claims,
        Listed(0, 999),
        key=issuer_key(),
        now=NOW,
        expires=NOW + timedelta(days=30),
    )
    assert QrCode.of(made).version <= 12
    assert read(made).claims["id_tail"] == "0311"


@pytest.mark.parametrize("suite", list(Suite))
@pytest.mark.parametrize(("name", "purpose"), PURPOSES)
def test_every_code_fits_version_12_in_every_suite(name: str, purpose: str, suite: Suite) -> None:
    text = code(name, purpose, key=issuer_key(suite), listed=Listed(0, 999_999))
    assert QrCode.of(text).version <= 12
    assert read(text, known(trust=trust(trusted(suite)), lists={})).issuer == ISSUER


def test_a_code_that_would_not_scan_is_not_made() -> None:
    long = TITLE | {"name": "买" * 40, "speciality": "道" * 40, "title": "高" * 30}
    varied = {n: "".join(chr(ord(c) + 7 * i) for i, c in enumerate(str(v))) for n, v in long.items()}
    with pytest.raises(CredentialRefused) as caught:
        make_offline_code(
            kind(),
            "title",
            long | {n: varied[n] for n in ("name", "speciality", "title")},
            Listed(0, 7),
            key=issuer_key(),
            now=NOW,
        )
    assert caught.value.code is Code.CODE_TOO_LARGE


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(CredentialRefused) as caught:
        code(purpose="everything")
    assert caught.value.code is Code.UNKNOWN_PURPOSE


def test_a_code_without_a_required_claim_is_not_made() -> None:
    with pytest.raises(CredentialRefused) as caught:
        make_offline_code(kind(), "title", {"name": "x"}, Listed(0, 7), key=issuer_key(), now=NOW)
    assert caught.value.code is Code.CLAIM_MISSING


def test_a_code_of_a_revoked_credential_is_told_as_revoked_offline() -> None:
    assert read(code(), known((7, Status.INVALID))).verdict is Verdict.REVOKED


def test_a_code_of_a_suspended_credential_is_told_as_suspended() -> None:
    assert read(code(), known((7, Status.SUSPENDED))).verdict is Verdict.SUSPENDED


def test_a_code_ends_after_the_days_of_its_purpose() -> None:
    later = NOW + timedelta(days=90)
    assert read(code(), now=later).verdict is Verdict.EXPIRED


def test_a_code_ends_with_the_credential() -> None:
    assert read(code(expires=NOW + timedelta(days=1))).expires_at == NOW + timedelta(days=1)


def test_a_code_is_never_valid_by_a_stale_list() -> None:
    assert read(code(), now=NOW + timedelta(hours=13)).verdict is Verdict.STATUS_STALE
    assert read(code(), known(lists={})).verdict is Verdict.STATUS_STALE


def test_a_code_is_never_valid_by_a_stale_trust_list() -> None:
    assert read(code(), known(trust=trust(fresh_until=NOW - timedelta(1)))).verdict is Verdict.STATUS_STALE


def test_a_code_of_an_unknown_signer_is_told_and_shows_nothing() -> None:
    found = read(code(key=new_signing_key("forger", Suite.ES256)))
    assert (found.verdict, dict(found.claims)) == (Verdict.UNKNOWN_ISSUER, {})


def test_a_code_of_a_revoked_key_is_told_and_shows_nothing() -> None:
    found = read(code(), known(trust=trust(trusted(revoked_at=NOW))))
    assert (found.verdict, dict(found.claims)) == (Verdict.UNKNOWN_ISSUER, {})


def test_a_code_of_a_type_its_issuer_may_not_issue_is_told() -> None:
    limited = trust(trusted(types=frozenset({kind("electronic-id").vct})))
    assert read(code(), known(trust=limited)).verdict is Verdict.NOT_TRUSTED_FOR_TYPE


def test_a_code_of_a_key_that_may_not_sign_codes_is_told() -> None:
    limited = trust(trusted(uses=frozenset({Use.CREDENTIAL, Use.STATUS_LIST})))
    assert read(code(), known(trust=limited)).verdict is Verdict.UNKNOWN_ISSUER


def test_another_keys_signature_under_this_keys_name_is_refused() -> None:
    forged = cose.sign(
        cbor2.dumps(genuine_view()), new_signing_key("x", Suite.ES256), short_name(issuer_key().verifying_key)
    )
    assert refused("TB1:" + base45.encode(zlib.compress(forged))) is Code.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", [-8, -35, "ES256", None, True, 5])
def test_algorithm_confusion_in_a_code_is_refused(algorithm: object) -> None:
    message = zlib.decompress(base45.decode(code()[4:]))
    protected, headers, payload, signature = cbor2.loads(message).value
    changed = cbor2.dumps({1: algorithm, 4: cbor2.loads(protected)[4]})
    forged = cbor2.dumps(cbor2.CBORTag(18, [changed, dict(headers), payload, signature]))
    assert refused("TB1:" + base45.encode(zlib.compress(forged))) is Code.WRONG_ALGORITHM


def test_a_code_of_the_future_is_refused() -> None:
    assert refused(code(), now=NOW - timedelta(hours=1)) is Code.NOT_YET_VALID


def test_an_index_out_of_range_in_a_code_is_refused() -> None:
    assert refused(code(listed=Listed(0, 4_000_000))) is Code.INDEX_OUT_OF_RANGE


def test_a_list_number_that_the_issuer_does_not_have_is_refused() -> None:
    assert refused(code(listed=Listed(1, 7))) is Code.LIST_MISMATCH


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, 999, Code.UNKNOWN_TYPE),
        (0, "3", Code.UNKNOWN_TYPE),
        (1, 9, Code.UNKNOWN_PURPOSE),
        (2, -1, Code.MALFORMED),
        (3, 2**60, Code.MALFORMED),
        (4, None, Code.MALFORMED),
        (5, -3, Code.MALFORMED),
        (6, [], Code.MALFORMED),
        (6, None, Code.MALFORMED),
    ],
)
def test_a_malformed_view_is_refused(place: int, value: object, reason: Code) -> None:
    view = genuine_view()
    view[place] = value
    assert refused(hand_made(view)) is reason


def test_a_code_without_the_status_its_type_demands_is_refused() -> None:
    view = genuine_view()
    view[4] = view[5] = None
    assert refused(hand_made(view)) is Code.CLAIM_MISSING


@pytest.mark.parametrize(
    ("place", "value"), [(0, 5), (0, "x\n"), (3, 77), (3, -1), (5, 10**12), (5, "x"), (2, None)]
)
def test_a_value_of_another_kind_in_a_code_is_refused(place: int, value: object) -> None:
    view = genuine_view()
    view[6][place] = value
    assert refused(hand_made(view)) in {Code.MALFORMED, Code.CLAIM_MISSING}


def test_a_decompression_bomb_in_a_code_is_refused() -> None:
    bomb = base45.encode(zlib.compress(bytes(1_000_000), 9))
    assert refused("TB1:" + bomb[: len(bomb) - len(bomb) % 3]) is Code.DECOMPRESSION_BOMB


def test_an_enormous_code_is_refused() -> None:
    assert refused("TB1:" + "0" * 5000) is Code.TOO_LARGE


@pytest.mark.parametrize("text", ["", "HC1:", "TB1:", "TB0:" + "0" * 30, "tb1:00"])
def test_other_codes_are_refused(text: str) -> None:
    assert refused(text) in {Code.WRONG_TYPE, Code.MALFORMED}


cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.binary(max_size=40) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 9) | st.text(max_size=3), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(view=st.lists(cbor_values, max_size=8) | cbor_values)
def test_any_signed_view_is_told_or_refused(view: object) -> None:
    try:
        found = read(hand_made(view))
    except CredentialRefused:
        return
    assert found.verdict is not Verdict.VALID or isinstance(view, list)


@settings(deadline=None, max_examples=60)
@given(position=st.integers(4, len(code()) - 1), character=st.sampled_from("0A/$ "))
def test_a_changed_character_never_gives_a_valid_code(position: int, character: str) -> None:
    text = code()
    position = min(position, len(text) - 1)
    if text[position] == character:
        return
    try:
        found = read(text[:position] + character + text[position + 1 :])
    except CredentialRefused:
        return
    assert found.verdict is Verdict.UNKNOWN_ISSUER


def test_an_online_code_is_redeemed_once() -> None:
    text, name = make_online_code(issuer_key(), now=NOW)
    reference = read_online_code(text, trust(), now=NOW)
    assert (reference.id, reference.issuer) == (name, ISSUER)
    redemptions = Redemptions()
    redemptions.redeem(reference, NOW)
    with pytest.raises(CredentialRefused) as caught:
        redemptions.redeem(reference, NOW)
    assert caught.value.code is Code.ALREADY_USED


def test_an_online_code_lives_a_minute() -> None:
    text, _ = make_online_code(issuer_key(), now=NOW)
    read_online_code(text, trust(), now=NOW + timedelta(seconds=59))
    with pytest.raises(CredentialRefused) as caught:
        read_online_code(text, trust(), now=NOW + timedelta(seconds=60))
    assert caught.value.code is Code.EXPIRED


def test_an_online_code_that_was_read_in_time_is_not_redeemed_late() -> None:
    text, _ = make_online_code(issuer_key(), now=NOW)
    reference = read_online_code(text, trust(), now=NOW)
    with pytest.raises(CredentialRefused) as caught:
        Redemptions().redeem(reference, NOW + timedelta(seconds=60))
    assert caught.value.code is Code.EXPIRED


def test_no_online_code_is_made_or_taken_that_lives_longer() -> None:
    with pytest.raises(ValueError, match="60 seconds"):
        make_online_code(issuer_key(), now=NOW, lifetime=timedelta(seconds=61))
    text = pack("TB0:", cbor2.dumps([b"x" * 16, int(NOW.timestamp()), 3600]), issuer_key())
    with pytest.raises(CredentialRefused) as caught:
        read_online_code(text, trust(), now=NOW)
    assert caught.value.code is Code.MALFORMED


def test_an_online_code_of_an_unknown_signer_is_refused() -> None:
    text, _ = make_online_code(new_signing_key("forger", Suite.ES256), now=NOW)
    with pytest.raises(Untrusted):
        read_online_code(text, trust(), now=NOW)


def test_an_offline_code_is_no_online_code() -> None:
    with pytest.raises(CredentialRefused) as caught:
        read_online_code("TB0:" + code()[4:], trust(), now=NOW)
    assert caught.value.code is Code.MALFORMED


@settings(deadline=None, max_examples=60)
@given(payload=cbor_values)
def test_any_online_payload_is_read_or_refused(payload: object) -> None:
    try:
        read_online_code(pack("TB0:", cbor2.dumps(payload), issuer_key()), trust(), now=NOW)
    except CredentialRefused:
        return
    raise AssertionError("taken although it is no reference")


def test_the_drawing_has_a_quiet_zone_and_no_styles() -> None:
    drawing = QrCode.of(code()).svg()
    assert drawing.startswith("<svg")
    assert "style=" not in drawing
    assert LIST not in drawing
