"""Bills settled by the home scheme: Sichuan's casework as home side and as place of care."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from tests.casework.conftest import POST
from tests.casework.test_misuse import refused
from tests.casework.test_two_sides import Far, told
from tests.casework.walk import RESIDENT_ID
from tests.services.shipped import copy_shipped
from tongban import protocol
from tongban.node.casework import (
    acting,
    cases,
    catalogue,
    drafts,
    ledger,
    log,
    procedures,
    sorting,
    submission,
)
from tongban.node.casework.models import Case, LedgerEntry
from tongban.node.clock import now, today, true_now
from tongban.node.exchange import api, identity
from tongban.node.exchange.conversing import receiving
from tongban.node.people.models import Officer, Person
from tongban.node.people.register import create_officer
from tongban.protocol import EvidenceType, Text
from tongban.protocol import conversations as talk
from tongban.services import load

pytestmark = pytest.mark.django_db

HOME, AWAY = "510100-yb", "500000-yb"
SERVICE = "chronic-disease"
WHY = Text(zh="结算", en="To settle")
BILL = "CQ-MZ-1"
Line = dict[str, str | int]


def line(amount: str = "500.00", **changed: str | int) -> Line:
    usual: Line = {
        "billed_on": "2026-11-18",
        "hospital": "示例医院",
        "hospital_level": 2,
        "disease": "高血压",
    }
    return usual | {"bill_no": BILL, "item": "药", "amount": amount, "class": "A", "linked": "yes"} | changed


def relation(**changed: str) -> Line:
    usual: Line = {"disease": "高血压", "status": "open", "filed_place": "500000", "retired": "no"}
    return usual | {"deductible_left": "200.00", "cap_left": "2000.00", "as_of": "2026-01-01"} | changed


@pytest.fixture(autouse=True)
def _offered(db: None, tmp_path: Path, _sichuan: None, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_shipped(tmp_path, ("chronic_disease",))
    catalogue.publish(root)
    definition = load(root)[SERVICE].definition
    own, known = identity.current(), identity.current().directory
    since = (true_now() - timedelta(days=30)).date()
    kinds = tuple(
        EvidenceType.model_validate(kind.model_dump(exclude={"fields": {"__all__": {"names"}}}))
        for kind in definition.evidence_types
    )
    holds = tuple(
        protocol.Holds(evidence_type=kind.name, place="510100", agency=HOME, valid_from=since)
        for kind in kinds
    )
    handles = (protocol.Handles(service=SERVICE, place="510100", agency=HOME, valid_from=since),)
    told = known.model_copy(
        update={
            "evidence_types": (*known.evidence_types, *kinds),
            "holds": (*known.holds, *holds),
            "handles": (*known.handles, *handles),
        }
    )
    monkeypatch.setattr(identity, "current", lambda: replace(own, directory=told))


@pytest.fixture(autouse=True)
def _replays(_offered: None) -> Iterator[None]:
    """Whatever a test does: every case's stored state is the one that its events lead to."""
    yield
    for case in Case.objects.all():
        assert log.replay(procedures.of(case), log.history(case)) == log.state_of(case)


def provide(case: Case, *records: Mapping[str, str | int]) -> Case:
    """The own department's answer to the case's only question."""
    (piece,) = log.state_of(case).evidence
    answer = api.Answered(
        message=UUID(piece.message),
        case_ref=case.number,
        evidence_type=piece.type,
        place=piece.place,
        agency=piece.agency,
        records=tuple(dict(record) for record in records),
        answered_at=now(),
    )
    with transaction.atomic():
        sorting.settle([answer])
    case.refresh_from_db()
    return case


class Care(Far):
    """Chongqing as the place of care that sends claims."""

    def matter(self, service: str) -> talk.Matter:
        basis = protocol.StatuteBasis(citation=WHY)
        until = true_now() + timedelta(days=30)
        return talk.Matter("sichuan", AWAY, HOME, service, self.side.case_ref, until, basis, WHY)

    def claims(self, *lines: Line, bill: str = BILL) -> Case:
        before = set(Case.objects.values_list("pk", flat=True))
        claim = talk.Claim(subject=RESIDENT_ID, bill=bill, contents={"name": "测试女士"}, lines=lines)
        receiving.receive(self.side.open("settlement-claimed", claim, self.matter(SERVICE)))
        return Case.objects.exclude(pk__in=before).get()

    @property
    def state(self) -> str:
        self.deliver()
        return self.side.conversation.state


@pytest.fixture
def care() -> Care:
    return Care("CQ-2026-0000001")


