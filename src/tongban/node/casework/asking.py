"""A case's questions for evidence, put on the exchange with the citizen's consent.

Promises: asked inside the case's transaction; what cannot be asked at all is a refusal, not an exception.
"""

from dataclasses import dataclass
from uuid import UUID

from tongban.node.casework.models import Case
from tongban.node.exchange import api
from tongban.services import Definition, EvidenceNeed, Text


@dataclass(frozen=True)
class Asked:
    """A question on its way; `refusal` says why it could not be asked."""

    need: EvidenceNeed
    agency: str
    message: str
    consent: str
    refusal: Text | None = None

    def to_json(self) -> dict[str, object]:
        """The form in which the case's events hold it."""
        return {
            "key": self.need.key,
            "type": self.need.type,
            "place": self.need.place,
            "agency": self.agency,
            "message": self.message,
            "consent": self.consent,
        }


def holder(definition: Definition, need: EvidenceNeed) -> str:
    """The code of the agency that holds the evidence."""
    side = definition.side(need.place)
    return side.agency_code if side else ""


def subject_of(case: Case) -> str:
    """Whom the evidence is about: the enterprise by its code where the case is its, else the person."""
    return case.enterprise_id or case.person.resident_id


def ask_with_consent(case: Case, definition: Definition, need: EvidenceNeed) -> Asked:
    """Record the applicant's consent and ask the agency that holds the evidence."""
    agency = holder(definition, need)
    try:
        consent = api.give_consent(
            subject=subject_of(case),
            service=definition.code,
            case_ref=case.number,
            from_agency=case.agency,
            to_agency=agency,
            evidence_type=need.type,
            fields=need.fields,
            purpose=_protocol_text(need.purpose),
        )
        message = ask(case, definition, need, consent)
    except api.Refused as refused:
        return Asked(need, agency, "", "", _own_text(refused.sentence))
    return Asked(need, agency, str(message), str(consent))


def ask_by_statute(case: Case, definition: Definition, need: EvidenceNeed) -> Asked:
    """Ask the agency that holds the evidence by the article that the service names for it."""
    try:
        message = ask(case, definition, need)
    except api.Refused as refused:
        return Asked(need, holder(definition, need), "", "", _own_text(refused.sentence))
    return Asked(need, holder(definition, need), str(message), "")


def ask(case: Case, definition: Definition, need: EvidenceNeed, consent: UUID | None = None) -> UUID:
    """Ask under a consent given before, or by the service's article where that is the need's basis.

    Raises the exchange's Refused when nothing covers the question.
    """
    statute = need.legal_basis.text
    basis = api.ByConsent(consent) if consent else api.ByStatute(_protocol_text(statute))
    return api.ask(
        api.Question(
            case_ref=case.number,
            service=definition.code,
            asking_agency=case.agency,
            evidence_type=need.type,
            place=need.place,
            subject=subject_of(case),
            fields=need.fields,
            purpose=_protocol_text(need.purpose),
            basis=basis,
        )
    )


def _protocol_text(text: Text) -> api.Text:
    return api.Text(zh=text.zh, en=text.en)


def _own_text(text: api.Text) -> Text:
    return Text(zh=text.zh, en=text.en)
