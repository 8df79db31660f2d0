"""What the portal's wallet says to another node, as any wallet does (OpenID4VCI 1.0 by HAIP 1.0).

Promises: an issuer is asked at its own addresses only; each copy is bound to a key of its own; what does
not count, or names another person, is not kept.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from tongban.credentials import Code, CredentialRefused
from tongban.credentials.openid import (
    MEDIA_TYPE,
    Envelope,
    OpenIdError,
    OpenIdRefused,
    authenticate,
    make_dpop,
    read_signed_metadata,
)
from tongban.credentials.sdjwt.keybinding import holder_key
from tongban.credentials.trust import TrustedKey, Untrusted, Use
from tongban.credentials.vc import Verification, verify_credential
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, showing, wallet
from tongban.node.credentials.redeeming import MOST_BYTES, TIMEOUT_SECONDS, IssuerAway
from tongban.node.credentials.wallets import makers
from tongban.node.fetching import Answer, Away, Site
from tongban.node.people.models import Person
from tongban.suites import SigningKey


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


class Talk:
    """What one wallet says to one issuer: `key` is the wallet's, `token` what it was let in with."""

    def __init__(self, site: Site, issuer: str, key: SigningKey, token: str = "") -> None:
        self._site = site
        self.issuer = issuer
        self.key = key
        self.token = token

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """What the issuer says of itself, by the key that the directory lists for it where it signs that.

        Raises NotTaken, IssuerAway.
        """
        now = true_now()
        address = f"{self.issuer}/.well-known/openid-credential-issuer"
        try:
            answer = self._site.ask("GET", address, headers={"Accept": _SIGNED_RATHER})
            if answer.status != 200 or answer.content.startswith(b"{"):
                return self._told(answer)
            keys = [one.key for one in issuers.trust_list(now).keys if self._may_sign(one, now)]
            return read_signed_metadata(answer.content, keys, issuer=self.issuer, now=now)
        except Away as away:
            raise IssuerAway(f"{self.issuer}: {away}") from away
        except OpenIdRefused as refused:
            raise IssuerAway(f"{self.issuer}: {refused.description}") from refused

    def _may_sign(self, key: TrustedKey, now: datetime) -> bool:
        if key.issuer != self.issuer:
            return False
        try:
            key.check(Use.CREDENTIAL, now, now)
        except Untrusted:
            return False
        return True

    def let_in(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Get an access token, which is used from now on; what the issuer answered with it."""
        server = self.ask("GET", f"{self.issuer}/.well-known/oauth-authorization-server")
        told = self.ask("POST", self.address(server, "token_endpoint"), form=form)
        self.token = text_of(told, "access_token", self.issuer)
        return told

    def keep(self, person: Person, given: Mapping[str, Any], keys: Sequence[SigningKey]) -> uuid.UUID:
        """Put the copies of a credential response into the person's wallet; gives the card's number."""
        copies = _copies(given)
        if len(copies) != len(keys):
            raise IssuerAway(f"{self.issuer}: {len(copies)} copies")
        pairs = list(zip(copies, keys, strict=True))
        found = [self._checked(person, compact, key) for compact, key in pairs]
        return wallet.put(person, found[0].kind.vct, self.issuer, pairs)

    def _checked(self, person: Person, compact: str, key: SigningKey) -> Verification:
        found = verify_credential(compact, showing.known(), now=true_now(), key_binding=None)
        bound = holder_key(found.claims)
        if found.verdict is not Verdict.VALID:
            raise NotTaken("not-valid", found.verdict)
        if found.issuer != self.issuer or bound is None or bound.public_key != key.public_key:
            raise CredentialRefused(Code.KEY_BINDING_MISMATCH, "cnf")
        if not wallet.is_of(person, found.claims):
            raise NotTaken("not-yours")
        return found

    def address(self, metadata: Mapping[str, Any], name: str) -> str:
        """An endpoint, which has to be the issuer's own."""
        address = text_of(metadata, name, self.issuer)
        if not address.startswith(f"{self.issuer}/"):
            raise IssuerAway(f"{self.issuer}: {name} is elsewhere")
        return address

    def ask(
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
            if sealed_by is not None and answer.status in {200, 202}:
                return sealed_by.open(answer.content)
        except Away as away:
            raise IssuerAway(f"{self.issuer}: {away}") from away
        except OpenIdRefused as refused:
            raise IssuerAway(f"{self.issuer}: {refused.description}") from refused
        return self._told(answer)

    def _told(self, answer: Answer) -> dict[str, Any]:
        """The JSON of an answer. Raises NotTaken, IssuerAway."""
        try:
            told = json.loads(answer.content or b"{}")
        except ValueError as error:
            raise IssuerAway(f"{self.issuer}: {type(error).__name__}") from error
        if not isinstance(told, dict):
            raise IssuerAway(f"{self.issuer}: {answer.status}")
        if answer.status in {400, 401} and told.get("error") in _OVER:
            raise NotTaken(_OVER[told["error"]])
        if answer.status not in {200, 202, 204}:
            raise IssuerAway(f"{self.issuer}: {answer.status}")
        return told

    def _proofs(self, method: str, address: str) -> dict[str, str]:
        """Who asks: with a token the key that it is bound to, before that also whose wallet this is."""
        now = true_now()
        proof = make_dpop(self.key, method=method, uri=address, now=now, access_token=self.token or None)
        if self.token:
            return {"Authorization": f"DPoP {self.token}", "DPoP": proof}
        maker = makers.own()
        attested = authenticate(maker, self.key, issuer=self.issuer, now=now) if maker else {}
        return {"DPoP": proof, **attested}


_SIGNED_RATHER = "application/jwt, application/json;q=0.9"
_OVER = {
    OpenIdError.INVALID_GRANT.value: "offer-over",
    OpenIdError.INVALID_TRANSACTION_ID.value: "offer-over",
    OpenIdError.INVALID_REQUEST.value: "offer-over",
    OpenIdError.INVALID_CLIENT.value: "not-vouched",
    OpenIdError.CREDENTIAL_REQUEST_DENIED.value: "not-valid",
}


def text_of(members: Mapping[str, Any], name: str, issuer: str) -> str:
    """A text of what an issuer answered. Raises IssuerAway where there is none."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise IssuerAway(f"{issuer}: no {name}")
    return value


def _copies(given: Mapping[str, Any]) -> list[str]:
    listed = given.get("credentials")
    members = listed if isinstance(listed, list) else []
    return [str(one["credential"]) for one in members if isinstance(one, dict) and "credential" in one]
