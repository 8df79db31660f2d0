"""What the two sides of a case tell each other besides their conversation's own messages: typed notices.

Promises: a notice is about a case of its sender's conversation or none; what the procedure has no room for
changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tongban.node.casework import log, procedures, tidings
from tongban.node.casework.models import Case
from tongban.node.casework.partner import conversation_of, errand, saying
from tongban.node.casework.procedure import Happening
from tongban.node.exchange import api
from tongban.services import Text


def tell(case: Case, purpose: Text, text: api.Text, form: type[Any], **members: object) -> None:
    """Tell the other side in the thread of the case's conversation: nothing overtakes its messages."""
    conversation = conversation_of(log.state_of(case))
    if conversation is None:
        return
    with saying():
        thread = api.conversation(conversation).case_ref
        about = replace(errand(case, purpose), case_ref=thread)
        tidings.tell(about, case.person.resident_id, text, form(conversation=conversation, **members))


def case_of(tiding: Any, effect: api.Effect) -> Case | None:
    """The case of that conversation, if it is one with the node that the notice is exchanged with."""
    case = Case.objects.select_for_update().filter(conversation=tiding.conversation).first()
    is_theirs = case is not None and api.conversation(tiding.conversation).peer == effect.conversation.peer
    return case if is_theirs else None


def append(case: Case, kind: str, status: str, data: Mapping[str, Any], *, is_own: bool = False) -> bool:
    """Append the event where the procedure has room for it; whether it had.

    With `is_own` it is one that this node has forgotten with an old backup.
    """
    procedure, state = procedures.of(case), log.state_of(case)
    happening = procedure.happenings.get(kind)
    names = {*state.marks, *state.facts}
    if (
        happening is None
        or state.status not in happening.during
        or not happening.needs <= names
        or happening.unless & names
    ):
        return False
    actor = log.PEER
    if is_own:
        actor, data = own_actor(happening), {**data, "recalled": True}
    log.append(case, procedure, log.Entry(kind, status, actor, data))
    return True


def own_actor(happening: Happening) -> log.Actor:
    """Who made what this side then told happen; which officer it was nobody knows any more."""
    if "citizen" in happening.by:
        return log.CITIZEN
    if "officer" in happening.by:
        return log.Actor("officer")
    return log.NODE if "node" in happening.by else log.PEER
