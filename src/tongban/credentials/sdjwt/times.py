"""The claims that say when a token holds: `iat`, `nbf`, `exp` (RFC 7519), in seconds since 1970.

Promises: a time that is no number is refused, never skipped.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tongban.credentials.refusals import Code, CredentialRefused

NO_LEEWAY = timedelta()
CLOCK_LEEWAY = timedelta(seconds=60)
"""By how much clocks of issuer, holder and verifier may differ."""


def moment(claims: Mapping[str, object], name: str) -> datetime | None:
    """The time that a claim tells, or None when it is not there."""
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if type(value) not in {int, float}:
        raise CredentialRefused(Code.MALFORMED, name)
    try:
        return datetime.fromtimestamp(value, UTC)  # type: ignore[arg-type]
    except (ValueError, OverflowError, OSError):
        raise CredentialRefused(Code.MALFORMED, name) from None


def check_started(claims: Mapping[str, object], now: datetime, leeway: timedelta = CLOCK_LEEWAY) -> None:
    """Refuse what is not valid yet, or was signed in the future."""
    for name in ("nbf", "iat"):
        start = moment(claims, name)
        if start is not None and now + leeway < start:
            raise CredentialRefused(Code.NOT_YET_VALID, name)


def has_expired(claims: Mapping[str, object], now: datetime, leeway: timedelta = CLOCK_LEEWAY) -> bool:
    """Whether `exp` has passed; without `exp` nothing expires."""
    end = moment(claims, "exp")
    return end is not None and now - leeway >= end


def seconds(when: datetime) -> int:
    """A time as these claims write it."""
    return int(when.timestamp())
