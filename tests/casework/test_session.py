"""A session of help from afar: lines of both sides, what an officer proposes, and what is answered."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.casework.test_assisting import (
    Window,
    _replays,
    asked,
    checked,
    come,
    comer,
    do,
    far,
    status_of,
    window,
)
from tests.casework.test_misuse import refused
from tests.casework.test_two_sides import told
from tongban.node.casework import acting, cases, drafts
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import InputsRefused
from tongban.node.people.models import Officer, Person
from tongban.protocol import conversations as talk
from tongban.services import Service
from tongban.services.form import Form

__all__ = ["_replays", "asked", "come", "comer", "do", "far", "window"]
pytestmark = pytest.mark.django_db(transaction=True)

HELLO = "请问单位名称怎么写？"
TITLE, VALUE = "缴存单位", "重庆某某物流有限公司"


FIELD = "medical-retirement/work"


@pytest.fixture
def there(asked: Case, far: Window) -> Case:
    """A session with an officer at Chongqing."""
    far.says("handover-accepted", talk.Nothing())
    checked(far)
    asked.refresh_from_db()
    return asked


@pytest.fixture
def here(come: Case, do: Callable[..., Case]) -> Case:
    """A session with an officer of Sichuan."""
    do(come, "receive")
    return do(come, "check-identity", method="account")


def heard(far: Window, topic: str) -> list[dict[str, str | int]]:
    """What Chongqing was told in notices of this topic, besides topic and conversation."""
    far.deliver()
    bodies = [one.message.body for one in far.side.effects if one.by is talk.By.PEER]
    said = [dict(body.contents) for body in bodies if isinstance(body, talk.Told)]
    return [
        {key: value for key, value in one.items() if key not in {"topic", "conversation"}}
        for one in said
        if one["topic"] == topic
    ]


def offered(far: Window, position: int = 1) -> None:
    """Chongqing's officer proposes what to fill in."""
    far.notes("fact-proposed", position=position, title=TITLE, value=VALUE)


