"""A node with an old backup takes up its conversations again from what its peer kept, and gives likewise."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from tests.exchange.far_side import FarSide
from tests.protocol.federation_of_two import CHONGQING_KEY, SUBJECT, directory
from tongban.node import catching_up
from tongban.node.backup import CAUGHT_UP, RESTORED
from tongban.node.clock import true_now
from tongban.node.exchange import api, recalling
from tongban.node.exchange.conversing import handlers, receiving
from tongban.node.exchange.conversing.delivering import deliver_next
from tongban.node.exchange.conversing.models import Conversation, Letter, Peer, Thread
from tongban.node.exchange.recalling import CaughtUp
from tongban.node.people.models import AccessRecord
from tongban.protocol import HttpRequest, Text
from tongban.protocol import conversations as talk
from tongban.protocol.conversations.memories import RecallAsked, open_memories, seal_recall

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sichuan")]

CASE = "SC-2026-000001"
TITLE = Text(zh="社保缴费咨询", en="A question on contributions")
WHY = Text(zh="不属于本部门", en="Not this agency's")
DAY = timedelta(days=1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[api.Effect]:
    monkeypatch.setattr(handlers, "_handlers", {})
    heard: list[api.Effect] = []
    api.on_conversation("handover", heard.append)
    return heard


@pytest.fixture
def far() -> FarSide:
    return FarSide(CASE)


def errand() -> api.Errand:
    return api.Errand(
        case_ref=CASE,
        service="hotline-handover",
        own_agency="510100-yb",
        peer_agency="500000-yb",
        basis=api.ByStatute(Text(zh="社会保险法", en="Social Insurance Law")),
        purpose=TITLE,
    )


def deliver_all(far: FarSide) -> None:
    Letter.objects.update(next_try=Now(), lease=None, lease_until=None)
    while deliver_next(far):
        pass


def a_case_returned_and_answered(far: FarSide) -> UUID:
    """Offered, returned, offered again, accepted, answered: five messages, two of them Sichuan's."""
    case = api.offer_case(errand(), subject=SUBJECT, title=TITLE, contents={"question": "何时到账"})
    deliver_all(far)
    receiving.receive(far.decide("handover-returned", talk.Reason(reason=WHY)))
    api.offer_case_again(case, errand(), reason=WHY, contents={})
    deliver_all(far)
    receiving.receive(far.decide("handover-accepted", talk.Nothing()))
    receiving.receive(far.decide("handover-answered", talk.CaseAnswer(text=TITLE, contents={})))
    return case


