"""Who may issue what: the trust list, which is the directory's data as plain values.

Promises: a key is trusted only under its own issuer's name, for the types listed, and while it was in force;
a revoked key is trusted for nothing, whatever date its signatures bear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from tongban.credentials.verdict import Verdict
from tongban.suites import VerifyingKey


class Use(StrEnum):
    """What a key may sign."""

    CREDENTIAL = "credential"
    STATUS_LIST = "status-list"
    CODE = "code"


class Untrusted(Exception):
    """A key that may not sign this; `verdict` says how to tell it."""

    def __init__(self, verdict: Verdict, why: str) -> None:
        self.verdict = verdict
        super().__init__(f"{verdict.value}: {why}")


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One key of one issuer.

    `issuer` is the URI that credentials name in `iss`. Signatures made from `valid_from` to `valid_until`
    count, later ones do not; `revoked_at` takes all of them away. `lists` are the addresses of the
    issuer's status lists, in an order that never changes: codes to show refer to them by number.
    """

    issuer: str
    key: VerifyingKey
    types: frozenset[str]
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    uses: frozenset[Use] = frozenset(Use)
    lists: tuple[str, ...] = ()

    def check(self, use: Use, signed_at: datetime, now: datetime, type_uri: str | None = None) -> None:
        """Raise Untrusted unless the key could sign this then, and still counts now."""
        if self.revoked_at is not None and self.revoked_at <= now:
            raise Untrusted(Verdict.UNKNOWN_ISSUER, f"key {self.key.keyid} is revoked")
        if signed_at < self.valid_from or (self.valid_until is not None and signed_at > self.valid_until):
            raise Untrusted(Verdict.UNKNOWN_ISSUER, f"key {self.key.keyid} was not in force then")
        if use not in self.uses:
            raise Untrusted(Verdict.UNKNOWN_ISSUER, f"key {self.key.keyid} may not sign a {use.value}")
        if type_uri is not None and type_uri not in self.types:
            raise Untrusted(Verdict.NOT_TRUSTED_FOR_TYPE, f"issuer {self.issuer}")


@dataclass(frozen=True, slots=True)
class TrustList:
    """All trusted keys as of one moment; after `fresh_until` nothing that rests on them is shown as valid."""

    keys: tuple[TrustedKey, ...]
    as_of: datetime
    fresh_until: datetime
    _by_name: Mapping[tuple[str, str], TrustedKey] = field(init=False, repr=False, compare=False)
    _by_keyid: Mapping[str, TrustedKey] = field(init=False, repr=False, compare=False)
    _by_public_key: Mapping[bytes, TrustedKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the keys; ValueError when two keys bear the same name, which nobody could tell apart."""
        by_name = {(key.issuer, key.key.keyid): key for key in self.keys}
        by_keyid = {key.key.keyid: key for key in self.keys}
        if len(by_keyid) != len(self.keys):
            raise ValueError("trust list: expected every key under a name of its own")
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "_by_keyid", by_keyid)
        by_public_key = {key.key.public_key: key for key in self.keys}
        object.__setattr__(self, "_by_public_key", by_public_key)

    @classmethod
    def of(cls, *keys: TrustedKey, as_of: datetime, fresh_until: datetime) -> Self:
        """The list of these keys."""
        return cls(keys, as_of, fresh_until)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the list may still be relied on."""
        return now <= self.fresh_until

    def find(self, issuer: str, keyid: str) -> TrustedKey:
        """The issuer's key of that name; raises Untrusted when there is none."""
        found = self._by_name.get((issuer, keyid))
        if found is None:
            raise Untrusted(Verdict.UNKNOWN_ISSUER, f"issuer {issuer}")
        return found

    def find_keyid(self, keyid: str) -> TrustedKey:
        """The key of that name, whoever's it is; raises Untrusted when there is none."""
        found = self._by_keyid.get(keyid)
        if found is None:
            raise Untrusted(Verdict.UNKNOWN_ISSUER, f"key {keyid}")
        return found

    def find_public_key(self, public_key: bytes) -> TrustedKey:
        """The entry of this very key, such as one that a certificate holds; raises Untrusted without one."""
        found = self._by_public_key.get(public_key)
        if found is None:
            raise Untrusted(Verdict.UNKNOWN_ISSUER, "a key that is not listed")
        return found
