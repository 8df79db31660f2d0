"""The pages of Sichuan's node, with the people and the service of the story."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from tests.casework.conftest import (
    _sichuan,
    citizen,
    colleague,
    officer,
    publication,
    published,
    service_root,
    stranger,
    walk,
    woman,
)
from tests.pages.sample import STORY
from tongban.node.casework import catalogue, proposing
from tongban.node.portal.uploads import store

__all__ = [
    "_sichuan",
    "citizen",
    "colleague",
    "law",
    "officer",
    "publication",
    "published",
    "service_root",
    "stranger",
    "walk",
    "woman",
]


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law answers with the story's whole explanation."""
    monkeypatch.setattr(proposing, "explain", lambda service, facts, on: STORY)


@pytest.fixture
def own_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads lie in a folder of this test's: what sweeps, sweeps what no row of its own database names."""
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "uploads")


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Each test begins in Chinese, whatever language a page spoke before."""
    with override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def _offers_the_service(service_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "service_root", lambda: service_root)
