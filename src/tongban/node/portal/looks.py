"""Who looked at a person's data, as lines and dots: each access in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.people.access import Access
from tongban.node.pictures.strip import Look, who_looked
from tongban.node.portal.names import agency_name, field_names, node_name, service_name
from tongban.node.theme.wording import side_class, spoken


@dataclass(frozen=True)
class LookLine:
    """One access as the person reads it."""

    at: datetime
    who: str
    what: str
    why: str
    basis: str
    service: str
    case_ref: str
    side: str


def _who(access: Access) -> str:
    agency = agency_name(access.agency)
    if access.direction == "read":
        return f"{agency} · {spoken(access.officer_post)}" if access.officer_post else agency
    if access.direction == "own":
        return _("%(agency)s（本地部门系统）") % {"agency": agency}
    if access.direction == "in":
        return _("%(agency)s（收到另一地提供的记录）") % {"agency": agency}
    node = node_name(access.asking_node)
    return _("%(agency)s（%(node)s，由本地部门提供）") % {"agency": agency, "node": node}


def look_line(access: Access) -> LookLine:
    """One access in words."""
    return LookLine(
        at=access.at,
        who=_who(access),
        what=field_names(access.fields),
        why=spoken(access.purpose),
        basis=spoken(access.basis),
        service=service_name(access.service),
        case_ref=access.case_ref,
        side=side_class(access.agency),
    )


def strip_of(lines: Iterable[LookLine]) -> SafeString:
    """The calendar strip of these accesses."""
    return who_looked([Look(line.at, line.who, line.side) for line in lines])
