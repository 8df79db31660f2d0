"""A directory handed to the running gateway: taken when newer and signed, given on to whoever asks."""

import httpx
import pytest

from tests.exchange.far_node import FarNode
from tests.protocol.federation_of_two import FEDERATION_KEY, STRANGER_KEY
from tongban import protocol
from tongban.protocol import Code, Refusal, SigningKey

pytestmark = pytest.mark.xdist_group("gateway")


def in_force(gateway: FarNode) -> protocol.Directory:
    document = httpx.get(f"{gateway.url}/directory", trust_env=False).content
    return protocol.open_directory(document, FEDERATION_KEY.verifying_key)


def offered(gateway: FarNode, version: int, key: SigningKey = FEDERATION_KEY) -> httpx.Response:
    given = in_force(gateway).model_copy(update={"version": version})
    return httpx.post(
        f"{gateway.url}/directory", content=protocol.sign_directory(given, key), trust_env=False, timeout=30
    )


def refusal_of(response: httpx.Response) -> Refusal:
    reply = protocol.parse_reply(response.content)
    assert isinstance(reply, Refusal)
    return reply


def test_a_newer_directory_is_in_force_at_once_without_a_restart(gateway: FarNode) -> None:
    newer = in_force(gateway).version + 1
    assert offered(gateway, newer).json() == {"version": newer}
    assert in_force(gateway).version == newer


def test_an_older_directory_is_refused_by_the_gateway(gateway: FarNode) -> None:
    newer = in_force(gateway).version + 1
    offered(gateway, newer)
    response = offered(gateway, newer - 1)
    assert (response.status_code, refusal_of(response).code) == (409, Code.DIRECTORY_OLDER)
    assert in_force(gateway).version == newer


def test_a_forged_directory_is_refused_by_the_gateway(gateway: FarNode) -> None:
    before = in_force(gateway).version
    response = offered(gateway, before + 1, STRANGER_KEY)
    assert (response.status_code, refusal_of(response).code) == (403, Code.DIRECTORY_FORGED)
    assert in_force(gateway).version == before


def test_a_directory_known_already_is_not_sent_again(gateway: FarNode) -> None:
    known = httpx.get(f"{gateway.url}/directory", trust_env=False)
    tag = {"if-none-match": known.headers["etag"]}
    again = httpx.get(f"{gateway.url}/directory", headers=tag, trust_env=False)
    assert (again.status_code, again.content) == (304, b"")
