"""Handing a request over: classified by its words, offered, taken or returned once, answered back.

Promises: what the other side is told leaves in the transaction of the event; a request is with one side.
"""

from typing import Any

from tongban.node.casework import acting, catalogue, enclosures, log
from tongban.node.casework.acting import Acting
from tongban.node.casework.answered import answers_of
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case
from tongban.node.casework.partner import (
    answers_told,
    both,
    conversation_of,
    errand,
    other_side,
    peer_name,
    saying,
    talk,
)
from tongban.node.casework.refusals import InputsRefused
from tongban.node.exchange import api
from tongban.services import Service, Text
from tongban.services.classifying import classify

_LONGEST_TITLE = 60
_PURPOSE = Text(
    zh="您的诉求属于对方办理，转交办理并回复",
    en="Your request belongs to the other side, which handles it and answers",
)
_NO_CATEGORY = Text(zh="请选择列出的一个分类", en="Choose one of the categories")
_HANDLED_HERE = Text(zh="转出方自行办理", en="The side that offered it handles it itself")
TAKEN_BACK = Text(zh="申请人撤回", en="The applicant takes it back")


def request_of(case: Case) -> str:
    """The words of the request: the answer to the form's first question."""
    answers = answers_of(case)
    first = catalogue.of(case).form.questions[0].key
    return str(answers.get(first, ""))


def opening(service: Service, answers: dict[str, Any]) -> dict[str, Any]:
    """What the first event says of the request: its category and the words that put it there."""
    request = str(answers.get(service.form.questions[0].key, ""))
    classified = classify(service.definition, request)
    return {
        "category": classified.category.code,
        "category_name": classified.category.name.to_json(),
        "words": list(classified.words),
    }


def _sort(doing: Acting) -> log.Entry:
    category = doing.service.definition.category(str(doing.given["category"]))
    if category is None:
        raise InputsRefused({"category": _NO_CATEGORY})
    data = {"category": category.code, "category_name": category.name.to_json()}
    return doing.entry(doing.state.status, data)


def _hand_over(doing: Acting) -> log.Entry:
    case, reason = doing.case, str(doing.given["reason"])
    with saying():
        conversation = api.offer_case(
            errand(case, _PURPOSE),
            subject=case.person.resident_id,
            title=both(request_of(case)[:_LONGEST_TITLE] or doing.service.definition.name.zh),
            contents=_contents(doing, reason),
        )
    return _with_peer(doing, {"reason": reason, "conversation": str(conversation)})


def _hand_over_again(doing: Acting) -> log.Entry:
    reason = str(doing.given["reason"])
    with saying():
        again = errand(doing.case, _PURPOSE)
        api.offer_case_again(talk(doing), again, reason=both(reason), contents=_contents(doing, reason))
    return _with_peer(doing, {"reason": reason})


def _take(doing: Acting) -> log.Entry:
    with saying():
        api.accept_case(talk(doing))
    return acting.plain(doing)


def _return(doing: Acting) -> log.Entry:
    reason = str(doing.given["reason"])
    with saying():
        api.return_case(talk(doing), both(reason))
    return _with_peer(doing, {"reason": reason})


def _answer(doing: Acting) -> log.Entry:
    if "from-peer" in doing.state.marks:
        with saying():
            text = both(str(doing.given["text"]), "text")
            api.answer_case(talk(doing), text=text, contents={"category": doing.state.facts["category"]})
    return acting.plain(doing)


def _take_on(doing: Acting) -> log.Entry:
    let_go(doing, _HANDLED_HERE)
    return acting.plain(doing)


def _ask_back(doing: Acting) -> log.Entry:
    with saying():
        api.withdraw(talk(doing), api.Text(zh=TAKEN_BACK.zh, en=TAKEN_BACK.en))
    return acting.plain(doing)


def let_go(doing: Acting, reason: Text) -> None:
    """Tell the other side that a returned case is no longer on offer, if their conversation goes on."""
    conversation = conversation_of(doing.state)
    if conversation is None or api.conversation(conversation).has_ended:
        return
    with saying():
        api.withdraw(conversation, api.Text(zh=reason.zh, en=reason.en))


def _contents(doing: Acting, reason: str) -> dict[str, str | int]:
    named = answers_told(answers_of(doing.case))
    category = str(doing.state.facts.get("category", ""))
    peer = api.node_of(other_side(doing.service.definition).agency_code)
    files = enclosures.enclose(doing.case, peer)
    return {"name": doing.case.person.name, "category": category, "reason": reason, **named, **files}


def _with_peer(doing: Acting, data: dict[str, Any]) -> log.Entry:
    return doing.entry(acting.target(doing), data | {"peer_name": peer_name(doing.case)})


def _is_with_us(state: CaseState) -> bool:
    """Whether no other side is to be told of it."""
    return conversation_of(state) is None


acting.register("sort", _sort, acting.always)
acting.register("answer", _answer, _is_with_us)
acting.register("take-on", _take_on, _is_with_us)
for _code, _step in {
    "hand-over": _hand_over,
    "hand-over-again": _hand_over_again,
    "take": _take,
    "return": _return,
    "ask-back": _ask_back,
}.items():
    acting.register(_code, _step)
