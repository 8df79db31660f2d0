"""The portal's wallet takes what another node offers, as any wallet does (OpenID4VCI 1.0 by HAIP 1.0).

Promises: only issuers of the directory are asked, at their own addresses; each copy is bound to a key of its
own; what does not count, or names another person, is not kept, and the issuer is told so.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tongban.credentials import Code, CredentialRefused
from tongban.credentials.openid import (
    MEDIA_TYPE,
    Envelope,
    OpenIdError,
    OpenIdRefused,
    authenticate,
    envelope,
    make_dpop,
    offer_address,
    read_offer,
    read_signed_metadata,
    sign_proof,
)
from tongban.credentials.openid.offer import PRE_AUTHORISED
from tongban.credentials.sdjwt.keybinding import holder_key
from tongban.credentials.trust import TrustedKey, Untrusted, Use
from tongban.credentials.vc import Verification, verify_credential
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing, wallet
from tongban.node.credentials.redeeming import MOST_BYTES, TIMEOUT_SECONDS, IssuerAway
from tongban.node.credentials.wallets import makers
from tongban.node.fetching import Answer, Away, Site
from tongban.node.people.models import Person
from tongban.suites import SigningKey, Suite, new_signing_key


class NotTaken(Exception):
    """The credential does not go into this wallet; `verdict` says why it does not count.

    `reason` is `no-offer`, `own-offer`, `offer-over`, `not-vouched`, `not-valid` or `not-yours`.
    """

    def __init__(self, reason: str, verdict: Verdict | None = None) -> None:
        self.reason = reason
        self.verdict = verdict
        super().__init__(reason)


def connection() -> Site:
    """How issuers are reached."""
    return Site(seconds=TIMEOUT_SECONDS, most_bytes=MOST_BYTES)


def take(person: Person, link: str, number: str) -> uuid.UUID:
    """Put copies of what a link offers into the person's wallet here; gives the card's number.

    `number` is what the offer's page shows beside the link. Raises NotTaken, CredentialRefused, Untrusted,
    IssuerAway.
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
    with connection() as site:
        return _Taking(site, issuer).take(person, address, number)


def _issuers() -> set[str]:
    return {key.issuer for key in issuers.trust_list().keys}


