"""One application's walk, step by step, as tests need it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.node.casework import drafts, log, sorting, submission, worklist
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.shown import InboxLine
from tongban.node.clock import now
from tongban.node.exchange import api
from tongban.node.people.models import Officer, Person

RESIDENT_ID = "510104197602140020"
ANSWERS = {"work": "worker", "paying": "yes", "pool": "510100", "base": "", "phone": "13800000000"}
CONSENTS = frozenset({"spells-chengdu", "spells-chongqing"})
SPELLS: Mapping[str, tuple[dict[str, str | int], ...]] = {
    "510100": ({"place": "510100", "from": "2012-11", "to": "2026-10", "kind": "actual"},),
    "500000": ({"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "actual"},),
}
OUTCOMES: Mapping[str, object] = {
    "insured_months_500000": 117,
    "insured_months_510100": 168,
    "insured_months": 283,
    "required_months_510100": 240,
    "required_months_500000": 300,
    "shortfall_months_510100": 0,
    "shortfall_months_500000": 17,
    "eligible_510100": True,
    "eligible_500000": False,
    "recommended_pool": "510100",
    "earliest_eligible_month": "2026-11",
}


def explanation(facts: Mapping[str, object], changed: Mapping[str, object]) -> dict[str, Any]:
    return {
        "ruleset": "medical-retirement",
        "facts": dict(facts),
        "outcomes": {**OUTCOMES, **changed},
        "steps": [],
        "unverified": [],
    }


class Walk:
    """Takes one person's application from draft to decision."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def draft(self, **changes: str) -> Draft:
        draft = drafts.begin(self.person, "medical-retirement")
        for key, raw in (ANSWERS | changes).items():
            if any(question.key == key for question in drafts.questions(draft)):
                draft = drafts.answer(draft, key, raw)
        return draft

    def submitted(self, **changes: str) -> Case:
        return submission.submit(self.person, self.draft(**changes).pk, CONSENTS)

    def message(self, case: Case, place: str) -> UUID:
        return next(UUID(one.message) for one in log.state_of(case).evidence if one.place == place)

    def answer(self, case: Case, place: str) -> Case:
        case = self.again(case)
        with transaction.atomic():
            sorting.settle([answered(case, self.message(case, place), place)])
        return self.again(case)

    def decline(self, case: Case, place: str) -> Case:
        case = self.again(case)
        with transaction.atomic():
            sorting.settle([declined(case, self.message(case, place), place)])
        return self.again(case)

    def proposed(self, **changes: str) -> Case:
        case = self.submitted(**changes)
        self.answer(case, "510100")
        return self.answer(case, "500000")

    def again(self, case: Case) -> Case:
        return Case.objects.get(pk=case.pk)


def declined(case: Case, message: UUID, place: str) -> api.Declined:
    code = api.Code.NOT_COVERED
    return api.Declined(
        message=message,
        case_ref=case.number,
        evidence_type="contribution-spells",
        place=place,
        agency=f"{place}-yb",
        code=code,
        sentence=api.Refused(code).sentence,
        path="",
        hint="",
        detail=api.Text(zh="第 2 段止月早于起月", en="Spell 2 ends before it begins"),
    )


def answered(case: Case, message: UUID, place: str, at: datetime | None = None) -> api.Answered:
    return api.Answered(
        message=message,
        case_ref=case.number,
        evidence_type="contribution-spells",
        place=place,
        agency=f"{place}-yb",
        records=SPELLS[place],
        answered_at=at or now(),
    )


def inbox(officer: Officer, which: worklist.Which = "open") -> list[InboxLine]:
    """The first page of an officer's tasks."""
    return list(worklist.page(officer, worklist.Wanted(which=which)).lines)
