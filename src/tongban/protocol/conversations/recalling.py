"""Taking up again what a node forgot because an old backup was restored: its peers kept the messages.

The order in which the node first said and heard them is in the messages themselves, so the node comes to the
very states that it had, and each effect is made up for.
"""

from tongban.protocol.conversations.kinds import Cause, Role
from tongban.protocol.conversations.messages import AnyUtterance
from tongban.protocol.conversations.state import By, Conversation, Effect, Step, Thread
from tongban.protocol.conversations.steps import move_of, new_conversation, remember, take_in
from tongban.protocol.refusals import Code, Refused


def merge(
    thread: Thread, own: tuple[AnyUtterance, ...], theirs: tuple[AnyUtterance, ...]
) -> tuple[AnyUtterance, ...]:
    """The messages that `thread` lacks, in the order in which this node first said and heard them.

    `own` are this node's messages, `theirs` the peer's, as the peer kept them. What is known or has a gap
    before it is left out.
    """
    said = {message.position: message for message in own}
    heard = {message.position: message for message in theirs}
    order: list[AnyUtterance] = []
    at_said, at_heard = thread.said, thread.heard
    while True:
        mine, other = said.get(at_said + 1), heard.get(at_heard + 1)
        if mine is not None and mine.after <= at_heard:
            order.append(mine)
            at_said += 1
        elif other is not None and other.after <= at_said:
            order.append(other)
            at_heard += 1
        else:
            return tuple(order)


def recall(thread: Thread, conversation: Conversation | None, message: AnyUtterance, me: str) -> Step:
    """Take up one message of `merge` again; nothing is said to it.

    What the node would say to it by itself is either among the messages or said by the next `tick`. Raises
    Refused when the message is not the next one or cannot follow.
    """
    if message.sender != me:
        if message.position != thread.heard + 1:
            raise Refused(Code.SCHEMA_VIOLATED, "position", "not the next message of this thread")
        step = take_in(thread, conversation, message)
        return step._replace(effects=tuple(one._replace(is_recalled=True) for one in step.effects))
    if (message.position, message.after) != (thread.said + 1, thread.heard):
        raise Refused(Code.SCHEMA_VIOLATED, "position", "not the next message of this thread")
    move = move_of(message)
    before = conversation or new_conversation(message, Role.OPENER)
    if before.state not in move.said or move.by is not before.role:
        raise Refused(Code.SCHEMA_VIOLATED, "kind", "it cannot follow what was said before")
    after = remember(before, move, message, move.said[before.state])
    by = By.DECISION if move.cause is Cause.DECISION else By.NODE
    effect = Effect(after, message, by, is_recalled=True)
    return Step(thread._replace(said=message.position), after, effects=(effect,))
