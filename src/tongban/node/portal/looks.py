"""Who looked at a person's data, as lines and dots: each access in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.people.access import Access
from tongban.node.pictures.strip import Look, who_looked
from tongban.node.portal.names import agency_name, evidence_of, field_names, node_name, service_names
from tongban.node.theme.wording import day_words, side_class, spoken


@dataclass(frozen=True)
class LookLine:
    """One access as the person reads it; `withheld` says until when it was not shown, and on what basis."""

    id: UUID
    at: datetime
    who: str
    how: str
    what: str
    whose: str
    why: str
    basis: str
    service: str
    case_ref: str
    side: str
    withheld: str


def _how(access: Access) -> str:
    """In which way the agency came to see the data."""
    if access.direction == "read":
        return spoken(access.officer_post)
    if access.direction == "agent":
        return _("您委托的代办人")
    if access.direction == "point":
        return _("告知定点机构")
    if access.direction == "own":
        return _("查询本地部门的系统")
    if access.direction == "in":
        return _("收到另一地提供的记录")
    if access.direction == "taken":
        return _("随办件从另一地转来")
    if access.direction == "sent":
        return _("随办件转到%(node)s") % {"node": node_name(access.asking_node)}
    if not access.agency:
        return _("您用这里的账号登录那边的门户")
    return _("从%(node)s一侧询问，由本地部门提供") % {"node": node_name(access.asking_node)}


def _who(access: Access) -> str:
    """The agent by their name; else the agency, or the node where there is none."""
    if access.direction == "agent":
        return access.agent
    return agency_name(access.agency) if access.agency else node_name(access.asking_node)


def _withheld(access: Access) -> str:
    """That the look was not shown at first, in words; empty when it was."""
    if access.withheld is None:
        return ""
    return _("这一次查看依法暂缓公开，到%(day)s才在这里显示。依据：%(basis)s") % {
        "day": day_words(access.withheld.until),
        "basis": spoken(access.withheld.basis),
    }


def look_lines(accesses: Iterable[Access]) -> list[LookLine]:
    """The accesses in words."""
    shown = list(accesses)
    services = service_names(access.service for access in shown)
    types = {code: evidence_of(code) for code in services}
    return [_look_line(access, services[access.service], types[access.service]) for access in shown]


def _look_line(access: Access, service: str, types: frozenset[str]) -> LookLine:
    return LookLine(
        id=access.id,
        at=access.at,
        who=_who(access),
        how=_how(access),
        what=field_names(access.fields, types),
        whose=access.enterprise,
        why=spoken(access.purpose),
        basis=spoken(access.basis),
        service=service,
        case_ref=access.case_ref,
        side=side_class(access.agency),
        withheld=_withheld(access),
    )


def strip_of(lines: Iterable[LookLine]) -> SafeString:
    """The calendar strip of these accesses."""
    return who_looked([Look(line.at, f"{line.who}（{line.how}）", line.side) for line in lines])
