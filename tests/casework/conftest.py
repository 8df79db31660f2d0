"""Sichuan's node with one published service, a citizen, two officers, and the law's answer at hand."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.casework.publication import Publication
from tests.casework.walk import RESIDENT_ID, Walk, explanation
from tests.protocol.federation_of_two import SICHUAN_KEY, directory
from tests.services.shipped import copy_shipped
from tongban import protocol
from tongban.node.casework import proposing
from tongban.node.clock import true_now
from tongban.node.exchange import identity
from tongban.node.exchange.identity import Identity
from tongban.node.people.models import Account, Officer, Person
from tongban.node.people.register import create_citizen, create_officer
from tongban.services import Definition, Service, Text, load

POST = Text(zh="窗口工作人员", en="Counter officer")


@pytest.fixture(scope="session")
def service_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_shipped(tmp_path_factory.mktemp("services"))


@pytest.fixture(scope="session")
def publication(service_root: Path) -> Publication:
    return Publication(service_root)


@pytest.fixture
def published(db: None, publication: Publication) -> Service:
    return publication.publish()[0]


@pytest.fixture(autouse=True)
def _sichuan(monkeypatch: pytest.MonkeyPatch) -> None:
    two = directory(around=true_now())
    own = two.holds[0].model_copy(update={"place": "510100", "agency": "510100-yb"})
    decided = [
        two.handles[0].model_copy(update={"service": service, "agency": "510100-rs"})
        for service in ("hotline-handover", "unemployment-transfer")
    ]
    helped = [
        decided[0].model_copy(update={"service": "virtual-window", "place": place, "agency": f"{place}-rs"})
        for place in ("510100", "500000")
    ]
    handles = (*two.handles, *decided, *helped)
    both = two.model_copy(update={"holds": (*two.holds, own), "handles": handles})
    monkeypatch.setattr(identity, "current", lambda: Identity("sichuan", SICHUAN_KEY, both, b""))


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the law answer with these outcomes instead."""

    def answer(**outcomes: object) -> None:
        def explain(service: Service, facts: Mapping[str, object], on: object) -> Mapping[str, Any]:
            return explanation(facts, outcomes)

        monkeypatch.setattr(proposing, "explain", explain)

    answer()
    return answer


@pytest.fixture
def citizen(db: None) -> Account:
    return create_citizen("woman", "a long password", RESIDENT_ID, "测试女士")


@pytest.fixture
def woman(citizen: Account) -> Person:
    assert citizen.person is not None
    return citizen.person


@pytest.fixture
def officer(db: None) -> Officer:
    return create_officer("officer", "a long password", "510100-yb", "张三", POST).officer


@pytest.fixture
def colleague(db: None) -> Officer:
    return create_officer("colleague", "a long password", "510100-yb", "李四", POST).officer


@pytest.fixture
def stranger(db: None) -> Officer:
    return create_officer("stranger", "a long password", "510100-wj", "王五", POST).officer


@pytest.fixture
def walk(published: Service, law: Callable[..., None], woman: Person) -> Walk:
    return Walk(woman)


@pytest.fixture
def no_question_is_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(question: object) -> UUID:
        raise protocol.Refused(protocol.Code.NOT_COVERED)

    monkeypatch.setattr("tongban.node.exchange.api.ask", refuse)


@pytest.fixture(scope="session")
def definition(service_root: Path) -> Definition:
    return load(service_root)["medical-retirement"].definition
