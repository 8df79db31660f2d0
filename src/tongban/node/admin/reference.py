"""The reference data that a node goes by: where each comes from, and as of when.

It is read from files that lawyers keep; the page shows it and names the file, it does not edit it.
"""

from dataclasses import dataclass
from datetime import date

from tongban.node.casework.models import PublishedService
from tongban.node.exchange import identity
from tongban.node.exchange.models import TakenDirectory
from tongban.places import agencies, calendar, divisions
from tongban.places.text import Text


@dataclass(frozen=True)
class AgencyLine:
    """One agency with its place and, where its place has ended, who took over."""

    code: str
    name: Text
    place: Text
    ends: date | None
    successor: Text | None


@dataclass(frozen=True)
class Reference:
    """All of it, as one page shows it."""

    agencies: tuple[AgencyLine, ...]
    holiday_years: tuple[int, ...]
    directory_version: int
    directory_issued: str
    directories_taken: int
    services: tuple[tuple[str, str, str], ...]


def reference_data() -> Reference:
    """What this node goes by now."""
    directory = identity.current().directory
    services = PublishedService.objects.order_by("code", "-published_at").defer("bundle")
    return Reference(
        agencies=tuple(_line(agency) for agency in agencies.agencies().values()),
        holiday_years=tuple(sorted(calendar.calendar().years)),
        directory_version=directory.version,
        directory_issued=directory.issued.isoformat(),
        directories_taken=TakenDirectory.objects.count(),
        services=tuple((row.code, row.version, row.sha256[:12]) for row in services),
    )


def _line(agency: agencies.Agency) -> AgencyLine:
    periods = divisions.register()[agency.place]
    place = periods[-1]
    successor = agencies.agency(agency.successor).name if agency.successor else None
    return AgencyLine(agency.code, agency.name, place.name, place.valid_to, successor)
