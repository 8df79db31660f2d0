"""Access tokens, and the credentials that wallets fetch with them.

Promises: a token is bound to the wallet's key and to one credential, or to a case that will bring one; each
copy is bound to a key of its own, has status entries of its own, and is in the log before it leaves.
"""

from datetime import datetime, timedelta

from tongban.credentials.openid import (
    AttestedWallet,
    CodeRequest,
    CredentialRequest,
    DeferredRequest,
    DpopProof,
    NotificationRequest,
    OpenIdError,
    OpenIdRefused,
    PreAuthorisedRequest,
    RefreshRequest,
    check_proofs,
    granted_details,
    read_details,
    token_response,
)
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.wallets import (
    authorising,
    granting,
    handover,
    makers,
    offering,
    renewing,
    tokens,
    waiting,
)
from tongban.node.credentials.wallets.granting import Granted
from tongban.node.credentials.wallets.models import Access

LIFETIME = timedelta(minutes=10)


def give_token(
    asked: PreAuthorisedRequest | CodeRequest | RefreshRequest,
    proof: DpopProof,
    wallet: AttestedWallet | None,
) -> dict[str, object]:
    """The token response for a code, bound to the key that the proof shows. Raises OpenIdRefused.

    `wallet` is given if it has authenticated itself, which it does all along or never.
    """
    wanted = read_details(asked.authorization_details, issuer=issuers.own().uri)
    by_details = wanted is not None
    spent = 0
    if isinstance(asked, RefreshRequest):
        granted, refresh = renewing.use(asked, proof, wallet), None
        spent = _spent(granted, proof, wallet)
    elif isinstance(asked, PreAuthorisedRequest):
        granted = offering.redeem(asked)
        refresh = renewing.begin(granted, proof, wallet, wallet.maker if wallet else "")
    else:
        redeemed = authorising.redeem(asked, asked.client_id or (wallet.client_id if wallet else ""))
        granted = redeemed.granted
        by_details = by_details or redeemed.by_details
        if redeemed.thumbprint and redeemed.thumbprint != proof.thumbprint:
            raise OpenIdRefused(OpenIdError.INVALID_DPOP_PROOF, "the request was pushed with another key")
        if redeemed.is_attested and wallet is None:
            raise OpenIdRefused(OpenIdError.INVALID_CLIENT, "the request was pushed by an attested wallet")
        refresh = renewing.begin(granted, proof, wallet, redeemed.app)
    configuration = granted.configuration
    if wanted not in {None, configuration}:
        raise OpenIdRefused(
            OpenIdError.INVALID_AUTHORIZATION_DETAILS, "authorization_details: the grant is for another type"
        )
    details = granted_details(configuration, granted.identifier) if by_details else None
    token = tokens.fresh()
    now = true_now()
    Access.objects.filter(expires__lt=now, handovers=None).delete()
    Access.objects.create(
        token=tokens.digest(token),
        credential=granted.credential,
        case=granted.case,
        thumbprint=proof.thumbprint,
        copies=spent,
        expires=now + LIFETIME,
    )
    lifetime = int(LIFETIME.total_seconds())
    return token_response(token, lifetime, bound=True, refresh_token=refresh, details=details)


def find_access(token: str) -> Access:
    """What a token opens. Raises OpenIdRefused."""
    row = (
        Access.objects.filter(token=tokens.digest(token), expires__gt=true_now())
        .select_related("credential__person", "credential__case", "case__service")
        .first()
    )
    if row is None:
        raise OpenIdRefused(OpenIdError.INVALID_TOKEN, "the access token is unknown or has ended")
    return row


def hand_out(access: Access, asked: CredentialRequest) -> dict[str, object]:
    """A copy for every key that the wallet proved, or that it has to come again for what is not decided yet.

    Raises OpenIdRefused, LogUnavailable, ListFull.
    """
    granted = granting.of(access)
    _check_asked(granted, asked)
    nonces, seen = tokens.nonces(), set[str]()
    now = true_now()

    def knows(nonce: str) -> bool:
        seen.add(nonce)
        return nonces.accepts(nonce, now)

    keys = check_proofs(
        asked.proofs, issuer=issuers.own().uri, now=now, knows_nonce=knows, makers=makers.roots()
    )
    _spend_nonces(seen, now + nonces.lifetime)
    if granted.credential is None:
        if granted.case is None:
            raise OpenIdRefused(OpenIdError.INVALID_TOKEN, "the access token is good for nothing")
        return waiting.begin(access, granted.case, keys)
    return handover.hand_over(access, granted.credential, keys)


def collect(access: Access, asked: DeferredRequest) -> dict[str, object]:
    """What a wallet has waited for, or that it has to wait longer. As `hand_out` raises."""
    return waiting.collect(access, asked.transaction_id)


def note(access: Access, told: NotificationRequest) -> None:
    """Keep what became of a handover; told again, the same. Raises OpenIdRefused."""
    if not handover.note(access, told.notification_id, told.event, true_now()):
        raise OpenIdRefused(OpenIdError.INVALID_NOTIFICATION_ID, "notification_id: not known with this key")
    renewing.note_arrived(access)


def _spent(granted: Granted, proof: DpopProof, wallet: AttestedWallet | None) -> int:
    """Portals come again for what they did not get only; for more copies they ask their people."""
    if granted.credential is None or not renewing.is_portal(wallet):
        return 0
    return handover.MOST_COPIES if handover.has_left(granted.credential, proof.thumbprint) else 0


def _check_asked(granted: Granted, asked: CredentialRequest) -> None:
    if asked.credential_identifier is not None:
        if asked.credential_identifier != granted.identifier:
            raise OpenIdRefused(
                OpenIdError.UNKNOWN_CREDENTIAL_IDENTIFIER, "expected the one of the token response"
            )
        return
    if asked.credential_configuration_id != granted.configuration:
        raise OpenIdRefused(
            OpenIdError.UNKNOWN_CREDENTIAL_CONFIGURATION, "the access token is good for another configuration"
        )


def _spend_nonces(seen: set[str], until: datetime) -> None:
    if not all(tokens.spend(f"nonce {nonce}", until) for nonce in sorted(seen)):
        raise OpenIdRefused(OpenIdError.INVALID_NONCE, "nonce: it was used; ask for another")
