"""A load on a gateway from threads with the node's own transport; prints what was measured as JSON.

`python -m benchmarks.workloads.exchange_load sealed|plain COUNT THREADS`: messages of the outbox go out once,
signed and their answers verified, or as they are to the plain gateway; the worker will not send them again.
"""

import json
import os
import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tongban.node.config import CONFIG_VARIABLE
from tongban.node.starting import start_django


def main() -> None:
    """Deliver so many messages and print seconds and latencies."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from tongban import protocol
    from tongban.node.clock import true_now
    from tongban.node.exchange import identity
    from tongban.node.exchange.models import Outbox
    from tongban.node.exchange.transport import own_transport
    from tongban.protocol import EvidenceAnswer, HttpRequest

    kind, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    node, transport = identity.current(), own_transport()
    peer = node.directory.node("chongqing")
    rows = list(Outbox.objects.filter(state="waiting").order_by("created")[:count])
    if kind == "sealed":
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(state="stopped")
    bodies = [bytes(row.body) for row in rows]

    def sealed(body: bytes) -> float:
        began = time.perf_counter()
        message = protocol.parse_request(body)
        nonce = secrets.token_urlsafe(24)
        delivery = protocol.seal_request(body, peer.id, node.directory, node.key, now=true_now(), nonce=nonce)
        response = transport(peer, delivery)
        reply = protocol.open_reply(response, delivery, message, node.directory, now=true_now())
        assert isinstance(reply, EvidenceAnswer), reply
        return time.perf_counter() - began

    def plain(body: bytes) -> float:
        began = time.perf_counter()
        headers = (("content-type", "application/json"),)
        response = transport(peer, HttpRequest("POST", peer.authority, "/plain", headers, body))
        assert response.status == 200, response.status
        assert json.loads(response.body)["records"] is not None
        return time.perf_counter() - began

    send = sealed if kind == "sealed" else plain
    send(bodies[0])
    with ThreadPoolExecutor(threads) as crew:
        began = time.perf_counter()
        latencies = sorted(crew.map(send, bodies[1:]))
        seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "count": len(latencies),
                "seconds": seconds,
                "p50": latencies[len(latencies) // 2],
                "p99": latencies[int(len(latencies) * 0.99)],
            }
        )
    )


if __name__ == "__main__":
    main()
