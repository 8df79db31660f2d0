"""What the portal's wallet has asked another node for and does not have yet: not issued, or lost on the way.

Promises: keys and tokens are kept, encrypted, before copies are asked for; what comes is a card and the
person is told, what will not come is said to be so; by itself the wallet asks no sooner than the issuer said.
"""

import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from tongban.credentials import CredentialRefused
from tongban.credentials.openid import configuration_id, envelope, sign_proof
from tongban.credentials.openid.offer import REFRESH_TOKEN
from tongban.credentials.trust import Untrusted
from tongban.credentials.types import CredentialType
from tongban.node.casework import notifying
from tongban.node.clock import true_now
from tongban.node.credentials import copies, issuers, issuing
from tongban.node.credentials.redeeming import IssuerAway
from tongban.node.credentials.sealing import seal, unseal
from tongban.node.credentials.wallets import talking
from tongban.node.credentials.wallets.models import Awaited
from tongban.node.credentials.wallets.talking import NotTaken, Talk, text_of
from tongban.node.people.models import Person
from tongban.services import Text
from tongban.suites import SigningKey, Suite, new_signing_key

LIFETIME = timedelta(days=90)
"""How long the wallet waits for what is not issued yet."""
RECOVERY = timedelta(days=1)
"""How long it asks for what was issued and did not arrive; issuers give the same copies as long."""
SECONDS = 60.0
"""How often the worker looks whether something is due."""
SOONEST, LATEST = timedelta(minutes=1), timedelta(days=1)
"""Bounds of what an issuer may say about when to come again."""
_PAUSES = {False: timedelta(minutes=5), True: timedelta(hours=1)}
"""When to come again after an issuer that does not answer, by whether it said that nothing is issued yet."""
_AT_ONCE = 50
_TOKEN_MARGIN = timedelta(seconds=30)
_CAME = Text(
    zh="您等的{name}已由{issuer}签发，放进了“我的证照”",
    en="The {name} you waited for was issued by {issuer} and is in “My credentials”",
)
_IN_VAIN = Text(
    zh="您等的{name}没有签发，请到签发地的办件看原因",
    en="The {name} you waited for was not issued; the case on the other side says why",
)
_LOST = Text(
    zh="您要放进这里的{name}没有取到，请到{issuer}的门户重新按“放进其他钱包”",
    en="The {name} that you were putting in here did not arrive; please begin anew on the portal of {issuer}",
)


@dataclass(frozen=True)
class Waiting:
    """For the person: what is waited for, from whom, since when, when it is asked for next."""

    id: uuid.UUID
    kind: CredentialType
    issuer: str
    asked_at: datetime
    due: datetime
    is_deferred: bool
    ended: bool


def begin(person: Person, talk: Talk, configuration: str, let_in: Mapping[str, Any]) -> Awaited:
    """Note what the wallet is about to ask for; `let_in` is what the issuer said when it let the wallet in.

    Raises IssuerAway for an offer of another kind.
    """
    kind = next((one for one in issuers.types().values() if configuration_id(one) == configuration), None)
    if kind is None:
        raise IssuerAway(f"{talk.issuer}: an offer of another kind")
    now = true_now()
    secret = {
        "key": talk.key.to_pem().decode("ascii"),
        "keys": [_new_key() for _ in range(issuing.BATCH)],
        **_tokens(talk, let_in, now),
    }
    return Awaited.objects.create(
        person=person,
        vct=kind.vct,
        issuer=talk.issuer,
        secret=seal(json.dumps(secret)),
        asked_at=now,
        due=now + _PAUSES[False],
        expires=now + RECOVERY,
    )


def fetch(row: Awaited, talk: Talk) -> uuid.UUID | None:
    """Ask the issuer; gives the card's number, or None where it is to be waited for.

    Raises NotTaken, CredentialRefused and Untrusted when nothing will come, IssuerAway when to ask again.
    """
    kept = json.loads(unseal(row.secret))
    known, given = _asked(row, talk, kept)
    if "transaction_id" in given:
        kept["transaction"] = text_of(given, "transaction_id", talk.issuer)
        now = true_now()
        changed: dict[str, Any] = {"due": now + _interval(given), "secret": seal(json.dumps(kept))}
        if not row.is_deferred:
            changed |= {"is_deferred": True, "expires": now + LIFETIME}
        Awaited.objects.filter(pk=row.pk).update(**changed)
        return None
    copies.have(talk.issuer)
    try:
        with transaction.atomic():
            if not Awaited.objects.filter(pk=row.pk).delete()[0]:
                return None
            card = talk.keep(row.person, given, _keys(kept))
            if row.is_deferred:
                _tell(row, _CAME, reverse("credential", args=[card]))
    except (NotTaken, CredentialRefused, Untrusted):
        _notify(talk, known, given, "credential_failure")
        raise
    _notify(talk, known, given, "credential_accepted")
    return card


def of(person: Person) -> list[Waiting]:
    """What the person waits for, the latest first."""
    rows = Awaited.objects.filter(person=person).order_by("-asked_at")
    kinds = issuers.types()
    return [
        Waiting(row.id, kinds[row.vct], row.issuer, row.asked_at, row.due, row.is_deferred, bool(row.ended))
        for row in rows
        if row.vct in kinds
    ]


