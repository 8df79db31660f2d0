"""The portal's wallet takes what another node offers, as any wallet does (OpenID4VCI 1.0 by HAIP 1.0).

Promises: only issuers of the directory are asked; what is not issued yet is waited for; the issuer is told
what became of the copies.
"""

import uuid

from tongban.credentials import CredentialRefused
from tongban.credentials.openid import (
    OpenIdRefused,
    envelope,
    offer_address,
    read_offer,
    sign_proof,
)
from tongban.credentials.openid.offer import PRE_AUTHORISED
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing
from tongban.node.credentials.redeeming import IssuerAway
from tongban.node.credentials.wallets import awaiting, talking
from tongban.node.credentials.wallets.talking import NotTaken, Talk, text_of
from tongban.node.people.models import Person
from tongban.suites import Suite, new_signing_key


def take(person: Person, link: str, number: str) -> uuid.UUID | None:
    """Put copies of what a link offers into the person's wallet here; gives the card's number.

    None where it is not issued yet: the wallet waits for it. `number` is what the offer's page shows beside
    the link. Raises NotTaken, CredentialRefused, Untrusted, IssuerAway.
    """
    try:
        address = offer_address(link)
    except OpenIdRefused:
        raise NotTaken("no-offer") from None
    issuer = next((uri for uri in _issuers() if address.startswith(f"{uri}/")), None)
    if issuer is None:
        raise NotTaken("no-offer")
    if issuer == issuers.verifier_name():
        raise NotTaken("own-offer")
    with talking.connection() as site:
        return _take(Talk(site, issuer, new_signing_key("portal", Suite.ES256)), person, address, number)


def _issuers() -> set[str]:
    return {key.issuer for key in issuers.trust_list().keys}


def _take(talk: Talk, person: Person, address: str, number: str) -> uuid.UUID | None:
    told = talk.ask("GET", address)
    try:
        offer = read_offer(told)
    except OpenIdRefused:
        raise NotTaken("offer-over") from None
    if offer.issuer != talk.issuer or offer.pre_authorised is None:
        raise IssuerAway(f"{talk.issuer}: an offer of another kind")
    known = talk.metadata()
    form = {"grant_type": PRE_AUTHORISED, "pre-authorized_code": offer.pre_authorised, "tx_code": number}
    let_in = talk.let_in(form)
    nonce = text_of(talk.ask("POST", talk.address(known, "nonce_endpoint")), "c_nonce", talk.issuer)
    keys = [new_signing_key("holder", Suite.ES256) for _ in range(issuing.BATCH)]
    proofs = [sign_proof(key, issuer=talk.issuer, nonce=nonce, now=true_now()) for key in keys]
    asked = {"credential_configuration_id": offer.configurations[0], "proofs": {"jwt": proofs}}
    given = talk.ask(
        "POST", talk.address(known, "credential_endpoint"), body=asked, sealed_by=envelope(known)
    )
    if "transaction_id" in given:
        awaiting.begin(person, talk, offer.configurations[0], keys, {**let_in, **given})
        return None
    notify = talk.address(known, "notification_endpoint")
    name = text_of(given, "notification_id", talk.issuer)
    try:
        number_of_card = talk.keep(person, given, keys)
    except (NotTaken, CredentialRefused, IssuerAway):
        talk.ask("POST", notify, body={"notification_id": name, "event": "credential_failure"})
        raise
    talk.ask("POST", notify, body={"notification_id": name, "event": "credential_accepted"})
    return number_of_card
