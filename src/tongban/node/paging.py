"""Long lists shown page by page; what was asked for never fails.

Promises: a page that there is not, or nonsense, shows one that there is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Line = TypeVar("Line")
Told = TypeVar("Told")
Row = TypeVar("Row", bound=Model)
LINES_A_PAGE = 50
_MOST_DIGITS = 9


@dataclass(frozen=True)
class Page(Generic[Line]):
    """The lines of one page; `number` counts from 1, `pages` is at least 1, `total` counts all lines."""

    lines: tuple[Line, ...]
    number: int
    pages: int
    total: int

    def told(self, tell: Callable[[Line], Told]) -> "Page[Told]":
        """The same page with each line told in another way."""
        return Page(tuple(map(tell, self.lines)), self.number, self.pages, self.total)


def page_of(rows: QuerySet[Row], number: int, size: int = LINES_A_PAGE) -> Page[Row]:
    """One page of ordered rows, in two queries; a number beyond the last page gives the last."""
    pages = Paginator(rows, size)
    page = pages.get_page(number)
    return Page(tuple(page.object_list), page.number, pages.num_pages, pages.count)


def page_asked(request: HttpRequest) -> int:
    """The number in `?page=`, 1 when there is none or it is no page's."""
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 1
