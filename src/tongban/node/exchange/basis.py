"""On what a question or a conversation rests: a consent given before, or an article of law."""

from dataclasses import dataclass
from uuid import UUID

from tongban import protocol
from tongban.node.exchange.models import Consent
from tongban.protocol import Code, LegalBasis, Refused, Text


@dataclass(frozen=True)
class ByConsent:
    """It rests on a consent given before with `give_consent`."""

    consent: UUID


@dataclass(frozen=True)
class ByStatute:
    """It rests on an article of law."""

    citation: Text


def legal_basis(basis: ByConsent | ByStatute, case_ref: str) -> LegalBasis:
    """The basis as it travels; Refused `consent-missing` when the case has no such consent."""
    if isinstance(basis, ByStatute):
        return protocol.StatuteBasis(citation=basis.citation)
    stored = Consent.objects.filter(id=basis.consent, case_ref=case_ref).first()
    if stored is None:
        raise Refused(Code.CONSENT_MISSING, "legal_basis.consent")
    return protocol.ConsentBasis(consent=protocol.SignedDocument.from_json(stored.document.encode()))
