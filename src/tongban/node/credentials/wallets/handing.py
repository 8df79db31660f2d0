"""Access tokens, and the credentials that wallets fetch with them.

Promises: a token is bound to the wallet's key and to one credential; each copy is bound to a key of its own,
has status entries of its own, and is in the log before it leaves.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tongban.credentials.openid import (
    AttestedWallet,
    CodeRequest,
    CredentialRequest,
    DpopProof,
    NotificationRequest,
    OpenIdError,
    OpenIdRefused,
    PreAuthorisedRequest,
    RefreshRequest,
    check_proofs,
    configuration_id,
    credential_response,
    granted_details,
    read_details,
    token_response,
)
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.models import Access, Handover, Issued
from tongban.node.credentials.wallets import authorising, certifying, makers, offering, renewing, tokens

LIFETIME = timedelta(minutes=10)
MOST_COPIES = 20
"""Copies that one token is good for."""


def give_token(
    asked: PreAuthorisedRequest | CodeRequest | RefreshRequest,
    proof: DpopProof,
    wallet: AttestedWallet | None,
) -> dict[str, object]:
    """The token response for a code, bound to the key that the proof shows. Raises OpenIdRefused.

    `wallet` is given if it has authenticated itself, which it does all along or never.
    """
    refresh = None
    wanted = read_details(asked.authorization_details, issuer=issuers.own().uri)
    by_details = wanted is not None
    if isinstance(asked, RefreshRequest):
        credential = renewing.use(asked, proof, wallet)
    elif isinstance(asked, PreAuthorisedRequest):
        credential = offering.redeem(asked)
        refresh = renewing.begin(credential, proof, wallet)
    else:
        redeemed = authorising.redeem(asked, asked.client_id or (wallet.client_id if wallet else ""))
        credential = redeemed.credential
        by_details = by_details or redeemed.by_details
        if redeemed.thumbprint and redeemed.thumbprint != proof.thumbprint:
            raise OpenIdRefused(OpenIdError.INVALID_DPOP_PROOF, "the request was pushed with another key")
        if redeemed.is_attested and wallet is None:
            raise OpenIdRefused(OpenIdError.INVALID_CLIENT, "the request was pushed by an attested wallet")
        refresh = renewing.begin(credential, proof, wallet)
    configuration = configuration_id(issuers.types().find(credential.vct))
    if wanted not in {None, configuration}:
        raise OpenIdRefused(
            OpenIdError.INVALID_AUTHORIZATION_DETAILS, "authorization_details: the grant is for another type"
        )
    details = granted_details(configuration, _identifier(credential)) if by_details else None
    token = tokens.fresh()
    now = true_now()
    Access.objects.filter(expires__lt=now, handovers=None).delete()
    Access.objects.create(
        token=tokens.digest(token),
        credential=credential,
        thumbprint=proof.thumbprint,
        expires=now + LIFETIME,
    )
    lifetime = int(LIFETIME.total_seconds())
    return token_response(token, lifetime, bound=True, refresh_token=refresh, details=details)


def find_access(token: str) -> Access:
    """What a token opens. Raises OpenIdRefused."""
    row = (
        Access.objects.filter(token=tokens.digest(token), expires__gt=true_now())
        .select_related("credential__person", "credential__case")
        .first()
    )
    if row is None:
        raise OpenIdRefused(OpenIdError.INVALID_TOKEN, "the access token is unknown or has ended")
    return row


def hand_out(access: Access, asked: CredentialRequest) -> dict[str, object]:
    """A copy for every key that the wallet proved. Raises OpenIdRefused, LogUnavailable, ListFull."""
    credential = access.credential
    _check_asked(credential, asked)
    nonces, seen = tokens.nonces(), set[str]()
    now = true_now()

    def knows(nonce: str) -> bool:
        seen.add(nonce)
        return nonces.accepts(nonce, now)

    keys = check_proofs(
        asked.proofs, issuer=issuers.own().uri, now=now, knows_nonce=knows, makers=makers.roots()
    )
    _spend_nonces(seen, now + nonces.lifetime)
    with transaction.atomic():
        row = Issued.objects.select_for_update(of=("self",)).get(pk=credential.pk)
        if row.state != Issued.State.VALID or row.expires <= now:
            raise OpenIdRefused(OpenIdError.CREDENTIAL_REQUEST_DENIED, "it does not count any more")
        room = Access.objects.filter(pk=access.pk, copies__lte=MOST_COPIES - len(keys))
        if not room.update(copies=F("copies") + len(keys)):
            raise OpenIdRefused(
                OpenIdError.CREDENTIAL_REQUEST_DENIED, f"expected at most {MOST_COPIES} copies in all"
            )
        copies = issuing.hand_out(row, keys, certifying.header(issuers.own(row.vct)))
        name = tokens.fresh()
        showing.note_copied(row)
        Handover.objects.create(name=tokens.digest(name), access=access, copies=len(keys), at=now)
    return credential_response(copies, name)


def note(access: Access, told: NotificationRequest) -> None:
    """Keep what became of a handover; told again, the same. Raises OpenIdRefused."""
    rows = Handover.objects.filter(access=access, name=tokens.digest(told.notification_id))
    if not rows.update(event=told.event, told_at=true_now()):
        raise OpenIdRefused(OpenIdError.INVALID_NOTIFICATION_ID, "notification_id: not known with this token")


def _check_asked(credential: Issued, asked: CredentialRequest) -> None:
    if asked.credential_identifier is not None:
        if asked.credential_identifier != _identifier(credential):
            raise OpenIdRefused(
                OpenIdError.UNKNOWN_CREDENTIAL_IDENTIFIER, "expected the one of the token response"
            )
        return
    if asked.credential_configuration_id != configuration_id(issuers.types().find(credential.vct)):
        raise OpenIdRefused(
            OpenIdError.UNKNOWN_CREDENTIAL_CONFIGURATION, "the access token is good for another configuration"
        )


def _identifier(credential: Issued) -> str:
    """What a wallet calls the credential by; the same every time, and nothing can be told from it."""
    return tokens.derived(str(credential.pk), "credential identifier")[:32]


def _spend_nonces(seen: set[str], until: datetime) -> None:
    if not all(tokens.spend(f"nonce {nonce}", until) for nonce in sorted(seen)):
        raise OpenIdRefused(OpenIdError.INVALID_NONCE, "nonce: it was used; ask for another")
