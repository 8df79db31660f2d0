"""Asking other sites over HTTP: in limited time, for a limited answer, without following a redirect.

Promises: whatever is not a whole answer in time is `Away`, whose text tells nothing of what was said.
"""

import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


class Away(Exception):
    """No whole answer came in time, or too large a one; the text is the kind of failure."""


@dataclass(frozen=True)
class Answer:
    """What a site answered; the content is never shown by itself."""

    status: int
    content: bytes = field(repr=False)


@cache
def authorities(*, from_environment: bool = True) -> ssl.SSLContext:
    """Whom this process trusts to vouch for sites: read once, which takes longer than many an answer.

    `from_environment` lets SSL_CERT_FILE and SSL_CERT_DIR name others than those that come with httpx.
    """
    import httpx  # noqa: PLC0415 - large, and most processes of a node ask nobody

    return httpx.create_ssl_context(trust_env=from_environment)


class Site:
    """Kept connections for a few questions, closed with the `with` block.

    `seconds` is the longest wait for any part, `most_bytes` the largest answer. `client` is another way to
    reach sites; without it the machine's proxies are passed over unless `through_proxy`.
    """

    def __init__(
        self,
        *,
        seconds: float,
        most_bytes: int,
        through_proxy: bool = False,
        client: "httpx.Client | None" = None,
    ) -> None:
        import httpx  # noqa: PLC0415 - large, and most processes of a node ask nobody

        self._most_bytes = most_bytes
        self._errors = (httpx.HTTPError, httpx.InvalidURL)
        self._client = client or httpx.Client(
            timeout=seconds,
            trust_env=through_proxy,
            follow_redirects=False,
            verify=authorities(from_environment=through_proxy),
        )
        self._open = ExitStack()

    def __enter__(self) -> "Site":
        self._open.enter_context(self._client)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def ask(
        self,
        method: str,
        address: str,
        *,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer, whatever its status. Raises Away."""
        try:
            with self._client.stream(
                method, address, json=json, data=form, content=content, headers=headers
            ) as response:
                received = bytearray()
                for piece in response.iter_bytes():
                    received += piece
                    if len(received) > self._most_bytes:
                        raise Away("an answer too large")
                return Answer(response.status_code, bytes(received))
        except self._errors as error:
            raise Away(type(error).__name__) from error
