"""The public keys that the directory lists: for what, from when to when, and revoked at which moment."""

import base64
import binascii
from contextlib import suppress
from datetime import datetime
from enum import StrEnum

from pydantic import Field, model_validator

from tongban.protocol.model import Moment, Name, Strict
from tongban.suites import SigningKey, Suite, SuiteUnavailable, VerifyingKey, public_half


class KeyUse(StrEnum):
    """What a key of a node signs; a signature of another use does not count."""

    SIGN = "sign"
    LOG = "log"
    CREDENTIAL = "credential"


class KeyEntry(Strict):
    """A public key: use, suite and validity come from here, whatever a message says.

    A new key overlaps with the one it follows, so that what is on its way still counts. From `revoked_at` on
    no signature counts, while records of before keep theirs.
    """

    keyid: Name
    use: KeyUse = Field(default=KeyUse.SIGN, strict=False)
    suite: Suite = Field(default=Suite.ED25519, strict=False)
    public_key: str
    not_before: Moment
    not_after: Moment
    revoked_at: Moment | None = None

    @model_validator(mode="after")
    def _is_a_key(self) -> "KeyEntry":
        if self.not_after <= self.not_before:
            raise ValueError(f"key {self.keyid}: not_after must come after not_before")
        try:
            public_key = base64.b64decode(self.public_key, validate=True)
        except binascii.Error:
            raise ValueError("base64 is expected") from None
        with suppress(SuiteUnavailable):  # a node without that suite still knows the federation
            public_half(self.suite, public_key)
        return self

    def fault_at(self, moment: datetime) -> str:
        """Why a signature made at `moment` does not count; empty when it does."""
        if self.revoked_at is not None and self.revoked_at <= moment:
            return "the key was revoked"
        if moment < self.not_before:
            return "the key is not valid yet"
        if moment >= self.not_after:
            return "the key is no longer valid"
        return ""

    def valid_at(self, moment: datetime) -> bool:
        """Whether signatures made at `moment` count."""
        return not self.fault_at(moment)

    @property
    def verifying_key(self) -> VerifyingKey:
        """The key in a form that verifies."""
        return VerifyingKey(self.keyid, self.suite, base64.b64decode(self.public_key))


def key_entry(
    key: SigningKey | VerifyingKey, not_before: datetime, not_after: datetime, use: KeyUse = KeyUse.SIGN
) -> KeyEntry:
    """The public half of `key` as the directory lists it."""
    return KeyEntry(
        keyid=key.keyid,
        use=use,
        suite=key.suite,
        public_key=base64.b64encode(key.public_key).decode(),
        not_before=not_before,
        not_after=not_after,
    )
