"""In whose name a person acts: their own, a person's who mandated them, or an enterprise's.

Promises: only what holds today can be chosen; who is represented and who acts are never mixed up.
"""

from dataclasses import dataclass
from uuid import UUID

from tongban.node.people import mandates, permissions
from tongban.node.people.models import Enterprise, Mandate, Person

_MANDATE, _ENTERPRISE = "mandate:", "enterprise:"


@dataclass(frozen=True)
class Applicant:
    """Who applies: `person` for themselves or, with `enterprise`, for it by office or by `mandate`.

    With a mandate of a person, `person` is the one represented; `agent` is whoever acts by a mandate.
    """

    person: Person
    enterprise: Enterprise | None = None
    mandate: Mandate | None = None

    @property
    def agent(self) -> Person | None:
        """The person who acts by a mandate; None where nobody's mandate is needed."""
        return self.mandate.agent if self.mandate else None

    @property
    def acting(self) -> Person:
        """The person at the keyboard."""
        return self.agent or self.person

    @property
    def name(self) -> str:
        """The name of who is represented."""
        return self.enterprise.name if self.enterprise else self.person.name

    @property
    def key(self) -> str:
        """What `chosen` takes to find it again; empty for one's own name."""
        if self.mandate is not None:
            return f"{_MANDATE}{self.mandate.pk}"
        return f"{_ENTERPRISE}{self.enterprise.pk}" if self.enterprise else ""

    def covers(self, service: str) -> bool:
        """Whether this service may be applied for and followed so."""
        return self.mandate is None or not self.mandate.services or service in self.mandate.services


def of(who: Person | Applicant) -> Applicant:
    """The applicant; a person alone is one in their own name."""
    return who if isinstance(who, Applicant) else Applicant(who)


def choices(person: Person) -> tuple[Applicant, ...]:
    """Everybody whom the person may act for today, enterprises that they head first."""
    by_office = [Applicant(person, firm) for firm in permissions.represented_by(person)]
    return (*by_office, *(_by(mandate) for mandate in mandates.held_by(person)))


def chosen(person: Person, key: str) -> Applicant | None:
    """The applicant of this key, empty for the person themselves; None when it does not hold today."""
    if not key:
        return Applicant(person)
    if key.startswith(_ENTERPRISE):
        firm = permissions.represented_by(person).filter(pk=key.removeprefix(_ENTERPRISE)).first()
        return Applicant(person, firm) if firm else None
    try:
        number = UUID(key.removeprefix(_MANDATE))
    except ValueError:
        return None
    mandate = mandates.held_by(person).filter(pk=number).first()
    return _by(mandate) if mandate else None


def _by(mandate: Mandate) -> Applicant:
    return Applicant(mandate.person or mandate.agent, mandate.enterprise, mandate)
