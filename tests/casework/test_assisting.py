"""Help from afar: Sichuan's casework with Chongqing at the far end, asked for on either side."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.casework.conftest import POST
from tests.casework.test_misuse import refused
from tests.casework.test_two_sides import Far, apply, told
from tests.casework.walk import RESIDENT_ID, inbox
from tests.services.shipped import SHIPPED
from tongban.node.casework import acting, cases, catalogue, log, procedures
from tongban.node.casework.models import Case
from tongban.node.clock import LOCAL_ZONE, true_now
from tongban.node.exchange.conversing import receiving
from tongban.node.exchange.conversing.delivering import say_what_is_due
from tongban.node.exchange.conversing.models import Conversation as StoredConversation
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.node.people.register import create_officer
from tongban.protocol import Text
from tongban.protocol import conversations as talk

pytestmark = pytest.mark.django_db(transaction=True)

WISH = "想查重庆的住房公积金，不会填"
DONE = Text(zh="已帮您查到，结果在渝快办里", en="Found for you")


class Window(Far):
    """Chongqing's node at the other end of a request for help."""

    def notes(self, topic: str, conversation: str = "", **members: str | int) -> None:
        """Chongqing tells something in a notice, which comes twice."""
        self.deliver()
        about = conversation or str(self.side.of_kind("handover").id)
        contents: dict[str, str | int] = {"topic": topic, "conversation": about, **members}
        body = talk.Told(subject=None, text=DONE, contents=contents)
        self.side.open("notice-given", body, self.matter("virtual-window"))
        for message in (*self.side.said, self.side.said[-1]):
            receiving.receive(self.side.delivery(message))

    def lapses(self) -> None:
        """Nobody at Chongqing comes in until the time limit is over."""
        self.deliver()
        overdue = self.side.of_kind("handover")._replace(expires=true_now())
        step = talk.tick(self.side.thread, overdue, self.side.here())
        assert step is not None
        self.side._keep(step)
        receiving.receive(self.side.delivery(self.side.said[-1]))


