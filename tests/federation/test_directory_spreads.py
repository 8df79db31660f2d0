"""A directory given to one running node reaches the other over the door; no older or forged one does."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from tests.federation.two_nodes import TwoNodes, await_that
from tongban import protocol
from tongban.federation.sides import CHONGQING, SICHUAN, SIDES
from tongban.node.tls_folder import TlsFolder, client_context
from tongban.protocol import DIRECTORY_TYPE, Directory, SigningKey


def in_force(nodes: TwoNodes, node: str) -> Directory:
    """The directory that the running node goes by, as its gateway gives it."""
    trusted = protocol.VerifyingKey.from_json(
        (nodes.federation.home / "federation" / "federation.json").read_bytes()
    )
    return protocol.open_directory(nodes.node(node).ask_gateway("/directory").content, trusted)


def signed_next(nodes: TwoNodes, change: Callable[[Directory], Directory]) -> bytes:
    """The directory after the one in force, changed, signed by the federation."""
    key = SigningKey.from_pem(
        "federation", (nodes.federation.home / "federation" / "federation.pem").read_bytes()
    )
    known = max((in_force(nodes, side.node) for side in SIDES), key=lambda one: one.version)
    following = change(known).model_copy(
        update={"version": known.version + 1, "issued": datetime.now(UTC).replace(microsecond=0)}
    )
    return protocol.sign_directory(following, key)


def put_at(nodes: TwoNodes, node: str, document: bytes) -> None:
    """Put a directory into a node's home, as its operator does."""
    path = nodes.node(node).config.directory_path
    unfinished = path.with_name("directory.new")
    unfinished.write_bytes(document)
    unfinished.replace(path)


def offered(nodes: TwoNodes, node: str, document: bytes) -> httpx.Response:
    """What the node's gateway says to a directory that a peer offers."""
    process = nodes.node(node)
    assert process.config.tls_path is not None
    folder = TlsFolder(process.config.tls_path)
    context = client_context([folder.issuer.read_text(encoding="ascii")], folder)
    return httpx.post(
        f"{process.config.gateway_url}/directory",
        content=document,
        headers={"content-type": DIRECTORY_TYPE},
        timeout=60,
        verify=context,
        trust_env=False,
    )


def unchanged(known: Directory) -> Directory:
    return known


def test_a_newer_directory_reaches_the_other_node_over_the_door(two_nodes: TwoNodes) -> None:
    before = in_force(two_nodes, CHONGQING.node).version
    put_at(two_nodes, SICHUAN.node, signed_next(two_nodes, unchanged))
    await_that(
        lambda: in_force(two_nodes, CHONGQING.node).version > before, "Chongqing has Sichuan's directory"
    )
    assert in_force(two_nodes, CHONGQING.node) == in_force(two_nodes, SICHUAN.node)


def test_an_older_or_forged_directory_is_refused_at_the_door(two_nodes: TwoNodes) -> None:
    older = two_nodes.node(CHONGQING.node).ask_gateway("/directory").content
    before = in_force(two_nodes, CHONGQING.node)
    newer = signed_next(two_nodes, unchanged)
    assert offered(two_nodes, CHONGQING.node, newer).json() == {"version": before.version + 1}
    stranger = protocol.new_signing_key("federation")
    forged = protocol.sign_directory(before.model_copy(update={"version": before.version + 9}), stranger)
    refusals = [offered(two_nodes, CHONGQING.node, document) for document in (older, forged)]
    assert [json.loads(one.content)["code"] for one in refusals] == ["directory-older", "directory-forged"]
    assert in_force(two_nodes, CHONGQING.node).version == before.version + 1
