"""Issues credentials of a type: one, or a batch that cannot be linked.

Promises: claims fit the type; times are rounded to the day and the number of digests is the same for every
credential of a type, so that neither tells one holder from another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import issue
from tongban.credentials.sdjwt.issuing import NO_HEADER
from tongban.credentials.sdjwt.times import seconds
from tongban.credentials.status import StatusReference
from tongban.credentials.types import CredentialType, check_complete
from tongban.credentials.vc.metadata import integrity, type_metadata
from tongban.credentials.vc.versions import CURRENT
from tongban.suites import SigningKey, VerifyingKey


@dataclass(frozen=True, slots=True)
class Slot:
    """What differs within a batch: the holder's key and the entry of the status list, both used once."""

    holder: VerifyingKey | None
    status: StatusReference | None


def issue_credential(
    kind: CredentialType,
    claims: Mapping[str, object],
    slot: Slot,
    *,
    issuer: str,
    key: SigningKey,
    now: datetime,
    expires: datetime | None = None,
    header: Mapping[str, object] = NO_HEADER,
) -> str:
    """One credential in compact form, with all disclosures.

    `issuer` is the URI under which the trust list has `key`. Without `expires` the type's own validity
    counts from today. `header` are more members of the JWS header. Raises CredentialRefused when the claims
    do not fit the type or a status is missing.
    """
    check_complete(kind, claims)
    if kind.has_status and slot.status is None:
        raise CredentialRefused(Code.CLAIM_MISSING, "status")
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    payload: dict[str, object] = {
        "iss": issuer,
        "vct": kind.vct,
        "vct#integrity": integrity(type_metadata(kind)),
        "iat": seconds(today),
        "exp": seconds(expires or today + timedelta(days=kind.valid_days)),
    }
    if slot.status is not None:
        payload["status"] = slot.status.to_claim()
    choosable = [name for name in kind.frame.inner if isinstance(name, str) and kind.frame.inner[name].hidden]
    return issue(
        payload | dict(claims),
        kind.frame,
        key,
        typ=CURRENT.typ,
        holder=slot.holder,
        decoys=sum(name not in claims for name in choosable),
        header=header,
    )


def issue_batch(
    kind: CredentialType,
    claims: Mapping[str, object],
    slots: Sequence[Slot],
    *,
    issuer: str,
    key: SigningKey,
    now: datetime,
    expires: datetime | None = None,
    header: Mapping[str, object] = NO_HEADER,
) -> list[str]:
    """The same credential once a slot, to be shown once each; verifiers who compare notes find nothing alike.

    ValueError when two slots share a holder's key or an entry of a status list.
    """
    holders = [slot.holder.public_key for slot in slots if slot.holder is not None]
    entries = [slot.status for slot in slots if slot.status is not None]
    if len(set(holders)) != len(slots) or len(set(entries)) != len(entries):
        raise ValueError("a batch needs a holder's key and a status entry of its own for every credential")
    return [
        issue_credential(kind, claims, slot, issuer=issuer, key=key, now=now, expires=expires, header=header)
        for slot in slots
    ]
