"""Claims in the few bytes that a QR code has room for, by the kinds that the credential type gives them.

Promises: every value has one form; what was written is read back, and nothing else is.
"""

from datetime import date, timedelta

from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.types import Claim

_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date.max - _EPOCH).days
_FIRST_MONTH = -12 * 1969
_LAST_MONTH = 12 * (9999 - 1970) + 11


def write(claim: Claim, value: object) -> object:
    """The value as CBOR has it: days and months since 1970, a choice by its place in the list.

    ValueError for a value that is not of the claim's kind.
    """
    match claim.kind, value:
        case "date", str():
            return (date.fromisoformat(value) - _EPOCH).days
        case "month", str():
            year, month = value.split("-")
            return (int(year) - 1970) * 12 + int(month) - 1
        case "choice", str():
            return [choice.value for choice in claim.choices].index(value)
        case "place", str():
            return int(value)
        case _:
            return value


def read(claim: Claim, value: object) -> object:
    """The value as the credential has it; refuses what `write` cannot have made."""
    where = f"code: {'.'.join(claim.path)}"
    if claim.kind in {"text", "decimal"}:
        if isinstance(value, str):
            return value
    elif claim.kind == "boolean":
        if isinstance(value, bool):
            return value
    elif isinstance(value, int) and not isinstance(value, bool):
        read_back = _from_number(claim, value)
        if read_back is not None:
            return read_back
    raise CredentialRefused(Code.MALFORMED, where)


def _from_number(claim: Claim, number: int) -> object | None:
    match claim.kind:
        case "integer":
            return number
        case "date" if -_EPOCH.toordinal() < number <= _LAST_DAY:
            return (_EPOCH + timedelta(days=number)).isoformat()
        case "month" if _FIRST_MONTH <= number <= _LAST_MONTH:
            return f"{1970 + number // 12:04}-{number % 12 + 1:02}"
        case "choice" if 0 <= number < len(claim.choices):
            return claim.choices[number].value
        case "place":
            return str(number)
        case _:
            return None
