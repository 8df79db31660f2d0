"""Published services: what this node offers, in versions that never change.

Promises: the same version with other content is refused; a case keeps the one it was opened with.
"""

from functools import lru_cache
from pathlib import Path

from django.db import transaction

import tongban.services
from tongban.node.casework import procedures
from tongban.node.casework.models import Case, Draft, PublishedService
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now
from tongban.node.config import this_node
from tongban.services import Service, ServiceError


def service_root() -> Path:
    """The folder of service folders: the configured one, or the one that comes with the package."""
    return this_node().services_path or Path(tongban.services.__file__).parent


def publish(root: Path) -> tuple[Service, ...]:
    """Publish every service of a folder, all or none; those already published are left as they are.

    Raises ServiceError for a broken folder and for a published version whose content differs.
    """
    services = tongban.services.load(root)
    with transaction.atomic():
        procedures.publish()
        rows = PublishedService.objects.values_list("code", "version", "sha256")
        known = {(code, version): sha256 for code, version, sha256 in rows}
        for service in services.values():
            _publish_one(service, known.get((service.code, service.version)))
    return tuple(services.values())


def offered() -> tuple[Service, ...]:
    """The services that a citizen may apply for now, by code."""
    return tuple(read(row) for row in _current_rows())


def service(code: str) -> Service:
    """The version of a service that a new application gets. Raises Refused `service-unknown`."""
    return read(current(code))


def current(code: str) -> PublishedService:
    """The row of the version that a new application gets. Raises Refused `service-unknown`."""
    rows = PublishedService.objects.filter(code=code).defer("bundle")
    row = rows.order_by("-published_at", "-id").first()
    if row is None:
        raise Refused("service-unknown")
    return row


def read(row: PublishedService) -> Service:
    """The service that a published row holds."""
    return _read(row.pk, row.sha256)


def of(kept: Case | Draft) -> Service:
    """The version of the service that a case or a draft keeps; published ones never change."""
    return _of_row(kept.service_id)


@lru_cache(maxsize=256)
def _of_row(row: int) -> Service:
    return read(PublishedService.objects.defer("bundle").get(pk=row))


@lru_cache(maxsize=256)
def _read(row: int, sha256: str) -> Service:
    return Service.from_bundle(PublishedService.objects.get(pk=row, sha256=sha256).bundle)


def _current_rows() -> list[PublishedService]:
    rows = PublishedService.objects.order_by("code", "-published_at", "-id").distinct("code")
    return list(rows.defer("bundle"))


def _publish_one(service: Service, published: str | None) -> None:
    """Publish a version unless one with the digest `published` is there already."""
    if published is None:
        row, _ = PublishedService.objects.get_or_create(
            code=service.code,
            version=service.version,
            defaults={"sha256": service.sha256, "bundle": dict(service.bundle), "published_at": now()},
        )
        published = row.sha256
    if published != service.sha256:
        raise ServiceError(
            f"{service.folder}/service.toml",
            "version",
            "published-otherwise",
            version=service.version,
        )
