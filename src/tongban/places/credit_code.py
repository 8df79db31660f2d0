"""Unified social credit codes of enterprises and other organisations (统一社会信用代码, GB 32100-2015).

Promises: what `parse` gives has the right form and check character; an error says what to look at again.
"""

import unicodedata

from stdnum.cn import uscc

from tongban.places.text import Text

_LENGTH = 18

REFUSALS: dict[str, Text] = {
    "credit-code-length": Text(
        zh="统一社会信用代码应为18位；请对照营业执照重新填写。",
        en="A unified social credit code has 18 characters; type it again from the business licence.",
    ),
    "credit-code-characters": Text(
        zh="统一社会信用代码由数字和大写字母组成，不用I、O、S、V、Z；请对照营业执照重新填写。",
        en="A unified social credit code consists of digits and capital letters other than I, O, S, V and Z; "
        "type it again from the business licence.",
    ),
    "credit-code-check": Text(
        zh="统一社会信用代码的校验位不符，可能有一位填错；请对照营业执照重新填写。",
        en="The check character of the unified social credit code does not fit, so one character may be "
        "wrong; type it again from the business licence.",
    ),
}
"""Every refusal of this module: stable code, and what to tell the person."""


class CreditCodeRefused(ValueError):
    """The text is no unified social credit code; `reason` is a key of `REFUSALS`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.text = REFUSALS[reason]
        super().__init__(self.text.en)


def parse(text: str) -> str:
    """The code in capitals without spaces; full-width characters are taken for what they look like.

    Raises CreditCodeRefused.
    """
    code = "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("-", "")
    if len(code) != _LENGTH:
        raise CreditCodeRefused("credit-code-length")
    if not set(code) <= set("0123456789ABCDEFGHJKLMNPQRTUWXY"):
        raise CreditCodeRefused("credit-code-characters")
    if not uscc.is_valid(code):
        raise CreditCodeRefused("credit-code-check")
    return code
