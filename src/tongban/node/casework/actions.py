"""What people do with a case: confirm, refuse, ask again, withdraw.

Promises: only an action that the procedure offers now, only on the revision the person saw, all or nothing.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tongban.node.casework import asking, catalogue, log, rights, story
from tongban.node.casework.models import Case
from tongban.node.casework.procedure import Role
from tongban.node.casework.recognition import GATHERING, WITHDRAWN
from tongban.node.casework.refusals import Refused
from tongban.node.exchange import api
from tongban.node.people.models import Officer, Person

MOST_REASON = 2000


def confirm(officer: Officer, number: str, revision: int) -> Case:
    """Make the proposed decision the decision. Raises Refused."""
    with transaction.atomic():
        case = _locked(rights.of_officer(officer), number, revision, "confirm", "officer")
        proposal = case.events.get(revision=log.state_of(case).proposed_by or 0).data
        data = {name: proposal[name] for name in ("outcome", "title", "text", "pool")}
        _decide(case, officer, data)
        return case


def refuse(officer: Officer, number: str, revision: int, reason: str) -> Case:
    """Refuse the application with a reason that the applicant reads. Raises Refused."""
    words = reason.strip()
    if not words or len(words) > MOST_REASON:
        raise Refused("reason-missing")
    with transaction.atomic():
        case = _locked(rights.of_officer(officer), number, revision, "refuse", "officer")
        title = story.REFUSED_BY_OFFICER.to_json()
        data = {"outcome": "refused", "title": title, "text": {"zh": words, "en": words}, "words": words}
        _decide(case, officer, data)
        return case


def ask_again(officer: Officer, number: str, revision: int, key: str) -> Case:
    """Ask the holding agency once more under the consent given with the application. Raises Refused."""
    with transaction.atomic():
        case = _locked(rights.of_officer(officer), number, revision, "ask-again", "officer")
        definition = catalogue.read(case.service).definition
        need, piece = definition.need(key), log.state_of(case).piece(key)
        asked = {one["key"]: one for one in case.events.get(revision=1).data["evidence"]}
        if need is None or piece is None or not asked[key]["consent"]:
            raise Refused("not-available")
        try:
            message = asking.ask(case, definition, need, UUID(asked[key]["consent"]))
        except api.Refused:
            raise Refused("evidence-not-covered") from None
        entry = log.Entry(
            "evidence-asked-again", GATHERING, log.by_officer(officer), {"key": key, "message": str(message)}
        )
        log.append(case, log.procedure_of(case), entry)
        return case


def withdraw(person: Person, number: str, revision: int) -> Case:
    """Take the application back; questions on their way are stopped. Raises Refused."""
    with transaction.atomic():
        visible = rights.of_citizen(person)
        if not visible.filter(number=number).exists():
            raise Refused("not-found")
        api.stop_asking(number)
        case = _locked(visible, number, revision, "withdraw", "citizen")
        log.append(case, log.procedure_of(case), log.Entry("withdrawn", WITHDRAWN, log.CITIZEN))
        return case


def _locked(visible: QuerySet[Case], number: str, revision: int, action: str, role: Role) -> Case:
    case = visible.select_for_update().filter(number=number).first()
    if case is None:
        raise Refused("not-found")
    if case.revision != revision:
        raise Refused("stale-revision")
    available = log.procedure_of(case).available(case.status, role)
    if action not in {one.code for one in available}:
        raise Refused("not-available")
    return case


def _decide(case: Case, officer: Officer, data: dict[str, Any]) -> None:
    entry = log.Entry("decided", data["outcome"], log.by_officer(officer), data)
    log.append(case, log.procedure_of(case), entry)
