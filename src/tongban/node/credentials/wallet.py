"""The wallet of citizens who have none of their own (卡包): what they hold, by card.

Promises: a credential and the key it is bound to are stored encrypted; each copy is shown to one verifier
where there are copies left, so that verifiers who compare notes find nothing alike.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tongban.credentials.sdjwt import Held
from tongban.credentials.sdjwt.times import moment
from tongban.credentials.status import ListCopy, StatusReference, judge
from tongban.credentials.types import CredentialType
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import copies as copies_at_hand
from tongban.node.credentials import issuers
from tongban.node.credentials.models import Holding, Issued
from tongban.node.credentials.sealing import seal, unseal
from tongban.node.people import applicants
from tongban.node.people.models import Person
from tongban.suites import SigningKey


@dataclass(frozen=True)
class Card:
    """One credential as its holder sees it.

    `state` is that of the node that issued it, or what its status list says; `stale` when that is not known.
    """

    batch: uuid.UUID
    kind: CredentialType
    issuer: str
    received_at: datetime
    copies_left: int
    state: str
    is_own: bool
    expires: datetime | None
    claims: Mapping[str, object] = field(repr=False)


def put(
    person: Person,
    vct: str,
    issuer: str,
    copies: Sequence[tuple[str, SigningKey]],
    *,
    batch: uuid.UUID | None = None,
) -> uuid.UUID:
    """Store copies of one credential, each with the key it is bound to; gives the card's number."""
    number = batch or uuid.uuid4()
    Holding.objects.bulk_create(
        Holding(
            person=person,
            batch=number,
            vct=vct,
            issuer=issuer,
            compact=seal(compact),
            key=seal(key.to_pem().decode("ascii")),
            received_at=true_now(),
        )
        for compact, key in copies
    )
    return number


def cards(person: Person) -> tuple[Card, ...]:
    """The person's cards, the newest first."""
    by_batch: dict[uuid.UUID, list[Holding]] = {}
    for row in Holding.objects.filter(person=person).order_by("-received_at", "pk"):
        by_batch.setdefault(row.batch, []).append(row)
    states = dict(Issued.objects.filter(pk__in=by_batch).values_list("pk", "state"))
    ends = dict(Issued.objects.filter(pk__in=by_batch).values_list("pk", "expires"))
    at_hand = copies_at_hand.at_hand() if len(states) < len(by_batch) else {}
    return tuple(_card(rows, states.get(batch), ends.get(batch), at_hand) for batch, rows in by_batch.items())


def card(person: Person, batch: uuid.UUID) -> Card | None:
    """One card of the person's."""
    return next((found for found in cards(person) if found.batch == batch), None)


def next_copy(person: Person, batch: uuid.UUID) -> Holding | None:
    """The copy to show next: one that was not shown, else the one that was shown longest ago."""
    rows = Holding.objects.filter(person=person, batch=batch)
    return rows.filter(shown_at=None).first() or rows.order_by("shown_at").first()


def is_of(person: Person, claims: Mapping[str, object]) -> bool:
    """Whether the credential names the person, or an enterprise for which the person may act today.

    A person is named by the ID number, or by its end together with the name; an enterprise by its code.
    """
    if "subject_code" in claims:
        firms = (one.enterprise for one in applicants.choices(person))
        return claims["subject_code"] in {firm.pk for firm in firms if firm}
    if "id_number" in claims:
        return claims["id_number"] == person.resident_id
    name = claims.get("name", claims.get("subject"))
    return claims.get("id_tail") == person.resident_id[-4:] and name == person.name


def opened(holding: Holding) -> tuple[Held, SigningKey]:
    """The copy and the holder's key."""
    key = SigningKey.from_pem("holder", unseal(holding.key).encode("ascii"))
    return Held.of(unseal(holding.compact)), key


_STATES = {
    Verdict.VALID: "valid",
    Verdict.REVOKED: "revoked",
    Verdict.SUSPENDED: "suspended",
}


def _listed(claims: Mapping[str, object], issuer: str, at_hand: Mapping[str, ListCopy]) -> str:
    """The state of a credential of another node, from the copy of its list that is at hand."""
    reference = StatusReference.from_claims(claims)
    verdict = judge(reference, issuer, at_hand, true_now()) if reference else Verdict.VALID
    return _STATES.get(verdict, "stale")


def _card(
    rows: Sequence[Holding],
    state: str | None,
    expires: datetime | None,
    at_hand: Mapping[str, ListCopy],
) -> Card:
    first = rows[0]
    held, _ = opened(first)
    kind = issuers.types().find(first.vct)
    names = {claim.path[0] for claim in kind.claims}
    return Card(
        batch=first.batch,
        kind=kind,
        issuer=first.issuer,
        received_at=first.received_at,
        copies_left=sum(row.shown_at is None for row in rows),
        state=str(state) if state else _listed(held.claims, first.issuer, at_hand),
        is_own=state is not None,
        expires=expires or moment(held.claims, "exp"),
        claims={name: value for name, value in held.claims.items() if name in names},
    )
