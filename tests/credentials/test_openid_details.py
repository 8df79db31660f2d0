"""What a wallet asks for by `authorization_details`, and what is no such thing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.credentials.openid import OpenIdError, OpenIdRefused, granted_details, read_details

ISSUER = "https://chongqing.tongban.example"
DETAIL: dict[str, object] = {
    "type": "openid_credential",
    "credential_configuration_id": "professional-title-1",
}


def read(*details: object) -> str | None:
    return read_details(json.dumps(details), issuer=ISSUER)


@pytest.mark.parametrize(
    "more", [{}, {"locations": [ISSUER]}, {"claims": [{"path": ["title"]}]}, {"unknown": True}]
)
def test_the_configuration_is_read(more: dict[str, object]) -> None:
    assert read(DETAIL | more) == "professional-title-1"


def test_no_details_ask_for_nothing() -> None:
    assert read_details(None, issuer=ISSUER) is None


@pytest.mark.parametrize(
    "details",
    [
        [],
        [DETAIL, DETAIL],
        ["openid_credential"],
        [DETAIL | {"type": "payment"}],
        [DETAIL | {"credential_configuration_id": ""}],
        [DETAIL | {"credential_configuration_id": None}],
        [DETAIL | {"locations": ["https://other.example"]}],
        [DETAIL | {"locations": ISSUER}],
    ],
)
def test_other_details_are_refused(details: list[object]) -> None:
    with pytest.raises(OpenIdRefused) as refused:
        read(*details)
    assert refused.value.error is OpenIdError.INVALID_AUTHORIZATION_DETAILS


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(OpenIdRefused):
        read_details(text, issuer=ISSUER)


def test_what_is_granted_is_what_was_asked_for_and_which_one() -> None:
    (detail,) = granted_details("professional-title-1", "x")
    assert detail == DETAIL | {"credential_identifiers": ["x"]}