def find(person: Person, number: uuid.UUID) -> Awaited | None:
    """One thing that the person waits for."""
    return Awaited.objects.filter(person=person, pk=number).first()


def end(row: Awaited) -> None:
    """The person waits no longer, or has read that nothing will come."""
    row.delete()


def look_now(row: Awaited) -> None:
    """Ask the issuer now, because the person wants to know. Raises IssuerAway."""
    if not row.ended:
        _look(row)


def look_at_due() -> int:
    """Ask for everything that is due; how many. One that does not answer is asked again when next due."""
    now = true_now()
    for row in Awaited.objects.filter(expires__lt=now)[:_AT_ONCE]:
        _give_up(row, "too-late")
    rows = list(Awaited.objects.filter(due__lte=now, expires__gte=now, ended="").order_by("due")[:_AT_ONCE])
    for row in rows:
        claimed = Awaited.objects.filter(pk=row.pk, due=row.due).update(due=now + _PAUSES[row.is_deferred])
        if claimed:
            try:
                _look(row)
            except IssuerAway:
                continue
    return len(rows)


def _look(row: Awaited) -> None:
    kept = json.loads(unseal(row.secret))
    key = SigningKey.from_pem("portal", kept["key"].encode("ascii"))
    with talking.connection() as site:
        try:
            fetch(row, Talk(site, row.issuer, key, kept["token"]))
        except NotTaken as refused:
            _give_up(row, refused.reason)
        except (CredentialRefused, Untrusted):
            _give_up(row, "not-valid")


def _give_up(row: Awaited, reason: str) -> None:
    """Have the person read that nothing will come, once; what they have been told is forgotten in time."""
    if row.ended:
        row.delete()
        return
    ended = Awaited.objects.filter(pk=row.pk, ended="")
    if ended.update(ended=reason, secret="", expires=true_now() + LIFETIME):
        _tell(row, _IN_VAIN if row.is_deferred else _LOST, reverse("credentials"))


def _asked(row: Awaited, talk: Talk, kept: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the issuer says of itself and its answer, with a new token where the old one is over."""
    now = true_now()
    if now + _TOKEN_MARGIN >= datetime.fromisoformat(kept["until"]):
        talk.token = ""
        let_in = talk.let_in({"grant_type": REFRESH_TOKEN, "refresh_token": kept["refresh"]})
        kept |= _tokens(talk, let_in, now, kept["refresh"])
        Awaited.objects.filter(pk=row.pk).update(secret=seal(json.dumps(kept)))
    known = talk.metadata
    if "transaction" in kept:
        where, asked = "deferred_credential_endpoint", {"transaction_id": kept["transaction"]}
    else:
        where, asked = "credential_endpoint", _request(row, talk, known, kept)
    return known, talk.ask("POST", talk.address(known, where), body=asked, sealed_by=envelope(known))


def _request(row: Awaited, talk: Talk, known: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """A credential request, with fresh proofs of the same keys however often it is asked."""
    nonce = text_of(talk.ask("POST", talk.address(known, "nonce_endpoint")), "c_nonce", talk.issuer)
    proofs = [sign_proof(key, issuer=talk.issuer, nonce=nonce, now=true_now()) for key in _keys(kept)]
    configuration = configuration_id(issuers.types().find(row.vct))
    return {"credential_configuration_id": configuration, "proofs": {"jwt": proofs}}


def _notify(talk: Talk, known: Mapping[str, Any], given: Mapping[str, Any], event: str) -> None:
    """Tell the issuer what became of the copies, where it asks; what it says to that changes nothing."""
    if "notification_id" not in given:
        return
    with suppress(NotTaken, IssuerAway):
        told = {"notification_id": given["notification_id"], "event": event}
        talk.ask("POST", talk.address(known, "notification_endpoint"), body=told)


def _new_key() -> str:
    return new_signing_key("holder", Suite.ES256).to_pem().decode("ascii")


def _keys(kept: Mapping[str, Any]) -> list[SigningKey]:
    return [SigningKey.from_pem("holder", pem.encode("ascii")) for pem in kept["keys"]]


def _tokens(talk: Talk, let_in: Mapping[str, Any], now: datetime, refresh: str = "") -> dict[str, str]:
    seconds = let_in.get("expires_in")
    lasts = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 86_400 else timedelta()
    return {
        "token": talk.token,
        "until": (now + lasts).isoformat(),
        "refresh": str(let_in.get("refresh_token") or refresh),
    }


def _interval(given: Mapping[str, Any]) -> timedelta:
    seconds = given.get("interval")
    told = timedelta(seconds=min(seconds, 86_400)) if isinstance(seconds, int) else SOONEST
    return min(max(told, SOONEST), LATEST)


def _tell(row: Awaited, sentence: Text, path: str) -> None:
    name, issuer = issuers.types()[row.vct].name, issuers.name_of(row.issuer)
    who = issuer if isinstance(issuer, str) else Text(zh=issuer.zh, en=issuer.en)
    text = sentence.filled({"name": Text(zh=name.zh, en=name.en), "issuer": who})
    notifying.tell(row.person_id, text, path, true_now())
