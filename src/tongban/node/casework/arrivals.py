"""Money of a month set off that has arrived: recorded by who receives it, told to who paid, and compared.

Promises: one reference is one receipt on both sides, however often and late it is told; where a month's
receipts are not what was set off, both sides have it to look into until it fits or somebody noted why.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, Min, Sum

from tongban.node.casework import catalogue, inputs, netting, tidings
from tongban.node.casework.models import Case, Event, LedgerEntry
from tongban.node.casework.partner import amount_text, saying
from tongban.node.casework.procedure import Input
from tongban.node.casework.received import Difference, Receipt
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.services import Definition, Text

logger = logging.getLogger(__name__)

LONGEST_FINDING = 500
_REFERENCE = Input("reference", "reference", Text(zh="到账凭证号", en="Reference of the receipt"))
_AMOUNT = Input("amount", "money", Text(zh="到账金额（元）", en="Amount that arrived (yuan)"))
_NOTHING = Text(zh="到账金额应大于零", en="The amount that arrived is more than nothing")
_DAY = Text(
    zh="请填写到账的那一天，不晚于今天，例如 2026-12-08",
    en="Give the day on which it arrived, today at the latest, like 2026-12-08",
)
_OTHERWISE = Text(
    zh="这个凭证号已经登记过，月份、金额或者日期不同，请核对",
    en="This reference is recorded already with another month, amount or day; check it",
)
_PURPOSE = api.Text(zh="告知清算款到账", en="To tell that money of a clearing has arrived")
_ARRIVED = Text(zh="{month} 的清算款到账 {amount}", en="Of the clearing of {month}, {amount} arrived")


@dataclass(frozen=True)
class Arrival:
    """What arrived: under which reference, how many fen, on which day."""

    reference: str
    amount: int
    on: date


@dataclass(frozen=True)
class Waiting:
    """How many differences are to be looked into, and since when the oldest is."""

    open: int
    since: datetime | None


def receive(officer: Officer, peer: str, month: date, raw: dict[str, str]) -> Receipt:
    """Record that money of the other fund has arrived for a month, and tell it; the same twice is once.

    `raw` has `reference`, `amount` in yuan and `on`, the day of arrival. Raises Refused `not-permitted`,
    `not-available` where nothing is to be received, InputsRefused for what cannot be used, or a reference
    that is recorded otherwise.
    """
    own, first = officer.agency, month.replace(day=1)
    nets = netting.of_year(officer, first.year)
    net = next((one for one in nets if (one.peer, one.month) == (peer, first)), None)
    arrival = _read(raw)
    if net is None or net.to_receive <= 0:
        raise Refused("not-available")
    with transaction.atomic():
        found, is_new = _keep(own, peer, first, arrival, officer)
        if (found.month, found.amount, found.arrived_on) != (first, arrival.amount, arrival.on):
            raise InputsRefused({"reference": _OTHERWISE})
        if is_new:
            _tell(own, peer, first, arrival)
            compare(own, own, peer, first)
    return found


def heard(tiding: tidings.MoneyArrived, effect: api.Effect) -> None:
    """Take in that money arrived there; or here, where it was forgotten with an old backup."""
    conversation = effect.conversation
    is_own = effect.by is api.By.DECISION
    receiver = conversation.own_agency if is_own else conversation.peer_agency
    payer = conversation.peer_agency if is_own else conversation.own_agency
    month = tiding.month.replace(day=1)
    arrival = Arrival(tiding.reference, tiding.amount, tiding.on)
    found, _ = _keep(receiver, payer, month, arrival, None)
    if (found.month, found.amount) != (month, arrival.amount):
        logger.error("a receipt is told otherwise than before: reference=%s", tiding.reference)
    compare(conversation.own_agency, receiver, payer, month)


def compare(own: str, receiver: str, payer: str, month: date) -> None:
    """Open what is to be looked into where receipts are not what was set off; close it where they fit."""
    peer = payer if own == receiver else receiver
    net = netting.of_month(own, peer, month)
    expected = 0 if net is None else net.to_receive if own == receiver else net.to_pay
    told = Receipt.objects.filter(agency=receiver, peer=payer, month=month)
    arrived = int(told.aggregate(sum=Sum("amount", default=0))["sum"])
    still_open = Difference.objects.filter(agency=own, peer=peer, month=month, closed_at=None)
    if arrived == max(expected, 0):
        still_open.update(closed_at=now())
    elif not still_open.exists():
        Difference.objects.create(agency=own, peer=peer, month=month, opened_at=now())


def compare_reversed(_case: Case, event: Event) -> None:
    """Look again at a month whose money has arrived when something is reversed in it."""
    entry = LedgerEntry.objects.get(event=event)
    for receiver, payer in ((entry.creditor, entry.debtor), (entry.debtor, entry.creditor)):
        if Receipt.objects.filter(agency=receiver, peer=payer, month=entry.month).exists():
            own = receiver if api.node_of(receiver) == this_node().name else payer
            compare(own, receiver, payer, entry.month)


def differences(officer: Officer) -> tuple[Difference, ...]:
    """What the agency has to look into, the oldest first. Raises Refused `not-permitted`."""
    netting.check(officer)
    return tuple(Difference.objects.filter(agency=officer.agency, closed_at=None).order_by("opened_at", "pk"))


def waiting(officer: Officer) -> Waiting:
    """What the officer's agency has to look into, nothing for who may not see its accounts; one query."""
    may_look = Exists(permissions.granted(officer, permissions.Act.SUPERVISE))
    still_open = Difference.objects.filter(may_look, agency=officer.agency, closed_at=None)
    return Waiting(**still_open.aggregate(open=Count("pk"), since=Min("opened_at")))


