"""A node may sign in any suite; the directory says which, whatever the message claims."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.federation_of_two import (
    CHONGQING_KEY,
    NOW,
    RECORDS,
    SICHUAN_KEY,
    Delivery,
    deliver,
    directory,
    question,
)
from tongban import protocol
from tongban.protocol import Code, Directory, KeyEntry, Refused, SigningKey, Suite
from tongban.protocol.signature import REQUEST_COVER, verify_request
from tongban.protocol.signature_input import read_any_spelling, read_claim, write_parameters
from tongban.suites import sm3

KEYS = {suite: protocol.new_signing_key("sichuan-2026", suite) for suite in Suite}
suites = pytest.mark.parametrize("suite", list(Suite))


def listing(key: SigningKey) -> Directory:
    """The directory in which Sichuan signs with `key`."""
    known = directory()
    old = known.node("sichuan")
    entry = protocol.key_entry(key, old.keys[0].not_before, old.keys[0].not_after)
    others = tuple(node for node in known.nodes if node.id != "sichuan")
    return known.model_copy(update={"nodes": (old.model_copy(update={"keys": (entry,)}), *others)})


@suites
def test_a_question_and_its_answer_cross_in_every_suite(suite: Suite) -> None:
    asked = question(legal_basis=protocol.StatuteBasis(citation=question().purpose))
    known = listing(KEYS[suite])
    sent = deliver(protocol.encode(asked), key=KEYS[suite])
    received = protocol.authenticate(sent.request, known, "chongqing", now=NOW)
    assert received.message == asked
    reply = protocol.answer(asked, RECORDS, NOW)
    response = protocol.seal_reply(reply, sent.request, CHONGQING_KEY, now=NOW)
    assert protocol.open_reply(response, sent.request, asked, known, now=NOW) == reply


@suites
def test_a_signature_of_one_suite_does_not_count_where_the_directory_says_another(suite: Suite) -> None:
    sent = deliver(key=KEYS[suite])
    for other in set(Suite) - {suite}:
        with pytest.raises(Refused) as caught:
            protocol.authenticate(sent.request, listing(KEYS[other]), "chongqing", now=NOW)
        assert caught.value.code in {Code.BAD_SIGNATURE, Code.MALFORMED}


def test_a_message_that_names_its_own_algorithm_changes_nothing() -> None:
    parameters = write_parameters(
        REQUEST_COVER,
        created=int(NOW.timestamp()),
        expires=int(NOW.timestamp()) + 60,
        keyid="sichuan-2026",
        nonce="n" * 20,
    )
    sent = deliver().with_header("signature-input", f'tongban={parameters};alg="sm2-sm3"')
    with pytest.raises(Refused) as caught:
        sent.received()
    assert (caught.value.code, caught.value.path) == (Code.BAD_SIGNATURE, "signature parameter alg")


def test_the_digest_beside_an_sm2_signature_is_sm3() -> None:
    sent = deliver(key=KEYS[Suite.SM2])
    digest = base64.b64encode(sm3(sent.request.body)).decode()
    assert sent.header("content-digest") == f"sm3=:{digest}:"


def test_a_changed_body_under_an_sm2_signature_is_found() -> None:
    sent = deliver(key=KEYS[Suite.SM2])
    changed = Delivery(sent.request._replace(body=sent.request.body + b" "))
    with pytest.raises(Refused) as caught:
        protocol.authenticate(changed.request, listing(KEYS[Suite.SM2]), "chongqing", now=NOW)
    assert caught.value.code is Code.BAD_DIGEST


@suites
def test_a_directory_refuses_a_key_that_is_none_of_its_suite(suite: Suite) -> None:
    entry = listing(KEYS[suite]).node("sichuan").keys[0]
    wrong = entry.model_dump() | {"public_key": base64.b64encode(b"\x04" * 33).decode()}
    with pytest.raises(ValueError, match="public key"):
        KeyEntry.model_validate(wrong)


created = st.integers(min_value=1, max_value=10**11)


@given(created, created, st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True), st.none() | st.text(max_size=30))
def test_both_ways_of_reading_a_signature_give_the_same_claim(
    made: int, ends: int, keyid: str, nonce: str | None
) -> None:
    try:
        parameters = write_parameters(REQUEST_COVER, created=made, expires=ends, keyid=keyid, nonce=nonce)
    except ValueError:  # a nonce that no header can hold
        return
    signature = f"tongban=:{base64.b64encode(SICHUAN_KEY.sign(parameters.encode())).decode()}:"
    headers = (("signature-input", f"tongban={parameters}"), ("signature", signature))
    quickly = read_claim(headers, REQUEST_COVER)
    assert quickly == read_any_spelling(headers[0][1], headers[1][1], REQUEST_COVER)
    assert (quickly.parameters, quickly.created, quickly.nonce) == (parameters, made, nonce)


@given(st.text(st.sampled_from('tongban=("@method");created:129 \t,"\\é'), max_size=60))
def test_any_text_in_place_of_the_parameters_is_refused(text: str) -> None:
    sent = deliver().with_header("signature-input", text)
    with pytest.raises(Refused):
        verify_request(sent.request, directory().key_at, now=NOW)
