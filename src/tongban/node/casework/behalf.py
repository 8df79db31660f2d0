"""Whether somebody may apply in the name in which they do: by the service, and by their mandate.

Promises: a mandate that has ended lets nothing more happen, also where it ends while a page is open.
"""

from tongban.node.casework.refusals import Refused
from tongban.node.people import mandates
from tongban.node.people.applicants import Applicant
from tongban.services import Definition


def may_apply(applicant: Applicant, definition: Definition) -> None:
    """Let the applicant begin or submit; raises Refused with what stands against it."""
    if not applicant.covers(definition.code):
        raise Refused("mandate-not-covering")
    if applicant.enterprise is not None and "enterprise" not in definition.applicants:
        raise Refused("for-persons-only")
    if applicant.enterprise is None and "person" not in definition.applicants:
        raise Refused("for-enterprises-only")


def hold(applicant: Applicant) -> None:
    """Keep the mandate from ending until this transaction is over; raises Refused when it has ended."""
    mandate = applicant.mandate
    if mandate is None:
        return
    held = mandates.in_force().order_by().select_for_update(of=("self",)).filter(pk=mandate.pk)
    if not held.exists():
        raise Refused("mandate-over")
