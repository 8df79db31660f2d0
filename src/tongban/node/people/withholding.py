"""Delayed disclosure: looks of an investigation that the person is shown only from a day on.

Promises: only a post that was given the right may withhold, on a legal basis, until a day that the node's
configuration allows; each withholding is recorded in the log; when its day has come the look is shown with
the note that it was withheld.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.people import permissions
from tongban.node.people.models import AccessRecord, Grant, Officer, Withholding
from tongban.node.translog import api as translog
from tongban.protocol.tlog.records import Json
from tongban.services import Text

WITHHOLDING = "withholding"
"""The kind of a withholding's record in the log."""


class Fault(StrEnum):
    """Why looks cannot be withheld."""

    NOT_PERMITTED = "not-permitted"
    NOT_OFFERED = "withholding-not-offered"
    NOT_IN_FUTURE = "withholding-not-in-future"
    TOO_LONG = "withholding-too-long"


class WithholdingRefused(Exception):
    """Looks cannot be withheld so; the text says what to do."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        self.fault = fault
        super().__init__(sentence)


def withhold(officer: Officer, *, case_ref: str, agency: str, until: date, basis: Text) -> Withholding:
    """Show looks that `agency` makes for the case from now on only from `until` on.

    Raises WithholdingRefused, LogUnavailable.
    """
    if not permissions.may(officer, Grant.Act.INVESTIGATE):
        raise WithholdingRefused(
            Fault.NOT_PERMITTED, "the post may not withhold looks; have it granted the act investigate"
        )
    longest = this_node().longest_withholding_days
    if not longest:
        raise WithholdingRefused(
            Fault.NOT_OFFERED,
            "this node withholds nothing; longest_withholding_days in node.toml says how long it may",
        )
    if until <= today():
        raise WithholdingRefused(
            Fault.NOT_IN_FUTURE, f"{until}: the day from which looks are shown is in the future"
        )
    last = today() + timedelta(days=longest)
    if until > last:
        raise WithholdingRefused(Fault.TOO_LONG, f"{until}: the latest day that this node allows is {last}")
    made = Withholding(
        case_ref=case_ref, agency=agency, officer=officer, basis=basis.to_json(), since=now(), until=until
    )
    with transaction.atomic():
        made.save(force_insert=True)
        translog.record(WITHHOLDING, made.id, logged(made))
    return made


def disclosed(records: QuerySet[AccessRecord]) -> QuerySet[AccessRecord]:
    """Those of `records` that may be shown today; `withheld_until` tells which were withheld before."""
    withholding = Withholding.objects.filter(
        case_ref=OuterRef("case_ref"), agency=OuterRef("agency"), since__lte=OuterRef("at")
    )
    latest = withholding.order_by("-until")
    return records.exclude(Exists(withholding.filter(until__gt=today()))).annotate(
        withheld_until=Subquery(latest.values("until")[:1]), withheld_on=Subquery(latest.values("basis")[:1])
    )


def logged(made: Withholding) -> dict[str, Json]:
    """What the log's record says of a withholding; an auditor compares the two."""
    return {
        "withholding": str(made.id),
        "case": made.case_ref,
        "agency": made.agency,
        "officer": made.officer_id,
        "basis": made.basis,
        "since": made.since.astimezone(UTC).isoformat(timespec="microseconds"),
        "until": made.until.isoformat(),
    }


def stored_withholdings(recorded: Sequence[Mapping[str, Any]]) -> list[dict[str, Json] | None]:
    """What the log should say of these withholdings, as they are stored now; None for one that is gone."""
    found = Withholding.objects.in_bulk([UUID(record["withholding"]) for record in recorded])
    stored = [found.get(UUID(record["withholding"])) for record in recorded]
    return [logged(made) if made else None for made in stored]
