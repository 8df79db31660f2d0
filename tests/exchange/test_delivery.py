"""Sichuan's node asks: what it stored is delivered until it is settled, once, with the case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.questions import CASE, PURPOSE, a_question, give_consent, make_due
from tests.exchange.sides import FarChongqing, Row
from tests.protocol.federation_of_two import RECORDS, STRANGER_KEY, SUBJECT
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import api, outcomes
from tongban.node.exchange.delivery import LONGEST_WAIT, deliver_next, pause
from tongban.node.exchange.models import Outbox
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, HttpRequest, HttpResponse, Refused, Text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sichuan")
class TestAsking:
    def test_a_question_waits_until_it_is_delivered(self) -> None:
        message = api.ask(a_question())
        (waiting,) = api.waiting(CASE)
        assert (waiting.message, waiting.attempts, waiting.reason) == (message, 0, None)
        assert waiting.agency_title.zh == "500000-yb"

    def test_a_question_goes_with_its_case_or_not_at_all(self) -> None:
        question = a_question()

        def open_a_case_that_fails() -> None:
            with transaction.atomic():
                api.ask(question)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            open_a_case_that_fails()
        assert not Outbox.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"service": "school-enrolment"}, Code.NOT_COVERED),
            ({"fields": ("place", "wage")}, Code.NOT_COVERED),
            ({"place": "110000"}, Code.NOT_COVERED),
            ({"asking_agency": "nobody"}, Code.NOT_COVERED),
            ({"subject": "not a number"}, Code.SCHEMA_VIOLATED),
            ({"basis": api.ByConsent(UUID(int=0))}, Code.CONSENT_MISSING),
            ({"basis": api.ByStatute(PURPOSE)}, Code.CONSENT_MISSING),
        ],
    )
    def test_what_may_not_be_asked_is_refused_here_already(
        self, changes: dict[str, object], code: Code
    ) -> None:
        with pytest.raises(Refused) as caught:
            api.ask(a_question(**changes))
        assert caught.value.code is code
        assert not Outbox.objects.exists()

    def test_consent_to_something_else_does_not_carry_the_question(self) -> None:
        narrow = give_consent(fields=("place",))
        with pytest.raises(Refused) as caught:
            api.ask(a_question(basis=api.ByConsent(narrow)))
        assert caught.value.code is Code.CONSENT_MISMATCH

    def test_consent_of_another_case_is_missing_here(self) -> None:
        elsewhere = give_consent(case_ref="SC-2026-000002")
        with pytest.raises(Refused) as caught:
            api.ask(a_question(basis=api.ByConsent(elsewhere)))
        assert caught.value.code is Code.CONSENT_MISSING

    def test_a_consent_that_is_not_well_formed_is_refused(self) -> None:
        with pytest.raises(Refused) as caught:
            give_consent(subject="not a number")
        assert caught.value.code is Code.SCHEMA_VIOLATED

    def test_the_question_hides_whom_it_is_about(self) -> None:
        assert SUBJECT not in repr(a_question())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sichuan")
class TestDelivering:
    def test_the_answer_is_told_and_recorded(self, told: list[api.Outcome]) -> None:
        message = api.ask(a_question())
        assert deliver_next(FarChongqing())
        (outcome,) = told
        assert isinstance(outcome, api.Answered)
        assert (outcome.message, outcome.case_ref, outcome.records) == (message, CASE, RECORDS)
        assert api.settled(message) == outcome
        assert api.waiting(CASE) == ()
        record = AccessRecord.objects.get()
        assert (record.direction, record.asking_node, record.message_id) == ("in", "sichuan", message)

    def test_nothing_is_due_when_nothing_was_asked(self) -> None:
        assert not deliver_next(FarChongqing())

    def test_with_the_other_side_down_the_question_waits_and_says_so(self, told: list[api.Outcome]) -> None:
        far = FarChongqing()
        far.is_up = False
        message = api.ask(a_question())
        deliver_next(far)
        (waiting,) = api.waiting(CASE)
        assert waiting.attempts == 1
        assert waiting.reason is not None
        assert waiting.next_try > waiting.since
        assert not deliver_next(far)
        far.is_up = True
        make_due()
        deliver_next(far)
        assert [outcome.message for outcome in told] == [message]

    def test_what_waits_for_a_peer_that_is_away_costs_one_attempt_at_a_time(
        self, told: list[api.Outcome]
    ) -> None:
        far = FarChongqing()
        far.is_up = False
        messages = {api.ask(a_question()) for _ in range(3)}
        assert [deliver_next(far) for _ in messages] == [True, False, False]
        far.is_up = True
        make_due()
        while deliver_next(far):
            pass
        assert {outcome.message for outcome in told} == messages

    def test_a_lost_answer_is_asked_for_again_under_the_same_id_with_a_new_nonce(
        self, told: list[api.Outcome]
    ) -> None:
        far = FarChongqing()
        far.loses_answers = True
        api.ask(a_question())
        deliver_next(far)
        far.loses_answers = False
        make_due()
        deliver_next(far)
        assert far.received[0] == far.received[1]
        assert len(set(far.nonces)) == 2
        assert len(told) == 1

    def test_a_final_refusal_is_told_to_the_case(self, told: list[api.Outcome]) -> None:
        far = FarChongqing()
        far.refuses = Code.NOT_COVERED
        message = api.ask(a_question())
        deliver_next(far)
        (outcome,) = told
        assert isinstance(outcome, api.Declined)
        assert (outcome.code, outcome.path) == (Code.NOT_COVERED, "service")
        assert outcome.sentence.zh
        assert api.settled(message) == outcome
        assert not AccessRecord.objects.exists()

    @pytest.mark.parametrize("code", [code for code in Code if Refused(code).retry])
    def test_a_refusal_for_now_leaves_the_question_waiting(self, told: list[api.Outcome], code: Code) -> None:
        far = FarChongqing()
        far.refuses = code
        api.ask(a_question())
        deliver_next(far)
        assert told == []
        assert api.waiting(CASE)[0].reason == Refused(code).sentence

    def test_a_forged_answer_changes_nothing(self, told: list[api.Outcome]) -> None:
        far = FarChongqing()
        far.signs_with = STRANGER_KEY
        api.ask(a_question())
        deliver_next(far)
        assert told == []
        assert len(api.waiting(CASE)) == 1

    def test_an_answer_with_more_than_was_asked_is_not_taken(self, told: list[api.Outcome]) -> None:
        far = FarChongqing()
        far.records = ({**RECORDS[0], "wage": 1},)
        api.ask(a_question())
        deliver_next(far)
        assert told == []

    def test_an_expired_question_is_declined_without_being_sent(self, told: list[api.Outcome]) -> None:
        far = FarChongqing()
        message = api.ask(a_question())
        Outbox.objects.filter(pk=message).update(expires=true_now() - timedelta(seconds=1))
        deliver_next(far)
        (outcome,) = told
        assert isinstance(outcome, api.Declined)
        assert outcome.code is Code.EXPIRED
        assert far.received == []

    def test_a_case_that_cannot_take_the_answer_leaves_it_unsettled(self) -> None:
        heard: list[api.Outcome] = []

        def refuse_once(outcome: api.Outcome) -> None:
            heard.append(outcome)
            if len(heard) == 1:
                raise RuntimeError(SUBJECT)

        outcomes.on_outcome(refuse_once)
        message = api.ask(a_question())
        with pytest.raises(RuntimeError):
            deliver_next(FarChongqing())
        assert api.settled(message) is None
        assert not AccessRecord.objects.exists()
        make_due()
        deliver_next(FarChongqing())
        assert api.settled(message) is not None
        assert AccessRecord.objects.count() == 1

    def test_a_stopped_question_is_neither_sent_nor_told(self, told: list[api.Outcome]) -> None:
        api.ask(a_question())
        assert api.stop_asking(CASE) == 1
        assert not deliver_next(FarChongqing())
        assert told == []

    def test_an_answer_to_a_question_stopped_meanwhile_has_no_effect(self, told: list[api.Outcome]) -> None:
        far = FarChongqing()

        def stop_then_answer(peer: protocol.NodeEntry, request: HttpRequest) -> HttpResponse:
            api.stop_asking(CASE)
            return far(peer, request)

        api.ask(a_question())
        deliver_next(stop_then_answer)
        assert told == []
        assert not AccessRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chongqing")
class TestOwnDepartment:
    def own(self) -> api.Question:
        basis = api.ByStatute(Text(zh="社会保险法第三十二条", en="Social Insurance Law, art. 32"))
        return a_question(asking_agency="500000-yb", case_ref="CQ-2026-000001", basis=basis)

    def test_the_own_agency_is_asked_without_the_network(
        self, department: Callable[..., None], told: list[api.Outcome]
    ) -> None:
        department(Row())
        far = FarChongqing()
        far.is_up = False
        api.ask(self.own())
        deliver_next(far)
        (outcome,) = told
        assert isinstance(outcome, api.Answered)
        assert outcome.records == RECORDS
        record = AccessRecord.objects.get()
        assert (record.direction, record.basis["en"]) == ("own", "Social Insurance Law, art. 32")

    def test_the_own_department_is_asked_about_several_persons_together(
        self, department: Callable[..., None], told: list[api.Outcome]
    ) -> None:
        department(Row())
        for n in range(3):
            api.ask(replace(self.own(), case_ref=f"CQ-2026-00000{n}"))
        deliver_next(FarChongqing())
        assert [isinstance(outcome, api.Answered) and outcome.records for outcome in told] == [RECORDS] * 3

    def test_faulty_data_of_the_own_department_go_to_an_officer(
        self, department: Callable[..., None], told: list[api.Outcome]
    ) -> None:
        department(Row(first=201212, last=200304))
        api.ask(self.own())
        deliver_next(FarChongqing())
        (outcome,) = told
        assert isinstance(outcome, api.Declined)
        assert outcome.code is Code.DEPARTMENT_DATA_INVALID
        assert outcome.detail == Text(
            zh="第1条记录：截止月早于起始月", en="Record 1: the spell ends before it begins"
        )

    @pytest.mark.parametrize(
        "changed",
        [
            lambda asked: replace(asked, asking_agency="510100-yb"),
            lambda asked: replace(asked, fields=("place", "wage")),
        ],
    )
    def test_a_question_within_the_node_names_its_own_agency_and_known_fields(
        self, changed: Callable[[api.Question], api.Question]
    ) -> None:
        with pytest.raises(Refused) as caught:
            api.ask(changed(self.own()))
        assert caught.value.code is Code.NOT_COVERED

    def test_an_unreachable_own_department_is_asked_again(
        self,
        department: Callable[..., None],
        declare: Callable[..., None],
        told: list[api.Outcome],
    ) -> None:
        department(Row())
        declare(dsn="postgresql://nobody@127.0.0.1:1/none")
        api.ask(self.own())
        deliver_next(FarChongqing())
        assert told == []
        declare()
        make_due()
        deliver_next(FarChongqing())
        assert len(told) == 1


@given(attempts=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_the_pause_grows_and_stays_within_its_bound(attempts: int, chance: float) -> None:
    assert timedelta(seconds=0.8) <= pause(attempts, chance) <= LONGEST_WAIT * 1.2
    assert pause(attempts + 1, chance) >= pause(attempts, chance)


def test_the_first_tries_follow_quickly() -> None:
    assert [pause(n, 0.5).total_seconds() for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
