"""Copies of a credential leave for a wallet elsewhere: each bound to a key of its own, in the log before.

Promises: only of a credential that counts, and no more than a token is good for.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from tongban.credentials.openid import OpenIdError, OpenIdRefused, credential_response
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.models import Access, Handover, Issued
from tongban.node.credentials.wallets import certifying, tokens
from tongban.suites import VerifyingKey

MOST_COPIES = 20
"""Copies that one token is good for."""


def hand_over(access: Access, credential: Issued, keys: Sequence[VerifyingKey]) -> dict[str, object]:
    """The credential response with a copy for every key. Raises OpenIdRefused, LogUnavailable, ListFull."""
    now = true_now()
    with transaction.atomic():
        row = Issued.objects.select_for_update(of=("self",)).get(pk=credential.pk)
        if row.state != Issued.State.VALID or row.expires <= now:
            raise OpenIdRefused(OpenIdError.CREDENTIAL_REQUEST_DENIED, "it does not count any more")
        room = Access.objects.filter(pk=access.pk, copies__lte=MOST_COPIES - len(keys))
        if not room.update(copies=F("copies") + len(keys), credential=row):
            raise OpenIdRefused(
                OpenIdError.CREDENTIAL_REQUEST_DENIED, f"expected at most {MOST_COPIES} copies in all"
            )
        copies = issuing.hand_out(row, list(keys), certifying.header(issuers.own(row.vct)))
        name = tokens.fresh()
        showing.note_copied(row)
        Handover.objects.create(name=tokens.digest(name), access=access, copies=len(keys), at=now)
    return credential_response(copies, name)
