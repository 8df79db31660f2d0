"""What a case page shows of credentials: those that were presented as evidence, with their verdict."""

from django import template

from tongban.credentials.verdict import VERDICT_SENTENCES, Verdict
from tongban.node.credentials import evidence, issuers
from tongban.node.credentials.wording import claim_lines
from tongban.node.theme.wording import spoken
from tongban.services import Text

register = template.Library()


@register.inclusion_tag("credentials/presented.html")
def presented_credentials(number: str) -> dict[str, object]:
    """The credentials presented in the case of this number, the earliest first."""
    lines = []
    for row in evidence.of_number(number):
        kind, sentence = issuers.types()[row.vct], VERDICT_SENTENCES[Verdict(row.verdict)]
        told = spoken(Text(zh=sentence.zh, en=sentence.en))
        lines.append({"row": row, "kind": kind, "claims": claim_lines(kind, row.claims), "verdict": told})
    return {"lines": lines}
