"""A point of service's bills: submitted once by number, looked at, cancelled; settled ones by a reversal.

Promises: the same number with the same content is the same case however often it comes; what the point is
told of a person is recorded as a look; nothing is stored of what is refused.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from tongban import protocol
from tongban.node import catching_up
from tongban.node.casework import catalogue, charging, lines, log, procedures, settling
from tongban.node.casework import refusals as casework
from tongban.node.casework.billed import lines_in
from tongban.node.clock import now
from tongban.node.config import this_node
from tongban.node.people import access
from tongban.node.people.models import Person
from tongban.node.people.register import person_of_number
from tongban.node.points.models import Bill, Point
from tongban.node.points.refusals import Refused
from tongban.places.resident_id import ResidentIdRefused
from tongban.services import Service, Text
from tongban.services.settlement import Record, billed, yuan

MOST_A_MINUTE = 120
"""Bills that one point may submit within a minute."""
MOST_LINES = 500
DECIDED = frozenset({"charged", "refused", "cleared", "reversing", "reversed"})
_PURPOSE = Text(zh="就诊费用直接结算", en="Settling the bill directly")


@dataclass(frozen=True)
class Submitted:
    """What a point submits: whose bill, line by line."""

    resident_id: str = field(repr=False)
    name: str = field(repr=False)
    lines: tuple[Record, ...] = field(repr=False)


def submit(point: Point, number: str, given: Submitted) -> tuple[Bill, bool]:
    """The bill of this number, and whether it is new. Raises Refused."""
    if not number.startswith(point.bills):
        raise Refused("bill-number-foreign", "number", f"expected to begin with {point.bills}")
    service = _service(point)
    _check(service, number, given.lines)
    digest = _digest(given)
    found = Bill.objects.filter(point=point, number=number).first()
    if found is None:
        try:
            with transaction.atomic():
                return _charged(point, number, given, digest), True
        except IntegrityError:
            found = Bill.objects.filter(point=point, number=number).first()
            if found is None:
                raise
    if found.digest != digest:
        raise Refused("bill-differs")
    return found, False


def bill_of(point: Point, number: str) -> Bill:
    """The bill that the point submitted under this number. Raises Refused `bill-unknown`."""
    found = Bill.objects.filter(point=point, number=number).select_related("case__person").first()
    if found is None:
        raise Refused("bill-unknown")
    return found


def cancel(point: Point, number: str) -> Bill:
    """Cancel a bill, or ask for its reversal once it is settled; it stays cancelled. Raises Refused."""
    bill = bill_of(point, number)
    try:
        with transaction.atomic():
            bill.case = charging.cancel(bill.case.number, _name(point))
    except casework.Refused:
        raise Refused("bill-decided") from None
    return bill


def answer(point: Point, number: str, position: int, line: Record) -> Bill:
    """Answer the home side's question about one line of a bill, counted from 0. Raises Refused."""
    bill = bill_of(point, number)
    asked = {one.path for one in lines.questions(bill.case)}
    path = f"/lines/{position}"
    if path not in asked:
        raise Refused("line-not-asked", "line")
    service = catalogue.of(bill.case)
    name = settling.settlement_of(service).bill_number
    now_there = lines_in(log.history(bill.case))
    whole = [line if at == position else one for at, one in enumerate(now_there)]
    _check(service, number, [{key: one[key] for key in one if key != name} for one in whole])
    try:
        with transaction.atomic():
            bill.case = lines.answer(bill.case.number, path, {**line, name: number})
    except casework.Refused:
        raise Refused("line-not-asked", "line") from None
    return bill


def shown(bill: Bill) -> dict[str, Any]:
    """The bill as its point may see it; the look is recorded once for each state of the case."""
    with transaction.atomic():
        case = type(bill.case).objects.select_related("person").get(pk=bill.case_id)
        service, state = catalogue.of(case), log.state_of(case)
        told = {
            "bill": bill.number,
            "case": case.number,
            "state": case.status,
            "meaning": procedures.of(case).states[case.status].text.to_json(),
            "decision": None,
            "questions": [_question(service, one) for one in lines.questions(case)],
        }
        if case.status in DECIDED and state.decided_by is not None:
            events = {event.revision: event.data for event in log.history(case)}
            told["decision"] = _decision(service, lines_in(log.history(case)), events[state.decided_by])
        _record(bill, case.revision, case.person, service)
    return told


