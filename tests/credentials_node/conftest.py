"""Sichuan's node as an issuer of every type, a citizen with an account, an officer of the issuing agency."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.casework.conftest import POST
from tests.casework.walk import RESIDENT_ID
from tests.credentials_node.other_wallets import Wallet
from tests.protocol.federation_of_two import SICHUAN_KEY, directory
from tongban import protocol
from tongban.node.certificates import new_issuer
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, keystore
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import reader
from tongban.node.exchange import identity
from tongban.node.people.models import Account, Officer, Person
from tongban.node.people.register import create_citizen, create_officer
from tongban.node.tls_folder import TlsFolder
from tongban.protocol import KeyUse
from tongban.suites import SigningKey, Suite, new_signing_key

CREDENTIAL_KEY = new_signing_key("sichuan-credential", Suite.ES256)
OTHER_KEY = new_signing_key("chongqing-credential", Suite.ES256)
AWAY = "http://127.0.0.1:9"
"""Where Chongqing's node would answer; nothing listens on that port."""
TITLE = "https://tongban.example/credentials/professional-title/1"
AGENCY = "510100-yb"
DECIDED_BY = {
    "professional-title": "510100-rs",
    "carer-qualification": "510100-rs",
    "electronic-id": "510100-ga",
    "residence-permit": "510100-ga",
    "credit-report": "510100-fg",
}
"""Which agency in Chengdu decides about a credential that is applied for."""
CLAIMS: dict[str, object] = {
    "name": "刘芳",
    "id_number": RESIDENT_ID,
    "id_tail": RESIDENT_ID[-4:],
    "series": "工程系列",
    "speciality": "土木工程",
    "title": "高级工程师",
    "level": "associate-senior",
    "obtained_on": "2021-06-30",
    "obtained_by": "evaluation",
    "certificate_number": "GCJS2021-0042",
    "authority": "成都市人力资源和社会保障局",
}


@pytest.fixture(autouse=True)
def _issuer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use_key(monkeypatch, CREDENTIAL_KEY)


@pytest.fixture
def issuer_name(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The node is listed under a name of the web, as wallets of other makers demand."""
    use_key(monkeypatch, CREDENTIAL_KEY, "https://sichuan.example")


@pytest.fixture
def reader_issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The node has an issuer of certificates, by which it proves who asks a wallet."""
    issuer = new_issuer("sichuan", now=true_now(), until=true_now() + timedelta(days=400))
    folder = TlsFolder(tmp_path)
    folder.issuer.write_bytes(issuer.certificate_pem())
    folder.issuer_key.write_bytes(issuer.key_pem())
    monkeypatch.setattr(reader, "TlsFolder", lambda path: folder)
    reader.forget()
    yield
    reader.forget()


def use_key(monkeypatch: pytest.MonkeyPatch, key: SigningKey, issuer: str = "http://testserver") -> None:
    now = true_now()
    two = directory(around=now)
    entry = protocol.key_entry(
        key.named("sichuan-credential"), now - timedelta(days=1), now + timedelta(days=400), KeyUse.CREDENTIAL
    )
    other = protocol.key_entry(
        OTHER_KEY, now - timedelta(days=1), now + timedelta(days=400), KeyUse.CREDENTIAL
    )
    extra = {"sichuan": entry, "chongqing": other}
    nodes = tuple(node.model_copy(update={"keys": (*node.keys, extra[node.id])}) for node in two.nodes)
    issues = protocol.Issues(
        node="sichuan",
        issuer=issuer,
        types=tuple(issuers.types()),
        lists=(f"{issuer}/credentials/status/0",),
        valid_from=(now - timedelta(days=1)).date(),
    )
    away = issues.model_copy(update={"node": "chongqing", "issuer": AWAY, "lists": (f"{AWAY}/status/0",)})
    handles = [
        two.handles[0].model_copy(update={"service": service, "agency": agency})
        for service, agency in DECIDED_BY.items()
    ]
    handles += [
        two.handles[0].model_copy(update={"service": "virtual-window", "place": at, "agency": f"{at}-rs"})
        for at in ("510100", "500000")
    ]
    further = tuple(two.agencies[0].model_copy(update={"code": code}) for code in ("510100-ga", "510100-fg"))
    both = two.model_copy(
        update={
            "nodes": nodes,
            "issues": (issues, away),
            "agencies": (*two.agencies, *further),
            "handles": (*two.handles, *handles),
        }
    )
    monkeypatch.setattr(identity, "current", lambda: identity.Identity("sichuan", SICHUAN_KEY, both, b""))
    monkeypatch.setattr(keystore, "own_key", lambda: key)


@pytest.fixture
def citizen(db: None) -> Account:
    return create_citizen("woman", "x", RESIDENT_ID, "刘芳")


@pytest.fixture
def woman(citizen: Account) -> Person:
    assert citizen.person is not None
    return citizen.person


@pytest.fixture
def officer(db: None) -> Officer:
    return create_officer("officer", "x", AGENCY, "王敏", POST).officer


@pytest.fixture
def title(woman: Person, officer: Officer) -> Issued:
    """A professional title of the woman's."""
    return issuing.issue(person=woman, vct=TITLE, claims=CLAIMS, agency=AGENCY, officer=officer)


@pytest.fixture
def wallet(live_server: LiveServer) -> Wallet:
    """A wallet of another maker that reaches this node."""
    return Wallet(live_server)