@pytest.fixture
def window(db: None, tmp_path: Path) -> Officer:
    """The service at agencies that the tests' directory knows, and the officer who helps there."""
    folder = tmp_path / "virtual_window"
    shutil.copytree(SHIPPED / "virtual_window", folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "service.toml"
    file.write_text(file.read_text("utf-8").replace("-gx", "-rs"), "utf-8")
    catalogue.publish(tmp_path)
    return create_officer("window", "a long password", "510100-rs", "温晓棠", POST).officer


@pytest.fixture
def do(window: Officer) -> Callable[..., Case]:
    def act(case: Case, code: str, who: Officer | Person | None = None, **given: str) -> Case:
        case.refresh_from_db()
        acting.perform(who or window, case.number, case.revision, code, given)
        case.refresh_from_db()
        return case

    return act


@pytest.fixture
def asked(window: Officer, woman: Person) -> Case:
    """What the citizen asks of Chongqing's officers."""
    return apply(woman, "virtual-window", wish=WISH, document="", phone="13800000000")


@pytest.fixture
def far(asked: Case) -> Window:
    return Window(asked.number)


@pytest.fixture
def comer() -> Window:
    """Chongqing where somebody asks Sichuan's officers for help."""
    return Window("CQ-2026-0000031")


@pytest.fixture
def come(window: Officer, comer: Window) -> Case:
    """That request, as it arrives here."""
    contents: dict[str, Any] = {"name": "测试女士", "answer_wish": WISH}
    body = talk.CaseContents(subject=RESIDENT_ID, title=DONE, contents=contents)
    return comer.opens("handover-offered", body, "virtual-window")


@pytest.fixture(autouse=True)
def _replays(window: Officer) -> Iterator[None]:
    """Whatever a test does: every case's stored state is the one that its events lead to."""
    yield
    for case in Case.objects.all():
        assert log.replay(procedures.of(case), log.history(case)) == log.state_of(case)


def checked(far: Window) -> None:
    """Chongqing's officer has checked who it is."""
    far.notes("identity-checked", method="document")


def status_of(case: Case) -> str:
    case.refresh_from_db()
    return case.status


def test_help_is_asked_for_received_identity_checked_and_concluded_at_the_other_side(
    asked: Case, far: Window, woman: Person
) -> None:
    assert (asked.status, asked.awaits, asked.due_on) == ("queueing-there", "other-side", None)
    far.says("handover-accepted", talk.Nothing())
    assert status_of(asked) == "checking-there"
    checked(far)
    assert status_of(asked) == "in-session-there"
    assert "身份证件照片" in told(asked, woman)[-1]
    far.says("handover-answered", talk.CaseAnswer(text=DONE, contents={"ended": "concluded"}))
    assert (status_of(asked), far.side.of_kind("handover").state) == ("concluded", "answered")
    assert DONE.zh in told(asked, woman)[-1]


def test_the_request_brings_the_answers_and_waits_until_the_end_of_the_next_working_day(
    asked: Case, far: Window
) -> None:
    far.deliver()
    (offered,) = (effect.message.body for effect in far.side.effects)
    assert isinstance(offered, talk.CaseContents)
    assert (offered.subject, offered.contents["answer_wish"]) == (RESIDENT_ID, WISH)
    until = far.side.of_kind("handover").expires.astimezone(LOCAL_ZONE)
    assert (until.hour, until.minute) == (0, 0)
    assert asked.opened_at < until < asked.opened_at + timedelta(days=12)


def test_an_officer_comes_in_checks_who_it_is_and_concludes(
    come: Case, comer: Window, window: Officer, do: Callable[..., Case]
) -> None:
    assert [line.task for line in inbox(window)] == ["receive"]
    assert come.due_on is not None
    answers = cases.for_officer(window, come.number).answers
    assert [shown.zh for _, shown in answers][:1] == [WISH]
    assert not [label for label, _ in answers if "照片" in label.zh]
    assert AccessRecord.objects.filter(case_ref=come.number).exists()
    do(come, "receive")
    assert refused(lambda: do(come, "conclude", result="办好了")) == "not-available"
    do(come, "check-identity", method="account")
    assert do(come, "conclude", result="已帮您办好").status == "concluded"
    comer.deliver()
    assert comer.side.of_kind("handover").state == "answered"
    assert comer.side.heard == ["handover-accepted", "notice-given", "handover-answered"]


def test_a_session_broken_off_tells_the_applicant_why(
    come: Case, comer: Window, do: Callable[..., Case]
) -> None:
    do(come, "receive")
    assert do(come, "break-off", reason="证件照片看不清，请重拍").status == "broken-off"
    comer.deliver()
    answer = comer.side.effects[-1].message.body
    assert isinstance(answer, talk.CaseAnswer)
    assert (answer.text.zh, answer.contents) == ("证件照片看不清，请重拍", {"ended": "broken-off"})


def test_a_request_that_is_turned_away_ends_on_both_sides(asked: Case, far: Window, woman: Person) -> None:
    far.says("handover-returned", talk.Reason(reason=DONE))
    assert status_of(asked) == "broken-off"
    assert DONE.zh in told(asked, woman)[-1]
    far.deliver()
    assert far.side.of_kind("handover").state == "withdrawn"


def test_a_queue_in_which_nobody_comes_in_ends_with_a_reason(asked: Case, far: Window, woman: Person) -> None:
    far.lapses()
    assert status_of(asked) == "unattended"
    assert "逾期未办" in told(asked, woman)[-1]


def test_a_request_in_which_nobody_comes_in_here_ends_and_the_other_side_is_told(
    come: Case, comer: Window, window: Officer
) -> None:
    StoredConversation.objects.update(expires=true_now())
    assert say_what_is_due() == 1
    assert status_of(come) == "unattended"
    assert inbox(window) == []
    comer.deliver()
    assert comer.side.of_kind("handover").state == "lapsed"


def test_an_officer_turns_a_request_away_with_a_reason(
    come: Case, comer: Window, do: Callable[..., Case]
) -> None:
    assert do(come, "turn-away", reason="这件事归重庆办").status == "broken-off"
    comer.deliver()
    assert comer.side.of_kind("handover").state == "returned"


def test_who_cancels_in_the_queue_is_let_go(
    asked: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    assert do(asked, "ask-back", woman).status == "cancelling"
    far.deliver()
    receiving.receive(far.side.delivery(far.side.said[-1]))
    assert status_of(asked) == "withdrawn"


def test_a_request_cancelled_there_while_it_waits_here_is_let_go(
    come: Case, comer: Window, window: Officer
) -> None:
    comer.says("handover-withdrawn", talk.Reason(reason=DONE))
    assert status_of(come) == "withdrawn"
    assert inbox(window) == []
    comer.deliver()
    assert comer.side.of_kind("handover").state == "withdrawn"


def test_who_leaves_a_session_waits_until_the_other_side_has_ended_it(
    asked: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    far.says("handover-accepted", talk.Nothing())
    assert do(asked, "leave", woman).status == "leaving"
    far.deliver()
    assert far.side.heard[-1] == "notice-given"
    far.says("handover-answered", talk.CaseAnswer(text=DONE, contents={"ended": "applicant-left"}))
    assert status_of(asked) == "withdrawn"


def test_what_was_concluded_before_the_applicant_left_counts(
    asked: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    far.says("handover-accepted", talk.Nothing())
    checked(far)
    far.deliver()
    done = far.side.decide("handover-answered", talk.CaseAnswer(text=DONE, contents={"ended": "concluded"}))
    do(asked, "leave", woman)
    receiving.receive(done)
    assert status_of(asked) == "concluded"


def test_an_applicant_who_leaves_ends_the_session_here_and_is_told_so(
    come: Case, comer: Window, window: Officer, do: Callable[..., Case]
) -> None:
    do(come, "receive")
    comer.notes("applicant-left")
    assert status_of(come) == "withdrawn"
    assert inbox(window) == []
    comer.deliver()
    assert comer.side.of_kind("handover").state == "answered"


def test_an_applicant_who_leaves_when_it_is_concluded_changes_nothing(
    come: Case, comer: Window, do: Callable[..., Case]
) -> None:
    do(come, "receive")
    do(come, "check-identity", method="account")
    do(come, "conclude", result="已帮您办好")
    comer.notes("applicant-left")
    assert status_of(come) == "concluded"


def test_a_notice_about_a_conversation_of_nobody_changes_nothing(come: Case, comer: Window) -> None:
    comer.notes("applicant-left", conversation="00000000-0000-4000-8000-000000000009")
    assert status_of(come) == "queueing"


ID = "https://tongban.example/credentials/electronic-id/1"


def test_an_identity_is_checked_by_a_credential_only_once_one_was_shown(
    come: Case, comer: Window, window: Officer, do: Callable[..., Case]
) -> None:
    do(come, "receive")
    assert refused(lambda: do(come, "check-identity", method="credential")) == "inputs-unusable"
    comer.notes("credential-shown", vct=ID, issuer="https://chongqing.example")
    assert "电子身份凭证" in cases.for_officer(window, come.number).timeline[-1].text.zh
    assert do(come, "check-identity", method="credential").status == "in-session"


def test_a_credential_that_the_service_does_not_take_proves_nothing(come: Case, comer: Window) -> None:
    comer.notes("credential-shown", vct=ID.replace("electronic-id", "library-card"), issuer="anybody")
    come.refresh_from_db()
    assert "credential-shown" not in log.state_of(come).marks
