"""A department's own service over HTTP: the ID number in the body of a POST, rows as JSON in the answer.

Whatever is not a whole answer in time is `try-later`; redirects and proxies are not followed.
"""

import json
import ssl
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import httpx

from tongban.node.exchange.connectors import HttpConnector, Row
from tongban.protocol import Code, Refused

CONNECT_SECONDS = 3.0
ANSWER_LIMIT = 4 * 1024 * 1024


def rows(connector: HttpConnector, subject: str, columns: Sequence[str]) -> list[Row]:
    """The rows of the person, with dotted columns looked up inside. Raises Refused `try-later`."""
    status, body = _ask(connector, {**connector.where, connector.key: subject})
    if status == httpx.codes.NOT_FOUND:
        return []
    if status != httpx.codes.OK:
        raise _unreadable(f"it answers with status {status}")
    try:
        answer = json.loads(body, parse_float=Decimal)
    except ValueError:
        raise _unreadable("its answer is not JSON") from None
    found = _inside(answer, connector.records) if connector.records else answer
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise _unreadable(f"its answer has no list of rows at {connector.records or 'the top'}")
    return [{name: _inside(item, name) for name in columns} for item in found]


def _ask(connector: HttpConnector, question: dict[str, object]) -> tuple[int, bytes]:
    client = _client(connector.ca_path)
    timeout = httpx.Timeout(
        connector.timeout_seconds, connect=min(CONNECT_SECONDS, connector.timeout_seconds)
    )
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    try:
        if connector.secret_path is not None:
            headers[connector.header] = connector.secret_path.read_text(encoding="utf-8").strip()
        with client.stream(
            "POST", connector.url, json=question, headers=headers, timeout=timeout
        ) as response:
            received = bytearray()
            for part in response.iter_raw():
                received += part
                if len(received) > ANSWER_LIMIT:
                    raise _unreadable("its answer is too large")
            return response.status_code, bytes(received)
    except (httpx.HTTPError, ssl.SSLError, OSError) as error:
        raise _unreadable(type(error).__name__) from None


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
