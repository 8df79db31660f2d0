"""What a holder lets a wallet have: one credential, or the one that an open case of theirs will bring.

Promises: a case brings what its officer issued from it and nothing else; while it is open, nothing leaves.
"""

from dataclasses import dataclass

from tongban.credentials.openid import configuration_id
from tongban.credentials.types import CredentialType
from tongban.node.casework.models import Case
from tongban.node.credentials import issuers, of_cases
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import tokens
from tongban.node.credentials.wallets.models import Access, Offer, Renewal
from tongban.node.people.models import Person


@dataclass(frozen=True)
class Granted:
    """A credential, a case, or both: the case that brought it."""

    credential: Issued | None = None
    case: Case | None = None

    @property
    def kind(self) -> CredentialType:
        """The type of the credential, or of what the case will bring."""
        if self.credential is not None:
            return issuers.types().find(self.credential.vct)
        kind = of_cases.type_of(self.case.service.code) if self.case is not None else None
        if kind is None:
            raise LookupError("a grant names a credential, or a case that brings one")
        return kind

    @property
    def configuration(self) -> str:
        """The name of the type in the issuer's metadata."""
        return configuration_id(self.kind)

    @property
    def identifier(self) -> str:
        """What a wallet calls it by, before and after it was issued; nothing can be told from it."""
        case = self.case.pk if self.case is not None else None
        if case is None and self.credential is not None:
            case = self.credential.case_id
        subject = case or (self.credential.pk if self.credential is not None else None)
        return tokens.derived(str(subject), "credential identifier")[:32]


def of(row: Access | Renewal | Offer) -> Granted:
    """What a token or an offer is good for now: of a case decided meanwhile, what it brought."""
    if row.credential is not None:
        return Granted(row.credential, row.case)
    return Granted(outcome(row.case) if row.case is not None else None, row.case)


def outcome(case: Case) -> Issued | None:
    """The credential that a case has brought, the latest if an officer issued anew."""
    return Issued.objects.filter(case=case).select_related("person", "case").order_by("-issued_at").first()


def open_cases(person: Person, configuration: str) -> list[Case]:
    """The person's own cases here that may still bring a credential of this type, the latest first."""
    rows = Case.objects.filter(person=person, enterprise=None, credentials=None).exclude(awaits="nobody")
    return [
        case
        for case in rows.select_related("service").order_by("-opened_at")
        if (kind := of_cases.type_of(case.service.code)) and configuration_id(kind) == configuration
    ]


def may_bring(case: Case) -> bool:
    """Whether the case is open, will bring a credential, and has not brought it yet."""
    brings = of_cases.type_of(case.service.code) is not None and case.enterprise_id is None
    return brings and outcome(case) is None and is_open(case)


def is_open(case: Case) -> bool:
    """Whether the case may still bring something."""
    return Case.objects.filter(pk=case.pk).exclude(awaits="nobody").exists()
