"""The operator's page on the exchange: peers, what waits, the log, and what a restored node has missed."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.casework.conftest import POST
from tests.protocol.federation_of_two import CHONGQING_KEY, SICHUAN_KEY, directory
from tongban.node import catching_up
from tongban.node.admin.exchange_health import exchange_health
from tongban.node.backup import CAUGHT_UP, RESTORED
from tongban.node.clock import true_now
from tongban.node.exchange import identity, recalling
from tongban.node.exchange.conversing.remembering import TakenUp
from tongban.node.exchange.models import Conversation, Letter, Outbox, Peer, Thread
from tongban.node.exchange.recalling import CaughtUp
from tongban.node.exchange.transport import HttpTransport
from tongban.node.people.permissions import Act
from tongban.node.people.register import create_officer
from tongban.node.translog.models import LogCheckpoint, LogState
from tongban.protocol.tlog.checkpoints import Checkpoint, cosign, sign_checkpoint
from tongban.protocol.tlog.hashing import EMPTY_ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _directory(monkeypatch: pytest.MonkeyPatch) -> None:
    known = identity.Identity("sichuan", SICHUAN_KEY, directory(around=true_now()), b"")
    monkeypatch.setattr(identity, "current", lambda: known)


@pytest.fixture
def page(client: Client) -> Callable[[str], str]:
    """What the operator reads at an address."""
    operator = create_officer("operator", "x", "510100-yb", "高岚", POST, acts=(Act.ADMINISTER,)).officer
    client.force_login(operator.account)
    return lambda address: client.get(address).content.decode()


def waits_for(receiver: str, hours: int) -> None:
    since = timezone.now() - timedelta(hours=hours)
    Outbox.objects.create(
        id=uuid4(),
        receiver=receiver,
        receiver_agency="500000-yb",
        case_ref="SC-2026-000001",
        evidence_type="contribution-spells",
        place="500000",
        body=b"{}",
        created=since,
        expires=since + timedelta(days=30),
        next_try=since,
    )


def test_each_peer_shows_what_waits_for_it_and_since_when(tmp_path: Path) -> None:
    for hours in (1, 7, 3):
        waits_for("chongqing", hours)
    own, other = exchange_health(tmp_path).peers
    assert (own.is_own, own.questions, own.oldest) == (True, 0, None)
    assert (other.node.id, other.questions) == ("chongqing", 3)
    assert other.oldest is not None
    assert timedelta(hours=6) < timezone.now() - other.oldest < timedelta(hours=8)


def test_the_page_names_a_peer_that_cannot_be_reached_and_a_halted_log(page: Callable[[str], str]) -> None:
    Peer.objects.create(name="chongqing", failures=4, rests_until=timezone.now())
    LogState.objects.create(id=1, halted="log-rolled-back", detail="the witness has more")
    shown = page("/admin/exchange/")
    assert "连续 4 次没有连上" in shown
    assert "log-rolled-back" in shown
    assert "the witness has more" in shown


def test_the_page_tells_how_many_messages_a_peer_refuses_for_good(page: Callable[[str], str]) -> None:
    thread = Thread.objects.create(peer="chongqing", case_ref="SC-2026-000001")
    now = timezone.now()
    opened = Conversation.objects.create(
        id=uuid4(), thread=thread, kind="notice", basis={}, purpose={}, opened_at=now, expires=now
    )
    for position, problem in enumerate(("try-later", "schema-violated", "")):
        Letter.objects.create(
            message=uuid4(),
            is_own=True,
            peer="chongqing",
            case_ref="SC-2026-000001",
            position=position,
            conversation=opened,
            body=b"{}",
            body_sha256=b"",
            stored_at=now,
            is_waiting=True,
            problem=problem,
        )
    assert "其中 1 条对方不收" in page("/admin/exchange/")


def test_the_last_head_that_a_peer_has_cosigned_is_told_with_its_size(tmp_path: Path) -> None:
    at = true_now().replace(microsecond=0)
    for number, size in enumerate((5, 9)):
        checkpoint = Checkpoint("tongban/sichuan", size, EMPTY_ROOT)
        note = sign_checkpoint(checkpoint, SICHUAN_KEY)
        if size == 5:
            note = note.with_signatures([cosign(note.text, "tongban/chongqing", CHONGQING_KEY, at)])
        LogCheckpoint.objects.create(number=number, size=size, root=EMPTY_ROOT, note=note.encode())
    health = exchange_health(tmp_path)
    cosigned = health.peers[1].cosigned
    assert cosigned is not None
    assert (cosigned.size, cosigned.at) == (5, at)
    assert health.log.size == 9


def test_what_a_restored_node_was_told_is_added_up_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exchange_health(tmp_path).restored is None
    begun = true_now().isoformat()
    note = {"node": "sichuan", "begun": begun, "version": "1", "sha256": ""}
    (tmp_path / RESTORED).write_text(json.dumps(note), encoding="utf-8")
    taken_up = TakenUp(3, [("SC-1", "x")], ["SC-2"])
    told = [
        CaughtUp("chongqing", accesses=2, lost=[UUID(int=1)], conversations=taken_up),
        CaughtUp("chongqing", lost=[UUID(int=1)]),
    ]
    monkeypatch.setattr(recalling, "catch_up", lambda _since, _transport: [told.pop(0)])
    for is_whole in (False, True):
        catching_up.catch_up(tmp_path, HttpTransport())
        assert (tmp_path / CAUGHT_UP).exists() is is_whole
    restored = exchange_health(tmp_path).restored
    assert restored is not None
    assert restored.is_whole
    (report,) = restored.reports
    assert (report.accesses, report.messages, report.lost) == (2, 3, (str(UUID(int=1)),))
    assert (report.decided, report.left) == ((("SC-1", "x"),), ())


def test_the_operators_first_page_leads_there(page: Callable[[str], str]) -> None:
    assert 'href="/admin/exchange/"' in page("/admin/")


def test_the_operators_first_page_names_every_table_in_words(page: Callable[[str], str]) -> None:
    shown = page("/admin/")
    assert [name for name in ("办件", "收到的询问", "登录账号", "日志的签名") if name not in shown] == []
    assert not re.search(r"Cases|Inbox|Outbox|Accounts|Casework", shown)