def forget_all() -> None:
    """The database is that of a backup from before the case."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what is append-only goes too
        for kept in (Letter, Conversation, Thread, AccessRecord):
            kept.objects.all().delete()


def forget_from(position: int, case: UUID) -> None:
    """The database is that of a backup in which the offer still waits, and nothing followed it."""
    Letter.objects.exclude(is_own=True, position__lt=position).delete()
    Letter.objects.update(is_waiting=True, kept_at=None, next_try=Now())
    Conversation.objects.filter(pk=case).update(state="offered", has_ended=False)
    Thread.objects.update(said=position - 1, heard=0)


def catch_up(far: FarSide) -> CaughtUp:
    (found,) = recalling.catch_up(true_now() - DAY, far)
    return found


def kinds(effects: list[api.Effect]) -> list[str]:
    return [effect.message.kind for effect in effects]


@pytest.mark.parametrize("forget", [lambda _: forget_all(), lambda case: forget_from(2, case)])
def test_a_forgotten_conversation_comes_to_the_state_that_it_had(
    far: FarSide, told: list[api.Effect], forget: Callable[[UUID], None]
) -> None:
    case = a_case_returned_and_answered(far)
    before = api.said_and_heard(case)
    forget(case)
    told.clear()
    found = catch_up(far)
    assert (found.problem, found.conversations.left) == ("", [])
    assert (api.conversation(case).state, api.said_and_heard(case)) == ("answered", before)
    assert all(effect.is_recalled for effect in told)
    assert kinds(told) == [message.kind for message in before][-found.conversations.messages :]
    assert not Letter.objects.filter(is_waiting=True).exists()


def test_what_this_node_had_said_is_named_for_an_officer(far: FarSide, told: list[api.Effect]) -> None:
    a_case_returned_and_answered(far)
    forget_all()
    assert catch_up(far).conversations.decided == [
        (CASE, "handover-offered"),
        (CASE, "handover-offered-again"),
    ]


def test_taking_up_again_takes_effect_once(far: FarSide, told: list[api.Effect]) -> None:
    a_case_returned_and_answered(far)
    looks = AccessRecord.objects.count()
    forget_all()
    told.clear()
    assert catch_up(far).conversations.messages == len(told) == 5
    assert catch_up(far).conversations.messages == 0
    assert (len(told), AccessRecord.objects.count()) == (5, looks)


def test_the_peer_goes_on_where_it_was(far: FarSide, told: list[api.Effect]) -> None:
    case = api.offer_case(errand(), subject=SUBJECT, title=TITLE, contents={})
    deliver_all(far)
    forget_all()
    accepted = far.decide("handover-accepted", talk.Nothing())
    receiving.receive(accepted)
    assert Peer.objects.get(name="chongqing").is_ahead_of_us
    catch_up(far)
    assert api.conversation(case).state == "accepted"
    assert not Peer.objects.get(name="chongqing").is_ahead_of_us


def test_words_that_the_speaker_did_not_sign_are_not_taken_up(far: FarSide, told: list[api.Effect]) -> None:
    a_case_returned_and_answered(far)
    forget_all()
    far.spoil = lambda told: told._replace(body=told.body.replace("缴费".encode(), "退费".encode()))
    assert catch_up(far).problem
    assert not Letter.objects.exists()


def recall_by_chongqing(since: timedelta) -> tuple[RecallAsked, HttpRequest]:
    now = true_now()
    asked = RecallAsked(sender="chongqing", receiver="sichuan", since=now - since, after=0, created=now)
    return asked, seal_recall(asked, directory(around=now), CHONGQING_KEY, "a-nonce-of-chongqing-1")


def test_a_peer_gets_back_what_both_kept_with_the_proof_of_who_said_it(
    far: FarSide, told: list[api.Effect]
) -> None:
    case = a_case_returned_and_answered(far)
    asked, request = recall_by_chongqing(DAY)
    response = recalling.receive(request)
    now = true_now()
    messages, after = open_memories(response, request, asked, directory(around=now), now=now)
    assert (tuple(message for message, _ in messages), after) == (api.said_and_heard(case), None)
    assert recalling.receive(request).status == 409


def test_a_peer_gets_nothing_from_before_its_backup(far: FarSide, told: list[api.Effect]) -> None:
    a_case_returned_and_answered(far)
    Letter.objects.update(kept_at=true_now() - 2 * DAY)
    asked, request = recall_by_chongqing(DAY)
    now = true_now()
    messages, _ = open_memories(recalling.receive(request), request, asked, directory(around=now), now=now)
    assert messages == ()


def test_a_restored_node_asks_until_every_peer_has_told_and_then_no_more(
    far: FarSide, told: list[api.Effect], tmp_path: Path
) -> None:
    case = a_case_returned_and_answered(far)
    assert catching_up.go_on(tmp_path, far) == []
    forget_all()
    since = (true_now() - DAY).isoformat()
    note = f'{{"node": "sichuan", "begun": "{since}", "version": "0", "sha256": ""}}'
    (tmp_path / RESTORED).write_text(note)
    far.is_up = False
    assert [peer.problem for peer in catching_up.go_on(tmp_path, far)] == ["try-later"]
    assert not (tmp_path / CAUGHT_UP).exists()
    far.is_up = True
    assert [peer.problem for peer in catching_up.go_on(tmp_path, far)] == [""]
    assert api.conversation(case).state == "answered"
    assert catching_up.go_on(tmp_path, far) == []


def test_it_asks_once_more_when_a_peer_turns_out_to_know_more_than_it_has_told(
    far: FarSide, told: list[api.Effect], tmp_path: Path
) -> None:
    a_case_returned_and_answered(far)
    since = (true_now() - DAY).isoformat()
    note = f'{{"node": "sichuan", "begun": "{since}", "version": "0", "sha256": ""}}'
    (tmp_path / RESTORED).write_text(note)
    catching_up.go_on(tmp_path, far)
    assert catching_up.go_on(tmp_path, far) == []
    Peer.objects.update_or_create(name="chongqing", defaults={"is_ahead_of_us": True})
    assert [peer.problem for peer in catching_up.go_on(tmp_path, far)] == [""]
    assert catching_up.go_on(tmp_path, far) == []
