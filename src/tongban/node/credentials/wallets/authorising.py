"""Authorisation by code: a wallet pushes its request, the citizen agrees, the wallet gets a code.

Promises: a request is opened once and a code redeemed once, by whoever proves with PKCE to have asked; the
citizen sees which app gets what before agreeing.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.db import transaction

from tongban.credentials.openid import (
    AuthorisationRequest,
    CodeRequest,
    OpenIdError,
    OpenIdRefused,
    check_pkce,
    configuration_id,
    read_details,
)
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import granting, offering, tokens
from tongban.node.credentials.wallets.granting import Granted
from tongban.node.credentials.wallets.models import Authorisation
from tongban.node.people.models import Person

PREFIX = "urn:ietf:params:oauth:request_uri:"
REQUEST_LIFETIME = timedelta(minutes=5)
CODE_LIFETIME = timedelta(minutes=1)
_LOOPBACK = {"127.0.0.1", "::1"}


@dataclass(frozen=True)
class Redeemed:
    """What a code stood for, the app that got it, and the thumbprint of the key that pushed it, or empty.

    `is_attested` says that the wallet which pushed it had authenticated itself, `by_details` that it asked by
    `authorization_details`.
    """

    granted: Granted
    app: str
    thumbprint: str
    is_attested: bool
    by_details: bool


def push(asked: AuthorisationRequest, thumbprint: str, maker: str = "") -> str:
    """Keep a wallet's request; gives its `request_uri`. `maker` is who vouched for the wallet.

    Raises OpenIdRefused.
    """
    _check_redirect(asked.redirect_uri)
    configuration, by_details = _configuration(asked)
    offer = None
    if asked.issuer_state is not None:
        offer = offering.by_state(asked.issuer_state)
        if offer is None:
            raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "issuer_state: the offer has ended")
    name = tokens.fresh()
    now = true_now()
    Authorisation.objects.filter(expires__lt=now - timedelta(days=1)).delete()
    Authorisation.objects.create(
        request=tokens.digest(name),
        fields={**asked.model_dump(mode="json"), "wanted": configuration, "by_details": by_details},
        thumbprint=thumbprint,
        maker=maker[:200],
        offer=offer,
        expires=now + REQUEST_LIFETIME,
    )
    return PREFIX + name


def find(request_uri: str, client_id: str) -> Authorisation | None:
    """The pushed request that a browser brings, while nobody has answered it."""
    row = Authorisation.objects.filter(
        request=tokens.digest(request_uri.removeprefix(PREFIX)), decided_at=None, expires__gt=true_now()
    ).first()
    return row if row is not None and row.fields["client_id"] == client_id else None


def candidates(row: Authorisation, person: Person) -> list[Issued]:
    """The person's credentials that the wallet may get: of the type asked for, the offered one if any."""
    found = Issued.objects.filter(person=person, state=Issued.State.VALID, expires__gt=true_now())
    if row.offer is not None:
        offered = granting.of(row.offer).credential
        found = found.filter(pk=offered.pk) if offered else found.none()
    wanted = row.fields["wanted"]
    ordered = found.order_by("-issued_at")
    return [one for one in ordered if configuration_id(issuers.types().find(one.vct)) == wanted]


def pending(row: Authorisation, person: Person) -> list[Case]:
    """The person's open cases that may bring what the wallet wants; with an offer, the offered one."""
    if row.offer is None:
        return granting.open_cases(person, str(row.fields["wanted"]))
    case = row.offer.case
    return [case] if case is not None and case.person_id == person.pk and granting.may_bring(case) else []


def agree(row: Authorisation, granted: Granted) -> str | None:
    """The citizen agrees: the address that gives the wallet its code; None when somebody was quicker."""
    code = tokens.fresh()
    now = true_now()
    with transaction.atomic():
        open_still = Authorisation.objects.filter(pk=row.pk, decided_at=None)
        if not open_still.update(
            decided_at=now,
            credential=granted.credential,
            case=granted.case,
            code=tokens.digest(code),
            expires=now + CODE_LIFETIME,
        ):
            return None
        if row.offer is not None and not offering.take_up(row.offer):
            transaction.set_rollback(True)
            return None
    return _back(row, {"code": code})


