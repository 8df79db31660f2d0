"""The claims that say when a token holds: `iat`, `nbf`, `exp` (RFC 7519), in seconds since 1970.

Promises: a time that is no number is refused, never skipped.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tongban.credentials.refusals import Code, CredentialRefused

_LATEST = 2**37  # beyond the year 6000; what is later is a mistake, such as milliseconds
CLOCK_LEEWAY = timedelta(seconds=60)
"""By how much clocks of issuer, holder and verifier may differ."""
_LEEWAY = CLOCK_LEEWAY.total_seconds()


def moment(claims: Mapping[str, object], name: str) -> datetime | None:
    """The time that a claim tells, or None when it is not there."""
    return datetime.fromtimestamp(_number(claims, name), UTC) if name in claims else None


def check_started(claims: Mapping[str, object], now: datetime) -> None:
    """Refuse what is not valid yet, or was signed in the future."""
    latest = now.timestamp() + _LEEWAY
    for name in ("nbf", "iat"):
        if name in claims and latest < _number(claims, name):
            raise CredentialRefused(Code.NOT_YET_VALID, name)


def has_expired(claims: Mapping[str, object], now: datetime) -> bool:
    """Whether `exp` has passed; without `exp` nothing expires."""
    return "exp" in claims and now.timestamp() - _LEEWAY >= _number(claims, "exp")


def has_passed(claims: Mapping[str, object], name: str, now: datetime, leeway: timedelta) -> bool:
    """Whether the time that a claim tells is `leeway` or more ago."""
    return now.timestamp() - leeway.total_seconds() >= _number(claims, name)


def _number(claims: Mapping[str, object], name: str) -> float:
    value = claims[name]
    if (type(value) is not int and type(value) is not float) or not 0 <= value < _LATEST:
        raise CredentialRefused(Code.MALFORMED, name)
    return value


def seconds(when: datetime) -> int:
    """A time as these claims write it."""
    return int(when.timestamp())
