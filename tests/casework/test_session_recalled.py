"""Help from afar that was forgotten with an old backup comes back into its cases, on either side."""

from collections.abc import Callable

import pytest

from tests.casework.test_assisting import DONE, Window, _replays, asked, checked, come, comer, do, far, window
from tests.casework.test_old_backup import catch_up, forgotten, kinds
from tests.casework.test_session import HELLO, TITLE, VALUE, here, offered, there
from tongban.node.casework import cases
from tongban.node.casework.models import Case
from tongban.node.people.models import Officer, Person
from tongban.protocol import conversations as talk

__all__ = ["_replays", "asked", "come", "comer", "do", "far", "here", "there", "window"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_what_an_officer_did_in_a_session_comes_back(
    come: Case, comer: Window, window: Officer, do: Callable[..., Case]
) -> None:
    with forgotten():
        do(come, "receive")
        do(come, "check-identity", method="account")
        do(come, "write-back", line=HELLO)
        do(come, "propose-fact", title=TITLE, value=VALUE)
        do(come, "conclude", result="已帮您办好")
        comer.deliver()
    catch_up(comer)
    again = ["received", "identity-checked", "officer-wrote", "fact-proposed", "concluded"]
    assert kinds(come)[1:] == again
    last = cases.for_officer(window, come.number).timeline[-1]
    assert (last.text.zh, last.is_recalled) == ("办理完成：已帮您办好", True)


def test_a_session_that_was_broken_off_is_broken_off_again(
    come: Case, comer: Window, do: Callable[..., Case]
) -> None:
    with forgotten():
        do(come, "receive")
        do(come, "break-off", reason="证件照片看不清")
        comer.deliver()
    catch_up(comer)
    assert kinds(come)[1:] == ["received", "broken-off"]


def test_what_the_applicant_wrote_confirmed_and_ended_comes_back(
    there: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    offered(far)
    with forgotten():
        do(there, "write", woman, line=HELLO)
        do(there, "confirm-fact", woman, position="1")
        do(there, "leave", woman)
        far.deliver()
    catch_up(far)
    assert kinds(there)[-3:] == ["applicant-wrote", "fact-confirmed", "left"]
    assert there.status == "leaving"


def test_what_the_other_side_did_comes_back(asked: Case, far: Window) -> None:
    far.deliver()
    with forgotten():
        far.says("handover-accepted", talk.Nothing())
        checked(far)
        far.notes("line-written", line=HELLO)
    catch_up(far)
    assert kinds(asked)[1:] == ["handover-accepted", "checked-there", "officer-line"]


def test_a_session_that_ended_because_the_applicant_left_ends_once_more(
    come: Case, comer: Window, do: Callable[..., Case]
) -> None:
    do(come, "receive")
    comer.deliver()
    with forgotten():
        comer.notes("applicant-left")
        comer.deliver()
    catch_up(comer)
    assert kinds(come)[1:] == ["received", "applicant-left"]
    assert comer.side.of_kind("handover").state == "answered"


def test_a_request_turned_away_that_was_let_go_is_let_go_once_more(asked: Case, far: Window) -> None:
    far.deliver()
    with forgotten():
        far.says("handover-returned", talk.Reason(reason=DONE))
        far.deliver()
    catch_up(far)
    assert kinds(asked)[1:] == ["handover-returned"]
    assert asked.status == "broken-off"
    assert far.side.of_kind("handover").state == "withdrawn"
