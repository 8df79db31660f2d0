"""The pages of Sichuan's node, with the people and the service of the story."""

from pathlib import Path

import pytest

from tests.casework.conftest import (
    _sichuan,
    citizen,
    law,
    officer,
    published,
    service_root,
    stranger,
    walk,
    woman,
)
from tongban.node.casework import catalogue

__all__ = ["_sichuan", "citizen", "law", "officer", "published", "service_root", "stranger", "walk", "woman"]


@pytest.fixture(autouse=True)
def _offers_the_service(service_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "service_root", lambda: service_root)
