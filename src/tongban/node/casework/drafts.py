"""Applications being filled in: begun, answered question by question, come back to, given up.

Promises: an answer is saved as soon as it is acceptable; a draft keeps the service version it began with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from tongban.node.casework import behalf, catalogue, rights
from tongban.node.casework.models import Draft
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now
from tongban.node.config import this_node
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Enterprise, Person
from tongban.services import Answer, EvidenceNeed, Question, Raw, Service, Text

KEPT = timedelta(days=90)
"""How long a draft is kept after it was last saved; the person is told the day."""


@dataclass(frozen=True)
class ConsentNeeded:
    """One question for which the citizen's consent is asked: to whom, which fields, what for."""

    need: EvidenceNeed
    holder: Text
    is_own_side: bool

    @property
    def key(self) -> str:
        """The key under which the consent is given."""
        return self.need.key


def expires_at(draft: Draft) -> datetime:
    """When a draft is removed unless it is saved again or submitted before."""
    return draft.updated_at + KEPT


def remove_expired() -> int:
    """Remove drafts that nobody has saved for so long; how many."""
    expired = Draft.objects.filter(case=None, updated_at__lt=now() - KEPT)
    return expired.delete()[1].get(Draft._meta.label, 0)


def begin(who: Person | Applicant, code: str) -> Draft:
    """A draft for this service: the open one if there is one, else a new one. Raises Refused."""
    applicant = applicants.of(who)
    person, enterprise = applicant.person, applicant.enterprise
    with transaction.atomic():
        if enterprise is None:
            Person.objects.select_for_update().get(pk=person.pk)
        else:
            Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        behalf.hold(applicant)
        draft = rights.open_drafts_of(applicant).filter(service__code=code).order_by("-updated_at").first()
        if draft is not None:
            return draft
        row = catalogue.current(code)
        behalf.may_apply(applicant, catalogue.read(row).definition)
        at = now()
        return Draft.objects.create(
            person=person, enterprise=enterprise, service=row, created_at=at, updated_at=at
        )


def open_drafts(who: Person | Applicant) -> list[Draft]:
    """The citizen's drafts that are not submitted, the latest first."""
    return list(rights.open_drafts_of(who).select_related("service").order_by("-updated_at"))


def find(who: Person | Applicant, draft_id: UUID | str) -> Draft:
    """One draft of the citizen, submitted or not. Raises Refused `not-found`."""
    try:
        rows = rights.drafts_of(who).select_related("service", "case").defer("service__bundle")
        return rows.get(pk=draft_id)
    except (Draft.DoesNotExist, ValidationError):
        raise Refused("not-found") from None


def service_of(draft: Draft) -> Service:
    """The version of the service that the draft began with."""
    return catalogue.of(draft)


def known(draft: Draft) -> Mapping[str, Answer]:
    """The answers, with what the node knows of the person, for the form's conditions."""
    return {**person_facts(draft), **draft.answers}


def person_facts(draft: Draft) -> dict[str, Answer]:
    """What the node knows of the person and a form's conditions may name."""
    return {"person.sex": draft.person.sex}


def questions(draft: Draft) -> tuple[Question, ...]:
    """The questions that apply to this person with these answers."""
    return service_of(draft).form.visible(known(draft))


def following(draft: Draft, key: str | None) -> Question | None:
    """The question after `key` (None: the first); None when all have been asked."""
    return service_of(draft).form.following(known(draft), key)


def missing(draft: Draft) -> tuple[Question, ...]:
    """The questions that still need an answer, or whose answer cannot be used (any more), in their order."""
    form, answers = service_of(draft).form, known(draft)
    wanting = {question.key for question in (*form.missing(answers), *form.unusable(answers))}
    return tuple(question for question in form.visible(answers) if question.key in wanting)


def answer(draft: Draft, key: str, raw: Raw) -> Draft:
    """Save one answer. Raises AnswerError when it is not acceptable, Refused when it is not asked."""
    question = next((question for question in questions(draft) if question.key == key), None)
    if question is None:
        raise Refused("not-found")
    return _store(draft, key, question.read(raw))


def fill_in(draft: Draft, question: Question, raw: Raw) -> Draft:
    """Save an answer to any question of the form; it counts once the question applies. Raises as `answer`."""
    return _store(draft, question.key, question.read(raw))


def forget(draft: Draft, key: str) -> Draft:
    """Take an answer back. Raises Refused when the draft is submitted or given up."""
    return _store(draft, key, None)


def _store(draft: Draft, key: str, value: Answer | None) -> Draft:
    with transaction.atomic():
        stored = _unsubmitted(draft).select_for_update(of=("self",)).first()
        if stored is None:
            raise Refused("not-available")
        stored.answers = {name: known for name, known in stored.answers.items() if name != key}
        if value is not None:
            stored.answers[key] = value
        stored.updated_at = now()
        stored.save()
    return stored


def given(draft: Draft) -> dict[str, Answer]:
    """The answers that count: those to questions that apply."""
    return {one.key: draft.answers[one.key] for one in questions(draft) if one.key in draft.answers}


def answered(draft: Draft) -> tuple[tuple[Question, Text], ...]:
    """Each question that applies with its answer in words, for checking."""
    return tuple((question, question.show(draft.answers.get(question.key))) for question in questions(draft))


def discard(draft: Draft) -> None:
    """Give the draft up; one that has become a case stays."""
    _unsubmitted(draft).delete()


def _unsubmitted(draft: Draft) -> QuerySet[Draft]:
    return Draft.objects.filter(pk=draft.pk, case=None)


def consents_needed(draft: Draft) -> tuple[ConsentNeeded, ...]:
    """What the citizen has to agree to before submitting."""
    definition = service_of(draft).definition
    own = this_node().office_place
    needed = []
    for need in definition.needs_at(own):
        side = definition.side(need.place)
        if need.basis == "consent" and side is not None:
            needed.append(ConsentNeeded(need, side.agency, need.place == own))
    return tuple(needed)
