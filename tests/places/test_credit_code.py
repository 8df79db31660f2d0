"""Unified social credit codes: what is one, and what a person reads when it is none."""

import pytest

from tongban.places.credit_code import CreditCodeRefused, parse

CODE = "91110000600037341L"


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), "9111 0000 6000 3734 1L", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert parse(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "credit-code-length"),
        (CODE[:-1], "credit-code-length"),
        ("9I110000600037341L", "credit-code-characters"),
        ("91110000600037341M", "credit-code-check"),
    ],
)
def test_what_is_no_code_is_refused_with_a_stable_reason(typed: str, reason: str) -> None:
    with pytest.raises(CreditCodeRefused) as refused:
        parse(typed)
    assert refused.value.reason == reason
