"""Transaction data: what a holder agrees to by showing a credential (OpenID4VP 1.0, 8.4 and B.3.3).

Promises: of an entry that is not understood nothing is signed; what is signed is the text that was sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from tongban.credentials import base64url, jws
from tongban.credentials.openid.data import Message, read, read_json
from tongban.credentials.openid.dcql import Query
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.refusals import CredentialRefused
from tongban.credentials.sdjwt.keybinding import TRANSACTION_HASH

AGREEMENT = "https://tongban.example/transactions/agreement/1"
"""The one type of entry: a sentence that the holder reads and agrees to."""
MOST_ENTRIES = 5
MOST_STATEMENT, MOST_REFERENCE = 500, 100

_MOST_CHARACTERS = 8000


class _Entry(Message):
    model_config = ConfigDict(extra="forbid")  # of what the holder is not shown nothing is signed

    type: Literal["https://tongban.example/transactions/agreement/1"]
    credential_ids: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=20)]
    transaction_data_hashes_alg: (
        Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=20)] | None
    ) = None
    statement: Annotated[str, Field(min_length=1, max_length=MOST_STATEMENT)]
    reference: Annotated[str, Field(max_length=MOST_REFERENCE)] = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One entry: the verifier's `statement` and its `reference`, to be signed by one of `credential_ids`.

    `text` is the entry as it travels, whose hash the holder signs.
    """

    text: str
    statement: str
    reference: str
    credential_ids: tuple[str, ...]

    @classmethod
    def of(cls, statement: str, credential_id: str, reference: str = "") -> "Agreement":
        """The entry that a verifier sends."""
        members: dict[str, object] = {
            "type": AGREEMENT,
            "credential_ids": [credential_id],
            "transaction_data_hashes_alg": [TRANSACTION_HASH],
            "statement": statement,
        }
        if reference:
            members["reference"] = reference
        text = base64url.encode(jws.dump_json(members)).decode()
        return cls(text, statement, reference, (credential_id,))


def read_agreements(entries: Iterable[str], query: Query) -> tuple[Agreement, ...]:
    """The entries of a request; refuses one of another type, hash or form, or for what is not asked for."""
    return tuple(_read(text, query) for text in entries)


def signed_by(agreements: Sequence[Agreement], query_id: str, shown: Iterable[str]) -> tuple[str, ...]:
    """The entries that the credential for this query signs, where those for `shown` are shown.

    Of several that could sign an entry the first does, and no other.
    """
    ids = set(shown)
    return tuple(
        one.text
        for one in agreements
        if next((name for name in one.credential_ids if name in ids), None) == query_id
    )


def _read(text: str, query: Query) -> Agreement:
    error = OpenIdError.INVALID_TRANSACTION_DATA
    try:
        data = base64url.decode(text[: _MOST_CHARACTERS + 1].encode("ascii"), "transaction_data")
    except (CredentialRefused, UnicodeEncodeError):
        raise OpenIdRefused(error, "transaction_data: expected JSON in base64url") from None
    entry = read(_Entry, read_json(data, error), error)
    if TRANSACTION_HASH not in (entry.transaction_data_hashes_alg or [TRANSACTION_HASH]):
        raise OpenIdRefused(error, f"transaction_data_hashes_alg: only {TRANSACTION_HASH} is known")
    for name in entry.credential_ids:
        asked = query.by_id(name)
        if asked is None or not asked.require_cryptographic_holder_binding:
            raise OpenIdRefused(
                error, "credential_ids: expected credentials asked for with their holder's key"
            )
    return Agreement(text, entry.statement, entry.reference, tuple(entry.credential_ids))
