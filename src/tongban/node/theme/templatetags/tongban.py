"""`{% load tongban %}`: texts, times and sides in templates."""

from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from tongban.node.casework.shown import CaseView
from tongban.node.pictures import process
from tongban.node.pictures.articles import article_folds
from tongban.node.pictures.cited import cited
from tongban.node.pictures.markup import element
from tongban.node.theme import wording
from tongban.services import Text

register = template.Library()

_BRAND = Text(zh="通办", en="通办")


@register.filter
def said(text: wording.BothLanguages | Mapping[str, str] | str | None) -> str:
    """A text of the data in the language of the page."""
    return wording.spoken(text)


@register.filter
def marked(text: str | None) -> str:
    """Words that somebody typed, Chinese ones marked as such on an English page."""
    return wording.marked(str(text or ""))


register.filter("cited", cited)


@register.filter
def articles(citation: str) -> SafeString:
    """The wording of the articles that a citation names, each to fold open."""
    return article_folds(citation)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day in words."""
    if isinstance(value, datetime):
        value = wording.local_day(value)
    return wording.day_words(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in words, to the minute."""
    return wording.moment_words(value) if value else ""


@register.filter
def yuan(fen: int) -> str:
    """An amount of whole fen in yuan."""
    return wording.yuan_words(fen)


@register.filter
def month(value: str) -> str:
    """A month `YYYY-MM` in words."""
    return wording.month_words(value)


@register.filter
def side(place: str) -> str:
    """The style class of the side that a place, an agency or a node belongs to."""
    return wording.side_class(place or "")


@register.simple_tag(takes_context=True)
def is_officers(context: template.Context) -> bool:
    """Whether the page is read by an officer, who has no cases, credentials or mandates of their own."""
    user = context.get("user")
    return bool(user and user.is_authenticated and not user.person_id)


@register.simple_tag
def html_language() -> str:
    """The page's language as HTML names it."""
    return wording.html_language()


@register.simple_tag
def brand() -> SafeString:
    """The platform's name as its mark shows it: in Chinese on every page, in the page's script."""
    name = wording.spoken(_BRAND)
    script = "zh-Hans" if wording.is_english() else wording.html_language()
    return element("span", name[:1], element("b", name[1:]), lang=script)


@register.simple_tag
def languages() -> list[tuple[str, str, str, str, bool]]:
    """The languages to switch to: code, HTML's name, short sign, full name, whether it is the present one."""
    return [
        (code, wording.HTML_LANGUAGES[code], wording.LANGUAGE_SIGNS[code], name, wording.is_language(code))
        for code, name in settings.LANGUAGES
    ]


@register.simple_tag
def process_picture(case: CaseView) -> SafeString:
    """The case's procedure as a picture, with the state that it is in marked."""
    return process.process_picture(case.procedure, case.status, wording.spoken)
