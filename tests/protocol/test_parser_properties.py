"""Whatever arrives, the library answers with a value or with its own refusal."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.federation_of_two import CHONGQING_KEY, NOW, Delivery, deliver, directory, question
from tongban import protocol
from tongban.protocol import Refused
from tongban.protocol.messages import checked_object
from tongban.protocol.signature import sign_response

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for parse in (protocol.parse_request, protocol.parse_reply):
        with suppress(Refused):
            parse(body)


@given(
    member=st.sampled_from(sorted(protocol.EvidenceRequest.model_fields)),
    value=json_values,
)
def test_a_message_with_any_member_replaced_is_read_or_refused(member: str, value: object) -> None:
    members = json.loads(protocol.encode(question())) | {member: value}
    with suppress(Refused):
        message = protocol.parse_request(json.dumps(members).encode())
        protocol.authorise(message, directory(), now=NOW)


def kind_or_code(body: str) -> str:
    try:
        return checked_object(body.encode(), ("k",))
    except Refused as refused:
        return refused.code.value


@given(st.dictionaries(st.text(), json_values))
def test_how_an_object_is_spelled_changes_nothing_about_how_it_is_read(members: dict[str, object]) -> None:
    named = {"version": "1", "kind": "k"} | members
    plain = json.dumps(named, separators=(",", ":"), ensure_ascii=False)
    assert kind_or_code(plain) == kind_or_code(json.dumps(named, indent=1))


@given(st.sampled_from(["kind", "a"]), st.booleans(), st.booleans())
def test_a_member_that_stands_twice_is_malformed_in_any_spelling(
    name: str, is_inside: bool, is_plain: bool
) -> None:
    twice = f'"{name}":"k","{name}":"k"'
    inner = f'"body":{{{twice}}}' if is_inside else twice
    body = f'{{"version":"1","kind":"k",{inner}}}'
    assert kind_or_code(body if is_plain else body.replace(",", ", ")) == "malformed"


@given(
    header=st.sampled_from(["signature", "signature-input", "content-digest", "content-type"]),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200),
)
def test_any_header_value_is_refused_or_as_it_was(header: str, value: str) -> None:
    delivery = deliver()
    if value.strip() == delivery.header(header):
        return
    with pytest.raises(Refused):
        delivery.with_header(header, value).received()


@given(position=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_any_changed_bit_of_a_body_is_found(position: int, bit: int) -> None:
    request = deliver().request
    body = bytearray(request.body)
    body[position % len(body)] ^= 1 << bit
    with pytest.raises(Refused) as caught:
        Delivery(request._replace(body=bytes(body))).received()
    assert caught.value.code is protocol.Code.BAD_DIGEST


@given(
    records=st.lists(
        st.dictionaries(st.sampled_from(["place", "from", "to", "kind", "wage"]), st.text() | st.integers()),
        max_size=4,
    )
)
def test_any_records_are_accepted_as_asked_or_refused(records: list[dict[str, str | int]]) -> None:
    try:
        reply = protocol.answer(question(), tuple(records), NOW)
        protocol.check_answer(reply, question(), directory())
    except Refused:
        return
    for record in records:
        assert set(record) == {"place", "from", "to", "kind"}


@given(st.binary(max_size=500))
def test_any_signed_reply_is_read_or_refused(body: bytes) -> None:
    sent = deliver().request
    response = protocol.HttpResponse(200, (("content-type", "application/json"),), body)
    signed = sign_response(response, sent, CHONGQING_KEY, now=NOW)
    with suppress(Refused):
        protocol.open_reply(signed, sent, question(), directory(), now=NOW)
