"""One text for the same bytes, and many texts in one pass."""

import base64
import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from tongban.credentials import CredentialRefused, base64url
from tongban.credentials.limits import DEFAULT_LIMITS
from tongban.credentials.sdjwt import disclosures

TEXTS = st.text(st.sampled_from("AWQgwz09-_+/=\n ~é"), max_size=12)
PIECES = st.text(st.sampled_from('[],:{}"a1 \n'), max_size=8)


@given(TEXTS)
def test_only_the_one_form_of_the_same_bytes_is_read(text: str) -> None:
    with suppress(CredentialRefused):
        assert base64url.encode(base64url.decode(text.encode(), "text")) == text.encode()


@given(st.binary())
def test_what_was_written_is_read(data: bytes) -> None:
    text = base64url.encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=")
    assert base64url.decode(text, "text") == data


@given(st.lists(st.text().map(lambda text: json.dumps([text], ensure_ascii=False).encode()), min_size=1))
def test_documents_written_in_one_pass_are_read_one_by_one(documents: list[bytes]) -> None:
    texts = base64url.encode_json(documents)
    assert [base64url.decode(text, "text").rstrip(b" ") for text in texts] == documents


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=4))
def test_values_of_one_length_have_the_texts_that_each_has_alone(values: list[bytes]) -> None:
    alone = [base64url.encode(value).decode() for value in values]
    assert list(base64url.encode_many(values)) == alone


@given(st.lists(PIECES.map(lambda inside: f'["{inside}'), min_size=1, max_size=4))
def test_broken_disclosures_never_make_whole_ones_together(pieces: list[str]) -> None:
    shown = [base64url.encode(piece.encode()) for piece in pieces]
    together = disclosures.read_plain(shown)
    assert together in ([], [disclosures.read(text, DEFAULT_LIMITS) for text in shown] if together else [])
