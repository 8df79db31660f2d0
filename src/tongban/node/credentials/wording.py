"""Claims in words: what a credential says, line by line, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongban.credentials.types import Claim, CredentialType
from tongban.node.credentials import portraits
from tongban.node.credentials.choosing import title_of
from tongban.node.theme.wording import is_english, place_words, spoken
from tongban.services import Text

_NUMBER = "_number"
_OTHER_NUMBERS = frozenset({"id_number", "approval_number"})
"""Numbers of the holder and of the act behind the credential."""


@dataclass(frozen=True)
class Line:
    """One claim: its dotted name, its title, its value in words."""

    name: str
    title: str
    value: str


def claim_lines(kind: CredentialType, claims: Mapping[str, object]) -> tuple[Line, ...]:
    """The claims that are there, in the order of the type; of a list those elements that are shown."""
    lines: list[Line] = []
    for claim in kind.claims:
        if len(claim.path) == 1 and claims.get(claim.path[0]) not in (None, []):
            lines.append(Line(claim.path[0], _title(claim), _words(kind, claim, claims[claim.path[0]])))
    return tuple(lines)


def number_line(kind: CredentialType, claims: Mapping[str, object]) -> Line | None:
    """The number that the credential itself bears, which tells two of one type apart; None without one."""
    lines = [line for line in claim_lines(kind, claims) if line.name.endswith(_NUMBER)]
    return next((line for line in reversed(lines) if line.name not in _OTHER_NUMBERS), None)


def claim_titles(kind: CredentialType, names: Sequence[str]) -> tuple[str, ...]:
    """What the claims of these dotted names are called, in the reader's language."""
    return tuple(title_of(kind, name) for name in names)


def purpose_words(kind: CredentialType, purpose: str) -> str:
    """What a code was shown for, noted in Chinese, in the reader's language."""
    found = next((one for one in kind.purposes if one.zh == purpose), None)
    return spoken(Text(zh=found.zh, en=found.en)) if found else purpose


def _title(claim: Claim) -> str:
    return spoken(Text(zh=claim.zh, en=claim.en))


def _words(kind: CredentialType, claim: Claim, value: object) -> str:
    if claim.kind == "choice":
        found = next((choice for choice in claim.choices if choice.value == value), None)
        return spoken(Text(zh=found.zh, en=found.en)) if found else str(value)
    if claim.path == (portraits.CLAIM,):
        return str(value)[:8] + "…"
    if claim.kind == "boolean":
        return _("是") if value else _("否")
    if claim.kind == "place":
        return place_words(str(value))
    if isinstance(value, Mapping):
        return _parted(_members(kind, claim.path, value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " · ".join(_element(kind, (*claim.path, "*"), one) for one in value)
    return str(value)


def _element(kind: CredentialType, path: tuple[str, ...], value: object) -> str:
    claim = kind.claim(path)
    if isinstance(value, Mapping):
        return _parted(_members(kind, path, value))
    return _words(kind, claim, value) if claim else str(value)


def _parted(told: Sequence[str]) -> str:
    return ("; " if is_english() else "；").join(told)


def _members(kind: CredentialType, path: tuple[str, ...], value: Mapping[str, object]) -> list[str]:
    told = []
    for name, inner in value.items():
        claim = kind.claim((*path, str(name)))
        told.append(f"{_title(claim)} {_words(kind, claim, inner)}" if claim else str(inner))
    return told
