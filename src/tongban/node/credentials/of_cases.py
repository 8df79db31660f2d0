"""Credentials as the outcome of cases: what issuing, suspending, restoring and revoking do besides the event.

The service's folder names the type (`credential.toml`); the claims come from the case's answers of the same
name and from what the node knows of the person.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from tongban import services
from tongban.credentials import CredentialRefused
from tongban.credentials.types import CredentialType, load_type
from tongban.node.casework import acting, log
from tongban.node.casework.acting import Acting
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.credentials import issuers, issuing, portraits
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Person
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
    kind: CredentialType, person: Person, answers: Mapping[str, Any], authority: str
) -> dict[str, Any]:
    """The claims of a type as far as person, answers and issuing agency tell them."""
    born = ResidentId(person.resident_id).birth_date
    known: dict[str, Any] = {
        "name": person.name,
        "sex": person.sex,
        "birth_month": person.birth_month,
        "birth_date": born.isoformat(),
        "age_over_18": (born.year + _OF_AGE, born.month, born.day) <= today().timetuple()[:3],
        "id_number": person.resident_id,
        "id_tail": person.resident_id[-4:],
        "authority": authority,
        "issued_on": today().isoformat(),
        portraits.CLAIM: portraits.digest_of(person),
    }
    names = {claim.path[0] for claim in kind.claims}
    return {name: value for name, value in (known | dict(answers)).items() if name in names and value != ""}


def _issue(act: Acting) -> log.Entry:
    case = act.case
    kind = type_of(case.service.code)
    if kind is None:
        return acting.plain(act)
    authority = agencies.agency(case.agency).name.zh
    answers = case.events.get(revision=1).data.get("answers", {})
    try:
        _keep_photo(case, answers.get(PHOTO))
        issuing.issue(
            person=case.person,
            vct=kind.vct,
            claims=claims_for(kind, case.person, answers, authority),
            agency=case.agency,
            officer=act.actor.officer,
            case=case,
        )
    except (CredentialRefused, issuers.NoIssuer, portraits.NoPicture) as refused:
        raise Refused("inputs-unusable") from refused
    return acting.plain(act)


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
