"""The page that finds services; the same results replace a part of the page while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.node.casework import catalogue
from tongban.node.portal.search import Document, Found, find
from tongban.node.portal.search.finding import Match, Way
from tongban.node.portal.search.words import is_chinese
from tongban.node.programme.register import Progress, register
from tongban.node.theme.wording import in_script
from tongban.services import Service, Text

MOST_RESULTS = 20


@dataclass(frozen=True)
class Result:
    """One line of the results; a service that is not open yet has only a name and the plan's items."""

    code: str
    name: Text
    summary: Text | None
    items: tuple[str, ...]
    why: tuple[SafeString, ...]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is found for `?q=`; asked by htmx, only the results."""
    query = request.GET.get("q", "").strip()
    results = results_of(query) if query else []
    context = {"query": query, "results": results[:MOST_RESULTS], "more": len(results) > MOST_RESULTS}
    part = "portal/results.html" if request.headers.get("HX-Request") == "true" else "portal/search.html"
    response = render(request, part, context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def results_of(query: str) -> list[Result]:
    """The services that the query means, those that can be applied for before those that cannot yet."""
    offered = {service.code: service for service in catalogue.offered()}
    guides = [_document(one.code, one.definition.name, *_said(one)) for one in offered.values()]
    planned = {
        state.service.code: state.service
        for state in register(catalogue.service_root()).services
        if state.progress is not Progress.WORKS and state.service.code not in offered
    }
    names = [_document(one.code, Text(zh=one.name.zh, en=one.name.en)) for one in planned.values()]
    found = [_open_result(one, offered) for one in find(guides, query)]
    later = [
        Result(one.document.code, one.document.name, None, tuple(planned[one.document.code].items), _why(one))
        for one in find(names, query)
    ]
    return found + later


def _open_result(found: Found, offered: Mapping[str, Service]) -> Result:
    definition = offered[found.document.code].definition
    return Result(definition.code, definition.name, definition.summary, (), _why(found))


@lru_cache(maxsize=512)
def _document(code: str, name: Text, *said: Text) -> Document:
    return Document(code, name, said)


def _said(service: Service) -> tuple[Text, ...]:
    definition = service.definition
    return definition.summary, definition.who, definition.result


def _why(found: Found) -> tuple[SafeString, ...]:
    return tuple(dict.fromkeys(mark_safe(_reason(match)) for match in found.matches))  # noqa: S308 - see _quoted


def _quoted(word: str) -> str:
    """The word escaped and quoted, Chinese where it is."""
    return format_html('<q lang="zh">{}</q>' if is_chinese(word) else "<q>{}</q>", in_script(word))


def _reason(match: Match) -> str:
    """Why this word led here, as a sentence."""
    words = {"word": _quoted(match.word), "found": _quoted(match.found)}
    match match.way:
        case Way.NAME:
            return _("名称里有%(found)s") % words
        case Way.SYNONYM:
            return _("%(word)s也叫%(found)s") % words
        case Way.PINYIN:
            return _("拼音%(word)s是%(found)s") % words
        case Way.INITIALS:
            return _("拼音首字母%(word)s是%(found)s") % words
        case Way.GUIDE:
            return _("说明里有%(found)s") % words
        case Way.GUIDE_SYNONYM:
            return _("说明里有%(found)s，也就是%(word)s") % words
        case Way.SAME_SOUND:
            return _("%(word)s和%(found)s读音相同") % words
        case Way.TYPING_ERROR:
            return _("您要找的可能是%(found)s") % words
