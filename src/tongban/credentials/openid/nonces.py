"""Nonces without a table: they carry their own end under a secret (OpenID4VCI 1.0, section 7)."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tongban.credentials import base64url
from tongban.credentials.refusals import CredentialRefused

_RANDOM, _TIME, _CHECK = 12, 5, 16


@dataclass(frozen=True, slots=True)
class Nonces:
    """Gives out nonces and knows its own. One may be used by several proofs of one request until it ends."""

    secret: bytes = field(repr=False)
    lifetime: timedelta = timedelta(minutes=5)

    def fresh(self, now: datetime) -> str:
        """A nonce that nobody can foresee."""
        end = int((now + self.lifetime).timestamp())
        body = os.urandom(_RANDOM) + end.to_bytes(_TIME, "big")
        return base64url.encode(body + self._check(body)).decode()

    def accepts(self, nonce: str, now: datetime) -> bool:
        """Whether this nonce was given out here and has not ended."""
        try:
            data = base64url.decode(nonce.encode("ascii"), "nonce")
        except (CredentialRefused, UnicodeEncodeError):
            return False
        body, check = data[:-_CHECK], data[-_CHECK:]
        if len(body) != _RANDOM + _TIME or not hmac.compare_digest(check, self._check(body)):
            return False
        return now < datetime.fromtimestamp(int.from_bytes(body[_RANDOM:], "big"), UTC)

    def _check(self, body: bytes) -> bytes:
        return hmac.digest(self.secret, body, hashlib.sha256)[:_CHECK]
