"""The other side of a case: which agency it is, on what the two talk, and how they are told apart.

Promises: a step that the other side's messages no longer allow is refused before anything is stored.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from tongban.node.casework import catalogue
from tongban.node.casework.acting import Acting
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.services import Definition, Side, Text
from tongban.services.text import shown

_MOST_WORDS = 400
"""As many characters as a text between nodes has at most."""
_TOO_LONG = Text(
    zh="对方的节点一次最多收 400 个字，请缩短", en="The other node takes at most 400 characters; shorten it"
)


def errand(case: Case, purpose: Text) -> api.Errand:
    """What a conversation about this case is about, on the service's first legal basis."""
    definition = catalogue.of(case).definition
    citation = definition.legal_basis[0].text
    return api.Errand(
        case_ref=case.number,
        service=definition.code,
        own_agency=case.agency,
        peer_agency=other_side(definition).agency_code,
        basis=api.ByStatute(api.Text(zh=citation.zh, en=citation.en)),
        purpose=api.Text(zh=purpose.zh, en=purpose.en),
    )


def other_side(definition: Definition) -> Side:
    """The side that is not this node's. Raises Refused `service-unknown` when there is none."""
    side = definition.other_side(this_node().office_place)
    if side is None:
        raise Refused("service-unknown")
    return side


def peer_name(case: Case) -> dict[str, str]:
    """The other side's agency as a person reads it, as events hold it."""
    return other_side(catalogue.of(case).definition).agency.to_json()


def answers_told(answers: Mapping[str, Any]) -> dict[str, str]:
    """What a message says of the answers to the form; files are named apart."""
    return {f"answer_{key}": str(value) for key, value in answers.items() if isinstance(value, str | int)}


def conversation_of(state: CaseState) -> UUID | None:
    """The conversation in which the case is talked about, if there is one."""
    found = state.facts.get("conversation")
    return UUID(found) if found else None


def talk(doing: Acting) -> UUID:
    """The conversation of a case about which an action says something. Raises Refused `not-available`."""
    conversation = conversation_of(doing.state)
    if conversation is None:
        raise Refused("not-available")
    return conversation


def both(words: str, asked: str = "reason") -> api.Text:
    """A person's own words as a text of both languages: they are never translated.

    `asked` is the input they were given for. Raises InputsRefused where they are longer than a message takes.
    """
    if len(words) > _MOST_WORDS:
        raise InputsRefused({asked: _TOO_LONG})
    return api.Text(zh=words, en=words)


def amount_text(fen: int) -> dict[str, str]:
    """An amount of fen as people read it."""
    return shown(f"{fen // 100}.{fen % 100:02d}").to_json()


@contextmanager
def saying() -> Iterator[None]:
    """What the exchange refuses to say now is an action that is not available any more."""
    try:
        yield
    except api.Refused as refused:
        raise Refused("not-available") from refused
