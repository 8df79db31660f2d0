"""A node with an old backup asks its peers what crossed since: what they tell is written down once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db.models.functions import Now

from tests.exchange.certificates import SCAN
from tests.exchange.sides import fresh_question
from tests.protocol.federation_of_two import CHONGQING_KEY, SICHUAN_KEY, STRANGER_KEY, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import attachments, identity, recalling
from tongban.node.exchange.attachments import Attachments
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Enclosure, Inbox, Outbox, PurgedFile
from tongban.node.exchange.transport import Unreachable
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, EvidenceRequest, HttpRequest, HttpResponse, NodeEntry
from tongban.suites import SigningKey

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(days=30)


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, SigningKey], None]:
    """Have this process be one of the two nodes from now on."""

    def change(name: str, key: SigningKey) -> None:
        node = Identity(name, key, directory(around=true_now()), b"")
        monkeypatch.setattr(identity, "current", lambda: node)

    return change


class Peer:
    """The other node, which remembers what stands in the same database under its name."""

    def __init__(self, become: Callable[[str, SigningKey], None], key: SigningKey = SICHUAN_KEY) -> None:
        self.become = become
        self.key = key
        self.asked = 0

    def __call__(self, peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        self.become("sichuan", self.key)
        try:
            return recalling.receive(request)
        finally:
            self.become("chongqing", CHONGQING_KEY)


@pytest.fixture
def sichuan(become: Callable[[str, SigningKey], None]) -> Peer:
    """Sichuan as Chongqing's peer; this process is Chongqing."""
    become("chongqing", CHONGQING_KEY)
    return Peer(become)


def asked_by_sichuan(at: datetime, **changes: object) -> EvidenceRequest:
    """A question that Sichuan got answered at that moment."""
    question = fresh_question(id=uuid4(), **changes)
    Outbox.objects.create(
        id=question.id,
        receiver="chongqing",
        receiver_agency=question.receiver_agency,
        case_ref=question.case_ref,
        evidence_type=question.body.evidence_type,
        place="500000",
        body=protocol.encode(question),
        state=Outbox.State.SETTLED,
        created=at,
        expires=question.expires,
        next_try=Now(),
        outcome={"records": [], "answered_at": at.isoformat()},
        settled_at=at,
    )
    return question


def heard_from_chongqing(message: UUID, at: datetime) -> None:
    """Sichuan has received and answered that message of Chongqing."""
    Inbox.objects.create(
        sender="chongqing", message=message, body_sha256=bytes(32), reply=b"{}", received_at=at
    )


def caught_up(sichuan: Peer) -> recalling.CaughtUp:
    (found,) = recalling.catch_up(true_now() - LONG_AGO, sichuan)
    return found


def test_who_saw_data_is_written_down_again_once_with_its_time(sichuan: Peer) -> None:
    at = true_now() - timedelta(days=2)
    question = asked_by_sichuan(at)
    assert caught_up(sichuan).accesses == 1
    assert caught_up(sichuan).accesses == 0
    record = AccessRecord.objects.get()
    assert (record.message_id, record.at, record.direction) == (question.id, at, "out")
    assert (record.agency, record.case_ref) == (question.sender_agency, question.case_ref)


def test_what_crossed_before_the_backup_is_left_alone(sichuan: Peer) -> None:
    asked_by_sichuan(true_now() - 2 * LONG_AGO)
    found = caught_up(sichuan)
    assert (found.accesses, found.heard, found.problem) == (0, 0, "")


def test_messages_that_the_node_no_longer_knows_are_named(sichuan: Peer) -> None:
    lost, known = uuid4(), asked_by_sichuan(true_now()).id
    for message in (lost, known):
        heard_from_chongqing(message, true_now())
    found = caught_up(sichuan)
    assert (found.heard, found.lost) == (2, [lost])


def test_more_than_a_page_is_asked_for_page_by_page(sichuan: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "PAGE", 2)
    for n in range(5):
        asked_by_sichuan(true_now() - timedelta(hours=n))
    assert caught_up(sichuan).accesses == 5
    pages, of_conversations = 3, 1
    assert (sichuan.asked, AccessRecord.objects.count()) == (pages + of_conversations, 5)


def test_a_peer_that_cannot_be_asked_is_said() -> None:
    def silent(peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        raise Unreachable

    node = Identity("chongqing", CHONGQING_KEY, directory(around=true_now()), b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "current", lambda: node)
        (found,) = recalling.catch_up(true_now(), silent)
    assert (found.peer, found.problem) == ("sichuan", Code.TRY_LATER.value)


def test_a_reply_that_the_peer_did_not_sign_is_not_believed(
    sichuan: Peer, become: Callable[[str, SigningKey], None]
) -> None:
    asked_by_sichuan(true_now())
    found = caught_up(Peer(become, STRANGER_KEY))
    assert found.problem in {Code.UNKNOWN_KEY.value, Code.BAD_SIGNATURE.value}
    assert not AccessRecord.objects.exists()


def test_a_recall_by_nobody_of_the_directory_is_refused(become: Callable[[str, SigningKey], None]) -> None:
    become("chongqing", STRANGER_KEY)
    asked_by_sichuan(true_now())
    found = caught_up(Peer(become))
    assert found.problem
    assert not AccessRecord.objects.exists()


class TestFilesOfAnswers:
    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each node has a folder of its own."""
        monkeypatch.setattr(attachments, "own", lambda: Attachments(tmp_path / identity.current().me))

    def answered_with_a_file(self) -> tuple[EvidenceRequest, str]:
        """Sichuan has an answer of Chongqing that names a file, which lies at Chongqing."""
        question = asked_by_sichuan(true_now())
        sha256, size = attachments.own().store([SCAN])
        files = [{"sha256": sha256, "size": size, "name": "scan-1.pdf"}]
        told = {"records": [], "answered_at": true_now().isoformat(), "files": files}
        Outbox.objects.filter(pk=question.id).update(outcome=told)
        return question, sha256

    def test_what_the_peer_lacks_is_sent_again_though_it_was_forgotten(self, sichuan: Peer) -> None:
        question, sha256 = self.answered_with_a_file()
        attachments.own().offered(sha256, question.case_ref, "sichuan")
        assert caught_up(sichuan).files == 1
        row = Enclosure.objects.get()
        assert (row.sha256, row.peer, row.case_ref) == (sha256, "sichuan", question.case_ref)
        assert row.sent_at is None

    def test_what_the_peer_holds_is_not_sent_again(self, sichuan: Peer, tmp_path: Path) -> None:
        question, sha256 = self.answered_with_a_file()
        attachments.own().offered(sha256, question.case_ref, "sichuan")
        Attachments(tmp_path / "sichuan").store([SCAN])
        assert caught_up(sichuan).files == 0
        assert not Enclosure.objects.exists()

    def test_what_the_peer_has_purged_is_not_missed(self, sichuan: Peer) -> None:
        question, sha256 = self.answered_with_a_file()
        attachments.own().offered(sha256, question.case_ref, "sichuan")
        PurgedFile.objects.create(
            sha256=sha256, size=1, rule="a", rule_since=date(2020, 1, 1), days=100, is_verified=True, at=Now()
        )
        assert caught_up(sichuan).files == 0

    def test_a_file_that_was_not_given_to_the_peer_is_not_sent_whatever_it_says(self, sichuan: Peer) -> None:
        question, sha256 = self.answered_with_a_file()
        attachments.own().offered(sha256, question.case_ref, "guizhou")
        found = caught_up(sichuan)
        assert (found.files, found.files_lost) == (0, [question.case_ref])
        assert not Enclosure.objects.exists()
