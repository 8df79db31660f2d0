"""A peer's outage in virtual days, with the node's own delivery on its real database; prints JSON.

`python -m benchmarks.workloads.exchange_outage DAYS A_DAY TRIES`: the peer is played in this process, with
its own key: away first, then answering every question.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from benchmarks.workloads.exchange_filling import fill
from tongban.node.config import CONFIG_VARIABLE, load
from tongban.node.starting import start_django

RECORD: Mapping[str, str | int] = {"place": "500000", "from": "2001-01", "to": "2005-12", "kind": "actual"}
_TOMORROW = """
UPDATE exchange_outbox SET next_try = next_try - interval '1 day', created = created - interval '1 day',
       expires = expires - interval '1 day', lease_until = lease_until - interval '1 day'
 WHERE state = 'waiting'
"""
_ID_BYTES = 16
_LATER = "UPDATE exchange_peer SET rests_until = rests_until - interval '30 seconds'"
_STANDING = """
SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'settled')
  FROM exchange_outbox
"""


def main() -> None:
    """Let the peer be away, come back, and print what was counted."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from django.db import connection

    from tongban import protocol
    from tongban.node.clock import true_now
    from tongban.node.exchange import delivery, identity
    from tongban.node.exchange.transport import Unreachable
    from tongban.protocol import HttpRequest, HttpResponse, NodeEntry, SigningKey
    from tongban.protocol.batches import BATCHES_PATH, open_batch, seal_replies

    days, a_day, tries = (int(argument) for argument in sys.argv[1:4])
    directory = identity.current().directory
    peer_file = load(Path(os.environ[CONFIG_VARIABLE])).home.parent / "chongqing" / "node.pem"
    key = SigningKey.from_pem(directory.node("chongqing").keys[0].keyid, peer_file.read_bytes())
    heard = Path(os.environ[CONFIG_VARIABLE]).parent / "heard"

    def away(peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        raise Unreachable

    def answer_to(body: bytes) -> protocol.EvidenceAnswer:
        message = protocol.parse_request(body)
        with heard.open("ab") as noted:
            noted.write(message.id.bytes)
        return protocol.answer(message, (dict(RECORD),), true_now())

    def answering(peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        if request.path != BATCHES_PATH:
            return protocol.seal_reply(answer_to(request.body), request, key, now=true_now())
        opened = open_batch(request, directory, peer.id, now=true_now())
        replies = [protocol.encode(answer_to(body)) for body in opened.bodies]
        return seal_replies(replies, peer.id, request, key, now=true_now())

    def standing() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(_STANDING)
            waiting, settled = cursor.fetchone()
        return int(waiting), int(settled)

    def passes(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    memory = []
    for day in range(days):
        fill(day * a_day, a_day)
        for _ in range(tries):
            passes(_LATER)
            delivery.deliver_next(away)
        memory.append(_resident())
        passes(_TOMORROW)
    passes("UPDATE exchange_peer SET rests_until = NULL")
    began = time.monotonic()
    while delivery.deliver_next(answering):
        pass
    seconds = time.monotonic() - began
    last = _resident()
    left, settled = standing()
    told = {
        "left": left,
        "doubled": _repeated(heard),
        "first": memory[0],
        "waiting": memory[-1],
        "count": settled,
        "seconds": seconds,
        "last": last,
    }
    print(json.dumps(told))


def _repeated(heard: Path) -> int:
    """How many of the ids in the peer's file, which is no memory of the sender, stand there once more."""
    noted = heard.read_bytes() if heard.exists() else b""
    ids = [noted[at : at + _ID_BYTES] for at in range(0, len(noted), _ID_BYTES)]
    return len(ids) - len(set(ids))


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
