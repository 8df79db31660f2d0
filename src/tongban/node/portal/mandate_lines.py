"""A mandate as people read it: who for whom, which services, from when until when, how proved, if over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from tongban.node.clock import today
from tongban.node.people.models import Mandate
from tongban.node.portal.names import listed, service_names
from tongban.node.theme.wording import day_words, local_day


@dataclass(frozen=True)
class MandateLine:
    """One mandate; `firm` is empty for a person's own, `is_open` until it has ended in whichever way."""

    id: UUID
    agent: str
    giver: str
    firm: str
    services: str
    valid_from: date
    valid_until: date
    proof: str
    state: str
    is_open: bool


def lines(mandates: Iterable[Mandate]) -> list[MandateLine]:
    """Mandates in words, each service looked up once."""
    shown = list(mandates)
    names = service_names(code for one in shown for code in one.services)
    return [_line(one, [names[code] for code in one.services]) for one in shown]


def line(mandate: Mandate) -> MandateLine:
    """One mandate in words."""
    (told,) = lines([mandate])
    return told


def _line(mandate: Mandate, services: list[str]) -> MandateLine:
    firm = mandate.enterprise
    return MandateLine(
        id=mandate.pk,
        agent=mandate.agent.name,
        giver=firm.name if firm else mandate.person.name if mandate.person else "",
        firm=firm.name if firm else "",
        services=services_words(services),
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        proof=str(mandate.get_proof_display()),
        state=_state(mandate),
        is_open=mandate.ended_at is None and mandate.valid_until >= today(),
    )


def services_words(names: Iterable[str]) -> str:
    """For which services, in words; none means every one."""
    return listed(names) or _("全部事项")


def _state(mandate: Mandate) -> str:
    if mandate.ended_at is not None:
        return _("%(who)s已于 %(day)s 提前结束") % {
            "who": mandate.get_ended_by_display(),
            "day": day_words(local_day(mandate.ended_at)),
        }
    if mandate.valid_until < today():
        return _("已到期")
    return _("有效") if mandate.valid_from <= today() else _("还没有开始")