def test_lines_of_both_sides_stand_on_the_page_in_their_order(
    there: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    do(there, "write", woman, line=HELLO)
    far.notes("line-written", line="写营业执照上的全称")
    do(there, "write", woman, line="谢谢")
    assert told(there, woman)[-3:] == [f"您：{HELLO}", "工作人员：写营业执照上的全称", "您：谢谢"]
    assert heard(far, "line-written") == [{"line": HELLO}, {"line": "谢谢"}]


def test_an_officer_reads_what_the_applicant_writes_and_writes_back(
    here: Case, comer: Window, window: Officer, do: Callable[..., Case]
) -> None:
    comer.notes("line-written", line=HELLO)
    do(here, "write-back", line="写全称")
    lines = [entry.text.zh for entry in cases.for_officer(window, here.number).timeline]
    assert lines[-2:] == [f"申请人：{HELLO}", "工作人员：写全称"]
    assert heard(comer, "line-written") == [{"line": "写全称"}]


def test_a_line_counts_though_another_came_since_the_page_was_opened(
    there: Case, far: Window, woman: Person
) -> None:
    seen = there.revision
    far.notes("line-written", line="您好")
    acting.perform(woman, there.number, seen, "write", {"line": HELLO})
    assert told(there, woman)[-1] == f"您：{HELLO}"


def test_a_line_sent_twice_from_one_page_is_written_once(there: Case, far: Window, woman: Person) -> None:
    seen = there.revision
    acting.perform(woman, there.number, seen, "write", {"line": HELLO})
    again = refused(lambda: acting.perform(woman, there.number, seen, "write", {"line": HELLO}))
    assert again == "stale-revision"
    assert heard(far, "line-written") == [{"line": HELLO}]


def test_a_line_is_of_at_most_four_hundred_characters(
    there: Case, woman: Person, do: Callable[..., Case]
) -> None:
    assert refused(lambda: do(there, "write", woman, line="长" * 401)) == "inputs-unusable"
    do(there, "write", woman, line="长" * 400)


def test_a_line_that_comes_when_the_session_has_ended_changes_nothing(
    here: Case, comer: Window, do: Callable[..., Case]
) -> None:
    ended = do(here, "conclude", result="已帮您办好").revision
    comer.notes("line-written", line=HELLO)
    here.refresh_from_db()
    assert here.revision == ended


def test_nobody_writes_before_an_officer_has_come_in(
    asked: Case, woman: Person, do: Callable[..., Case]
) -> None:
    assert refused(lambda: do(asked, "write", woman, line=HELLO)) == "not-available"


def test_what_the_officer_proposes_waits_for_the_applicant_who_confirms_or_declines(
    there: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    offered(far)
    offered(far, 2)
    view = cases.for_citizen(woman, there.number)
    assert [(one.title.zh, one.value.zh, one.answer) for one in view.proposals] == [(TITLE, VALUE, "")] * 2
    do(there, "confirm-fact", woman, position="1")
    do(there, "decline-fact", woman, position="2")
    answers = [one.answer for one in cases.for_citizen(woman, there.number).proposals]
    assert answers == ["confirmed", "declined"]
    assert heard(far, "fact-answered") == [
        {"position": 1, "answer": "confirmed"},
        {"position": 2, "answer": "declined"},
    ]


def test_a_proposal_is_answered_once(
    there: Case, far: Window, woman: Person, do: Callable[..., Case]
) -> None:
    offered(far)
    do(there, "confirm-fact", woman, position="1")
    again = [refused(partial(do, there, "decline-fact", woman, position=at)) for at in ("0", "1", "2")]
    assert again == ["inputs-unusable"] * 3
    assert heard(far, "fact-answered") == [{"position": 1, "answer": "confirmed"}]


def test_the_officer_sees_what_the_applicant_answered(
    here: Case, comer: Window, window: Officer, do: Callable[..., Case]
) -> None:
    do(here, "propose-fact", title=TITLE, value=VALUE)
    assert heard(comer, "fact-proposed") == [{"position": 1, "title": TITLE, "value": VALUE}]
    comer.notes("fact-answered", position=1, answer="confirmed")
    comer.notes("fact-answered", position=1, answer="declined")
    (one,) = cases.for_officer(window, here.number).proposals
    assert one.answer == "confirmed"


def test_only_the_officers_side_proposes_and_only_the_applicants_answers(
    here: Case, comer: Window, do: Callable[..., Case]
) -> None:
    revision = do(here, "propose-fact", title=TITLE, value=VALUE).revision
    comer.notes("fact-proposed", position=2, title=TITLE, value="别的")
    here.refresh_from_db()
    assert here.revision == revision


def test_a_line_about_a_conversation_of_nobody_changes_nothing(there: Case, far: Window) -> None:
    before = status_of(there), there.revision
    far.notes("line-written", conversation="00000000-0000-4000-8000-000000000009", line=HELLO)
    assert (status_of(there), there.revision) == before


def test_an_answer_to_a_question_is_told_as_the_form_takes_it(
    here: Case, comer: Window, published: Service, do: Callable[..., Case]
) -> None:
    do(here, "propose-fact", field=FIELD, value="工人岗位")
    (told,) = heard(comer, "fact-proposed")
    assert {key: told[key] for key in ("service", "question", "answer", "value")} == {
        "service": "medical-retirement",
        "question": "work",
        "answer": "worker",
        "value": "工人岗位",
    }


@pytest.mark.parametrize(
    ("given", "wrong", "what_to_do"),
    [
        ({"field": FIELD, "value": "农民"}, "value", "请填写其中一项：工人岗位、管理或专业技术岗位"),
        ({"field": "medical-retirement/paying", "value": "也许"}, "value", "请选择“是”或“否”"),
        ({"field": "medical-retirement/no_such", "value": "是"}, "field", "没有这个问题"),
        ({"field": "virtual-window/wish", "value": "查"}, "field", "没有这个问题"),
        ({"value": "查"}, "field", "请选一个问题"),
    ],
)
def test_what_the_form_would_not_take_is_not_proposed(
    here: Case,
    published: Service,
    do: Callable[..., Case],
    given: dict[str, str],
    wrong: str,
    what_to_do: str,
) -> None:
    with pytest.raises(InputsRefused) as refusal:
        do(here, "propose-fact", **given)
    assert what_to_do in refusal.value.fields[wrong].zh


def test_a_confirmed_answer_stands_in_the_applicants_draft_and_a_declined_one_does_not(
    there: Case, far: Window, woman: Person, published: Service, do: Callable[..., Case]
) -> None:
    asked = {"service": "medical-retirement", "title": "医保退休", "value": "见表"}
    far.notes("fact-proposed", position=1, question="work", answer="worker", **asked)
    far.notes("fact-proposed", position=2, question="paying", answer="yes", **asked)
    first, second = cases.for_citizen(woman, there.number).proposals
    assert first.title.en.endswith(" · What kind of post do you retire from?")
    assert (first.value.en, second.value.en) == ("Worker", "Yes")
    assert drafts.open_drafts(woman) == []
    do(there, "confirm-fact", woman, position=str(first.position))
    do(there, "decline-fact", woman, position=str(second.position))
    (draft,) = drafts.open_drafts(woman)
    assert (draft.service.code, draft.answers) == ("medical-retirement", {"work": "worker"})


def test_an_answer_that_the_form_here_does_not_take_is_words_and_fills_nothing_in(
    there: Case, far: Window, woman: Person, published: Service, do: Callable[..., Case]
) -> None:
    asked = {"service": "medical-retirement", "question": "work", "answer": "farmer"}
    far.notes("fact-proposed", position=1, title=TITLE, value=VALUE, **asked)
    (one,) = cases.for_citizen(woman, there.number).proposals
    assert (one.title.zh, one.value.zh, one.service) == (TITLE, VALUE, "")
    do(there, "confirm-fact", woman, position="1")
    assert drafts.open_drafts(woman) == []


def test_a_question_that_is_not_for_the_applicant_is_not_filled_in(
    there: Case, far: Window, woman: Person, published: Service, do: Callable[..., Case]
) -> None:
    Person.objects.filter(pk=woman.pk).update(resident_id="510104199003070015")
    asked = {"service": "medical-retirement", "question": "work", "answer": "worker"}
    far.notes("fact-proposed", position=1, title=TITLE, value=VALUE, **asked)
    assert refused(lambda: do(there, "confirm-fact", woman, position="1")) == "proposal-unusable"
    assert drafts.open_drafts(woman) == []


def test_what_cannot_be_filled_in_is_not_confirmed_and_the_applicant_reads_what_to_do(
    there: Case,
    far: Window,
    woman: Person,
    published: Service,
    monkeypatch: pytest.MonkeyPatch,
    do: Callable[..., Case],
) -> None:
    asked = {"service": "medical-retirement", "question": "work", "answer": "worker"}
    far.notes("fact-proposed", position=1, title=TITLE, value=VALUE, **asked)
    monkeypatch.setattr(Form, "question", lambda form, key: None)
    assert refused(lambda: do(there, "confirm-fact", woman, position="1")) == "proposal-unusable"
    assert drafts.open_drafts(woman) == []
    assert heard(far, "fact-answered") == []
