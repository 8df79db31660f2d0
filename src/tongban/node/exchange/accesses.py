"""The access record that every crossing of personal data leaves (数据访问记录)."""

from collections.abc import Sequence

from tongban.node.clock import now
from tongban.node.people import pseudonym
from tongban.node.people.models import AccessRecord
from tongban.protocol import EvidenceRequest, StatuteBasis, Text

CONSENT = Text(zh="本人同意", en="The person's consent")


def record_access(message: EvidenceRequest, agency: str, direction: AccessRecord.Direction) -> None:
    """Record that `agency` saw the fields that `message` asks for; once a message and node."""
    store_accesses([access_record(message, agency, direction)])


def store_accesses(records: Sequence[AccessRecord]) -> None:
    """Store access records in the transaction of what they tell of."""
    AccessRecord.objects.bulk_create(records)


def access_record(message: EvidenceRequest, agency: str, direction: AccessRecord.Direction) -> AccessRecord:
    """The record, not stored yet, that `agency` saw the fields that `message` asks for."""
    basis = message.legal_basis
    ground = basis.citation if isinstance(basis, StatuteBasis) else CONSENT
    return AccessRecord(
        pseudonym=pseudonym(message.body.subject),
        at=now(),
        direction=direction,
        agency=agency,
        asking_node=message.sender,
        service=message.service,
        case_ref=message.case_ref,
        basis=ground.model_dump(),
        purpose=message.purpose.model_dump(),
        fields=list(message.body.fields),
        message_id=message.id,
    )