class _Taking:
    """One offer being taken from one issuer."""

    def __init__(self, site: Site, issuer: str) -> None:
        self._site = site
        self._issuer = issuer
        self._key = new_signing_key("portal", Suite.ES256)
        self._token = ""

    def take(self, person: Person, address: str, number: str) -> uuid.UUID:
        told = self._ask("GET", address)
        try:
            offer = read_offer(told)
        except OpenIdRefused:
            raise NotTaken("offer-over") from None
        if offer.issuer != self._issuer or offer.pre_authorised is None:
            raise IssuerAway(f"{self._issuer}: an offer of another kind")
        known = self._metadata()
        server = self._ask("GET", f"{self._issuer}/.well-known/oauth-authorization-server")
        form = {
            "grant_type": PRE_AUTHORISED,
            "pre-authorized_code": offer.pre_authorised,
            "tx_code": number,
        }
        token = self._ask("POST", self._address(server, "token_endpoint"), form=form)
        self._token = _text(token, "access_token", self._issuer)
        nonce = _text(self._ask("POST", self._address(known, "nonce_endpoint")), "c_nonce", self._issuer)
        keys = [new_signing_key("holder", Suite.ES256) for _ in range(issuing.BATCH)]
        proofs = [sign_proof(key, issuer=self._issuer, nonce=nonce, now=true_now()) for key in keys]
        asked = {"credential_configuration_id": offer.configurations[0], "proofs": {"jwt": proofs}}
        given = self._ask(
            "POST", self._address(known, "credential_endpoint"), body=asked, sealed_by=envelope(known)
        )
        notify = self._address(known, "notification_endpoint")
        name = _text(given, "notification_id", self._issuer)
        try:
            number_of_card = self._keep(person, _copies(given), keys)
        except (NotTaken, CredentialRefused, IssuerAway):
            self._ask("POST", notify, body={"notification_id": name, "event": "credential_failure"})
            raise
        self._ask("POST", notify, body={"notification_id": name, "event": "credential_accepted"})
        return number_of_card

    def _metadata(self) -> dict[str, Any]:
        """What the issuer says of itself, by the key that the directory lists for it where it signs that."""
        now = true_now()
        address = f"{self._issuer}/.well-known/openid-credential-issuer"
        try:
            answer = self._site.ask("GET", address, headers={"Accept": _SIGNED_RATHER})
            if answer.status != 200 or answer.content.startswith(b"{"):
                return self._told(answer)
            keys = [one.key for one in issuers.trust_list(now).keys if self._may_sign(one, now)]
            return read_signed_metadata(answer.content, keys, issuer=self._issuer, now=now)
        except Away as away:
            raise IssuerAway(f"{self._issuer}: {away}") from away
        except OpenIdRefused as refused:
            raise IssuerAway(f"{self._issuer}: {refused.description}") from refused

    def _may_sign(self, key: TrustedKey, now: datetime) -> bool:
        if key.issuer != self._issuer:
            return False
        try:
            key.check(Use.CREDENTIAL, now, now)
        except Untrusted:
            return False
        return True

    def _keep(self, person: Person, copies: Sequence[str], keys: Sequence[SigningKey]) -> uuid.UUID:
        if len(copies) != len(keys):
            raise IssuerAway(f"{self._issuer}: {len(copies)} copies")
        pairs = list(zip(copies, keys, strict=True))
        found = [self._checked(person, compact, key) for compact, key in pairs]
        return wallet.put(person, found[0].kind.vct, self._issuer, pairs)

    def _checked(self, person: Person, compact: str, key: SigningKey) -> Verification:
        found = verify_credential(compact, showing.known(), now=true_now(), key_binding=None)
        bound = holder_key(found.claims)
        if found.verdict is not Verdict.VALID:
            raise NotTaken("not-valid", found.verdict)
        if found.issuer != self._issuer or bound is None or bound.public_key != key.public_key:
            raise CredentialRefused(Code.KEY_BINDING_MISMATCH, "cnf")
        if not wallet.is_of(person, found.claims):
            raise NotTaken("not-yours")
        return found

    def _address(self, metadata: Mapping[str, Any], name: str) -> str:
        """An endpoint, which has to be the issuer's own."""
        address = _text(metadata, name, self._issuer)
        if not address.startswith(f"{self._issuer}/"):
            raise IssuerAway(f"{self._issuer}: {name} is elsewhere")
        return address

    def _ask(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        sealed_by: Envelope | None = None,
    ) -> dict[str, Any]:
        """What the issuer answers, `sealed_by` saying how both are encrypted. Raises NotTaken, IssuerAway."""
        headers = self._proofs(method, address) if form is not None or body is not None else {}
        content = None
        if sealed_by is not None and body is not None:
            content, body = sealed_by.seal(body), None
            headers["Content-Type"] = MEDIA_TYPE
        try:
            answer = self._site.ask(method, address, form=form, json=body, content=content, headers=headers)
            if sealed_by is not None and answer.status == 200:
                return sealed_by.open(answer.content)
        except Away as away:
            raise IssuerAway(f"{self._issuer}: {away}") from away
        except OpenIdRefused as refused:
            raise IssuerAway(f"{self._issuer}: {refused.description}") from refused
        return self._told(answer)

    def _told(self, answer: Answer) -> dict[str, Any]:
        """The JSON of an answer. Raises NotTaken, IssuerAway."""
        try:
            told = json.loads(answer.content or b"{}")
        except ValueError as error:
            raise IssuerAway(f"{self._issuer}: {type(error).__name__}") from error
        if not isinstance(told, dict):
            raise IssuerAway(f"{self._issuer}: {answer.status}")
        if answer.status in {400, 401} and told.get("error") in _OVER:
            raise NotTaken(_OVER[told["error"]])
        if answer.status not in {200, 204}:
            raise IssuerAway(f"{self._issuer}: {answer.status}")
        return told

    def _proofs(self, method: str, address: str) -> dict[str, str]:
        """Who asks: with a token the key that it is bound to, before that also whose wallet this is."""
        now = true_now()
        proof = make_dpop(self._key, method=method, uri=address, now=now, access_token=self._token or None)
        if self._token:
            return {"Authorization": f"DPoP {self._token}", "DPoP": proof}
        maker = makers.own()
        attested = authenticate(maker, self._key, issuer=self._issuer, now=now) if maker else {}
        return {"DPoP": proof, **attested}


_SIGNED_RATHER = "application/jwt, application/json;q=0.9"
_OVER = {
    OpenIdError.INVALID_GRANT.value: "offer-over",
    OpenIdError.INVALID_REQUEST.value: "offer-over",
    OpenIdError.INVALID_CLIENT.value: "not-vouched",
    OpenIdError.CREDENTIAL_REQUEST_DENIED.value: "not-valid",
}


def _text(members: Mapping[str, Any], name: str, issuer: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise IssuerAway(f"{issuer}: no {name}")
    return value


def _copies(given: Mapping[str, Any]) -> list[str]:
    listed = given.get("credentials")
    members = listed if isinstance(listed, list) else []
    return [str(one["credential"]) for one in members if isinstance(one, dict) and "credential" in one]