def _charged(point: Point, number: str, given: Submitted, digest: str) -> Bill:
    if catching_up.is_under_way(this_node().home):
        raise Refused("try-later", hint="the node asks its peers what an old backup lacks")
    since = now() - timedelta(minutes=1)
    Point.objects.select_for_update().get(pk=point.pk)
    if Bill.objects.filter(point=point, at__gt=since).count() >= MOST_A_MINUTE:
        raise Refused("too-many")
    try:
        person = person_of_number(given.resident_id, given.name)
    except ResidentIdRefused:
        raise Refused("person-unusable", "person.resident_id") from None
    if person.name != given.name:
        raise Refused("person-differs", "person.name")
    try:
        case = charging.tie(person, point.service, number, given.lines, _name(point))
    except casework.Refused:
        raise Refused("bill-differs") from None
    try:
        case = case or charging.charge(person, point.service, number, given.lines, _name(point))
    except casework.Refused as refused:
        raise Refused("not-offered", hint=refused.code) from None
    return Bill.objects.create(point=point, number=number, case=case, digest=digest, at=now())


def _check(service: Service, number: str, given: Sequence[Record]) -> None:
    settlement = settling.settlement_of(service)
    known = service.definition.evidence_type(settlement.bill)
    assert known is not None
    kind = protocol.EvidenceType.model_validate(known.model_dump(exclude={"fields": {"__all__": {"names"}}}))
    records = [{**line, settlement.bill_number: number} for line in given]
    try:
        kind.check_records(records, known.names, "lines")
    except protocol.Refused as refused:
        raise Refused("bill-unusable", refused.path, refused.hint) from None
    for name in set(known.names) - settlement.line_fields:
        if len({str(record[name]) for record in records}) > 1 and name in _of_the_whole(service):
            raise Refused("bill-unusable", f"lines.{name}", "the same in every line")


def _of_the_whole(service: Service) -> frozenset[str]:
    """The fields of which a bill has one value, because it is matched or decided by it."""
    settlement = settling.settlement_of(service)
    facts = (getattr(fact, "bill", None) for fact in settlement.facts.values())
    return frozenset(one for one in facts if one) | {settlement.matched_by}


def _digest(given: Submitted) -> str:
    whole = [given.resident_id.upper(), given.name, [dict(line) for line in given.lines]]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _question(service: Service, asked: lines.LineQuestion) -> dict[str, Any]:
    name = settling.settlement_of(service).bill_number
    return {
        "path": asked.path,
        "line": {key: value for key, value in asked.line.items() if key != name},
        "reason": asked.reason.to_json(),
        "is_answered": asked.is_answered,
    }


def _decision(service: Service, billed_lines: Sequence[Record], event: dict[str, Any]) -> dict[str, Any]:
    whole = billed(settling.settlement_of(service), billed_lines)
    pays = int(event.get("fund_pays", 0))
    return {
        "outcome": event["outcome"],
        "billed": yuan(whole),
        "fund_pays": yuan(pays),
        "person_pays": yuan(whole - pays),
        "title": event["title"],
        "text": event["text"],
        "remedy": event.get("remedy"),
    }


def _record(bill: Bill, revision: int, person: Person, service: Service) -> None:
    if not Bill.objects.filter(pk=bill.pk, told__lt=revision).update(told=revision):
        return
    basis = service.definition.legal_basis[0].text
    name = _name(bill.point)
    access.record_point(
        person=person,
        agency=bill.case.agency,
        service=service.code,
        case_ref=bill.case.number,
        basis=basis,
        purpose=Text(zh=f"{_PURPOSE.zh}（{name.zh}）", en=f"{_PURPOSE.en} ({name.en})"),
    )


def _service(point: Point) -> Service:
    try:
        return catalogue.service(point.service)
    except casework.Refused:
        raise Refused("not-offered") from None


def _name(point: Point) -> Text:
    return Text(zh=point.name_zh, en=point.name_en)
