"""What a decision cites, in the language of the page; the original stays beside its English."""

from django.utils.safestring import SafeString

from tongban.node.pictures.markup import element, together
from tongban.node.theme.wording import is_english, spoken
from tongban.services.citing import english_citation


def cited(citation: str) -> SafeString:
    """The citation, in English with the original in brackets where the page is English and there is some."""
    original = element("span", spoken(citation), lang="zh")
    english = english_citation(citation) if is_english() else None
    return together(english, " (", original, ")") if english else original
