"""Wallets that come again for more copies of a credential, without asking its holder anew (refresh tokens).

Promises: only the wallet with the same key, and the same maker if it had one; once a day, while the card
counts; never again once the holder has ended it.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from tongban.credentials.openid import (
    AttestedWallet,
    DpopProof,
    OpenIdError,
    OpenIdRefused,
    RefreshRequest,
)
from tongban.node.clock import true_now
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import granting, makers, tokens
from tongban.node.credentials.wallets.granting import Granted
from tongban.node.credentials.wallets.handover import KEPT
from tongban.node.credentials.wallets.models import Access, Renewal

LIFETIME = timedelta(days=90)
PAUSE = timedelta(days=1)
"""How long a wallet waits between two times."""
PAUSE_WAITING = timedelta(minutes=50)
"""The same for one that waits for a decision: less than what it is told to wait."""


def begin(granted: Granted, proof: DpopProof, wallet: AttestedWallet | None, app: str = "") -> str | None:
    """A refresh token for a wallet that was let in just now.

    Of what is issued portals get one for a day, to fetch what they did not get; for more copies they ask
    their people. `app` is where the wallet was reached, for the holder to read.
    """
    token = tokens.fresh()
    now = true_now()
    lasts = KEPT if granted.credential is not None and is_portal(wallet) else LIFETIME
    Renewal.objects.filter(expires__lt=now).delete()
    Renewal.objects.create(
        token=tokens.digest(token),
        credential=granted.credential,
        case=granted.case,
        app=app[:200],
        thumbprint=proof.thumbprint,
        client=wallet.client_id[:200] if wallet else "",
        expires=min(now + lasts, granted.credential.expires) if granted.credential else now + lasts,
        used_at=now,
    )
    return token


def use(asked: RefreshRequest, proof: DpopProof, wallet: AttestedWallet | None) -> Granted:
    """What a wallet comes for again. Raises OpenIdRefused."""
    row = (
        Renewal.objects.filter(token=tokens.digest(asked.refresh_token))
        .select_related("credential", "case__service")
        .first()
    )
    now = true_now()
    if row is None or row.ended_at is not None or row.expires <= now:
        raise _dead()
    if row.thumbprint != proof.thumbprint:
        raise OpenIdRefused(OpenIdError.INVALID_DPOP_PROOF, "the refresh token is bound to another key")
    if row.client and (wallet is None or wallet.client_id[:200] != row.client):
        raise OpenIdRefused(OpenIdError.INVALID_CLIENT, "the refresh token is an attested wallet's")
    granted = granting.of(row)
    if granted.credential is not None and granted.credential.state == Issued.State.REVOKED:
        raise _dead()
    pause = PAUSE if row.credential is not None else PAUSE_WAITING
    if row.credential is not None and is_portal(wallet):
        pause = timedelta()
    is_first = Renewal.objects.filter(pk=row.pk, ended_at=None, used_at__lte=now - pause).update(used_at=now)
    if not is_first:
        raise OpenIdRefused(OpenIdError.TOO_MANY, "refresh_token: come again tomorrow, or in an hour")
    return granted


def end(credential: Issued) -> None:
    """The holder ends it for all wallets; what they have stays."""
    Renewal.objects.filter(_for(credential.pk), ended_at=None).update(ended_at=true_now())


def note_arrived(access: Access) -> None:
    """A wallet has told what became of its copies: a portal comes for them no more."""
    rows = Renewal.objects.filter(thumbprint=access.thumbprint, client=makers.PORTAL, ended_at=None)
    rows.filter(credential=access.credential).update(ended_at=true_now())


def is_portal(wallet: AttestedWallet | None) -> bool:
    """Whether a wallet is another node's portal, for which its node vouches."""
    return wallet is not None and wallet.client_id == makers.PORTAL


def are_open(credential_id: UUID) -> bool:
    """Whether some wallet may come again for more copies."""
    rows = Renewal.objects.filter(_for(credential_id), ended_at=None, expires__gt=true_now())
    return rows.exclude(client=makers.PORTAL, credential__isnull=False).exists()


def _for(credential_id: UUID) -> Q:
    """What wallets may come again for, also one that has waited for its case and not come since."""
    return Q(credential=credential_id) | Q(credential=None, case__credentials=credential_id)


def _dead() -> OpenIdRefused:
    return OpenIdRefused(OpenIdError.INVALID_GRANT, "refresh_token: it has ended; ask the holder again")
