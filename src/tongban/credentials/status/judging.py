"""What a status list says of one credential, from copies that the verifier holds; nothing is fetched here."""

from collections.abc import Mapping
from datetime import datetime

from tongban.credentials.status.token import ListCopy
from tongban.credentials.status.values import Status, StatusReference
from tongban.credentials.verdict import Verdict


def judge(reference: StatusReference, issuer: str, copies: Mapping[str, ListCopy], now: datetime) -> Verdict:
    """The verdict on the entry that `reference` names, from the copy under its address.

    A copy that is missing, out of date or another issuer's never makes a credential valid; a revocation
    holds even in an old copy, for it is not taken back. Refuses an index outside of the list.
    """
    copy = copies.get(reference.uri)
    if copy is None or copy.issuer != issuer:
        return Verdict.STATUS_STALE
    status = copy.statuses.status(reference.index)
    if status == Status.INVALID:
        return Verdict.REVOKED
    if not copy.is_fresh(now):
        return Verdict.STATUS_STALE
    if status == Status.VALID:
        return Verdict.VALID
    return Verdict.SUSPENDED
