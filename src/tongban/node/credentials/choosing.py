"""Which claims of a card its holder may show or keep back: single ones, and the elements of lists one by one.

Promises: what is always shown is no choice; an element is called by what tells it apart from the others.
"""

from collections.abc import Iterator, Mapping, Sequence

from tongban.credentials.types import Claim, CredentialType
from tongban.node.credentials import wallet
from tongban.node.theme.wording import is_english, place_words, spoken
from tongban.services import Text

_TELLING = 2
"""How many members of an element its title has."""
_TELLING_KINDS = frozenset({"text", "place", "month", "date"})


def choosable(card: wallet.Card) -> tuple[tuple[str, str], ...]:
    """The claims that the holder may keep back, by dotted name, with titles in the reader's language."""
    return tuple(_choices(card.kind, card.claims))


def title_of(kind: CredentialType, name: str, claims: Mapping[str, object] | None = None) -> str:
    """What the claim of a dotted name is called; an element of a list by `claims`, else by its number."""
    first, *rest = name.split(".")
    claim = kind.claim((first,))
    if claim is None:
        return name
    if not rest or not rest[0].isdigit():
        found = kind.claim(tuple(name.split(".")))
        return _title(found) if found else name
    elements = (claims or {}).get(first)
    known = isinstance(elements, Sequence) and int(rest[0]) < len(elements)
    told = _telling(kind, first, elements[int(rest[0])]) if known and isinstance(elements, Sequence) else ""
    colon = ": " if is_english() else "："
    return f"{_title(claim)}{colon}{told or int(rest[0]) + 1}"


def _choices(kind: CredentialType, claims: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for claim in kind.claims:
        name = claim.path[0]
        if len(claim.path) > 1 or name not in claims:
            continue
        if claim.disclosure == "choice":
            yield name, _title(claim)
        element, value = kind.claim((name, "*")), claims[name]
        if element is not None and element.disclosure == "choice" and isinstance(value, Sequence):
            for number in range(len(value)):
                yield f"{name}.{number}", title_of(kind, f"{name}.{number}", claims)


def _telling(kind: CredentialType, name: str, element: object) -> str:
    """The first members of an element that tell it apart."""
    if not isinstance(element, Mapping):
        return str(element)
    members = [claim for claim in kind.claims if claim.path[:-1] == (name, "*") and claim.path[-1] in element]
    words = [
        place_words(str(element[claim.path[-1]])) if claim.kind == "place" else str(element[claim.path[-1]])
        for claim in members
        if claim.kind in _TELLING_KINDS
    ]
    return " · ".join(words[:_TELLING])


def _title(claim: Claim) -> str:
    return spoken(Text(zh=claim.zh, en=claim.en))
