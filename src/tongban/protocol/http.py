"""HTTP messages as values: what a signature covers, without sockets."""

from collections.abc import Sequence
from typing import NamedTuple

from tongban.protocol.refusals import Code, Refused

Headers = tuple[tuple[str, str], ...]
"""Field names in lower case with their values, in the order received."""


class HttpRequest(NamedTuple):
    """A request as it is sent or was received; `authority` is the host with port, in lower case."""

    method: str
    authority: str
    path: str
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.authority}{self.path}, {self.headers!r})"


class HttpResponse(NamedTuple):
    """A response as it is sent or was received."""

    status: int
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"HttpResponse({self.status}, {self.headers!r})"


def the_field(headers: Headers, name: str) -> str:
    """The value of the field `name`, which must be there exactly once; Refused `malformed` otherwise."""
    return the_fields(headers, (name,))[0]


def the_fields(headers: Headers, names: Sequence[str]) -> list[str]:
    """The values of these fields, in this order, each of which must be there exactly once.

    Refused `malformed` names the first that is not.
    """
    fields = dict(headers)
    if len(fields) == len(headers) and "".join(fields).islower():
        try:
            return [fields[name].strip() for name in names]
        except KeyError as missing:
            raise Refused(Code.MALFORMED, f"header {missing.args[0]}", "exactly one expected") from None
    return _of_any_case(headers, names)


def _of_any_case(headers: Headers, names: Sequence[str]) -> list[str]:
    found: dict[str, str] = {}
    doubled = ""
    for key, value in headers:
        name = key if key in names else key.lower()
        if name in found and name in names:
            doubled = doubled or name
        found[name] = value
    for name in names:
        if name not in found or name == doubled:
            raise Refused(Code.MALFORMED, f"header {name}", "exactly one expected")
    return [found[name].strip() for name in names]
