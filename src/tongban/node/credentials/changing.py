"""An officer suspends, restores or revokes a credential: through its case where that offers it, else alone.

Promises: change and notice are one transaction; the holder is told each change once, with the reason.
"""

from django.db import transaction
from django.urls import reverse

from tongban.node.casework import acting, notifying
from tongban.node.credentials import issuers, issuing
from tongban.node.credentials.models import Issued, StatusChange
from tongban.node.people.models import Officer
from tongban.services import Text

_ACTIONS = {
    Issued.State.SUSPENDED: "suspend",
    Issued.State.VALID: "restore",
    Issued.State.REVOKED: "revoke",
}
_SENTENCES = {
    Issued.State.SUSPENDED: Text(
        zh="您的{name}已暂停使用。原因：{reason}", en="Your {name} was suspended. Reason: {reason}"
    ),
    Issued.State.VALID: Text(
        zh="您的{name}已恢复使用。原因：{reason}", en="Your {name} was restored. Reason: {reason}"
    ),
    Issued.State.REVOKED: Text(
        zh="您的{name}已撤销。原因：{reason}", en="Your {name} was revoked. Reason: {reason}"
    ),
}


def change(credential: Issued, state: Issued.State, officer: Officer, reason: str) -> None:
    """Change the credential's state and tell the holder.

    Raises AlreadyRevoked, LogUnavailable, and Refused where the case has moved meanwhile.
    """
    case, code = credential.case, _ACTIONS[state]
    if case is not None and any(action.code == code for action in acting.available(case, officer)):
        acting.perform(officer, case.number, case.revision, code, {"reason": reason})
        return
    with transaction.atomic():
        changed = issuing.change(credential, state, officer, reason)
        if changed is not None:
            _tell_holder(credential, changed)


def _tell_holder(credential: Issued, changed: StatusChange) -> None:
    name = issuers.types()[credential.vct].name
    text = _SENTENCES[Issued.State(changed.state)].filled(
        {"name": Text(zh=name.zh, en=name.en), "reason": changed.reason}
    )
    path = reverse("credential", args=[credential.pk])
    notifying.tell(credential.person_id, text, path, changed.at)
