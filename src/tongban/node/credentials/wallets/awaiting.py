"""What the portal's wallet has asked another node for and what is not issued there yet (deferred issuance).

Promises: keys and tokens are kept encrypted; what comes is a card and the person is told, what will not come
is said to be so; by itself the wallet asks no sooner than the issuer said.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from tongban.credentials import CredentialRefused
from tongban.credentials.openid import configuration_id, envelope
from tongban.credentials.openid.offer import REFRESH_TOKEN
from tongban.credentials.types import CredentialType
from tongban.node.casework import notifying
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.models import Awaited
from tongban.node.credentials.redeeming import IssuerAway
from tongban.node.credentials.sealing import seal, unseal
from tongban.node.credentials.wallets import talking
from tongban.node.credentials.wallets.talking import NotTaken, Talk, text_of
from tongban.node.people.models import Person
from tongban.services import Text
from tongban.suites import SigningKey

LIFETIME = timedelta(days=90)
SECONDS = 60.0
"""How often the worker looks whether something is due."""
SOONEST, LATEST = timedelta(minutes=1), timedelta(days=1)
"""Bounds of what an issuer may say about when to come again."""
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


@dataclass(frozen=True)
class Waiting:
    """For the person: what is waited for, from whom, since when, when it is asked for next."""

    id: uuid.UUID
    kind: CredentialType
    issuer: str
    asked_at: datetime
    due: datetime
    ended: bool


def begin(
    person: Person,
    talk: Talk,
    configuration: str,
    keys: Sequence[SigningKey],
    told: Mapping[str, Any],
) -> None:
    """Wait for what the issuer has not issued yet; `told` is what it said when it let the wallet in and now.

    Raises IssuerAway for an answer of another kind.
    """
    kind = next((one for one in issuers.types().values() if configuration_id(one) == configuration), None)
    if kind is None:
        raise IssuerAway(f"{talk.issuer}: an offer of another kind")
    now = true_now()
    secret = {
        "key": talk.key.to_pem().decode("ascii"),
        "keys": [key.to_pem().decode("ascii") for key in keys],
        "transaction": text_of(told, "transaction_id", talk.issuer),
        **_tokens(talk, told, now),
    }
    Awaited.objects.create(
        person=person,
        vct=kind.vct,
        issuer=talk.issuer,
        secret=seal(json.dumps(secret)),
        asked_at=now,
        due=now + _interval(told),
        expires=now + LIFETIME,
    )


def of(person: Person) -> list[Waiting]:
    """What the person waits for, the latest first."""
    rows = Awaited.objects.filter(person=person).order_by("-asked_at")
    kinds = issuers.types()
    return [
        Waiting(row.id, kinds[row.vct], row.issuer, row.asked_at, row.due, bool(row.ended))
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
    Awaited.objects.filter(expires__lt=now).delete()
    rows = list(Awaited.objects.filter(due__lte=now, ended="").order_by("due")[:_AT_ONCE])
    for row in rows:
        claimed = Awaited.objects.filter(pk=row.pk, due=row.due).update(due=now + timedelta(hours=1))
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
        talk = Talk(site, row.issuer, key, kept["token"])
        try:
            given = _asked(row, talk, kept)
            if "transaction_id" in given:
                Awaited.objects.filter(pk=row.pk).update(due=true_now() + _interval(given))
                return
            keys = [SigningKey.from_pem("holder", pem.encode("ascii")) for pem in kept["keys"]]
            with transaction.atomic():
                if Awaited.objects.filter(pk=row.pk).delete()[0]:
                    card = talk.keep(row.person, given, keys)
                    _tell(row, _CAME, reverse("credential", args=[card]))
        except (NotTaken, CredentialRefused) as refused:
            reason = refused.reason if isinstance(refused, NotTaken) else "not-valid"
            if Awaited.objects.filter(pk=row.pk, ended="").update(ended=reason):
                _tell(row, _IN_VAIN, reverse("credentials"))


def _asked(row: Awaited, talk: Talk, kept: dict[str, Any]) -> dict[str, Any]:
    """The issuer's answer, with a new token where the old one is over."""
    now = true_now()
    if now + _TOKEN_MARGIN >= datetime.fromisoformat(kept["until"]):
        talk.token = ""
        let_in = talk.let_in({"grant_type": REFRESH_TOKEN, "refresh_token": kept["refresh"]})
        kept |= _tokens(talk, let_in, now, kept["refresh"])
        Awaited.objects.filter(pk=row.pk).update(secret=seal(json.dumps(kept)))
    known = talk.metadata()
    return talk.ask(
        "POST",
        talk.address(known, "deferred_credential_endpoint"),
        body={"transaction_id": kept["transaction"]},
        sealed_by=envelope(known),
    )


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
