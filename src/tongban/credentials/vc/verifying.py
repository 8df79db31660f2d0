"""Verifies a shown credential against trust list, types and status lists that the verifier holds.

Promises: what is not genuine is refused; what is genuine gets a verdict, and only `valid` counts. Nothing is
fetched, so the same code answers online and without a network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import KeyBinding, Verified, verify
from tongban.credentials.sdjwt.times import moment
from tongban.credentials.status import ListCopy, StatusReference, judge
from tongban.credentials.trust import TrustedKey, TrustList, Untrusted, Use
from tongban.credentials.types import CredentialType, TypeRegistry, check_shown
from tongban.credentials.vc.versions import ACCEPTED_TYP
from tongban.credentials.verdict import Verdict
from tongban.credentials.x5c import is_in_force, point, read_chain
from tongban.suites import VerifyingKey

NEVER_DISCLOSED = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "aud"})
"""Claims that must stand in the issuer's payload itself (SD-JWT VC, registered JWT claims)."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verifier found out.

    `claims` is empty unless the issuer is trusted for the type. `status_as_of` is when the status list was
    signed, None without one. `key_bound` says that the holder proved to be there.
    """

    verdict: Verdict
    kind: CredentialType
    issuer: str
    claims: Mapping[str, object] = field(default_factory=dict)
    key_bound: bool = False
    status: StatusReference | None = None
    status_as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a verifier knows: whom to trust, which types there are, copies of status lists by address."""

    trust: TrustList
    types: TypeRegistry
    lists: Mapping[str, ListCopy]


def verify_credential(
    compact: str | bytes,
    known: Known,
    *,
    now: datetime,
    key_binding: KeyBinding | None,
    accepted: frozenset[str] | None = None,
    audience: str | None = None,
) -> Verification:
    """Verify a presentation. `accepted` are the types asked for, None takes any that is registered.

    Raises CredentialRefused for whatever is forged, malformed, of an unknown or unwanted type, not yet valid,
    or not bound to this request.
    """
    finding = _KeyFinding(known, accepted, now)
    try:
        verified = verify(
            compact,
            finding.key_for,
            now=now,
            key_binding=key_binding,
            types=ACCEPTED_TYP,
            audience=audience,
            never_disclosed=NEVER_DISCLOSED,
            refuse_expired=False,
        )
    except Untrusted as untrusted:
        return Verification(untrusted.verdict, finding.kind, finding.issuer)
    check_shown(finding.kind, verified.claims)
    reference = StatusReference.from_claims(verified.claims)
    if reference is None and finding.kind.has_status:
        raise CredentialRefused(Code.CLAIM_MISSING, "status")
    copy = known.lists.get(reference.uri) if reference is not None else None
    return Verification(
        _verdict(verified, reference, finding.issuer, known, now),
        finding.kind,
        finding.issuer,
        verified.claims,
        verified.key_bound,
        reference,
        copy.signed_at if copy is not None else None,
    )


def _verdict(
    verified: Verified, reference: StatusReference | None, issuer: str, known: Known, now: datetime
) -> Verdict:
    if verified.expired:
        return Verdict.EXPIRED
    status = judge(reference, issuer, known.lists, now) if reference is not None else Verdict.VALID
    if status is Verdict.VALID and not known.trust.is_fresh(now):
        return Verdict.STATUS_STALE
    return status


class _KeyFinding:
    """Finds the issuer's key for one verification, and remembers issuer and type."""

    kind: CredentialType
    issuer = ""

    def __init__(self, known: Known, accepted: frozenset[str] | None, now: datetime) -> None:
        self._known = known
        self._accepted = accepted
        self._now = now

    def key_for(self, header: Mapping[str, object], payload: Mapping[str, object]) -> VerifyingKey:
        self.kind = self._known.types.find(payload.get("vct"))
        if self._accepted is not None and self.kind.vct not in self._accepted:
            raise CredentialRefused(Code.WRONG_TYPE, "vct")
        trusted = self._trusted(header, payload)
        issued_at = moment(payload, "iat")
        trusted.check(Use.CREDENTIAL, issued_at or self._now, self._now, self.kind.vct)
        return trusted.key

    def _trusted(self, header: Mapping[str, object], payload: Mapping[str, object]) -> TrustedKey:
        """The listed key: by `iss` and `kid`, or without `kid` the one in the header's certificate."""
        issuer, keyid = payload.get("iss"), header.get("kid")
        if keyid is None and "x5c" in header:
            return self._certified(header, issuer)
        if not isinstance(issuer, str) or not isinstance(keyid, str):
            raise CredentialRefused(Code.UNKNOWN_ISSUER, "iss and kid")
        self.issuer = issuer
        return self._known.trust.find(issuer, keyid)

    def _certified(self, header: Mapping[str, object], issuer: object) -> TrustedKey:
        signer = read_chain(header)[0]
        if not is_in_force(signer, self._now):
            raise CredentialRefused(Code.UNKNOWN_ISSUER, "header.x5c")
        trusted = self._known.trust.find_public_key(point(signer))
        if issuer is not None and issuer != trusted.issuer:
            raise CredentialRefused(Code.UNKNOWN_ISSUER, "iss")
        self.issuer = trusted.issuer
        return trusted
