"""r and s on the wire and in DER, held to what the library makes of the same numbers."""

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from tongban.suites import rs

NUMBERS = st.integers(0, 2**256 - 1) | st.integers(0, 260).map(lambda bits: (1 << bits) % 2**256)


def on_the_wire(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@given(NUMBERS, NUMBERS)
def test_der_is_what_the_library_writes(r: int, s: int) -> None:
    assert rs.to_der(on_the_wire(r, s)) == encode_dss_signature(r, s)


@given(NUMBERS, NUMBERS)
def test_der_is_read_back_to_the_same_numbers(r: int, s: int) -> None:
    assert rs.from_der(encode_dss_signature(r, s)) == on_the_wire(r, s)


@given(st.binary(max_size=80).filter(lambda text: len(text) != 64))
def test_another_length_has_no_der(signature: bytes) -> None:
    assert rs.to_der(signature) is None
