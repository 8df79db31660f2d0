"""What operators see of messages: figures, traces and logs, and nothing about a person in any of them."""

from collections.abc import Callable, Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from tests.exchange.sides import Row, delivered, fresh_question
from tests.protocol.federation_of_two import SUBJECT
from tongban.gateway import door
from tongban.node import tracing
from tongban.node.people import pseudonym
from tongban.protocol import HttpRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chongqing")]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[ReadableSpan, ...]]]:
    """The spans that were made."""
    exporter = InMemorySpanExporter()
    made = TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", made.get_tracer("tests"))
    yield exporter.get_finished_spans
    made.shutdown()


def figure(name: str, *labels: str) -> float:
    """The value of a figure that has all these labels."""
    lines = [
        line
        for line in generate_latest().decode().splitlines()
        if line.startswith(name + "{") and all(label in line for label in labels)
    ]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_messages_are_counted_by_address_and_outcome(department: Callable[..., None]) -> None:
    department(Row())
    path = 'path="/exchange/v1/messages"'
    before = [figure("tongban_received_total", path, f'outcome="{o}"') for o in ("answered", "replayed")]
    request = delivered(fresh_question())
    door.receive(request)
    door.receive(request)
    after = [figure("tongban_received_total", path, f'outcome="{o}"') for o in ("answered", "replayed")]
    assert [new - old for old, new in zip(before, after, strict=True)] == [1, 1]


def test_a_trace_goes_on_at_the_node_that_answers(
    department: Callable[..., None], spans: Callable[[], tuple[ReadableSpan, ...]]
) -> None:
    department(Row())
    request = delivered(fresh_question())
    with tracing.delivering("question", "id", "chongqing"):
        headers = (*request.headers, *tracing.outgoing_headers())
        door.receive(HttpRequest("POST", request.authority, request.path, headers, request.body))
    answering, asking = spans()
    assert (answering.name, asking.name) == ("answer /exchange/v1/messages", "deliver question")
    assert answering.parent is not None
    assert answering.parent.is_remote
    assert answering.parent.span_id == asking.context.span_id
    assert answering.attributes == {"tongban.outcome": "answered"}


def test_without_a_trace_nothing_is_sent_along() -> None:
    assert tracing.outgoing_headers() == ()
    assert not trace.get_current_span().is_recording()


def test_nothing_about_a_person_is_observed(
    department: Callable[..., None],
    spans: Callable[[], tuple[ReadableSpan, ...]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    department(Row(), Row(pool="unmapped"))
    message = fresh_question()
    for nonce in ("nonce-of-first-delivery", "nonce-of-second-delivery"):
        door.receive(delivered(message, nonce))
    observed = generate_latest().decode() + caplog.text + "".join(span.to_json() for span in spans())
    assert "answer /exchange" in observed
    for personal in (SUBJECT, pseudonym(SUBJECT), message.case_ref, "unmapped"):
        assert personal not in observed
