"""Copies of a credential leave for a wallet elsewhere: each bound to a key of its own, in the log before.

Promises: only of a credential that counts, and no more than a token is good for; a wallet that lost the
answer gets the very same copies again, for the same keys.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from tongban.credentials.jwk import thumbprint
from tongban.credentials.openid import OpenIdError, OpenIdRefused, credential_response
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.models import Issued
from tongban.node.credentials.sealing import seal, unseal
from tongban.node.credentials.wallets import certifying, tokens
from tongban.node.credentials.wallets.models import Access, Handover
from tongban.suites import VerifyingKey

MOST_COPIES = 20
"""Copies that one token is good for."""
KEPT = timedelta(days=1)
"""How long an answer is kept for a wallet that did not get it."""


def hand_over(access: Access, credential: Issued, keys: Sequence[VerifyingKey]) -> dict[str, object]:
    """The credential response with a copy for every key. Raises OpenIdRefused, LogUnavailable, ListFull.

    The same wallet that asks for the same keys gets the same response, until it has said what became of it.
    """
    now = true_now()
    asked_for = _digest(keys)
    Handover.objects.exclude(answer="").filter(at__lte=now - KEPT).update(answer="")
    with transaction.atomic():
        row = Issued.objects.select_for_update(of=("self",)).get(pk=credential.pk)
        if row.state != Issued.State.VALID or row.expires <= now:
            raise OpenIdRefused(OpenIdError.CREDENTIAL_REQUEST_DENIED, "it does not count any more")
        before = _to(row, access.thumbprint).exclude(answer="").filter(keys=asked_for).first()
        if before is not None:
            again: dict[str, object] = json.loads(unseal(before.answer))
            return again
        room = Access.objects.filter(pk=access.pk, copies__lte=MOST_COPIES - len(keys))
        if not room.update(copies=F("copies") + len(keys), credential=row):
            raise OpenIdRefused(
                OpenIdError.CREDENTIAL_REQUEST_DENIED, f"expected at most {MOST_COPIES} copies in all"
            )
        copies = issuing.hand_out(row, list(keys), certifying.header(issuers.own(row.vct)))
        name = tokens.fresh()
        showing.note_copied(row)
        answer = credential_response(copies, name)
        Handover.objects.create(
            name=tokens.digest(name),
            access=access,
            copies=len(keys),
            at=now,
            keys=asked_for,
            answer=seal(json.dumps(answer)),
        )
    return answer


def note(access: Access, name: str, event: str, at: datetime) -> bool:
    """Keep what became of a handover to this wallet; told again, the same. False when there was none."""
    rows = Handover.objects.filter(access__thumbprint=access.thumbprint, name=tokens.digest(name))
    return bool(rows.update(event=event, told_at=at, answer=""))


def has_left(credential: Issued, wallet: str) -> bool:
    """Whether copies went to the wallet with this key's thumbprint."""
    return _to(credential, wallet).exists()


def _to(credential: Issued, wallet: str) -> QuerySet[Handover]:
    return Handover.objects.filter(access__credential=credential, access__thumbprint=wallet)


def _digest(keys: Sequence[VerifyingKey]) -> bytes:
    return hashlib.sha256("\n".join(thumbprint(key) for key in keys).encode()).digest()
