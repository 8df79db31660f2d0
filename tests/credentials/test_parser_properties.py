"""Whatever arrives, the library answers with a value or with its own refusal."""

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.credentials.forging import b64, credential, digest, disclosure
from tests.credentials.issuer_and_holder import issued, presented, verify, wanted
from tongban.credentials import CredentialRefused, jwk
from tongban.credentials.sdjwt import Held

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["_sd", "...", "cnf"]), inner, max_size=4)
    ),
    max_leaves=8,
)
PRESENTED = presented()
ISSUED = issued()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400) | st.text(st.sampled_from("e30.~AWy_-="), max_size=60))
def test_any_text_is_verified_or_refused(text: str) -> None:
    for read in (verify, Held.of):
        with suppress(CredentialRefused):
            read(text)


@settings(deadline=None, max_examples=60)
@given(
    payload=st.dictionaries(st.text() | st.sampled_from(["_sd", "_sd_alg", "cnf", "exp", "aud"]), json_values)
)
def test_any_signed_payload_is_verified_or_refused(payload: dict[str, object]) -> None:
    with suppress(CredentialRefused):
        verify(credential(payload) + PRESENTED.rpartition("~")[2], key_binding=wanted())


@settings(deadline=None, max_examples=60)
@given(contents=st.lists(json_values, max_size=4))
def test_any_disclosure_is_revealed_or_refused(contents: list[object]) -> None:
    text = disclosure(*contents)
    with suppress(CredentialRefused):
        verify(credential({"_sd": [digest(text)]}, text))


@settings(deadline=None, max_examples=60)
@given(position=st.integers(0, len(PRESENTED) - 1), character=st.sampled_from("Aa0-_.~=+/é"))
def test_a_changed_character_never_passes(position: int, character: str) -> None:
    if PRESENTED[position] == character:
        return
    changed = PRESENTED[:position] + character + PRESENTED[position + 1 :]
    try:
        verify(changed, key_binding=wanted())
    except CredentialRefused:
        return
    raise AssertionError("taken although it was changed")


@settings(deadline=None, max_examples=60)
@given(json_values)
def test_any_key_is_read_or_refused(value: object) -> None:
    with suppress(CredentialRefused):
        jwk.from_jwk(value)


@settings(deadline=None, max_examples=60)
@given(header=json_values)
def test_any_header_is_read_or_refused(header: object) -> None:
    rest = ISSUED.partition(".")[2]
    with suppress(CredentialRefused):
        verify(b64(json.dumps(header).encode()) + "." + rest)