@pytest.fixture
def finance(db: None) -> Officer:
    return create_officer("finance", "a long password", HOME, "张三", POST).officer


def test_a_claim_is_adjudicated_by_the_home_rules_at_once_and_owed(care: Care, woman: Person) -> None:
    case = provide(care.claims(line("500.00"), line("100.00", **{"class": "C"})), relation())
    assert (case.status, care.state) == ("owed", "adjudicated")
    assert care.side.conversation.amount == 18_000
    (entry,) = LedgerEntry.objects.all()
    assert (entry.debtor, entry.creditor, entry.amount, entry.claim) == (HOME, AWAY, 18_000, BILL)
    view = cases.for_citizen(woman, case.number)
    assert view.decision is not None
    assert view.decision.title.zh == "已按参保地规则结算：您付 420.00 元"
    assert view.explanation is not None
    assert view.bill is not None
    assert [answer.zh for _, answer in view.answers] == [BILL]
    assert [row[-2].zh for row in view.bill.lines.rows] == ["甲类", "丙类（自费）"]
    assert "基金支付 180.00 元" in told(case, woman)[-1]


def test_what_was_settled_before_is_taken_off_the_deductible_and_the_cap(care: Care) -> None:
    provide(care.claims(line("150.00")), relation(cap_left="100.00"))
    second = Care("CQ-2026-0000002")
    provide(second.claims(line("1000.00"), bill="CQ-MZ-2"), relation(cap_left="100.00"))
    assert [entry.amount for entry in LedgerEntry.objects.order_by("pk")] == [0, 10_000]
    third = Care("CQ-2026-0000003")
    provide(third.claims(line("1000.00"), bill="CQ-MZ-3"), relation(cap_left="100.00"))
    assert LedgerEntry.objects.latest("pk").amount == 0


@pytest.mark.parametrize(
    ("records", "disease", "words"),
    [
        ([relation(status="closed")], "高血压", "参保关系已经终止"),
        ([relation(filed_place="520000")], "高血压", "备案的就医地不是这里"),
        ([relation(disease="哮喘")], "哮喘", "该病种尚未开通跨省直接结算"),
        ([relation(disease="糖尿病")], "高血压", "没有您这个病种"),
        ([], "高血压", "没有您这个病种"),
    ],
    ids=["closed", "elsewhere", "disease", "other-disease", "not-insured"],
)
def test_what_cannot_be_settled_is_refused_at_once_with_the_reason(
    care: Care, woman: Person, records: list[Line], disease: str, words: str
) -> None:
    case = provide(care.claims(line(disease=disease)), *records)
    assert (case.status, care.state) == ("refused", "refused")
    assert words in told(case, woman)[-1]
    assert not LedgerEntry.objects.exists()


def test_a_bill_that_comes_again_is_refused_and_paid_once(care: Care, woman: Person) -> None:
    provide(care.claims(line()), relation())
    again = Care("CQ-2026-0000009")
    case = provide(again.claims(line()), relation())
    assert (case.status, again.state) == ("refused", "refused")
    assert "已经结算过" in told(case, woman)[-1]
    assert LedgerEntry.objects.count() == 1


def test_the_database_holds_that_a_bill_is_owed_once(care: Care) -> None:
    case = provide(care.claims(line()), relation())
    entry = LedgerEntry.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            event=case.events.get(revision=1),
            kind="owed",
            debtor=HOME,
            creditor=AWAY,
            amount=1,
            month=entry.month,
            claim=BILL,
        )


def test_what_the_law_cannot_use_is_settled_by_an_officer_or_refused(care: Care, finance: Officer) -> None:
    case = provide(care.claims(line(hospital_level=9)), relation())
    assert (case.status, care.state) == ("held", "claimed")
    given = {"fund_pays": "180.00", "reason": "按二级医院核定"}
    acting.perform(finance, case.number, case.revision, "adjudicate", given)
    assert care.state == "adjudicated"
    assert ledger.statement(HOME, AWAY, today()).amount == 18_000


def test_an_officers_refusal_reaches_the_place_of_care(care: Care, finance: Officer) -> None:
    case = provide(care.claims(line(hospital_level=9)), relation())
    acting.perform(finance, case.number, case.revision, "refuse-claim", {"reason": "医院级别不符"})
    assert care.state == "refused"


def test_clearing_a_month_tells_the_place_of_care(care: Care) -> None:
    case = provide(care.claims(line()), relation())
    ledger.clear(HOME, AWAY, today(), "CL-2026-11")
    case.refresh_from_db()
    assert (case.status, care.state) == ("cleared", "cleared")
    assert care.side.conversation.reference == "CL-2026-11"


