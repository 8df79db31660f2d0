"""The key that a form carries, so that what is sent twice is done once."""

from uuid import UUID, uuid4

from django.http import HttpRequest


def key_of(request: HttpRequest) -> UUID:
    """The key in what was posted; a fresh one where there is none that can be read."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
