"""What reaches the running gateway as bytes: requests framed so that two servers could read them differently.

Each carries a second request where a careless reader would see one. It must never be answered.
"""

import re
import socket
import time
import zlib

import httpx
import pytest

from tests.exchange.far_node import FarNode
from tests.exchange.sides import delivered, fresh_question
from tongban.node.exchange.receiving import BODY_LIMIT
from tongban.protocol import MESSAGES_PATH

pytestmark = pytest.mark.xdist_group("gateway")

HOST = b"chongqing.example:8200"
INNER = b"GET /health HTTP/1.1\r\nHost: " + HOST + b"\r\n\r\n"
"""Answered 200 if it is taken for a request."""


def said(gateway: FarNode, request: bytes) -> list[int]:
    """The statuses that come back until the gateway closes or falls silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
        connection.sendall(request)
        connection.settimeout(1)
        try:
            while part := connection.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", received)]


def is_well(gateway: FarNode) -> bool:
    return httpx.get(f"{gateway.url}/health", trust_env=False).status_code == 200


def post(
    *lines: bytes, body: bytes = b"", version: bytes = b"HTTP/1.1", target: bytes = MESSAGES_PATH.encode()
) -> bytes:
    head = [b"POST " + target + b" " + version, b"Content-Type: application/json", *lines]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def with_host(*lines: bytes, body: bytes = b"") -> bytes:
    return post(b"Host: " + HOST, *lines, body=body)


CHUNKED = b"0\r\n\r\n" + INNER
LENGTH = str(len(CHUNKED)).encode()

SMUGGLING = {
    "length and chunks": with_host(b"Content-Length: " + LENGTH, b"Transfer-Encoding: chunked", body=CHUNKED),
    "chunks and length": with_host(b"Transfer-Encoding: chunked", b"Content-Length: " + LENGTH, body=CHUNKED),
    "two lengths": with_host(b"Content-Length: 0", b"Content-Length: " + LENGTH, body=CHUNKED),
    "two equal lengths": with_host(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"),
    "a list of lengths": with_host(b"Content-Length: 2, 2", body=b"{}"),
    "a signed length": with_host(b"Content-Length: +2", body=b"{}"),
    "a negative length": with_host(b"Content-Length: -1", body=b"{}"),
    "a length in hexadecimal": with_host(b"Content-Length: 0x2", body=b"{}"),
    "a length over 64 bits": with_host(b"Content-Length: 18446744073709551618", body=b"{}"),
    "a folded header": with_host(b"Content-Length:", b" " + LENGTH, b"X-A: b", b"\tc", body=CHUNKED),
    "a space before the colon": with_host(b"Content-Length : 2", body=b"{}"),
    "a space in a header's name": with_host(b"Content Length: 2", body=b"{}"),
    "a zero byte in a header": with_host(b"X-A: a\x00b", b"Content-Length: 2", body=b"{}"),
    "a bare carriage return": with_host(
        b"X-A: a\rTransfer-Encoding: chunked", b"Content-Length: 2", body=b"{}"
    ),
    "an encoding not known": with_host(b"Transfer-Encoding: xchunked", body=CHUNKED),
    "an encoding after chunked": with_host(b"Transfer-Encoding: chunked, identity", body=CHUNKED),
    "an encoding with a vertical tab": with_host(b"Transfer-Encoding: \x0bchunked", body=CHUNKED),
    "chunks twice": with_host(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=CHUNKED),
    "chunks in HTTP/1.0": post(
        b"Host: " + HOST, b"Transfer-Encoding: chunked", body=CHUNKED, version=b"HTTP/1.0"
    ),
    "a chunk's size that is none": with_host(b"Transfer-Encoding: chunked", body=b"g\r\n" + INNER),
    "a chunk's size that overflows": with_host(
        b"Transfer-Encoding: chunked", body=b"FFFFFFFFFFFFFFFFF\r\n" + INNER
    ),
    "a chunk longer than its size": with_host(b"Transfer-Encoding: chunked", body=b"1\r\n" + INNER),
    "two hosts": post(b"Host: " + HOST, b"Host: other.example", b"Content-Length: 2", body=b"{}"),
    "no host": post(b"Content-Length: 2", body=b"{}"),
    "a compressed body": with_host(b"Content-Encoding: gzip", b"Content-Length: 4", body=b"\x1f\x8b\x08\x00"),
    "a compressed transfer": with_host(b"Transfer-Encoding: gzip, chunked", body=CHUNKED),
    "a query": post(
        b"Host: " + HOST, b"Content-Length: 2", body=b"{}", target=MESSAGES_PATH.encode() + b"?a=1"
    ),
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "another version": post(b"Host: " + HOST, b"Content-Length: 2", body=b"{}", version=b"HTTP/9.9"),
}


@pytest.mark.parametrize("request_bytes", SMUGGLING.values(), ids=SMUGGLING)
def test_a_request_that_can_be_read_in_two_ways_is_refused_as_one(
    gateway: FarNode, request_bytes: bytes
) -> None:
    statuses = said(gateway, request_bytes)
    assert 200 not in statuses
    assert len(statuses) <= 1
    assert all(400 <= status < 500 or status == 505 for status in statuses)
    assert is_well(gateway)


def test_too_many_headers_are_refused(gateway: FarNode) -> None:
    many = [b"X-%d: a" % number for number in range(5000)]
    statuses = said(gateway, with_host(*many, b"Content-Length: 2", body=b"{}"))
    assert all(400 <= status < 500 for status in statuses)
    assert is_well(gateway)


def test_a_header_without_end_is_refused(gateway: FarNode) -> None:
    endless = with_host(b"X-A: " + b"a" * 2_000_000, b"Content-Length: 2", body=b"{}")
    try:
        statuses = said(gateway, endless)
    except (BrokenPipeError, ConnectionResetError):
        statuses = []
    assert all(400 <= status < 500 for status in statuses)
    assert is_well(gateway)


def test_a_body_declared_too_large_is_refused_before_it_is_sent(gateway: FarNode) -> None:
    assert said(gateway, with_host(b"Content-Length: %d" % (BODY_LIMIT + 1))) == [413]


def test_chunks_without_end_are_cut_off(gateway: FarNode) -> None:
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    try:
        statuses = said(gateway, with_host(b"Transfer-Encoding: chunked", body=chunk * 40))
    except (BrokenPipeError, ConnectionResetError):
        statuses = [413]
    assert statuses == [413]
    assert is_well(gateway)


def test_a_compression_bomb_is_refused_without_being_unpacked(gateway: FarNode) -> None:
    bomb = zlib.compress(bytes(100_000_000), level=9)
    assert len(bomb) < BODY_LIMIT
    signed = delivered(fresh_question())
    headers = {**dict(signed.headers), "content-encoding": "deflate"}
    began = time.process_time()
    given = httpx.post(f"{gateway.url}{MESSAGES_PATH}", content=bomb, headers=headers, trust_env=False)
    assert (given.status_code, given.json()["path"]) == (400, "header content-encoding")
    assert time.process_time() - began < 5
    assert is_well(gateway)


def test_a_request_that_breaks_off_leaves_the_gateway_well(gateway: FarNode) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
        connection.sendall(with_host(b"Content-Length: 1000", body=b"{"))
    assert is_well(gateway)
