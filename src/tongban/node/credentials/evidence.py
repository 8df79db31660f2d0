"""A credential shown as evidence in a case: verified, kept with the verdict, judged again at the decision.

Promises: only what the holder chose is kept; what is not the applicant's or not valid does not become
evidence, and what has ceased to be valid is not decided on. Of several of one type the latest counts.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from tongban.credentials import CredentialRefused
from tongban.credentials.trust import Untrusted
from tongban.credentials.vc import Known, Verification, verify_credential
from tongban.credentials.verdict import Verdict
from tongban.node.casework import assisting, catalogue
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, redeeming, showing, wallet
from tongban.node.credentials.models import Judged, Presented
from tongban.node.credentials.sealing import seal, unseal
from tongban.node.people.models import Person
from tongban.node.translog import api as translog
from tongban.places import agencies
from tongban.protocol.tlog.records import Json
from tongban.services.definition import AcceptedCredential

PRESENTED = "credential-presented"
JUDGED = "credential-judged"


class NotEvidence(Exception):
    """It does not become evidence: `reason` is a stable code, `verdict` why a credential does not count."""

    def __init__(self, reason: str, verdict: Verdict | None = None) -> None:
        self.reason = reason
        self.verdict = verdict
        super().__init__(reason)


@dataclass(frozen=True)
class Standing:
    """A credential shown in a case, and how it stands now."""

    row: Presented
    now: Verdict


def accepted(case: Case) -> tuple[AcceptedCredential, ...]:
    """The types of credentials that the case's service takes as evidence."""
    return catalogue.of(case).definition.accepts


def present_card(person: Person, batch: uuid.UUID, case: Case, chosen: Sequence[str]) -> Presented:
    """Show the chosen claims of a card of this wallet to this node for the case, and keep what was shown.

    Raises NotEvidence `not-here`, `not-accepted`, `claims-missing`, `not-valid`; CredentialRefused,
    LogUnavailable.
    """
    holding = wallet.next_copy(person, batch)
    if holding is None:
        raise NotEvidence("not-here")
    held, _ = wallet.opened(holding)
    _check_claims(case, holding.vct, {*chosen, *_always_shown(holding.vct)})
    audience, nonce = issuers.verifier_name(), secrets.token_hex(16)
    shown = showing.present(holding, showing.paths_of(chosen), audience=audience, nonce=nonce)
    found = showing.check(shown, audience=audience, nonce=nonce)
    if not _is_the_applicants(case, held.claims):
        raise NotEvidence("not-yours")
    with transaction.atomic():
        row = _keep(case, found, shown)
        showing.note_in_case(person, holding, case.number, chosen)
    return row


def present_code(case: Case, code: str) -> Presented:
    """Take what a code for a minute shows, from whichever wallet, as evidence in the case.

    Raises NotEvidence as above and `not-yours`; CredentialRefused, Untrusted, IssuerAway, LogUnavailable.
    """
    redeemed = redeeming.redeem(code, f"{agencies.agency(case.agency).name.zh} {case.number}")
    found = redeemed.found
    _check_claims(case, found.kind.vct, found.claims)
    if not _is_the_applicants(case, found.claims):
        raise NotEvidence("not-yours")
    with transaction.atomic():
        return _keep(case, found, redeemed.presentation)


def standing(number: str) -> tuple[Standing, ...]:
    """What was shown in the case of that number, the earliest first, and how it stands now."""
    rows = list(Presented.objects.filter(case__number=number).order_by("at", "pk"))
    known = showing.known() if rows else None
    return tuple(Standing(row, _judge(row, known)) for row in rows if known is not None)


def judge_again(case: Case) -> None:
    """Hold what was shown against the lists of now, and note it. Raises Refused `credential-not-valid`."""
    latest = {one.row.vct: one for one in standing(case.number)}
    with transaction.atomic():
        for one in latest.values():
            Judged.objects.create(presented=one.row, verdict=one.now.value, at=true_now())
            _record(JUDGED, one.row, one.now)
    if any(one.now is not Verdict.VALID for one in latest.values()):
        raise Refused("credential-not-valid")


def _judge(row: Presented, known: Known) -> Verdict:
    """The verdict of now, from the presentation that was kept; what cannot be judged is never valid."""
    try:
        return verify_credential(unseal(row.proof), known, now=true_now(), key_binding=None).verdict
    except (CredentialRefused, Untrusted):
        return Verdict.UNKNOWN_ISSUER


def _is_the_applicants(case: Case, claims: Mapping[str, object]) -> bool:
    """Whether the credential is about whoever applies: the enterprise by its code, else the person."""
    if case.enterprise_id is not None:
        return claims.get("subject_code") == case.enterprise_id
    return "subject_code" not in claims and wallet.is_of(case.person, claims)


def _check_claims(case: Case, vct: str, shown: Mapping[str, object] | set[str]) -> None:
    wanted = next((one for one in accepted(case) if one.vct == vct), None)
    if wanted is None:
        raise NotEvidence("not-accepted")
    if not set(wanted.claims) <= set(shown):
        raise NotEvidence("claims-missing")


def _always_shown(vct: str) -> set[str]:
    kind = issuers.types().find(vct)
    return {claim.path[0] for claim in kind.claims if claim.disclosure == "always" and len(claim.path) == 1}


def _keep(case: Case, found: Verification, shown: str) -> Presented:
    if found.verdict is not Verdict.VALID:
        raise NotEvidence("not-valid", found.verdict)
    names = {claim.path[0] for claim in found.kind.claims}
    row = Presented.objects.create(
        case=case,
        vct=found.kind.vct,
        issuer=found.issuer,
        verdict=found.verdict.value,
        claims={name: value for name, value in found.claims.items() if name in names},
        status_as_of=found.status_as_of,
        proof=seal(shown),
        at=true_now(),
    )
    _record(PRESENTED, row, found.verdict)
    assisting.credential_shown(case.number, row.vct, row.issuer)
    return row


def _record(kind: str, row: Presented, verdict: Verdict) -> None:
    content: dict[str, Json] = {
        "case": row.case.number,
        "type": row.vct,
        "issuer": row.issuer,
        "verdict": verdict.value,
        "claims": sorted(row.claims),
    }
    translog.record_all([translog.prepare(kind, uuid.uuid4(), content)])
