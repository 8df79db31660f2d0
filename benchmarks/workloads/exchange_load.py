"""A load on a gateway from threads with the node's own transport; prints what was measured as JSON.

`python -m benchmarks.workloads.exchange_load sealed|plain COUNT THREADS`: messages of the outbox go out once,
or as they are to the plain gateway; the worker will not send them again. All are signed before the clock
runs and checked after it, so that both gateways meet the same load; each thread has sent one more before,
so that no connection is made while the clock runs.
"""

import json
import os
import secrets
import sys
import threading
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
    from tongban.protocol import EvidenceAnswer, HttpRequest, HttpResponse

    kind, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    node, transport = identity.current(), own_transport()
    peer = node.directory.node("chongqing")
    rows = list(Outbox.objects.filter(state="waiting").order_by("created")[: count + threads])
    if kind == "sealed":
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(state="stopped")
    bodies = [bytes(row.body) for row in rows]

    def sealed(body: bytes) -> HttpRequest:
        nonce = secrets.token_urlsafe(24)
        return protocol.seal_request(body, peer.id, node.directory, node.key, now=true_now(), nonce=nonce)

    def plain(body: bytes) -> HttpRequest:
        return HttpRequest("POST", peer.authority, "/plain", (("content-type", "application/json"),), body)

    def check(body: bytes, request: HttpRequest, response: HttpResponse) -> None:
        if kind == "plain":
            assert response.status == 200, response.status
            assert json.loads(response.body)["records"] is not None
            return
        message = protocol.parse_request(body)
        reply = protocol.open_reply(response, request, message, node.directory, now=true_now())
        assert isinstance(reply, EvidenceAnswer), reply

    def send(request: HttpRequest) -> tuple[float, HttpResponse]:
        began = time.perf_counter()
        response = transport(peer, request)
        return time.perf_counter() - began, response

    all_ready = threading.Barrier(threads)

    def connect(request: HttpRequest) -> HttpResponse:
        all_ready.wait()
        return send(request)[1]

    requests = [sealed(body) if kind == "sealed" else plain(body) for body in bodies]
    with ThreadPoolExecutor(threads) as crew:
        first = list(crew.map(connect, requests[:threads]))
        for body, request, response in zip(bodies, requests, first, strict=False):
            check(body, request, response)
        bodies, requests = bodies[threads:], requests[threads:]
        began, spent = time.perf_counter(), time.process_time()
        sent = list(crew.map(send, requests))
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
    for body, request, (_, response) in zip(bodies, requests, sent, strict=True):
        check(body, request, response)
    latencies = [latency for latency, _ in sent]
    print(json.dumps({"seconds": seconds, "processor": spent, "latencies": latencies}))


if __name__ == "__main__":
    main()
