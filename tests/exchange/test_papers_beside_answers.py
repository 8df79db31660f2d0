"""Files beside an answer between nodes: sent once the answer is stored, taken when they are what it names."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.exchange.asked import ask
from tests.exchange.certificates import (
    DIGEST,
    FIELDS,
    SCAN,
    declaration,
    own_attachments,
    sqlite,
    with_certificates,
)
from tests.exchange.questions import a_question, give_consent
from tests.exchange.sides import FarChongqing, fresh_question
from tests.protocol.federation_of_two import SUBJECT, by_consent, consent, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.exchange import (
    api,
    connectors,
    enclosing,
    identity,
)
from tongban.node.exchange.attachments import Attachments
from tongban.node.exchange.delivery import deliver_next
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Enclosure, Outbox
from tongban.node.people.models import AccessRecord
from tongban.protocol import EvidenceAnswer, EvidenceFile


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    return own_attachments(tmp_path, monkeypatch)


def _act_as(node: str, monkeypatch: pytest.MonkeyPatch, current: Identity) -> Identity:
    known = with_certificates(directory(around=true_now()))
    changed = Identity(node, current.key, known, b"")
    monkeypatch.setattr(identity, "current", lambda: changed)
    return changed


@pytest.mark.django_db(transaction=True)
class TestAnswering:
    @pytest.fixture(autouse=True)
    def _certificates(self, chongqing: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        _act_as("chongqing", monkeypatch, chongqing)
        raw = declaration(**sqlite(tmp_path, SCAN, SCAN, None))
        config = this_node().model_copy(update={"connectors": (raw,)})
        monkeypatch.setattr(connectors, "this_node", lambda: config)
        monkeypatch.setattr(
            "tests.exchange.sides.directory", lambda **_: with_certificates(directory(around=true_now()))
        )

    def asked(self) -> protocol.EvidenceRequest:
        given = consent(true_now(), evidence_type="certificate", fields=FIELDS)
        body = protocol.Question(subject=SUBJECT, evidence_type="certificate", fields=FIELDS)
        return fresh_question(body=body, legal_basis=by_consent(given))

    def test_the_answer_names_the_file_and_it_is_sent_beside_it(self) -> None:
        reply = ask(self.asked())
        assert isinstance(reply, EvidenceAnswer)
        assert reply.body.files == (EvidenceFile(sha256=DIGEST, size=len(SCAN), name="scan-1.pdf"),)
        assert [record["scan"] for record in reply.body.records] == [DIGEST, DIGEST, ""]
        (row,) = Enclosure.objects.all()
        assert (row.sha256, row.peer, row.case_ref) == (DIGEST, "sichuan", "SC-2026-000001")
        assert AccessRecord.objects.get().fields == list(FIELDS)

    def test_to_whom_the_file_was_given_is_noted_beside_it_before_the_answer_leaves(
        self, here: Attachments
    ) -> None:
        ask(self.asked())
        given = here.crossing(DIGEST)
        assert given is not None
        assert given.peers == ("sichuan",)

    def test_a_repeated_question_gets_the_same_answer_and_sends_nothing_more(self) -> None:
        question = self.asked()
        first = ask(question)
        assert ask(question, "nonce-of-second-delivery") == first
        assert Enclosure.objects.count() == 1

    def test_another_answer_with_the_file_offers_it_anew_as_the_peer_may_have_purged_it(self) -> None:
        ask(self.asked())
        Enclosure.objects.update(sent_at=true_now(), tries=3)
        ask(self.asked().model_copy(update={"id": uuid4()}), "nonce-of-second-delivery")
        row = Enclosure.objects.get()
        assert (row.sent_at, row.tries) == (None, 0)

    def test_the_file_is_given_to_nobody_before_the_answer_is_stored(
        self, monkeypatch: pytest.MonkeyPatch, here: Attachments
    ) -> None:
        def power_cut(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("tongban.node.exchange.answers.store_within", power_cut)
        ask(self.asked())
        assert not Enclosure.objects.exists()
        assert here.crossing(DIGEST) is None
        enclosing.send_due()
        assert here.crossing(DIGEST) is None


@pytest.mark.django_db(transaction=True)
class TestAsking:
    @pytest.fixture(autouse=True)
    def _certificates(self, sichuan: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        _act_as("sichuan", monkeypatch, sichuan)
        monkeypatch.setattr(
            "tests.exchange.sides.directory", lambda **_: with_certificates(directory(around=true_now()))
        )

    def far(self, *files: EvidenceFile) -> FarChongqing:
        far = FarChongqing()
        far.records = ({"number": "a", "scan": DIGEST},)
        far.files = files
        return far

    def ask(self) -> None:
        about = {"evidence_type": "certificate", "fields": FIELDS}
        api.ask(a_question(**about, basis=api.ByConsent(give_consent(**about))))

    def test_the_case_is_told_of_the_file(self, told: list[api.Outcome]) -> None:
        self.ask()
        file = EvidenceFile(sha256=DIGEST, size=len(SCAN), name="scan-1.pdf")
        deliver_next(self.far(file))
        (outcome,) = told
        assert isinstance(outcome, api.Answered)
        assert outcome.files == (file,)
        assert api.settled(outcome.message) == outcome

    @pytest.mark.parametrize(
        "files",
        [
            (),
            (EvidenceFile(sha256="0" * 64, size=1, name="other.pdf"),),
            (EvidenceFile(sha256=DIGEST, size=1, name="a"), EvidenceFile(sha256=DIGEST, size=2, name="b")),
        ],
    )
    def test_an_answer_that_describes_other_files_than_its_records_name_is_not_taken(
        self, told: list[api.Outcome], files: tuple[EvidenceFile, ...]
    ) -> None:
        self.ask()
        deliver_next(self.far(*files))
        assert told == []
        assert Outbox.objects.get().problem == "schema-violated"
