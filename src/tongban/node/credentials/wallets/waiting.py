"""Wallets that wait for what an officer has not decided yet (deferred issuance, OpenID4VCI 1.0, section 9).

Promises: nothing leaves before the credential is issued; then one batch goes to the wallet that asked, for
the keys that it proved at first, and the same batch again if it comes again; until then the holder can call
it off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tongban.credentials.jwk import from_jwk, to_jwk
from tongban.credentials.openid import OpenIdError, OpenIdRefused, deferred_response
from tongban.credentials.types import CredentialType
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.credentials.wallets import granting, makers, tokens
from tongban.node.credentials.wallets.handover import KEPT, hand_over
from tongban.node.credentials.wallets.models import Access, Deferral, Renewal
from tongban.node.people.models import Person
from tongban.suites import VerifyingKey

INTERVAL = timedelta(hours=1)
"""How long a wallet waits before it asks again."""
LIFETIME = timedelta(days=90)


@dataclass(frozen=True)
class Waiting:
    """For its holder: what will come of which case, and the app that waits for it."""

    case: Case
    kind: CredentialType
    app: str


def begin(access: Access, case: Case, keys: Sequence[VerifyingKey]) -> dict[str, object]:
    """Have a wallet come again; what it asked for before is over. Raises OpenIdRefused for an ended case."""
    if not granting.is_open(case):
        raise _in_vain()
    now = true_now()
    name = tokens.fresh()
    with transaction.atomic():
        Deferral.objects.filter(Q(expires__lt=now) | Q(case=case, thumbprint=access.thumbprint)).delete()
        Deferral.objects.create(
            transaction=tokens.digest(name),
            case=case,
            thumbprint=access.thumbprint,
            keys=[to_jwk(key) for key in keys],
            expires=now + LIFETIME,
        )
    return deferred_response(name, INTERVAL)


def collect(access: Access, name: str) -> dict[str, object]:
    """The copies that a wallet has waited for; or that it has to wait longer.

    For a day the same copies again, for a wallet that lost the answer; nothing more.

    Without `notification_id`, which is optional here and which `@openid4vc/openid4vci` 0.4.6 refuses.
    Raises OpenIdRefused, LogUnavailable, ListFull.
    """
    granted = granting.of(access)
    with transaction.atomic():
        row = (
            Deferral.objects.select_for_update()
            .filter(transaction=tokens.digest(name), thumbprint=access.thumbprint, case=granted.case)
            .filter(expires__gt=true_now())
            .first()
        )
        if row is None:
            raise OpenIdRefused(
                OpenIdError.INVALID_TRANSACTION_ID, "transaction_id: it has ended or is another's"
            )
        if granted.credential is None:
            if not granting.is_open(row.case):
                raise _in_vain()
            return deferred_response(name, INTERVAL)
        keys = [from_jwk(members, "keys") for members in row.keys]
        told = hand_over(access, granted.credential, keys)
        told.pop("notification_id")
        renewals = Renewal.objects.filter(case=row.case, thumbprint=row.thumbprint)
        renewals.update(credential=granted.credential)
        soon = true_now() + KEPT
        renewals.filter(client=makers.PORTAL, expires__gt=soon).update(expires=soon)
        if row.expires > soon:
            row.expires = soon
            row.save(update_fields=["expires"])
    return told


def of(person: Person) -> list[Waiting]:
    """What the person has agreed to put into wallets once it is issued, and what they have not taken yet."""
    rows = _open(person).select_related("case__service").order_by("-used_at")
    found: dict[UUID, Waiting] = {}
    for row in rows:
        if row.case is not None:
            found.setdefault(row.case.pk, Waiting(row.case, granting.Granted(case=row.case).kind, row.app))
    return list(found.values())


def end(person: Person, case: Case) -> None:
    """The holder calls it off, for all wallets that wait for this case."""
    with transaction.atomic():
        _open(person).filter(case=case).update(ended_at=true_now())
        Deferral.objects.filter(case=case).delete()
        Access.objects.filter(case=case, credential=None).delete()


def _open(person: Person) -> QuerySet[Renewal]:
    return Renewal.objects.filter(case__person=person, credential=None, ended_at=None, expires__gt=true_now())


def _in_vain() -> OpenIdRefused:
    return OpenIdRefused(
        OpenIdError.CREDENTIAL_REQUEST_DENIED, "the application has ended without a credential"
    )
