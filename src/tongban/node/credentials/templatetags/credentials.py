"""What a case page shows of credentials: those that were presented as evidence, with their verdict."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.translation import get_language

from tongban.credentials.types import CredentialType
from tongban.credentials.verdict import VERDICT_SENTENCES, Verdict
from tongban.node.credentials import evidence, issuers
from tongban.node.credentials.wording import Line, claim_lines, number_line
from tongban.node.theme.wording import spoken

register = template.Library()


@register.inclusion_tag("credentials/presented.html")
def presented_credentials(number: str) -> dict[str, object]:
    """The credentials presented in the case, the earliest first, as they were and as they are."""
    return {"lines": [_line(one) for one in evidence.standing(number)]}


@register.filter
def issuer_name(issuer: str) -> str:
    """What the directory calls an issuer, in the reader's language."""
    return spoken(issuers.name_of(issuer))


@register.simple_tag
def number_of(kind: CredentialType, claims: Mapping[str, object]) -> Line | None:
    """The number on a credential, with what it is called."""
    return number_line(kind, claims)


@register.filter
def listed(words: Iterable[str]) -> str:
    """Several words in a row, as the reader's language separates them."""
    return (", " if (get_language() or "").startswith("en") else "、").join(words)


def _line(one: evidence.Standing) -> dict[str, object]:
    kind = issuers.types()[one.row.vct]
    return {
        "row": one.row,
        "kind": kind,
        "issuer": issuer_name(one.row.issuer),
        "claims": claim_lines(kind, one.row.claims),
        "verdict": spoken(VERDICT_SENTENCES[Verdict(one.row.verdict)]),
        "now": spoken(VERDICT_SENTENCES[one.now]),
        "now_code": one.now.value,
        "is_valid": one.now is Verdict.VALID,
    }
