"""Traces of messages between nodes with OpenTelemetry: off unless the node's file names a collector.

A trace goes on at the other node by the `traceparent` header. Spans carry names of nodes, kinds and codes
and the message's id; nothing about a person.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import context, propagate, trace

from tongban.node.config import NodeConfig

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_tracer = trace.get_tracer("tongban")


def start(config: NodeConfig, process: str) -> None:
    """Send this process' traces to the collector that `config` names, if it names one."""
    if config.traces_url:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - see provider
            OTLPSpanExporter,
        )

        exporter = OTLPSpanExporter(endpoint=config.traces_url)
        trace.set_tracer_provider(provider(config.name, process, exporter))


def provider(node: str, process: str, exporter: "SpanExporter") -> "TracerProvider":
    """What makes the traces of a process and gives them to `exporter` from a thread of its own."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - large, and most nodes trace nothing
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - likewise

    resource = Resource(
        {"service.name": f"tongban-{process}", "service.namespace": node, "process.pid": os.getpid()}
    )
    made = TracerProvider(resource=resource)
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made


def received(path: str, headers: Iterable[tuple[str, str]]) -> trace.Span:
    """The span of answering a request, begun in the trace of whoever sent it; the caller ends it."""
    carrier = {name: value for name, value in headers if name == "traceparent"}
    parent = propagate.extract(carrier) if carrier else None
    return _tracer.start_span(f"answer {path}", parent, kind=trace.SpanKind.SERVER)


@contextmanager
def delivering(kind: str, message: str, receiver: str) -> Iterator[trace.Span]:
    """The span of one attempt to deliver a message."""
    attributes = {"tongban.message": message, "tongban.receiver": receiver}
    with _tracer.start_as_current_span(
        f"deliver {kind}", kind=trace.SpanKind.CLIENT, attributes=attributes, record_exception=False
    ) as span:
        yield span


def outgoing_headers() -> tuple[tuple[str, str], ...]:
    """The headers by which the other node goes on with the present trace; none when there is none."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier, context.get_current())
    return tuple((name, value) for name, value in carrier.items() if name == "traceparent")
