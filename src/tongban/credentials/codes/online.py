"""Online codes: a signed reference that lives a minute at most and is redeemed once.

The code tells nothing but where to ask: whoever scans it redeems it at the node that signed it, and is shown
what the holder chose for that code. The node keeps what each reference stands for.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import cbor2

from tongban.credentials.codes.cbor import loads
from tongban.credentials.codes.envelope import find_key, pack, unpack
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt.times import CLOCK_LEEWAY, seconds
from tongban.credentials.trust import TrustList, Use
from tongban.suites import SigningKey

PREFIX = "TB0:"
LIFETIME = timedelta(seconds=60)
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class OnlineReference:
    """One showing: its random name, who signed it, from when to when it can be redeemed."""

    id: bytes
    issuer: str
    issued_at: datetime
    expires_at: datetime


def make_online_code(key: SigningKey, *, now: datetime, lifetime: timedelta = LIFETIME) -> tuple[str, bytes]:
    """A fresh code and the name under which the node keeps what it shows.

    ValueError for a lifetime over a minute.
    """
    if not timedelta() < lifetime <= LIFETIME:
        raise ValueError("lifetime: expected at most 60 seconds")
    name = os.urandom(_ID_BYTES)
    payload = cbor2.dumps([name, seconds(now), int(lifetime.total_seconds())])
    return pack(PREFIX, payload, key), name


def read_online_code(
    text: str, trust: TrustList, *, now: datetime, limits: Limits = DEFAULT_LIMITS
) -> OnlineReference:
    """The reference in a scanned code, to be redeemed once.

    Raises CredentialRefused for what is forged, expired or meant to live longer than a minute, Untrusted for
    an unknown signer.
    """
    message = unpack(PREFIX, text, limits)
    trusted = find_key(trust, message.keyid)
    match loads(message.verified(trusted.key)):
        case [bytes() as name, int() as issued, int() as lives] if len(name) == _ID_BYTES:
            pass
        case _:
            raise CredentialRefused(Code.MALFORMED, "code")
    if not 0 < lives <= LIFETIME.total_seconds() or not 0 <= issued < 2**35:
        raise CredentialRefused(Code.MALFORMED, "code: time")
    issued_at = datetime.fromtimestamp(issued, UTC)
    expires_at = issued_at + timedelta(seconds=lives)
    trusted.check(Use.CODE, issued_at, now)
    if issued_at > now + CLOCK_LEEWAY:
        raise CredentialRefused(Code.NOT_YET_VALID, "code")
    if now >= expires_at:
        raise CredentialRefused(Code.EXPIRED, "code")
    return OnlineReference(name, trusted.issuer, issued_at, expires_at)


class Redemptions:
    """References that were redeemed, kept until they would have expired anyway.

    For one process; a node with several keeps the names in its database under a uniqueness constraint.
    """

    def __init__(self) -> None:
        self._until: dict[bytes, datetime] = {}

    def redeem(self, reference: OnlineReference, now: datetime) -> None:
        """Use the reference up; refuses the second time."""
        for name in [name for name, end in self._until.items() if end <= now]:
            del self._until[name]
        if now >= reference.expires_at:
            raise CredentialRefused(Code.EXPIRED, "code")
        if reference.id in self._until:
            raise CredentialRefused(Code.ALREADY_USED, "code")
        self._until[reference.id] = reference.expires_at
