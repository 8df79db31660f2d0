"""Status values of tokens and where a token's value stands (Token Status List, sections 6 and 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from tongban.credentials.refusals import Code, CredentialRefused


class Status(IntEnum):
    """The registered values that this library gives out; any other counts as suspended."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


@dataclass(frozen=True, slots=True)
class StatusReference:
    """The entry of a status list that speaks for one credential."""

    uri: str
    index: int

    def to_claim(self) -> dict[str, object]:
        """The `status` claim."""
        return {"status_list": {"idx": self.index, "uri": self.uri}}

    @classmethod
    def from_claims(cls, claims: Mapping[str, object]) -> Self | None:
        """The reference in `status`, or None when the credential has no status; refuses a malformed one."""
        if "status" not in claims:
            return None
        status = claims["status"]
        entry = status.get("status_list") if isinstance(status, dict) else None
        if not isinstance(entry, dict):
            raise CredentialRefused(Code.MALFORMED, "status.status_list")
        uri, index = entry.get("uri"), entry.get("idx")
        if not isinstance(uri, str) or type(index) is not int or index < 0:
            raise CredentialRefused(Code.MALFORMED, "status.status_list")
        return cls(uri, index)
