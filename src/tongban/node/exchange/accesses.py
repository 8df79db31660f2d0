"""The access record that every crossing of personal data leaves (数据访问记录)."""

from tongban.node.clock import now
from tongban.node.people import pseudonym
from tongban.node.people.models import AccessRecord
from tongban.protocol import EvidenceRequest, StatuteBasis, Text

CONSENT = Text(zh="本人同意", en="The person's consent")


def record_access(message: EvidenceRequest, agency: str, direction: AccessRecord.Direction) -> None:
    """Record that `agency` saw the fields that `message` asks for; once a message and node."""
    basis = message.legal_basis
    ground = basis.citation if isinstance(basis, StatuteBasis) else CONSENT
    AccessRecord.objects.create(
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
