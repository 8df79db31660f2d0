"""The actions of recognition that do more than record: confirm, refuse, check, ask again, withdraw, reopen.

Promises: a decision is the proposal or carries the officer's own words, and says where to seek review.
"""

from typing import Any
from uuid import UUID

from tongban.node.casework import acting, asking, handing, log, remedies, story
from tongban.node.casework.acting import Acting
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.exchange import api
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.places import agencies

MOST_REASON = 2000


def confirm(officer: Officer, number: str, revision: int) -> Case:
    """Make the proposed decision the decision. Raises Refused."""
    return acting.perform(officer, number, revision, "confirm")


def refuse(officer: Officer, number: str, revision: int, reason: str) -> Case:
    """Refuse the application with a reason that the applicant reads. Raises Refused `reason-missing` …"""
    try:
        return acting.perform(officer, number, revision, "refuse", {"reason": reason})
    except InputsRefused:
        raise Refused("reason-missing") from None


def ask_again(officer: Officer, number: str, revision: int, key: str) -> Case:
    """Ask the holding agency once more under the consent given with the application. Raises Refused."""
    return acting.perform(officer, number, revision, "ask-again", {"evidence": key})


def withdraw(who: Person | Applicant, number: str, revision: int) -> Case:
    """Take the application back; questions on their way are stopped. Raises Refused."""
    return acting.perform(who, number, revision, "withdraw")


def _confirm(doing: Acting) -> log.Entry:
    return _decided(doing, as_proposed(doing))


def _refuse(doing: Acting) -> log.Entry:
    return _decided(doing, _in_words(doing, str(doing.given["reason"])))


def _check(doing: Acting) -> log.Entry:
    refusal = doing.state.facts.get("refusal")
    return _decided(doing, _in_words(doing, refusal) if refusal else as_proposed(doing))


def as_proposed(doing: Acting) -> dict[str, Any]:
    """The decision that the law proposed, as the event that makes it the decision holds it."""
    proposal = doing.case.events.get(revision=doing.state.proposed_by or 0).data
    told = {name: proposal[name] for name in ("outcome", "title", "text", "pool")}
    return told | _remedy(doing)


def _in_words(doing: Acting, words: str) -> dict[str, Any]:
    title = story.REFUSED_BY_OFFICER.to_json()
    told = {"outcome": "refused", "title": title, "text": {"zh": words, "en": words}, "words": words}
    return told | _remedy(doing)


def _remedy(doing: Acting) -> dict[str, Any]:
    remedy = remedies.of_agency(doing.case.agency)
    return {"remedy": remedy.to_json()} if remedy else {}


def _decided(doing: Acting, data: dict[str, Any]) -> log.Entry:
    return doing.entry(data["outcome"], data)


def _ask_again(doing: Acting) -> log.Entry:
    case, definition, key = doing.case, doing.service.definition, str(doing.given["evidence"])
    need, piece = definition.need(key), doing.state.piece(key)
    asked = {one["key"]: one for one in case.events.get(revision=1).data["evidence"]}
    consent = asked[key]["consent"] if key in asked else ""
    if need is None or piece is None or (need.basis == "consent" and not consent):
        raise Refused("not-available")
    try:
        message = asking.ask(case, definition, need, UUID(consent) if consent else None)
    except api.Refused:
        raise Refused("evidence-not-covered") from None
    return doing.entry("gathering", {"key": key, "message": str(message)})


def _withdraw(doing: Acting) -> log.Entry:
    api.stop_asking(doing.case.number)
    handing.let_go(doing, handing.TAKEN_BACK)
    return acting.plain(doing)


def _at_work_again(doing: Acting) -> log.Entry:
    """Back to the officer who decides; to the one who sees to the evidence where the law proposed nothing."""
    is_held = doing.state.evidence and not doing.state.proposed_by
    return doing.entry("held" if is_held else doing.procedure.only_target("proposed"))


def _ask_opinion(doing: Acting) -> log.Entry:
    consulted = str(doing.given["consulted"])
    if consulted == doing.case.agency:
        raise Refused("not-available")
    name = agencies.agency(consulted).name
    return doing.entry(doing.state.status, {**doing.given, "consulted_name": {"zh": name.zh, "en": name.en}})


acting.register("ask-again", _ask_again)
acting.register("withdraw", _withdraw)
for _code, _step in {
    "confirm": _confirm,
    "refuse": _refuse,
    "check": _check,
    "reopen": _at_work_again,
    "send-back": _at_work_again,
    "ask-opinion": _ask_opinion,
}.items():
    acting.register(_code, _step, acting.always)
