"""Acting for another (代办): who may, for whom, for which services, from when until when, how it was proved.

Promises: a mandate holds from its first to its last day unless either side ends it before; giving and ending
are recorded in the log; nothing of a mandate changes but its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tongban.node.clock import now, today
from tongban.node.people import permissions
from tongban.node.people.models import Account, Mandate, Person
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json
from tongban.services import Text

MANDATE = "mandate"
"""The kind of a mandate's records in the log: one when it is given, one when it is ended early."""
LONGEST = timedelta(days=3 * 366)
"""How long a mandate may hold: this product's own choice, no rule names a limit."""


class Fault(StrEnum):
    """Why a mandate is not given or not ended."""

    AGENT_UNKNOWN = "agent-unknown"
    AGENT_IS_GIVER = "agent-is-giver"
    DATES_UNUSABLE = "mandate-dates-unusable"
    NOT_REPRESENTED = "not-representative"
    NOT_FOUND = "mandate-not-found"
    NAME_DIFFERS = "name-differs"
    OWN_ENTRY = "own-entry"


TEXTS: Final[Mapping[Fault, Text]] = {
    Fault.AGENT_UNKNOWN: Text(
        zh="没有找到姓名和身份证号都相符的账号。请核对，或者请对方先在这里登录一次，再来委托",
        en="No account fits both name and ID number; check them, or have the other person sign in here first",
    ),
    Fault.AGENT_IS_GIVER: Text(
        zh="不用委托自己，您自己的事可以直接办。请填写要替您办事的人",
        en="You need no mandate for yourself; name the person who is to act for you",
    ),
    Fault.DATES_UNUSABLE: Text(
        zh="起日不早于今天，止日不早于起日，最长三年。请改日期",
        en="It begins today or later and ends, no earlier, within three years; change the dates",
    ),
    Fault.NOT_REPRESENTED: Text(
        zh="只有法定代表人可以替企业委托。请由法定代表人登录办理，或到窗口登记",
        en="Only its legal representative gives a mandate for an enterprise; "
        "have them sign in, or go to a counter",
    ),
    Fault.NOT_FOUND: Text(
        zh="没有这项委托，或者已经结束。请到“代办”页面查看",
        en="There is no such mandate, or it has ended; look at the page on acting for others",
    ),
    Fault.NAME_DIFFERS: Text(
        zh="这个公民身份号码登记的是另一个姓名。请对照身份证原件再填一次",
        en="Another name is on record for this ID number; type both again from the identity card",
    ),
    Fault.OWN_ENTRY: Text(
        zh="您自己登记的，要由同部门的另一位工作人员复核。请同事登录后复核",
        en="You entered this one; another officer of the agency checks it, so have a colleague sign in",
    ),
}


class MandateRefused(Exception):
    """A mandate that is not given or ended; nothing was changed, and the text says what to do."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.text = TEXTS[fault]


@dataclass(frozen=True)
class Terms:
    """For which services a mandate is (none: for every one), and its first and last day."""

    services: tuple[str, ...]
    valid_from: date
    valid_until: date


def give(
    giver: Person, agent_name: str, agent_number: str, terms: Terms, *, key: UUID, enterprise: str = ""
) -> tuple[Mandate, bool]:
    """Have a person act for the giver, or for the enterprise of this code that the giver heads.

    With whether the mandate is new: the same `key` twice is one. Raises MandateRefused, LogUnavailable.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=giver.pk)
        firm = permissions.represented_by(giver).filter(pk=enterprise).first() if enterprise else None
        if enterprise and firm is None:
            raise MandateRefused(Fault.NOT_REPRESENTED)
        given = Mandate.objects.filter(pk=key, given_by=giver).first()
        if given is not None:
            return given, False
        agent = _with_account(agent_name, agent_number)
        if agent == giver:
            raise MandateRefused(Fault.AGENT_IS_GIVER)
        check_dates(terms)
        made = Mandate(
            id=key,
            person=None if firm else giver,
            enterprise=firm,
            agent=agent,
            services=sorted(set(terms.services)),
            valid_from=terms.valid_from,
            valid_until=terms.valid_until,
            proof=Mandate.Proof.ONLINE,
            given_at=now(),
            given_by=giver,
        )
        return keep(made), True


