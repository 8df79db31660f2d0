"""Who may see which case: one predicate in SQL for each role.

Promises: every list and every single case goes through one of these; what is not visible does not exist.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tongban.node.casework.models import Case, Draft, PublishedService
from tongban.node.clock import today
from tongban.node.people import applicants, permissions
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.node.statements import Value


@dataclass(frozen=True)
class Condition:
    """A predicate for a row named `kept`, as text that the database plans once, with its values."""

    text: str
    values: Sequence[Value]


ALWAYS = Condition("true", ())
Act = permissions.Act
_ACTS = (Act.HANDLE, Act.SUPERVISE)


_OFFICERS = """
EXISTS (
    SELECT FROM people_officer AS officer JOIN people_grant AS given ON given.officer_id = officer.id
     WHERE officer.id = %s AND officer.is_active AND officer.agency IN (kept.agency, kept.consulted)
       AND given.act IN ('handle', 'supervise')
       AND given.valid_from <= %s AND (given.valid_until IS NULL OR given.valid_until >= %s)
       AND given.place IN ('', kept.place, left(kept.place, 4) || '00', left(kept.place, 2) || '0000')
       AND given.service IN ('', (SELECT code FROM casework_publishedservice WHERE id = kept.service_id)))
"""
_APPLICANTS = """
kept.enterprise_id IS NOT DISTINCT FROM %s AND (kept.enterprise_id IS NOT NULL OR kept.person_id = %s)
"""
_UNCHANGED = "EXISTS (SELECT FROM casework_draft WHERE id = %s AND updated_at = %s FOR NO KEY UPDATE)"
_BY_OFFICE = """
AND EXISTS (
    SELECT FROM people_representative AS head
     WHERE head.enterprise_id = kept.enterprise_id AND head.person_id = %s
       AND head.valid_from <= %s AND (head.valid_until IS NULL OR head.valid_until >= %s))
"""
_OF_SERVICES = """
AND (SELECT code FROM casework_publishedservice WHERE id = kept.service_id) = ANY(%s::text[])
"""


def of_citizen(who: Person | Applicant) -> QuerySet[Case]:
    """The cases of a citizen: their own; by a mandate, those of whom it names, of the services it names."""
    applicant = applicants.of(who)
    cases = Case.objects.filter(_whose(applicant))
    mandate = applicant.mandate
    return cases.filter(of_services(mandate.services)) if mandate and mandate.services else cases


def of_officer(officer: Officer) -> QuerySet[Case]:
    """The cases that the officer's agency decides or is asked about, as far as the officer's grants reach.

    The grants name services and places; a consulted agency sees the case until it has given its opinion.
    """
    return Case.objects.filter(reaching(officer))


def reaching(officer: Officer, *, of: str = "", acts: Sequence[Act] = _ACTS) -> Q:
    """That predicate; `of` leads to the case where the rows are not cases themselves, such as `case__`.

    The grants, of one of `acts`, are read here, so that the rows need no look at them one by one.
    """
    own = Q(**{f"{of}agency": officer.agency}) | Q(**{f"{of}consulted": officer.agency})
    given = set(permissions.granted(officer, *acts).values_list("service", "place"))
    if ("", "") in given:
        return own
    reached = Q(pk__in=())
    for place in sorted({place for _, place in given}):
        codes = {service for service, at in given if at == place}
        services = Q() if "" in codes else of_services(codes, of=of)
        reached |= services & _at(place, of=of)
    return own & reached


def _at(place: str, *, of: str) -> Q:
    """Cases of a place or one below it, by what the codes of GB/T 2260 begin with; of all places without."""
    if not place:
        return Q()
    begins = place.removesuffix("00").removesuffix("00")
    return Q(**{f"{of}place__startswith": begins})


def one_of_officer(officer: Officer) -> Condition:
    """`of_officer` for one case, with the officer's post as it is stored."""
    on = today()
    return Condition(_OFFICERS, [officer.id, on, on])


def one_of_applicant(applicant: Applicant) -> Condition:
    """`of_citizen` and `drafts_of` for one case or draft, with who heads the enterprise as it is stored."""
    enterprise, mandate = applicant.enterprise, applicant.mandate
    values: list[Value] = [enterprise.pk if enterprise else None, applicant.person.pk]
    if enterprise and mandate is None:
        on = today()
        return Condition(_APPLICANTS + _BY_OFFICE, [*values, applicant.person.pk, on, on])
    if mandate and mandate.services:
        return Condition(_APPLICANTS + _OF_SERVICES, [*values, list(mandate.services)])
    return Condition(_APPLICANTS, values)


def unchanged(draft: Draft) -> Condition:
    """That the draft is as it was read, and stays so until what is written is committed."""
    return Condition(_UNCHANGED, [draft.pk, draft.updated_at])


def of_services(codes: Iterable[str], *, of: str = "") -> Q:
    """Cases of any version of these services; `of` as in `reaching`.

    By the versions' keys, read here: PostgreSQL then knows how rare they are, and begins with the cases of a
    rare service instead of reading every task on the way to one.
    """
    versions = PublishedService.objects.filter(code__in=codes)
    return Q(**{f"{of}service__in": sorted(versions.values_list("pk", flat=True))})


def services_reached(officer: Officer) -> frozenset[str] | None:
    """The services that the officer handles or supervises today; None for every one of the agency's."""
    given = permissions.granted(officer, *_ACTS)
    codes = frozenset(given.values_list("service", flat=True))
    return None if "" in codes else codes


def drafts_of(who: Person | Applicant) -> QuerySet[Draft]:
    """The drafts of a citizen, submitted or not; by a mandate, as for cases."""
    applicant = applicants.of(who)
    drafts = Draft.objects.filter(_whose(applicant))
    mandate = applicant.mandate
    return drafts.filter(of_services(mandate.services)) if mandate and mandate.services else drafts


def open_drafts_of(who: Person | Applicant) -> QuerySet[Draft]:
    """Those of them that have not become a case."""
    return drafts_of(who).filter(case=None)


def _whose(applicant: Applicant) -> Q:
    if applicant.enterprise is not None:
        return Q(enterprise=applicant.enterprise)
    return Q(person=applicant.person, enterprise=None)
