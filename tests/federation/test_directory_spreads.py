"""A directory given to one running node reaches the other over the door; with it a key of another suite."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from tests.federation.two_nodes import TwoNodes, await_that
from tongban import protocol
from tongban.federation.browsing import Visitor
from tongban.federation.sides import CHONGQING, SICHUAN, SIDES
from tongban.federation.walk import apply
from tongban.node.tls_folder import TlsFolder, client_context
from tongban.protocol import DIRECTORY_TYPE, Directory, SigningKey, Suite


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


def test_a_case_crosses_under_an_sm2_key_that_follows_the_old_one(two_nodes: TwoNodes) -> None:
    key = protocol.new_signing_key("sichuan-sm2", Suite.SM2)
    now = datetime.now(UTC)
    entry = protocol.key_entry(key, now - timedelta(minutes=1), now + timedelta(days=30))

    def with_key(known: Directory) -> Directory:
        nodes = [
            one.model_copy(update={"keys": (*one.keys, entry)}) if one.id == SICHUAN.node else one
            for one in known.nodes
        ]
        return known.model_copy(update={"nodes": tuple(nodes)})

    path = two_nodes.node(SICHUAN.node).config.key_path
    old = path.read_bytes()
    put_at(two_nodes, SICHUAN.node, signed_next(two_nodes, with_key))
    await_that(
        lambda: in_force(two_nodes, CHONGQING.node) == in_force(two_nodes, SICHUAN.node),
        "Chongqing knows the new key",
    )
    path.write_bytes(key.to_pem())
    try:
        citizen = Visitor(two_nodes.pages_url(SICHUAN.node), "zh-hans")
        citizen.sign_in("yang.lihua", two_nodes.federation.password)
        number = apply(citizen)
        await_that(lambda: two_nodes.answers_given(number) == 1, "Chongqing has answered the question")
    finally:
        path.write_bytes(old)
    deliveries = "SELECT count(*) FROM exchange_seennonce WHERE keyid = %s"
    assert two_nodes.count(CHONGQING.node, deliveries, "sichuan-sm2") >= 1