def decline(row: Authorisation) -> str:
    """The citizen does not agree: the address that tells the wallet so."""
    Authorisation.objects.filter(pk=row.pk, decided_at=None).update(decided_at=true_now())
    return _back(row, {"error": OpenIdError.ACCESS_DENIED.value})


def app_of(row: Authorisation) -> str:
    """What is known of the app that asks: where the answer goes."""
    parts = urlsplit(str(row.fields["redirect_uri"]))
    return parts.netloc if parts.scheme in ("https", "http") else f"{parts.scheme}://{parts.netloc}"


def redeem(asked: CodeRequest, client_id: str) -> Redeemed:
    """What the code stands for; the code is spent even when the wallet is not the one that asked.

    `client_id` is what the wallet calls itself or has proved to be.

    Raises OpenIdRefused.
    """
    rows = Authorisation.objects.select_related("credential", "case__service")
    row = rows.filter(code=tokens.digest(asked.code)).first()
    now = true_now()
    if row is None or (row.credential is None and row.case is None) or row.expires <= now:
        raise _dead()
    if not Authorisation.objects.filter(pk=row.pk, redeemed_at=None).update(redeemed_at=now):
        raise _dead()
    for member, told in (("client_id", client_id), ("redirect_uri", asked.redirect_uri)):
        if row.fields[member] != told:
            raise OpenIdRefused(OpenIdError.INVALID_GRANT, f"{member}: expected that of the pushed request")
    check_pkce(str(row.fields["code_challenge"]), asked.code_verifier)
    granted = Granted(row.credential, row.case)
    return Redeemed(granted, app_of(row), row.thumbprint, bool(row.maker), bool(row.fields["by_details"]))


def _configuration(asked: AuthorisationRequest) -> tuple[str, bool]:
    """The configuration that a wallet wants, and whether it asked by details. Raises OpenIdRefused.

    Of a scope, words that are no configuration's are passed over, as OpenID4VCI 1.0 wants it.
    """
    known = {configuration_id(kind) for kind in issuers.types().values()}
    named = [word for word in (asked.scope or "").split() if word in known]
    detailed = read_details(asked.authorization_details, issuer=issuers.own().uri)
    if detailed is None:
        if len(named) != 1:
            raise OpenIdRefused(OpenIdError.INVALID_SCOPE, "scope: expected one of the issuer's metadata")
        return named[0], False
    if detailed not in known:
        raise OpenIdRefused(
            OpenIdError.INVALID_AUTHORIZATION_DETAILS,
            "credential_configuration_id: expected one of the issuer's metadata",
        )
    if named not in ([], [detailed]):
        raise OpenIdRefused(OpenIdError.INVALID_SCOPE, "scope: expected that of authorization_details")
    return detailed, True


def _back(row: Authorisation, answer: dict[str, str]) -> str:
    members = {**answer, "iss": issuers.own().uri}
    if row.fields.get("state") is not None:
        members["state"] = str(row.fields["state"])
    address = str(row.fields["redirect_uri"])
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(members)}"


def _check_redirect(address: str) -> None:
    """Take HTTPS, loopback, and schemes that a developer owns by reversed domain (RFC 8252)."""
    parts = urlsplit(address)
    is_loopback = parts.scheme == "http" and parts.hostname in _LOOPBACK
    is_own_scheme = "." in parts.scheme
    is_web = parts.scheme == "https" and bool(parts.hostname)
    if parts.fragment or not (is_web or is_loopback or is_own_scheme):
        raise OpenIdRefused(
            OpenIdError.INVALID_REQUEST, "redirect_uri: expected https, loopback or a scheme with a dot"
        )


def _dead() -> OpenIdRefused:
    return OpenIdRefused(OpenIdError.INVALID_GRANT, "code: it was used or has ended; start again")
