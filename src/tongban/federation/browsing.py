"""A visitor to a node's pages without a browser: reads HTML, follows redirects, fills in the forms it finds.

Promises: sends only what a page's own form sends, its CSRF token included; what is not on a page is an error
that names the page and what was looked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from tongban.node.fetching import authorities

_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SILENT = frozenset({"script", "style", "svg"})
REQUEST_SECONDS = 60


class PageError(Exception):
    """A page is not what was expected; the text names its address and what is missing there."""


@dataclass
class Element:
    """A node of a page's tree."""

    tag: str
    attributes: dict[str, str]
    content: "list[Element | str]" = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> "Iterator[Element]":
        """Every element below with that tag; `class_` asks for one of its classes, others for the value."""
        for part in self.content:
            if isinstance(part, Element):
                if part.tag == tag and part._has(attributes):
                    yield part
                yield from part.all(tag, **attributes)

    @property
    def elements(self) -> "tuple[Element, ...]":
        """The elements right below."""
        return tuple(part for part in self.content if isinstance(part, Element))

    @property
    def text(self) -> str:
        """The words below, blanks evened out, pictures left out."""
        return " ".join("".join(self._pieces()).split())

    def _has(self, wanted: Mapping[str, str]) -> bool:
        classes = self.attributes.get("class", "").split()
        return all(
            value in classes if name == "class_" else self.attributes.get(name) == value
            for name, value in wanted.items()
        )

    def _pieces(self) -> Iterator[str]:
        if self.tag in _SILENT:
            return
        for part in self.content:
            if isinstance(part, str):
                yield part
            else:
                yield from part._pieces()
                yield " " if part.tag not in {"b", "strong", "span", "a", "q"} else ""


class _TreeBuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].content.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)


@dataclass(frozen=True)
class Form:
    """A form as its page shows it: where it goes and what it sends when nothing is changed."""

    action: str
    values: dict[str, str]
    checkboxes: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One answer of a node, read as a tree."""

    url: str
    status: int
    root: Element

    @property
    def heading(self) -> str:
        """The first heading's words."""
        return next((heading.text for heading in self.root.all("h1")), "")

    @property
    def path(self) -> str:
        """The path of its address."""
        return httpx.URL(self.url).path

    def form(self, action: str = "") -> Form:
        """The form whose action ends with `action`; without it, the one that sends to this very page."""
        found = self.form_or_none(action)
        if found is None:
            raise PageError(f"{self.url} (status {self.status}): no form {action!r} on it")
        return found

    def form_or_none(self, action: str = "") -> Form | None:
        """Like `form`, None when there is no such form."""
        for element in self.root.all("form"):
            target = element.attributes.get("action", "")
            if element.attributes.get("method") == "post" and (
                target.endswith(action) if action else not target
            ):
                return _form(urljoin(self.url, target), element)
        return None

    def link(self, path_end: str) -> str | None:
        """The address of the first link whose path ends so."""
        for element in self.root.all("a"):
            target = urljoin(self.url, element.attributes.get("href", ""))
            if httpx.URL(target).path.endswith(path_end):
                return target
        return None


def _form(action: str, element: Element) -> Form:
    values, checkboxes = {}, []
    for control in element.all("input"):
        name, kind = control.attributes.get("name"), control.attributes.get("type", "text")
        if name and kind == "checkbox":
            checkboxes.append(name)
        elif name and (kind != "radio" or "checked" in control.attributes):
            values[name] = control.attributes.get("value", "")
    return Form(action, values, tuple(checkboxes))


class Visitor:
    """Someone at a node's pages, with cookies of their own."""

    def __init__(self, pages_url: str, language: str) -> None:
        """`language` is a code of the pages' language switch, such as `zh-hans` or `en`."""
        self._client = httpx.Client(
            base_url=pages_url, follow_redirects=True, timeout=REQUEST_SECONDS, verify=authorities()
        )
        self._client.cookies.set("tongban_language", language)

    def get(self, address: str) -> Page:
        """The page at an address. Raises PageError when the node does not give one."""
        return read(self._client.get(address))

    def send(self, form: Form, **changes: str) -> Page:
        """Send a form with some values changed; `Origin` is set as browsers do."""
        headers = {"Origin": str(self._client.base_url).rstrip("/"), "Referer": form.action}
        return read(self._client.post(form.action, data=form.values | changes, headers=headers))

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in by the node's sign-in page."""
        page = self.send(self.get("/sign-in/").form(), username=username, password=password)
        if page.path == "/sign-in/":
            raise PageError(f"{page.url}: {username} was not let in")
        return page

    def close(self) -> None:
        """Forget the connections."""
        self._client.close()


def read(response: httpx.Response) -> Page:
    """An answer as a page; PageError when it is an error."""
    builder = _TreeBuilder()
    builder.feed(response.text)
    page = Page(str(response.url), response.status_code, builder.root)
    if response.is_error:
        raise PageError(f"{page.url}: status {page.status}: {page.heading}")
    return page
