"""Credentials as the outcome of cases: what issuing, suspending, restoring and revoking do besides the event.

The service's folder names the type (`credential.toml`); the claims come from the case's answers of the same
name, from what the node knows of the applicant, and from evidence and law as the service says.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from tongban import services
from tongban.credentials import CredentialRefused
from tongban.credentials.types import CredentialType, load_type
from tongban.node.casework import acting, actions, log, proposing
from tongban.node.casework.acting import Acting
from tongban.node.casework.answered import answers_of
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.credentials import issuers, issuing, portraits
from tongban.node.credentials.claiming import Worked, claims_of, worked_rules
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Enterprise, Person
from tongban.node.portal.uploads import store
from tongban.places import agencies
from tongban.places.resident_id import ResidentId

_OF_AGE = 18
"""Years at which a person is of age (Civil Code, article 17)."""

PHOTO = "photo"
"""The question of a service whose answer is the holder's photo as a file."""


def register() -> None:
    """Have the actions of the kind `credential` do what they say."""
    acting.register("issue", _issue)
    acting.register("suspend", lambda act: _change(act, Issued.State.SUSPENDED))
    acting.register("restore", lambda act: _change(act, Issued.State.VALID))
    acting.register("revoke", lambda act: _change(act, Issued.State.REVOKED))


def type_of(service: str) -> CredentialType | None:
    """The credential that a service's outcome is, by its folder."""
    path = Path(services.__file__).parent / service.replace("-", "_") / "credential.toml"
    return load_type(path) if path.is_file() else None


def claims_for(
    kind: CredentialType,
    person: Person,
    told: Mapping[str, Any],
    authority: str,
    enterprise: Enterprise | None = None,
) -> dict[str, Any]:
    """The claims of a type as far as applicant, agency and what is `told` of the case give them.

    What is about an enterprise names it, and nobody who acted for it.
    """
    names = {claim.path[0] for claim in kind.claims}
    known = _of_enterprise(enterprise) if enterprise else _of_person(person)
    known |= {"authority": authority, "issued_on": today().isoformat()}
    return {name: value for name, value in (known | dict(told)).items() if name in names and value != ""}


def _of_enterprise(enterprise: Enterprise) -> dict[str, Any]:
    return {"subject": enterprise.name, "subject_code": enterprise.pk}


def _of_person(person: Person) -> dict[str, Any]:
    born = ResidentId(person.resident_id).birth_date
    return {
        "name": person.name,
        "subject": person.name,
        "sex": person.sex,
        "birth_month": person.birth_month,
        "birth_date": born.isoformat(),
        "age_over_18": (born.year + _OF_AGE, born.month, born.day) <= today().timetuple()[:3],
        "id_number": person.resident_id,
        "id_tail": person.resident_id[-4:],
        portraits.CLAIM: portraits.digest_of(person),
    }


def _worked_out(act: Acting, kind: CredentialType) -> dict[str, Any]:
    """The claims that evidence and law give, where the service fetches evidence."""
    sources = act.service.definition.claims
    if not sources:
        return {}
    proposal = act.case.events.get(revision=act.state.proposed_by or 0).data
    known = proposing.known_of(act.case)
    place = agencies.agency(act.case.agency).place
    facts = {"number": act.case.number, "place": place, "issued_on": today().isoformat()}
    return claims_of(kind, sources, Worked(facts, known.evidence, worked_rules(proposal["explanation"])))


def _issue(act: Acting) -> log.Entry:
    case = act.case
    kind = type_of(case.service.code)
    if kind is None:
        return acting.plain(act)
    authority = agencies.agency(case.agency).name.zh
    answers = answers_of(case)
    try:
        _keep_photo(case, answers.get(PHOTO))
        issuing.issue(
            person=case.person,
            vct=kind.vct,
            claims=claims_for(
                kind, case.person, answers | _worked_out(act, kind), authority, case.enterprise
            ),
            agency=case.agency,
            officer=act.actor.officer,
            case=case,
        )
    except (CredentialRefused, issuers.NoIssuer, portraits.NoPicture) as refused:
        raise Refused("inputs-unusable") from refused
    if act.state.proposed_by is None:
        return acting.plain(act)
    return act.entry(acting.target(act), actions.as_proposed(act))


def _keep_photo(case: Case, answer: object) -> None:
    """Keep the photo that came with the application, now that an officer has held it against the person."""
    if isinstance(answer, Mapping) and "id" in answer:
        _, content = store.of_draft(case.draft_id, UUID(str(answer["id"])))
        portraits.put(case.person, content)


def _change(act: Acting, state: Issued.State) -> log.Entry:
    officer = act.actor.officer
    if officer is None:
        raise Refused("not-permitted")
    for credential in act.case.credentials.exclude(state=Issued.State.REVOKED):
        issuing.change(credential, state, officer, str(act.given.get("reason", "")))
    return acting.plain(act)
