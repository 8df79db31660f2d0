"""HTTP messages as values: what a signature covers, without sockets."""

from dataclasses import dataclass, field

from tongban.protocol.refusals import Code, Refused

Headers = tuple[tuple[str, str], ...]
"""Field names in lower case with their values, in the order received."""


@dataclass(frozen=True)
class HttpRequest:
    """A request as it is sent or was received; `authority` is the host with port, in lower case."""

    method: str
    authority: str
    path: str
    headers: Headers
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class HttpResponse:
    """A response as it is sent or was received."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)


def the_field(headers: Headers, name: str) -> str:
    """The value of the field `name`, which must be there exactly once; Refused `malformed` otherwise."""
    found: str | None = None
    for key, value in headers:
        if key == name or key.lower() == name:
            if found is not None:
                raise Refused(Code.MALFORMED, f"header {name}", "exactly one expected")
            found = value
    if found is None:
        raise Refused(Code.MALFORMED, f"header {name}", "exactly one expected")
    return found.strip()
