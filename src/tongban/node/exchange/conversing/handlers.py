"""Who is told of what takes effect in conversations, inside the transaction that stores it."""

from collections.abc import Callable

from tongban.protocol.conversations import KINDS, Effect

Handler = Callable[[Effect], None]

_handlers: dict[str, list[Handler]] = {}


def on_conversation(kind: str, handler: Handler) -> None:
    """Have `handler` told of every effect in conversations of `kind`.

    `kind` is one of `handover`, `transfer`, `notice`, `subscription`, `evidence`, `settlement`. The handler
    is called once for each message that takes effect, inside the transaction that stores it; if it raises,
    nothing is stored: a message of the peer comes again later, an own decision has not been made. `effect.by`
    tells who said it: `By.PEER`; `By.NODE`, when this node said it by itself because a time limit was over or
    a withdrawal was let go; `By.DECISION`, when it comes from a call of this api, so that whoever decides in
    the case's own transaction may return at once for it. `effect.message.kind` and `effect.message.body` say
    what it was, `effect.conversation` how the conversation stands afterwards. A handler may decide the next
    step of the same conversation at once. With `effect.is_recalled` this node once knew of it and had
    forgotten, because an old backup was restored; it has to be done again, also By.DECISION.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of conversation is called {kind}: expected one of {', '.join(KINDS)}")
    registered = _handlers.setdefault(kind, [])
    if handler not in registered:
        registered.append(handler)


def tell(effects: tuple[Effect, ...]) -> None:
    """Tell the handlers in order; what they raise undoes the step."""
    for effect in effects:
        for handler in _handlers.get(effect.conversation.kind_name, ()):
            handler(effect)
