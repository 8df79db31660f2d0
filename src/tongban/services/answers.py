"""What an answer may be, and the kinds of text a person types: how each is read, and its pattern.

Promises: what is read is in one canonical form; the pattern of a kind matches exactly its canonical texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from tongban.services.text import Text

FileAnswer = Mapping[str, str | int]
"""A file that the node keeps: `id`, `name`, `type` and `size` in bytes."""
Item = Mapping[str, str | bool | int | Sequence[str]]
Answer = str | bool | int | Sequence[str] | FileAnswer | Sequence[Item]
"""An answer as it is stored, in JSON's types."""
Raw = str | Sequence[str] | FileAnswer | Sequence[Mapping[str, str | Sequence[str]]]
"""An answer as a browser sends it: text, several texts, a kept file, or the items of a group."""

TypedKind = Literal[
    "month", "date", "money", "place", "phone", "text", "long-text", "id-number", "credit-code"
]

TEXT_CHARACTERS = 200
LONG_TEXT_CHARACTERS = 2000
_TEXT = r"(?!\s)[^\x00-\x08\x0b-\x1f\x7f]+(?<!\s)"
_YEAR = r"(19|20)[0-9]{2}"
_MONTH = r"(0[1-9]|1[0-2])"
_DATE = rf"{_YEAR}-{_MONTH}-(0[1-9]|[12][0-9]|3[01])"
_ID_NUMBER = r"[1-9][0-9]{16}[0-9X]"
_CREDIT_CODE = r"[0-9A-HJ-NPQRTUWXY]{18}"


@dataclass(frozen=True)
class Typed:
    """A kind of text: its canonical pattern, what is expected, and how typed text becomes canonical.

    `check` says whether a text that has the pattern is really one, `format` names that check in the schema.
    """

    pattern: str
    expected: Text
    canonical: Callable[[str], str] = str
    check: Callable[[str], bool] = bool
    format: str = ""
    longest: int | None = None

    def read(self, typed: str) -> str | None:
        """The canonical text; None when it is none of this kind."""
        text = self.canonical(typed)
        fits = re.fullmatch(self.pattern, text) and len(text) <= (self.longest or len(text))
        return text if fits and self.check(text) else None

    @property
    def whole_pattern(self) -> str:
        """The pattern for JSON Schema, which searches: from the first to the very last character."""
        return rf"^{self.pattern}(?!\n)$"


def is_date(text: str) -> bool:
    """Whether the calendar has this day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_id_number(text: str) -> bool:
    """Whether birthday and check character of a resident ID number are right (GB 11643-1999)."""
    return is_date(f"{text[6:10]}-{text[10:12]}-{text[12:14]}") and mod_11_2.is_valid(text)


def is_credit_code(text: str) -> bool:
    """Whether the check character of a unified social credit code is right (GB 32100-2015)."""
    return uscc.is_valid(text)


def _money(typed: str) -> str:
    found = re.fullmatch(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", typed.replace(",", ""), re.ASCII)
    return f"{int(found[1])}.{found[2] or '':0<2}" if found else typed


def _lines(typed: str) -> str:
    return typed.replace("\r\n", "\n").replace("\r", "\n")


TYPED: Mapping[str, Typed] = {
    "month": Typed(
        rf"{_YEAR}-{_MONTH}",
        Text(zh="请填写年和月，例如 2026-03", en="Enter a year and a month, like 2026-03"),
    ),
    "date": Typed(
        _DATE,
        Text(zh="请填写年、月、日，例如 2026-03-08", en="Enter a year, a month and a day, like 2026-03-08"),
        check=is_date,
        format="date",
    ),
    "money": Typed(
        r"(0|[1-9][0-9]{0,8})\.[0-9]{2}",
        Text(
            zh="请填写金额（元），最多两位小数，例如 4699.50",
            en="Enter an amount in yuan with at most two decimals, like 4699.50",
        ),
        canonical=_money,
    ),
    "place": Typed(
        r"[1-9][0-9]{5}",
        Text(zh="请选择一个地方", en="Choose a place"),
    ),
    "phone": Typed(
        r"(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})",
        Text(
            zh="请填写 11 位手机号码，或带区号的固定电话",
            en="Enter an 11-digit mobile number, or a landline with its area code",
        ),
    ),
    "text": Typed(
        _TEXT,
        Text(zh="请填写，最多 200 字", en="Enter at most 200 characters"),
        longest=TEXT_CHARACTERS,
    ),
    "long-text": Typed(
        _TEXT,
        Text(zh="请填写，最多 2000 字", en="Enter at most 2,000 characters"),
        canonical=_lines,
        longest=LONG_TEXT_CHARACTERS,
    ),
    "id-number": Typed(
        _ID_NUMBER,
        Text(
            zh="请对照证件填写 18 位居民身份证号码，最后一位可能是 X",
            en="Enter the 18 characters of the resident ID number as they stand on the card",
        ),
        canonical=lambda typed: "".join(typed.split()).upper(),
        check=is_id_number,
        format="resident-id",
    ),
    "credit-code": Typed(
        _CREDIT_CODE,
        Text(
            zh="请对照营业执照填写 18 位统一社会信用代码",
            en="Enter the 18 characters of the unified social credit code as on the business licence",
        ),
        canonical=lambda typed: "".join(typed.split()).upper(),
        check=is_credit_code,
        format="credit-code",
    ),
}
FORMATS: Mapping[str, Callable[[str], bool]] = {
    kind.format: kind.check for kind in TYPED.values() if kind.format
}
"""The formats that a form's schema uses, with their checks, for whoever validates by it."""
