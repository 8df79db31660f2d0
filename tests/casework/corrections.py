"""What both sides of a correction across two nodes say and hear, for tests of either."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.casework.test_two_sides import (
    Far,
)
from tongban.node.casework import tidings
from tongban.node.casework.models import Case
from tongban.node.clock import today
from tongban.node.exchange.conversing import receiving
from tongban.node.people.models import Person
from tongban.protocol import Text
from tongban.protocol import conversations as talk

Do = Callable[..., Case]
UNTIL = today() + timedelta(days=5)
PLEASE = Text(zh="请核对最后缴费的月份", en="请核对最后缴费的月份")
GIVEN = Text(zh="记错了，是七月", en="记错了，是七月")


def tells(far: Far, form: type[Any], words: Text = PLEASE, times: int = 1, **members: object) -> None:
    """Chongqing tells it, after what it said before, and sends the message so often."""
    far.deliver()
    kind = "handover" if any(one.kind.startswith("handover") for one in _spoken(far)) else "transfer"
    tiding = form(conversation=far.side.of_kind(kind).id, **members)
    body = talk.Told(subject=None, text=words, contents=tiding.model_dump(mode="json"))
    service = "hotline-handover" if kind == "handover" else "unemployment-transfer"
    far.side.open("notice-given", body, far.matter(service))
    for message in (*far.side.said, *far.side.said[-1:] * (times - 1)):
        receiving.receive(far.side.delivery(message))


def _spoken(far: Far) -> list[talk.AnyUtterance]:
    return [*(effect.message for effect in far.side.effects), *far.side.said]


def heard(far: Far) -> list[dict[str, str | int]]:
    """What Chongqing was told in notices, besides of which conversation."""
    far.deliver()
    bodies = [one.message.body for one in far.side.effects if one.by is talk.By.PEER]
    said = [dict(body.contents) for body in bodies if isinstance(body, talk.Told)]
    return [{key: value for key, value in one.items() if key != "conversation"} for one in said]


def topics(far: Far) -> list[str]:
    return [str(one["topic"]) for one in heard(far)]


def status_of(case: Case) -> str:
    case.refresh_from_db()
    return case.status


def answer(do: Do, case: Case, person: Person, position: int, sent: object) -> Case:
    return do(case, "correct-answer", person, position=str(position), answer=json.dumps(sent))


def ask(far: Far, about: str = "/last_month", number: int = 1) -> None:
    tells(far, tidings.AnswersAsked, times=2, round=number, about=about, until=UNTIL)
