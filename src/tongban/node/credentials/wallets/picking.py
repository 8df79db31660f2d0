"""What its holder can show to a verifier that asks, and does: cards and claims, picked one by one.

Promises: nothing is shown that the holder did not tick; all of it leaves in one answer or none does; each
showing is in the holder's history before it leaves.
"""

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from django.db import transaction

from tongban.credentials.openid import Query, candidates, is_answered_by, needed, signed_by
from tongban.credentials.openid.dcql import CredentialQuery
from tongban.credentials.sdjwt import Path
from tongban.node.credentials import showing, wallet
from tongban.node.credentials.models import Holding
from tongban.node.credentials.wallets import answering
from tongban.node.credentials.wallets.answering import NotAnswered, Request
from tongban.node.people.models import Person


@dataclass(frozen=True)
class Fitting:
    """A card that answers one query; `options` are sets of paths to show that each would do."""

    card: wallet.Card
    options: tuple[tuple[Path, ...], ...]

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The claims of each option by dotted names."""
        return tuple(tuple(_name(path) for path in option) for option in self.options)

    def paths_for(self, ticked: Set[str]) -> tuple[Path, ...]:
        """The option of which exactly these claims were ticked. Raises NotAnswered `claims-missing`."""
        for option in self.options:
            if {_name(path) for path in option} == ticked:
                return option
        raise NotAnswered("claims-missing")


@dataclass(frozen=True)
class Part:
    """One query of a request, and the cards that answer it."""

    query: CredentialQuery
    fitting: tuple[Fitting, ...]

    def card(self, batch: uuid.UUID) -> Fitting:
        """The card of this number. Raises NotAnswered `not-here` or `not-valid`."""
        one = next((found for found in self.fitting if found.card.batch == batch), None)
        if one is None:
            raise NotAnswered("not-here")
        if one.card.state != "valid":
            raise NotAnswered("not-valid")
        return one


Ticked = Mapping[str, Mapping[uuid.UUID, Set[str]]]
"""What a holder ticked: the claims by dotted names, by card, by query."""


def parts(person: Person, request: Request) -> tuple[Part, ...]:
    """The queries of a request, each with the person's cards that answer it."""
    cards = {str(card.batch): card for card in wallet.cards(person)}
    copies = {name: wallet.next_copy(person, card.batch) for name, card in cards.items()}
    held = {name: wallet.opened(copy)[0] for name, copy in copies.items() if copy is not None}
    found = candidates(_for_cards_here(request.query), held)
    return tuple(
        Part(
            query,
            tuple(Fitting(cards[one.credential], one.options) for one in found.get(query.id, ())),
        )
        for query in request.query.credentials
    )


def can_answer(request: Request, found: Sequence[Part]) -> bool:
    """Whether the cards that are there, and count, are enough for what is asked."""
    fit = {part.query.id for part in found if any(one.card.state == "valid" for one in part.fitting)}
    return needed(request.query, fit) is not None


def show(person: Person, request: Request, ticked: Ticked) -> str | None:
    """Show what was ticked to whoever asked; gives the address to which it leads the holder, if any.

    Of every card all claims of one option have to be ticked, and the cards have to be what is asked for, no
    fewer and no more. Raises NotAnswered; with `verifier-away` and `request-over` the showing stands in the
    history though nobody may have seen it.
    """
    if not ticked:
        raise NotAnswered("claims-missing")
    by_id = {part.query.id: part for part in parts(person, request)}
    picked: list[tuple[CredentialQuery, Fitting, tuple[Path, ...]]] = []
    for query_id, cards in ticked.items():
        if query_id not in by_id:
            raise NotAnswered("not-here")
        part = by_id[query_id]
        if len(cards) > 1 and not part.query.multiple:
            raise NotAnswered("cards-unfit")
        found = [(part.card(batch), names) for batch, names in cards.items()]
        picked += [(part.query, one, one.paths_for(names)) for one, names in found]
    if not is_answered_by(request.query, ticked):
        raise NotAnswered("cards-unfit")
    presentations: dict[str, list[str]] = {}
    with transaction.atomic():
        for query, one, paths in picked:
            holding = wallet.next_copy(person, one.card.batch)
            if holding is None:
                raise NotAnswered("not-here")
            texts = signed_by(request.agreements, query.id, ticked)
            presentations.setdefault(query.id, []).append(_presented(request, holding, paths, texts))
    return answering.send(request, presentations)


def _presented(request: Request, holding: Holding, paths: Sequence[Path], texts: Sequence[str]) -> str:
    """One presentation, noted in the history with what is agreed to by it."""
    presentation = showing.present(
        holding,
        paths,
        audience=request.received.client_id,
        nonce=request.received.nonce,
        transactions=texts,
    )
    agreed = "；".join(one.statement for one in request.agreements if one.text in texts)
    showing.note_request(holding, request.verifier, agreed, [_name(path) for path in paths])
    return presentation


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _for_cards_here(query: Query) -> Query:
    """The query without the authorities it trusts: cards here are the directory's, without one."""
    open_to_all = [one.model_copy(update={"trusted_authorities": None}) for one in query.credentials]
    return query.model_copy(update={"credentials": open_to_all})
