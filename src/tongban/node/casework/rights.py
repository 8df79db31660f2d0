"""Who may see which case: one predicate in SQL for each role.

Promises: every list and every single case goes through one of these; what is not visible does not exist.
"""

from django.db.models import Q, QuerySet

from tongban.node.casework.models import Case, Draft
from tongban.node.people import permissions
from tongban.node.people.models import Officer, Person


def of_citizen(person: Person) -> QuerySet[Case]:
    """The cases of a citizen: their own."""
    return Case.objects.filter(person=person)


def of_officer(officer: Officer) -> QuerySet[Case]:
    """The cases that the officer's agency decides or is asked about, as far as the officer's grants reach.

    The grants name services; a consulted agency sees the case until it has given its opinion.
    """
    reached = permissions.within_grants(
        officer, (permissions.Act.HANDLE, permissions.Act.SUPERVISE), service_field="service__code"
    )
    return Case.objects.filter(reached, Q(agency=officer.agency) | Q(consulted=officer.agency))


def drafts_of(person: Person) -> QuerySet[Draft]:
    """The drafts of a citizen that have not become a case."""
    return Draft.objects.filter(person=person, case=None)
