"""Resident ID numbers (公民身份号码, GB 11643): checked and read, never shown.

Promises that neither an error nor a repr contains the number; `masked` is the only form for people's eyes.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from stdnum import numdb
from stdnum.cn import ric

from tongban.places.text import Text

_LENGTH = 18
_EARLIEST_YEAR = 1900
_PERMIT_AREAS = frozenset({"830000"})
"""Area code of Taiwan residents' permits (台湾居民居住证), which GB/T 2260 does not have."""

REFUSALS: dict[str, Text] = {
    "id-length": Text(
        zh="身份证号码应为18位；请对照证件重新填写，老的15位号码请换用18位号码。",
        en="An ID number has 18 characters; type it again from the card, and use the 18-digit number "
        "instead of an old 15-digit one.",
    ),
    "id-characters": Text(
        zh="身份证号码前17位应为数字，末位应为数字或X；请对照证件重新填写。",
        en="The first 17 characters of an ID number are digits and the last one a digit or X; type it "
        "again from the card.",
    ),
    "id-date": Text(
        zh="身份证号码中的出生日期（第7至14位）不存在；请对照证件重新填写。",
        en="The birth date in the ID number (characters 7 to 14) does not exist; type it again from the "
        "card.",
    ),
    "id-future": Text(
        zh="身份证号码中的出生日期（第7至14位）在今天之后；请对照证件重新填写。",
        en="The birth date in the ID number (characters 7 to 14) is in the future; type it again from the "
        "card.",
    ),
    "id-area": Text(
        zh="身份证号码的前6位不是出生后存在过的行政区划代码；请对照证件重新填写。",
        en="The first 6 digits of the ID number are not the code of a place that existed at birth or later; "
        "type it again from the card.",
    ),
    "id-check-digit": Text(
        zh="身份证号码的校验位不符，可能有一位填错；请对照证件重新填写。",
        en="The check digit of the ID number does not fit, so one character may be wrong; type it "
        "again from the card.",
    ),
}
"""Every refusal of this module: stable code, and what to tell the person."""


class ResidentIdRefused(ValueError):
    """The text is no resident ID number; `reason` is a key of `REFUSALS`. Never carries the text itself."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.text = REFUSALS[reason]
        super().__init__(f"{reason}: {self.text}")


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A checked number and what it says; `number` is kept out of the repr."""

    number: str = field(repr=False)

    @property
    def area_code(self) -> str:
        """The area of first registration, a GB/T 2260 code of its time."""
        return self.number[:6]

    @property
    def birth_date(self) -> date:
        """The date of birth."""
        return date.fromisoformat(self.number[6:14])

    @property
    def birth_month(self) -> str:
        """The month of birth, `YYYY-MM`, as rule sets take it."""
        return f"{self.number[6:10]}-{self.number[10:12]}"

    @property
    def sex(self) -> str:
        """`male` or `female`, by the order number's last digit."""
        return "male" if int(self.number[16]) % 2 else "female"

    @property
    def masked(self) -> str:
        """First three and last two characters, the rest as stars: for screens."""
        return self.number[:3] + "*" * (_LENGTH - 5) + self.number[-2:]

    def __str__(self) -> str:
        return self.masked


def parse(text: str, today: date) -> ResidentId:
    """Check a number as a person types it (spaces, hyphens, full-width digits and a small x are taken).

    `today` is the day against which a birth date counts as future. Raises `ResidentIdRefused`.
    """
    number = "".join(
        char for char in unicodedata.normalize("NFKC", text).upper() if not char.isspace() and char != "-"
    )
    if len(number) != _LENGTH:
        raise ResidentIdRefused("id-length")
    if not (number.isascii() and number[:-1].isdigit() and (number[-1].isdigit() or number[-1] == "X")):
        raise ResidentIdRefused("id-characters")
    born = _birth_date(number)
    if born > today:
        raise ResidentIdRefused("id-future")
    if not _area_existed(number[:6], born):
        raise ResidentIdRefused("id-area")
    if number[-1] != ric.calc_check_digit(number):
        raise ResidentIdRefused("id-check-digit")
    return ResidentId(number)


def _birth_date(number: str) -> date:
    try:
        born = date.fromisoformat(number[6:14])
    except ValueError:
        born = date.min
    if born.year < _EARLIEST_YEAR:
        raise ResidentIdRefused("id-date")
    return born


def _area_existed(area_code: str, born: date) -> bool:
    """Whether the code was in force in the birth year or later (a number may be given long after birth)."""
    if area_code in _PERMIT_AREAS:
        return True
    properties: dict[str, str] = {}
    for _, found in numdb.get("cn/loc").info(area_code):
        properties.update(found)
    return any(_ends_in(period) >= born.year for period in properties.get("county", "").split(",") if period)


def _ends_in(period: str) -> int:
    """The last year of an entry such as `[1983-1990]东城区`; one without an end goes on."""
    years = period.partition("]")[0].removeprefix("[") if period.startswith("[") else ""
    end = years.partition("-")[2]
    return int(end) if end else date.max.year