def test_a_claim_that_is_taken_back_is_let_go_and_nothing_is_owed(care: Care) -> None:
    case = care.claims(line())
    care.says("settlement-withdrawn", talk.Reason(reason=WHY))
    provide(case, relation())
    assert (case.status, care.state) == ("taken-back", "withdrawn")
    assert not LedgerEntry.objects.exists()


@pytest.fixture
def bill(woman: Person) -> Callable[[str], Case]:
    """The woman, insured far away, asks here for a bill to be settled."""

    def ask(number: str = BILL) -> Case:
        draft = drafts.answer(drafts.begin(woman, SERVICE), "bill_no", number)
        return submission.submit(woman, draft.pk, frozenset({"bill-chengdu"}))

    return ask


def adjudication(amount: int, **contents: str | int) -> talk.Adjudication:
    named: dict[str, str | int] = {**relation(), "filed_place": "510100"}
    return talk.Adjudication(amount=amount, on=date(2026, 10, 31), contents=named | contents)


def test_the_place_of_care_claims_and_works_the_decision_out_again(
    bill: Callable[[str], Case], woman: Person
) -> None:
    case = provide(bill(BILL), line("500.00"), line("70.00", bill_no="another"))
    assert case.status == "claimed"
    far = Far(case.number)
    far.says("settlement-adjudicated", adjudication(18_000))
    claim = far.side.effects[0].message.body
    assert isinstance(claim, talk.Claim)
    assert [one["amount"] for one in claim.lines] == ["500.00"]
    case.refresh_from_db()
    assert case.status == "charged"
    view = cases.for_citizen(woman, case.number)
    assert view.decision is not None
    assert view.explanation is not None
    assert view.decision.title.zh == "已按参保地规则结算：您付 320.00 元"
    assert view.decision.agency.zh == "重庆市医疗保障局"
    (entry,) = LedgerEntry.objects.all()
    assert (entry.debtor, entry.creditor, entry.month) == (AWAY, HOME, date(2026, 10, 1))


def test_an_amount_that_comes_out_otherwise_is_told_so(bill: Callable[[str], Case], woman: Person) -> None:
    case = provide(bill(BILL), line("500.00"))
    Far(case.number).says("settlement-adjudicated", adjudication(12_345))
    view = cases.for_citizen(woman, case.number)
    assert view.decision is not None
    assert view.explanation is None
    assert "复算的结果不同" in view.decision.text.zh
    assert LedgerEntry.objects.get().amount == 12_345


@pytest.mark.parametrize("contents", [{"retired": 7}, {"used_deductible_used": "x"}])
def test_values_of_the_other_side_that_cannot_be_used_do_not_stop_the_decision(
    bill: Callable[[str], Case], contents: dict[str, str | int]
) -> None:
    case = provide(bill(BILL), line("500.00"))
    Far(case.number).says("settlement-adjudicated", adjudication(18_000, **contents))
    case.refresh_from_db()
    assert case.status == "charged"


def test_a_refusal_of_the_home_side_is_told_with_its_reason(
    bill: Callable[[str], Case], woman: Person
) -> None:
    case = provide(bill(BILL), line())
    reason = Text(zh="参保关系已经终止", en="closed")
    Far(case.number).says("settlement-refused", talk.Reason(reason=reason))
    view = cases.for_citizen(woman, case.number)
    assert view.decision is not None
    assert (view.status, view.decision.text.zh) == ("refused", reason.zh)


def test_a_bill_that_no_hospital_knows_is_not_claimed(bill: Callable[[str], Case], woman: Person) -> None:
    case = provide(bill("CQ-MZ-404"), line())
    assert case.status == "refused"
    assert "没有查到这个账单号" in told(case, woman)[-1]


def test_a_bill_settled_here_before_is_not_claimed_again(bill: Callable[[str], Case]) -> None:
    case = provide(bill(BILL), line())
    Far(case.number).says("settlement-adjudicated", adjudication(18_000))
    again = provide(bill(BILL), line())
    assert again.status == "refused"
    assert LedgerEntry.objects.count() == 1


def test_a_claim_may_be_taken_back_until_the_home_side_has_settled_it(
    bill: Callable[[str], Case], woman: Person
) -> None:
    case = provide(bill(BILL), line())
    acting.perform(woman, case.number, case.revision, "ask-back")
    far = Far(case.number)
    far.deliver()
    case.refresh_from_db()
    assert case.status == "withdrawing"
    receiving.receive(far.side.delivery(far.side.said[-1]))
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert refused(lambda: acting.perform(woman, case.number, case.revision, "ask-back")) == "not-available"
