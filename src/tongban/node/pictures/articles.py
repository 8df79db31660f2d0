"""The law's own words behind a citation, each article folding open.

Promises: the Chinese text is marked as such on every page; a translation says that it has no force; how
sure the wording is stands under it.
"""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.pictures.markup import element, together
from tongban.node.theme.wording import day_words, in_script, is_english, spoken
from tongban.services.articles import Article, quoted_in


def article_folds(citation: str) -> SafeString:
    """The articles that the citation names and whose wording is known; nothing where none is."""
    return together(*map(_fold, quoted_in(citation)))


def _fold(article: Article) -> SafeString:
    return element(
        "details",
        element("summary", _("%(article)s写的是") % {"article": spoken(article.heading)}),
        element("p", article.text.en, class_="govuk-body-s") if is_english() else "",
        element("blockquote", in_script(article.text.zh), class_="words", lang="zh"),
        element("p", _origin(article), class_="govuk-body-s quiet"),
        class_="fold article no-print",
    )


def _origin(article: Article) -> str:
    since = _("自 %(day)s 起") % {"day": day_words(article.since)}
    checked = {"high": "", "medium": _("未再与公报核对"), "low": _("未核实")}
    parts = [since, checked[article.confidence]]
    if is_english():
        parts.append(_("译文没有效力，以中文为准"))
    return " · ".join(part for part in parts if part)
