"""The CBOR of codes: what is read, what is refused, against an independent writer."""

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tongban.credentials import CredentialRefused
from tongban.credentials.codes.cbor import Tagged, loads


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81" * 50 + b"\x00",
        b"\x9f\xff",
        b"\x5f\x41a\xff",
        b"\xfb" + b"\0" * 8,
        b"\xf7",
        b"\x18\x17",
        b"\x19\x00\xff",
        b"\x9b" + b"\xff" * 8,
        b"\xa2\x01\x02\x01\x03",
        b"\xa1\x40\x00",
        b"\x61\xff",
        b"\x00\x00",
        b"\x1c",
    ],
)
def test_cbor_that_is_deep_enormous_ambiguous_or_unusual_is_refused(data: bytes) -> None:
    with pytest.raises(CredentialRefused):
        loads(data)


@settings(deadline=None)
@given(st.integers(-(2**64), 2**64 - 1) | st.text(max_size=300) | st.binary(max_size=300))
def test_single_values_are_read_as_an_independent_writer_wrote_them(value: object) -> None:
    assert loads(cbor2.dumps(value)) == value


def for_the_other_writer(value: object) -> object:
    """What was read here, for an independent writer, tags without what others make of them included."""
    match value:
        case Tagged():
            return cbor2.CBORTag(value.tag, for_the_other_writer(value.value))
        case list():
            return [for_the_other_writer(one) for one in value]
        case dict():
            return {key: for_the_other_writer(one) for key, one in value.items()}
    return value


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60))
@example(b"\xc0\x00")
@example(b"\xd2\x84\x41\xa0\xa1\x01\x26\x40\xf6")
def test_any_bytes_are_refused_or_read_as_an_independent_writer_writes_them(data: bytes) -> None:
    try:
        value = loads(data)
    except CredentialRefused:
        return
    assert cbor2.dumps(for_the_other_writer(value)) == data
