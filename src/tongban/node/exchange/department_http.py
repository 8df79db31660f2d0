"""A department's own service over HTTP: the ID number in the body of a POST, rows as JSON in the answer.

Whatever is not a whole answer in time is `try-later`; redirects and proxies are not followed.
"""

import json
import ssl
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from tongban.node.exchange import department_data
from tongban.node.exchange.connectors import HttpConnector, Row
from tongban.node.exchange.department_data import Fault
from tongban.protocol import Code, Refused

CONNECT_SECONDS = 3.0
ANSWER_LIMIT = 4 * 1024 * 1024
_GONE = {httpx.codes.NOT_FOUND, httpx.codes.GONE}
_FORBIDDEN = {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}


def rows(connector: HttpConnector, subject: str, columns: Sequence[str]) -> list[Row]:
    """The rows of the person, with dotted columns looked up inside. Raises Refused `try-later`."""
    status, body = _ask(connector, {**connector.where, connector.key: subject})
    if status == httpx.codes.NOT_FOUND:
        return []
    if status != httpx.codes.OK:
        raise _refused(status)
    try:
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise _unreadable("its answer is not JSON; check url") from None
    found = _inside(answer, connector.records) if connector.records else answer
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        place = connector.records or "the top"
        raise _unreadable(f"its answer has no list of rows at {place}; check records")
    return [{name: _inside(item, name) for name in columns} for item in found]


def file(connector: HttpConnector, address: str, path: str) -> Iterator[bytes]:
    """The file under an address at the same service, piece by piece. Raises Refused.

    `path` is where in the records the address stands.
    """
    url = urljoin(connector.url, address)
    if _origin(url) != _origin(connector.url):
        raise department_data.invalid(path, Fault.FILE_MISSING)
    try:
        with _client(connector.ca_path).stream(
            "GET", url, headers=_headers(connector, "*/*"), timeout=_timeout(connector)
        ) as response:
            if response.status_code in _GONE:
                raise department_data.invalid(path, Fault.FILE_MISSING)
            if response.status_code != httpx.codes.OK:
                raise _refused(response.status_code)
            yield from response.iter_raw()
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        raise _unanswered(error) from None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _timeout(connector: HttpConnector) -> httpx.Timeout:
    seconds = connector.timeout_seconds
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))


def _headers(connector: HttpConnector, accepted: str) -> dict[str, str]:
    headers = {"accept": accepted, "accept-encoding": "identity"}
    if connector.secret_path is not None:
        headers[connector.header] = connector.secret_path.read_text(encoding="utf-8").strip()
    return headers


def _ask(connector: HttpConnector, question: dict[str, object]) -> tuple[int, bytes]:
    client = _client(connector.ca_path)
    try:
        headers = _headers(connector, "application/json")
        with client.stream(
            "POST", connector.url, json=question, headers=headers, timeout=_timeout(connector)
        ) as response:
            received = bytearray()
            for part in response.iter_raw():
                received += part
                if len(received) > ANSWER_LIMIT:
                    raise _unreadable("its answer is too large")
            return response.status_code, bytes(received)
    except (httpx.HTTPError, ssl.SSLError, OSError) as error:
        raise _unanswered(error) from None


def _unanswered(error: Exception) -> Refused:
    advice = "check url, ca_path and secret_path, and that the service can be reached from here"
    return _unreadable(f"{type(error).__name__}; {advice}")


def _refused(status: int) -> Refused:
    advice = "header and secret_path" if status in _FORBIDDEN else "url and the service's own log"
    return _unreadable(f"it answers with status {status}; check {advice}")


def _unreadable(problem: str) -> Refused:
    return Refused(Code.TRY_LATER, "connector", f"the department's service cannot be read now: {problem}")


def _inside(value: object, path: str) -> object:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


@cache
def _client(ca_path: Path | None) -> httpx.Client:
    context = ssl.create_default_context(cafile=ca_path)
    return httpx.Client(verify=context, trust_env=False, follow_redirects=False)
