"""Offline codes: an issuer-signed view of a credential for one purpose, small enough to scan.

The signed view is `[type, purpose, issued, expires, list, index, [values]]`; docs/credentials/formats.md has
the CDDL. It is a bearer code: whoever verifies compares the holder with what it tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from tongban.credentials.codes import compact
from tongban.credentials.codes.cbor import loads
from tongban.credentials.codes.envelope import find_key, pack, unpack
from tongban.credentials.codes.qr import LARGEST_TEXT
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt.times import CLOCK_LEEWAY, seconds
from tongban.credentials.status import StatusReference, judge
from tongban.credentials.trust import TrustedKey, Untrusted, Use
from tongban.credentials.types import CredentialType, Purpose, check_shown
from tongban.credentials.vc import Known
from tongban.credentials.verdict import Verdict
from tongban.suites import SigningKey

PREFIX = "TB1:"
_FIELDS = 7


@dataclass(frozen=True, slots=True)
class Listed:
    """Where the status stands: the number of the issuer's list, as in the trust list, and the entry."""

    list_number: int
    index: int


@dataclass(frozen=True, slots=True)
class CodeVerification:
    """What a scanned code tells. `claims` is empty unless the issuer is trusted for the type."""

    verdict: Verdict
    issuer: str = ""
    kind: CredentialType | None = None
    purpose: Purpose | None = None
    claims: Mapping[str, object] = field(default_factory=dict)
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    status: StatusReference | None = None
    status_as_of: datetime | None = None


def make_offline_code(
    kind: CredentialType,
    purpose: str,
    claims: Mapping[str, object],
    listed: Listed | None,
    *,
    key: SigningKey,
    now: datetime,
    expires: datetime | None = None,
) -> str:
    """The text of the code that shows `claims` for this purpose of the type.

    `claims` are the credential's; only those of the purpose go in. The code ends after the purpose's own
    days, or with the credential at `expires` if that is earlier. Refuses an unknown purpose, a missing
    status, and what needs a code larger than version 12 at level M.
    """
    wanted = kind.purpose(purpose)
    if wanted is None:
        raise CredentialRefused(Code.UNKNOWN_PURPOSE, "purpose")
    if kind.has_status and listed is None:
        raise CredentialRefused(Code.CLAIM_MISSING, "status")
    end = now + timedelta(days=wanted.valid_days)
    values = [_value(kind, path, claims) for path in wanted.claims]
    view = [
        kind.code,
        wanted.code,
        seconds(now),
        seconds(min(end, expires) if expires is not None else end),
        listed.list_number if listed is not None else None,
        listed.index if listed is not None else None,
        values,
    ]
    text = pack(PREFIX, cbor2.dumps(view, canonical=True), key)
    if len(text) > LARGEST_TEXT:
        raise CredentialRefused(Code.CODE_TOO_LARGE, purpose)
    return text


def _value(kind: CredentialType, path: tuple[str, ...], claims: Mapping[str, object]) -> object:
    value: object = claims
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    claim = kind.claim(path)
    if claim is None or (value is None and claim.required):
        raise CredentialRefused(Code.CLAIM_MISSING, ".".join(path))
    try:
        return None if value is None else compact.write(claim, value)
    except ValueError:
        raise CredentialRefused(Code.MALFORMED, ".".join(path)) from None


def read_offline_code(
    text: str, known: Known, *, now: datetime, limits: Limits = DEFAULT_LIMITS
) -> CodeVerification:
    """The verdict on a scanned code, from trust list, types and status lists at hand; needs no network.

    Raises CredentialRefused for what is forged, malformed, of an unknown type or purpose, or not yet valid.
    """
    message = unpack(PREFIX, text, limits)
    try:
        trusted = find_key(known.trust, message.keyid)
    except Untrusted as untrusted:
        return CodeVerification(untrusted.verdict)
    view = _View.of(message.verified(trusted.key), known)
    try:
        trusted.check(Use.CODE, view.issued_at, now, view.kind.vct)
    except Untrusted as untrusted:
        return CodeVerification(untrusted.verdict, trusted.issuer, view.kind)
    if view.issued_at > now + CLOCK_LEEWAY:
        raise CredentialRefused(Code.NOT_YET_VALID, "code")
    reference = view.reference(trusted)
    copy = known.lists.get(reference.uri) if reference is not None else None
    return CodeVerification(
        _verdict(view, reference, trusted.issuer, known, now),
        trusted.issuer,
        view.kind,
        view.purpose,
        view.claims,
        view.issued_at,
        view.expires_at,
        reference,
        copy.signed_at if copy is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _View:
    """The signed view, held against its type."""

    kind: CredentialType
    purpose: Purpose
    claims: Mapping[str, object]
    issued_at: datetime
    expires_at: datetime
    listed: Listed | None

    @classmethod
    def of(cls, payload: bytes, known: Known) -> "_View":
        view = loads(payload)
        if not isinstance(view, list) or len(view) != _FIELDS or not isinstance(view[6], list):
            raise CredentialRefused(Code.MALFORMED, "code")
        type_code, purpose_code, issued, expires, list_number, index, values = view
        kind = known.types.find_code(type_code)
        purpose = next((p for p in kind.purposes if p.code == purpose_code), None)
        if purpose is None:
            raise CredentialRefused(Code.UNKNOWN_PURPOSE, "code")
        if len(values) != len(purpose.claims):
            raise CredentialRefused(Code.MALFORMED, "code: values")
        listed = None if list_number is None and index is None else Listed(_count(list_number), _count(index))
        if listed is None and kind.has_status:
            raise CredentialRefused(Code.CLAIM_MISSING, "status")
        claims = _claims(kind, purpose, values)
        return cls(kind, purpose, claims, _time(issued), _time(expires), listed)

    def reference(self, trusted: TrustedKey) -> StatusReference | None:
        if self.listed is None:
            return None
        if self.listed.list_number >= len(trusted.lists):
            raise CredentialRefused(Code.LIST_MISMATCH, "code")
        return StatusReference(trusted.lists[self.listed.list_number], self.listed.index)


def _verdict(
    view: _View, reference: StatusReference | None, issuer: str, known: Known, now: datetime
) -> Verdict:
    if now >= view.expires_at:
        return Verdict.EXPIRED
    status = judge(reference, issuer, known.lists, now) if reference is not None else Verdict.VALID
    if status is Verdict.VALID and not known.trust.is_fresh(now):
        return Verdict.STATUS_STALE
    return status


def _claims(kind: CredentialType, purpose: Purpose, values: list[object]) -> dict[str, object]:
    claims: dict[str, Any] = {}
    for path, value in zip(purpose.claims, values, strict=True):
        claim = kind.claim(path)
        if claim is None or (value is None and claim.required):
            raise CredentialRefused(Code.CLAIM_MISSING, ".".join(path))
        if value is not None:
            place = claims
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1]] = compact.read(claim, value)
    check_shown(kind, claims)
    return claims


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise CredentialRefused(Code.MALFORMED, "code: status")
    return value


def _time(value: object) -> datetime:
    if type(value) is not int or not 0 <= value < 2**35:
        raise CredentialRefused(Code.MALFORMED, "code: time")
    return datetime.fromtimestamp(value, UTC)
