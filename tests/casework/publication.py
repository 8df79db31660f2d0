"""Publishing the story's services as a starting node does, without reading their folders for every test."""

from dataclasses import dataclass, field
from pathlib import Path

from tongban.node.casework import catalogue
from tongban.node.casework.models import PublishedProcedure, PublishedService
from tongban.node.clock import now
from tongban.services import Service


@dataclass
class Publication:
    """What a folder publishes: read and checked the first time, the same rows written again after that."""

    root: Path
    _services: tuple[Service, ...] = ()
    _procedure_rows: list[PublishedProcedure] = field(default_factory=list)
    _service_rows: list[PublishedService] = field(default_factory=list)

    def publish(self) -> tuple[Service, ...]:
        """Publish the folder's services in this test's database."""
        if PublishedProcedure.objects.exists() or PublishedService.objects.exists():
            return catalogue.publish(self.root)
        if self._services:
            self._write_again()
        else:
            self._services = catalogue.publish(self.root)
            self._procedure_rows.extend(PublishedProcedure.objects.order_by("pk"))
            self._service_rows.extend(PublishedService.objects.order_by("pk"))
        return self._services

    def _write_again(self) -> None:
        for procedure in self._procedure_rows:
            procedure.pk, procedure.published_at = None, now()
        for service in self._service_rows:
            service.pk, service.published_at = None, now()
        PublishedProcedure.objects.bulk_create(self._procedure_rows)
        PublishedService.objects.bulk_create(self._service_rows)
