"""The process that delivers ends anywhere: nothing is lost, nothing asked twice, nobody waits for it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from tests.exchange.questions import a_question, make_due
from tests.exchange.sides import FarChongqing
from tongban.node.exchange import api, asking_peers, delivery, outcomes, settling
from tongban.node.exchange.delivery import deliver_next, release_leases
from tongban.node.exchange.models import Outbox
from tongban.node.people.models import AccessRecord


class PowerCutError(BaseException):
    """The process ends here; nothing catches it."""


def _in_own_connection(work: Callable[[], object]) -> None:
    work()
    connection.close()


def _cut_once(where: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch, *, before: bool) -> None:
    original = getattr(where, step)

    def cut(*given: object) -> object:
        monkeypatch.setattr(where, step, original)
        if not before:
            original(*given)
        raise PowerCutError

    monkeypatch.setattr(where, step, cut)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sichuan")
class TestPowerCuts:
    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    @pytest.mark.parametrize("questions", [1, 3])
    @pytest.mark.parametrize(
        ("where", "step"),
        [(delivery, "_try"), (delivery, "settle"), (settling, "store"), (asking_peers, "ask")],
    )
    def test_a_cut_around_any_step_neither_loses_nor_doubles(
        self,
        told: list[api.Outcome],
        monkeypatch: pytest.MonkeyPatch,
        where: ModuleType,
        step: str,
        before: bool,
        questions: int,
    ) -> None:
        messages = [api.ask(a_question()) for _ in range(questions)]
        effects: list[UUID] = []

        def take_effect(outcome: api.Outcome) -> None:
            transaction.on_commit(lambda: effects.append(outcome.message))

        outcomes.on_outcome(take_effect)
        _cut_once(where, step, monkeypatch, before=before)
        with pytest.raises(PowerCutError):
            deliver_next(FarChongqing())
        release_leases()
        make_due()
        deliver_next(FarChongqing())
        assert sorted(effects) == sorted(messages)
        assert AccessRecord.objects.count() == questions

    def test_a_claimed_question_is_left_to_its_worker_until_the_lease_ends(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.ask(a_question())
        _cut_once(delivery, "_try", monkeypatch, before=True)
        with pytest.raises(PowerCutError):
            deliver_next(FarChongqing())
        assert not deliver_next(FarChongqing())
        Outbox.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert deliver_next(FarChongqing())

    def test_two_workers_never_try_the_same_question(self) -> None:
        asked = {api.ask(a_question()), api.ask(a_question())}
        with transaction.atomic():
            first = Outbox.objects.select_for_update().earliest("next_try").pk
            far = FarChongqing()
            other = threading.Thread(target=_in_own_connection, args=(lambda: deliver_next(far),))
            other.start()
            other.join(timeout=60)
        assert {message.id for message in far.received} == asked - {first}

    def test_a_starting_worker_takes_up_what_a_dead_one_had_claimed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.ask(a_question())
        _cut_once(delivery, "_try", monkeypatch, before=True)
        with pytest.raises(PowerCutError):
            deliver_next(FarChongqing())
        release_leases()
        assert deliver_next(FarChongqing())
