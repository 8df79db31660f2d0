"""How requests and moments are written in the files of test vectors."""

from datetime import datetime
from typing import Any

from tongban.protocol import HttpRequest


def moment_text(moment: datetime) -> str:
    """A moment as the files write it."""
    return moment.isoformat().replace("+00:00", "Z")


def request_document(request: HttpRequest) -> dict[str, Any]:
    """A request as JSON; a body that is no UTF-8 does not occur."""
    return {
        "method": request.method,
        "authority": request.authority,
        "path": request.path,
        "headers": [list(pair) for pair in request.headers],
        "body": request.body.decode(),
    }
