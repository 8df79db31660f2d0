"""Published services: immutable versions, and cases that keep theirs."""

import shutil
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.casework.walk import Walk
from tests.services.shipped import edit
from tongban.node.casework import catalogue
from tongban.node.casework.models import PublishedService
from tongban.services import Service, ServiceError


@pytest.fixture
def changed_root(service_root: Path, tmp_path: Path) -> Path:
    root = tmp_path / "changed"
    shutil.copytree(service_root, root)
    return root


def test_publishing_again_changes_nothing(published: Service, service_root: Path) -> None:
    catalogue.publish(service_root)
    assert PublishedService.objects.count() == 1
    assert catalogue.service("medical-retirement").sha256 == published.sha256


def test_a_published_version_with_other_content_is_refused(published: Service, changed_root: Path) -> None:
    edit(changed_root, "working_days = 15", "working_days = 5")
    with pytest.raises(ServiceError, match="raise version"):
        catalogue.publish(changed_root)
    assert catalogue.service("medical-retirement") == published


def test_a_new_version_is_offered_and_open_cases_keep_theirs(walk: Walk, changed_root: Path) -> None:
    case = walk.submitted()
    edit(changed_root, "working_days = 15", "working_days = 5")
    edit(changed_root, 'version = "2026.11.3"', 'version = "2026.11.4"')
    catalogue.publish(changed_root)
    assert [service.version for service in catalogue.offered()] == ["2026.11.4"]
    assert catalogue.read(walk.again(case).service).definition.time_limit.working_days == 15


def test_the_database_refuses_to_change_a_published_service(published: Service) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PublishedService.objects.update(version="2026.11.9")
