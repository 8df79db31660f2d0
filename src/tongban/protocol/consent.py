"""A person's consent to one question: signed by the node where they are signed in, scoped, expiring.

It holds for one asking and one holding agency, one service and case, one kind of evidence and its fields.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationError

from tongban.protocol.directory_keys import KeyEntry, KeyUse
from tongban.protocol.dsse import DocumentError, SignedDocument, open_document, sign_document
from tongban.protocol.model import CaseReference, EvidenceSubject, FieldName, Moment, Name, Strict, Text
from tongban.protocol.refusals import Code, Refused
from tongban.suites import SigningKey, VerifyingKey

CONSENT_TYPE = "application/vnd.tongban.consent+json"
_PATH = "legal_basis.consent"


class Consent(Strict):
    """Who agreed to what, for how long."""

    id: UUID
    subject: EvidenceSubject = Field(repr=False)
    asking_agency: Name
    holding_agency: Name
    service: Name
    case_ref: CaseReference
    evidence_type: Name
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    purpose: Text
    given_at: Moment
    expires: Moment


def sign_consent(consent: Consent, key: SigningKey) -> SignedDocument:
    """The consent as a document signed by the asking node on behalf of the signed-in person."""
    return sign_document(CONSENT_TYPE, consent.model_dump_json().encode(), key)


def open_consent(document: SignedDocument, keys: Iterable[KeyEntry], now: datetime) -> Consent:
    """The consent, if one of the asking node's `keys` signed it while that key was valid, and it holds now.

    Raises Refused: `bad-signature`, `schema-violated`, `not-yet-valid` or `consent-expired`.
    """
    entries = {entry.keyid: entry for entry in keys}
    signers: list[KeyEntry] = []

    def key_of(keyid: str) -> VerifyingKey | None:
        entry = entries.get(keyid)
        if entry is None or entry.use is not KeyUse.SIGN:
            return None
        signers.append(entry)
        return entry.verifying_key

    try:
        consent = Consent.model_validate_json(open_document(document, CONSENT_TYPE, key_of))
    except DocumentError:
        raise Refused(Code.BAD_SIGNATURE, _PATH) from None
    except ValidationError:
        raise Refused(Code.SCHEMA_VIOLATED, _PATH, "a consent document is expected") from None
    if not signers[-1].valid_at(consent.given_at):
        raise Refused(Code.UNKNOWN_KEY, _PATH, "the key was not valid when consent was given")
    if consent.given_at > now:
        raise Refused(Code.NOT_YET_VALID, f"{_PATH}.given_at")
    if consent.expires <= now:
        raise Refused(Code.CONSENT_EXPIRED, f"{_PATH}.expires")
    return consent
