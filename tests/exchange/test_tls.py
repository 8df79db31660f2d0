"""Connections between nodes: each side proves to be a node of the directory, or no connection is made."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.exchange.far_node import FarNode, FarServer
from tests.exchange.questions import a_question
from tests.exchange.sides import Row, delivered, fresh_question
from tests.protocol.federation_of_two import RECORDS, SICHUAN_KEY
from tongban import protocol
from tongban.node.certificates import Issuer, issue, new_issuer
from tongban.node.config import this_node
from tongban.node.exchange import api, identity
from tongban.node.exchange.delivery import deliver_next
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import HttpTransport, Unreachable
from tongban.node.private_files import write_private
from tongban.node.tls_folder import TlsFolder
from tongban.protocol import Code, NodeEntry

pytestmark = pytest.mark.xdist_group("gateway")

NOW = datetime.now(UTC)


def an_issuer(node: str) -> Issuer:
    return new_issuer(node, now=NOW, until=NOW + timedelta(days=400))


SICHUAN_ISSUER, CHONGQING_ISSUER, STRANGER_ISSUER = map(an_issuer, ("sichuan", "chongqing", "stranger"))


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory, far_server: FarServer) -> Iterator[FarNode]:
    """Chongqing's gateway with TLS; its directory lists both sides' issuers."""
    home = tmp_path_factory.mktemp("chongqing")
    node = FarNode(home, far_server, issuers=(CHONGQING_ISSUER,))
    node.create()
    node.publish(listing(node, SICHUAN_ISSUER))
    node.insure(Row())
    node.start()
    yield node
    node.drop()


def listing(far: FarNode, *sichuan: Issuer, version: int = 1) -> protocol.Directory:
    """The directory in which Sichuan proves itself by any of these issuers."""
    pems = tuple(issuer.certificate_pem().decode() for issuer in sichuan)
    known = far.directory()
    nodes = tuple(
        node.model_copy(update={"certificates": pems}) if node.id == "sichuan" else node
        for node in known.nodes
    )
    return known.model_copy(update={"nodes": nodes, "version": version})


def presenting(folder: Path, issuer: Issuer, lifetime: timedelta = timedelta(days=1)) -> TlsFolder:
    """What Sichuan proves itself with."""
    own = TlsFolder(folder)
    began = min(NOW, NOW + lifetime - timedelta(hours=2))
    issued = issue(issuer, "sichuan", "127.0.0.1", now=began, lifetime=NOW + lifetime - began)
    write_private(own.identity, issued.key_pem + issued.certificate_pem)
    return own


def chongqing(far: FarNode, *issuers: Issuer) -> NodeEntry:
    """Chongqing as Sichuan's directory lists it."""
    return replace(far, issuers=issuers or far.issuers).directory().node("chongqing")


def problem_of(own: TlsFolder | None, peer: NodeEntry) -> Code:
    """What stands in the way of a delivery."""
    with pytest.raises(Unreachable) as unreachable:
        HttpTransport(own)(peer, delivered(fresh_question()))
    return unreachable.value.code


def delivered_to(far: FarNode, transport: HttpTransport) -> bool:
    """Whether the far gateway takes a connection, whatever it says to the message."""
    with contextlib.suppress(Unreachable):
        return transport(chongqing(far), delivered(fresh_question())).status > 0
    return False


def await_that(far: FarNode, transport: HttpTransport, *, is_taken: bool) -> None:
    deadline = time.monotonic() + 60
    while delivered_to(far, transport) is not is_taken:
        assert time.monotonic() < deadline, far.log
        time.sleep(0.2)


@pytest.mark.django_db(transaction=True)
def test_a_question_crosses_between_nodes_that_prove_themselves(
    far: FarNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Identity("sichuan", SICHUAN_KEY, listing(far, SICHUAN_ISSUER), b"")
    monkeypatch.setattr(identity, "current", lambda: near)
    message = api.ask(a_question())
    assert deliver_next(HttpTransport(presenting(tmp_path, SICHUAN_ISSUER)))
    outcome = api.settled(message)
    assert isinstance(outcome, api.Answered)
    assert outcome.records == RECORDS


def test_a_node_without_a_certificate_is_refused(far: FarNode) -> None:
    assert problem_of(None, chongqing(far)) is Code.CERTIFICATE_REFUSED


def test_a_certificate_that_the_directory_does_not_list_is_refused(far: FarNode, tmp_path: Path) -> None:
    assert problem_of(presenting(tmp_path, STRANGER_ISSUER), chongqing(far)) is Code.CERTIFICATE_REFUSED


def test_an_expired_certificate_is_refused(far: FarNode, tmp_path: Path) -> None:
    expired = presenting(tmp_path, SICHUAN_ISSUER, lifetime=timedelta(minutes=-1))
    assert problem_of(expired, chongqing(far)) is Code.CERTIFICATE_REFUSED


def test_a_gateway_with_another_nodes_certificate_is_not_talked_to(far: FarNode, tmp_path: Path) -> None:
    own = presenting(tmp_path, SICHUAN_ISSUER)
    assert problem_of(own, chongqing(far, SICHUAN_ISSUER)) is Code.PEER_UNTRUSTED


def test_a_gateway_under_another_name_is_not_talked_to(far: FarNode, tmp_path: Path) -> None:
    elsewhere = chongqing(far).model_copy(update={"gateway_url": f"https://localhost:{far.port}"})
    assert problem_of(presenting(tmp_path, SICHUAN_ISSUER), elsewhere) is Code.PEER_UNTRUSTED


def test_a_renewed_certificate_needs_no_new_directory(far: FarNode, tmp_path: Path) -> None:
    transport = HttpTransport(presenting(tmp_path, SICHUAN_ISSUER))
    assert delivered_to(far, transport)
    presenting(tmp_path, SICHUAN_ISSUER, lifetime=timedelta(days=2))
    assert delivered_to(far, transport)


def test_issuers_are_changed_with_overlap(far: FarNode, tmp_path: Path) -> None:
    next_issuer = an_issuer("sichuan")
    before = HttpTransport(presenting(tmp_path / "before", SICHUAN_ISSUER))
    after = HttpTransport(presenting(tmp_path / "after", next_issuer))
    assert not delivered_to(far, after)
    far.publish(listing(far, SICHUAN_ISSUER, next_issuer, version=2))
    await_that(far, after, is_taken=True)
    await_that(far, before, is_taken=True)
    far.publish(listing(far, next_issuer, version=3))
    await_that(far, HttpTransport(presenting(tmp_path / "before", SICHUAN_ISSUER)), is_taken=False)
    await_that(far, after, is_taken=True)
    far.publish(listing(far, SICHUAN_ISSUER, version=4))
    await_that(far, before, is_taken=True)


def test_a_gateway_renews_its_certificate_before_it_ends(tmp_path: Path) -> None:
    folder = TlsFolder(tmp_path)
    write_private(folder.issuer, CHONGQING_ISSUER.certificate_pem())
    write_private(folder.issuer_key, CHONGQING_ISSUER.key_pem())
    config = this_node()
    assert folder.renew_if_due(config, NOW)
    first = folder.expires()
    assert not folder.renew_if_due(config, NOW + timedelta(days=59))
    assert folder.renew_if_due(config, NOW + timedelta(days=61))
    assert folder.expires() > first