def keep(mandate: Mandate) -> Mandate:
    """Store a new mandate and its record in the log. Raises LogUnavailable."""
    with transaction.atomic():
        mandate.save(force_insert=True)
        translog.record(MANDATE, mandate.id, logged(mandate, is_end=False))
    return mandate


def end(who: Person, key: UUID) -> Mandate:
    """End a mandate that the person gave, holds, or may end for an enterprise they head.

    Raises MandateRefused `mandate-not-found` for anything else, LogUnavailable.
    """
    with transaction.atomic():
        found = Mandate.objects.select_for_update().filter(_concerning(who), pk=key, ended_at=None).first()
        if found is None:
            raise MandateRefused(Fault.NOT_FOUND)
        by = Mandate.EndedBy.AGENT if found.agent_id == who.pk else Mandate.EndedBy.GIVER
        return close(found, by)


def close(mandate: Mandate, by: Mandate.EndedBy) -> Mandate:
    """End a mandate that has not ended, whoever says so. Raises LogUnavailable."""
    with transaction.atomic():
        mandate.ended_at, mandate.ended_by = now(), by
        mandate.save(update_fields=["ended_at", "ended_by"])
        translog.record(MANDATE, mandate.id, logged(mandate, is_end=True))
    return mandate


def held_by(agent: Person) -> QuerySet[Mandate]:
    """The mandates by which the person may act for others today."""
    return in_force().filter(agent=agent).select_related("person", "enterprise")


def given_by(giver: Person) -> QuerySet[Mandate]:
    """Every mandate for the person or an enterprise that they head, whether it holds or has ended."""
    return Mandate.objects.filter(_from(giver)).select_related("agent", "enterprise", "person")


def in_force() -> QuerySet[Mandate]:
    """The mandates that hold today."""
    return Mandate.objects.filter(permissions.holding_on(today()), ended_at=None)


def holds(mandate: Mandate) -> bool:
    """Whether it holds today, as it was read."""
    return mandate.ended_at is None and mandate.valid_from <= today() <= mandate.valid_until


def logged(mandate: Mandate, *, is_end: bool) -> dict[str, Json]:
    """What the log's record says of a mandate's beginning or early end; an auditor compares the two."""
    giver = mandate.person.pseudonym if mandate.person else mandate.enterprise_id
    record: dict[str, Json] = {
        "mandate": str(mandate.id),
        "giver": giver,
        "agent": mandate.agent.pseudonym,
        "services": list(mandate.services),
        "from": mandate.valid_from.isoformat(),
        "until": mandate.valid_until.isoformat(),
        "proof": str(mandate.proof),
    }
    return record | {"ended_by": str(mandate.ended_by)} if is_end else record


def stored_mandates(recorded: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | None]:
    """What the log should say of these mandates, as they are stored now; None for one that is gone."""
    rows = Mandate.objects.select_related("person", "agent")
    found = rows.in_bulk([UUID(record["mandate"]) for record in recorded])
    stored = [(record, found.get(UUID(record["mandate"]))) for record in recorded]
    return [logged(one, is_end="ended_by" in record) if one else None for record, one in stored]


def _concerning(who: Person) -> Q:
    return Q(agent=who) | _from(who)


def _from(giver: Person) -> Q:
    firms = permissions.represented_by(giver).order_by().values("pk")
    return Q(person=giver) | Q(enterprise__in=firms)


def _with_account(name: str, number: str) -> Person:
    found = Account.objects.filter(
        person__resident_id=number.upper(), person__name=name, is_active=True
    ).select_related("person")
    account = found.first()
    if account is None or account.person is None:
        raise MandateRefused(Fault.AGENT_UNKNOWN)
    return account.person


def check_dates(terms: Terms) -> None:
    """Raises MandateRefused `mandate-dates-unusable` for days that a mandate cannot have."""
    day = today()
    if not day <= terms.valid_from <= terms.valid_until <= terms.valid_from + LONGEST:
        raise MandateRefused(Fault.DATES_UNUSABLE)