def explain(officer: Officer, difference: int, finding: str) -> None:
    """Close one with what was found. Raises Refused `not-permitted`, `not-found`, `reason-missing`."""
    netting.check(officer)
    words = finding.strip()
    if not words or len(words) > LONGEST_FINDING or "\x00" in words:
        raise Refused("reason-missing")
    with transaction.atomic():
        rows = Difference.objects.select_for_update()
        found = rows.filter(pk=difference, agency=officer.agency, closed_at=None).first()
        if found is None:
            raise Refused("not-found")
        found.closed_at, found.closed_by, found.finding = now(), officer, words
        found.save(update_fields=["closed_at", "closed_by", "finding"])


def _read(raw: dict[str, str]) -> Arrival:
    try:
        given = inputs.read((_REFERENCE, _AMOUNT), raw)
        wrong: dict[str, Text] = {}
    except InputsRefused as refused:
        given, wrong = {}, dict(refused.fields)
    if given and not given["amount"]:
        wrong["amount"] = _NOTHING
    on = _day(raw.get("on", ""))
    if on is None:
        wrong["on"] = _DAY
    if wrong or on is None:
        raise InputsRefused(wrong)
    return Arrival(str(given["reference"]), int(given["amount"]), on)


def _day(text: str) -> date | None:
    """The day that was sent, if it is not in the future; today where none was."""
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else today()
    except ValueError:
        return None
    return day if day <= today() else None


def _keep(
    receiver: str, payer: str, month: date, arrival: Arrival, by: Officer | None
) -> tuple[Receipt, bool]:
    told = {"month": month, "amount": arrival.amount, "arrived_on": arrival.on, "at": now(), "by": by}
    return Receipt.objects.get_or_create(
        agency=receiver, peer=payer, reference=arrival.reference, defaults=told
    )


def _tell(own: str, peer: str, month: date, arrival: Arrival) -> None:
    definition = _service(own, peer, month)
    named = {"month": f"{month:%Y-%m}", "amount": Text.model_validate(amount_text(arrival.amount))}
    text, basis = _ARRIVED.filled(named), definition.legal_basis[0].text
    errand = api.Errand(
        case_ref=f"CLEARING-{month:%Y-%m}",
        service=definition.code,
        own_agency=own,
        peer_agency=peer,
        basis=api.ByStatute(api.Text(zh=basis.zh, en=basis.en)),
        purpose=_PURPOSE,
    )
    tiding = tidings.MoneyArrived(
        month=month, reference=arrival.reference, amount=arrival.amount, on=arrival.on
    )
    with saying():
        tidings.tell(errand, None, api.Text(zh=text.zh, en=text.en), tiding)


def _service(own: str, peer: str, month: date) -> Definition:
    """The service about which the two settle: that of something owed for the month."""
    rows = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.OWED, debtor=peer, creditor=own, month=month)
    return catalogue.of(rows.select_related("event__case__service").earliest("pk").event.case).definition
