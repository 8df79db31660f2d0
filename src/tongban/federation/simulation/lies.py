"""What a lying node or somebody on the network sends: altered, forged, equivocating and replayed messages.

Each lie is one that a gullible receiver would take for true, so that it leaves a mark where it is believed.
"""

from datetime import datetime
from random import Random
from uuid import UUID

from tongban import protocol
from tongban.federation.simulation.members import Members
from tongban.protocol import HttpRequest, HttpResponse
from tongban.protocol.conversations import CONVERSATIONS_PATH, Receipt, parse_utterance, seal_utterance
from tongban.protocol.digest import content_digest
from tongban.protocol.signature import CONTENT_TYPE

Sent = tuple[str, HttpRequest]
"""To whom, what."""


def altered(request: HttpRequest, *, with_digest: bool) -> HttpRequest:
    """The request with other content under the old signature; `with_digest` makes its digest fit."""
    body = _other_content(request.body)
    headers = request.headers
    if with_digest:
        digest = content_digest(body)
        headers = tuple((name, digest if name == "content-digest" else value) for name, value in headers)
    return request._replace(body=body, headers=headers)


def forged_reply(request: HttpRequest) -> HttpResponse:
    """A reply that claims everything was taken, by somebody who has no key."""
    if request.method == "PUT":
        return HttpResponse(200, (), b"")
    message = parse_utterance(request.body)
    receipt = Receipt(
        sender=message.receiver, in_reply_to=message.id, next=1_000_000, created=message.created
    )
    body = protocol.encode(receipt)
    headers = (
        ("content-type", CONTENT_TYPE),
        ("content-digest", content_digest(body)),
        *((name, value) for name, value in request.headers if name.startswith("signature")),
    )
    return HttpResponse(200, headers, body)


class Liar:
    """A node of the federation that lies with its own key, and with whatever it has seen."""

    def __init__(self, name: str, members: Members, random: Random) -> None:
        self._name = name
        self._members = members
        self._random = random
        self._seen: list[HttpRequest] = []

    def see(self, request: HttpRequest) -> None:
        """Keep what others have sent to it."""
        if request.path == CONVERSATIONS_PATH and len(self._seen) < 50:
            self._seen.append(request)

    def lies(self, receiver: str, request: HttpRequest, now: datetime, new_id: UUID) -> list[Sent]:
        """What it sends besides, when it sends `request`."""
        if request.path != CONVERSATIONS_PATH:
            return []
        trick = self._random.choice((self._another_body, self._another_name, self._replay))
        return trick(receiver, request, now, new_id)

    def _another_body(self, receiver: str, request: HttpRequest, now: datetime, new_id: UUID) -> list[Sent]:
        return [(receiver, self._sealed(_other_content(request.body), receiver, now, new_id))]

    def _another_name(self, receiver: str, request: HttpRequest, now: datetime, new_id: UUID) -> list[Sent]:
        """In the name of a third node, as the next thing that it would say in a new thread."""
        names = [name for name in self._members.names if name not in {self._name, receiver}]
        third = self._random.choice(names).encode()
        body = request.body.replace(self._name.encode(), third)
        return [(receiver, self._sealed(body, receiver, now, new_id))]

    def _replay(self, receiver: str, request: HttpRequest, now: datetime, new_id: UUID) -> list[Sent]:
        """What a third node once said to this one, for somebody else, or to the one it was for."""
        if not self._seen:
            return []
        seen = self._random.choice(self._seen)
        authority = self._members.directory.node(receiver).authority
        return [(receiver, seen._replace(authority=authority))]

    def _sealed(self, body: bytes, receiver: str, now: datetime, new_id: UUID) -> HttpRequest:
        key = self._members.keys[self._name]
        nonce = f"{new_id.int:032x}"
        return seal_utterance(body, receiver, self._members.directory, key, now=now, nonce=nonce)


def _other_content(body: bytes) -> bytes:
    """The same message saying something else."""
    for told, instead in (
        (b'"simulated"', b'"forged"'),
        (b'"amount":', b'"amount":1'),
        (b"simulated", b"forged"),
    ):
        if told in body:
            return body.replace(told, instead, 1)
    return body.replace(b'"created":"2026', b'"created":"2025', 1)
