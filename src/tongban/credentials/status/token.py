"""Status List Tokens: a list signed by its issuer, as JWT (Token Status List, section 5.1).

Promises: a token that is taken is the list asked for, under a key that the trust list gives the credential's
issuer for lists; how long it may be relied on follows from the token and the moment it was received.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.credentials import base64url, jws
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt.issuing import NO_HEADER
from tongban.credentials.sdjwt.times import check_started, has_expired, moment, seconds
from tongban.credentials.status.bits import PackedStatuses
from tongban.credentials.status.register import StatusRegister
from tongban.credentials.trust import TrustedKey, TrustList, Use
from tongban.suites import SigningKey

TYPE = "statuslist+jwt"
MEDIA_TYPE = "application/statuslist+jwt"
UNLIMITED_LIFETIME = timedelta(hours=24)
"""How long a list is relied on that names neither `exp` nor `ttl`."""


@dataclass(frozen=True, slots=True)
class ListCopy:
    """A list as a verifier keeps it: from where, of whom, signed and received when, good until when."""

    uri: str
    issuer: str
    statuses: PackedStatuses
    signed_at: datetime
    fresh_until: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether the copy may still be relied on; afterwards it proves no validity."""
        return now < self.fresh_until


def publish(
    register: StatusRegister,
    uri: str,
    key: SigningKey,
    *,
    now: datetime,
    lifetime: timedelta,
    ttl: timedelta,
    header: Mapping[str, object] = NO_HEADER,
) -> str:
    """The signed list for `uri`: valid for `lifetime`, to be fetched again after `ttl`.

    `header` are more members of the JWS header.
    """
    payload = {
        "sub": uri,
        "iat": seconds(now),
        "exp": seconds(now + lifetime),
        "ttl": int(ttl.total_seconds()),
        "status_list": {"bits": register.bits, "lst": base64url.encode(register.compressed()).decode()},
    }
    return jws.sign({"typ": TYPE, "kid": key.keyid, **header}, payload, key).decode()


def open_list(
    token: str | bytes,
    uri: str,
    issuer: str,
    trust: TrustList,
    *,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> ListCopy:
    """The list that `issuer` publishes at `uri`, received at `now`.

    Raises CredentialRefused for any other or an expired list, Untrusted when the key is none of the issuer's.
    """
    text = _ascii(token)
    larger = Limits(token_bytes=limits.list_bytes + 4096, depth=limits.depth)
    unverified = jws.take_apart(text, "status list", larger)
    if unverified.header.get("typ") != TYPE:
        raise CredentialRefused(Code.WRONG_TYPE, "status list.header.typ")
    trusted = trust.find(issuer, str(unverified.header.get("kid")))
    payload = unverified.verified(trusted.key).payload
    members = payload.get("status_list")
    if not isinstance(members, dict):
        raise CredentialRefused(Code.MALFORMED, "status list.status_list")
    statuses = PackedStatuses.from_text(members.get("bits"), members.get("lst"), limits)
    return checked_copy(payload, uri, trusted, now, statuses)


def checked_copy(
    payload: Mapping[str, object],
    uri: str,
    trusted: TrustedKey,
    now: datetime,
    statuses: PackedStatuses,
) -> ListCopy:
    """The copy of a list whose signature held; refuses another list's, or one that does not hold now."""
    signed_at = moment(payload, "iat")
    if signed_at is None:
        raise CredentialRefused(Code.MALFORMED, "status list.iat")
    trusted.check(Use.STATUS_LIST, signed_at, now)
    if payload.get("sub") != uri:
        raise CredentialRefused(Code.LIST_MISMATCH, "status list.sub")
    check_started(payload, now)
    if has_expired(payload, now):
        raise CredentialRefused(Code.EXPIRED, "status list.exp")
    return ListCopy(uri, trusted.issuer, statuses, signed_at, fresh_until(payload, signed_at, now))


def fresh_until(payload: Mapping[str, object], signed_at: datetime, received_at: datetime) -> datetime:
    """Until when a list is relied on: its `ttl` from receipt on, never past its `exp`."""
    ends: list[datetime] = []
    if "ttl" in payload:
        ttl = payload["ttl"]
        if type(ttl) is not int or not 0 < ttl < 10**9:
            raise CredentialRefused(Code.MALFORMED, "status list.ttl")
        ends.append(received_at + timedelta(seconds=ttl))
    expires = moment(payload, "exp")
    if expires is not None:
        ends.append(expires)
    return min(ends, default=signed_at + UNLIMITED_LIFETIME)


def _ascii(token: str | bytes) -> bytes:
    if isinstance(token, bytes):
        return token
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        raise CredentialRefused(Code.MALFORMED, "status list") from None
