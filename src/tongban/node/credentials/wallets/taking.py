"""The portal's wallet takes what another node offers, as any wallet does (OpenID4VCI 1.0 by HAIP 1.0).

Promises: only issuers of the directory are asked; keys and tokens are stored before the copies are asked for,
so that what this node loses on the way it asks for again; what is not issued yet is waited for.
"""

import uuid

from tongban.credentials import CredentialRefused
from tongban.credentials.openid import OpenIdRefused, offer_address, read_offer
from tongban.credentials.openid.offer import PRE_AUTHORISED
from tongban.credentials.trust import Untrusted
from tongban.node.credentials import issuers
from tongban.node.credentials.redeeming import IssuerAway
from tongban.node.credentials.wallets import awaiting, talking
from tongban.node.credentials.wallets.talking import NotTaken, Talk
from tongban.node.people.models import Person
from tongban.suites import Suite, new_signing_key


def take(person: Person, link: str, number: str) -> uuid.UUID | None:
    """Put copies of what a link offers into the person's wallet here; gives the card's number.

    None where it is not issued yet, or the issuer let the wallet in and then did not answer: the wallet asks
    again by itself. `number` is what the offer's page shows beside the link. Raises NotTaken,
    CredentialRefused, Untrusted, IssuerAway.
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
    talk.address(talk.metadata, "credential_endpoint")  # whom to believe is known before the code is spent
    form = {"grant_type": PRE_AUTHORISED, "pre-authorized_code": offer.pre_authorised, "tx_code": number}
    let_in = talk.let_in(form)
    row = awaiting.begin(person, talk, offer.configurations[0], let_in)
    try:
        return awaiting.fetch(row, talk)
    except (NotTaken, CredentialRefused, Untrusted):
        awaiting.end(row)
        raise
    except IssuerAway:
        return None
