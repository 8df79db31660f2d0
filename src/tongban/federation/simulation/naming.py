"""What a request is called in a trace: which message of which case, without anything of its content."""

from tongban.protocol import HttpRequest, Refused
from tongban.protocol import conversations as talk


def named(request: HttpRequest) -> str:
    """The message in a request between two desks; empty for any other request."""
    if request.path != talk.CONVERSATIONS_PATH:
        return ""
    try:
        message = talk.parse_utterance(request.body)
    except Refused:
        return " to something unreadable"
    return f" to {message.kind} {message.case_ref} #{message.position}"
