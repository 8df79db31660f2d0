"""Chongqing's node answers several questions of one delivery: each by itself, all of them counted once."""

import json
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import pytest

from tests.exchange.asked import Fill, code_of, unstorable
from tests.exchange.sides import Row, delivered, fresh_question
from tests.protocol.federation_of_two import RECORDS, SICHUAN_KEY, STRANGER_KEY, SUBJECT, directory, text
from tongban import protocol
from tongban.gateway import door
from tongban.node.clock import true_now
from tongban.node.config import PeerLimits, this_node
from tongban.node.exchange import limits, receiving
from tongban.node.exchange.limits import Shares
from tongban.node.exchange.models import Inbox, SeenNonce
from tongban.node.people.models import AccessRecord
from tongban.node.translog import recording
from tongban.node.translog.models import LogRecord, LogState
from tongban.protocol import Code, EvidenceAnswer, EvidenceRequest, HttpRequest, HttpResponse, Refusal
from tongban.protocol.batches import MOST_MESSAGES, open_replies, seal_batch
from tongban.protocol.signature import sign_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chongqing")]

Reply = EvidenceAnswer | Refusal


def sealed(
    bodies: Sequence[bytes], nonce: str = "nonce-of-first-delivery", key: protocol.SigningKey = SICHUAN_KEY
) -> HttpRequest:
    known = directory(around=true_now())
    return seal_batch(bodies, "chongqing", known, key, now=true_now(), nonce=nonce)


def several(count: int = 3) -> list[EvidenceRequest]:
    return [fresh_question(id=UUID(int=100 + n)) for n in range(count)]


def replies_of(request: HttpRequest, response: HttpResponse, count: int) -> list[Reply]:
    known = directory(around=true_now())
    replies = open_replies(response, request, "chongqing", count, known, now=true_now())
    assert not isinstance(replies, Refusal), replies.code
    return [protocol.parse_reply(reply) for reply in replies]


def refusal_of(request: HttpRequest, response: HttpResponse) -> Code:
    known = directory(around=true_now())
    refusal = open_replies(response, request, "chongqing", 1, known, now=true_now())
    assert isinstance(refusal, Refusal)
    return refusal.code


def ask(messages: Sequence[EvidenceRequest], nonce: str = "nonce-of-first-delivery") -> list[Reply]:
    request = sealed([protocol.encode(message) for message in messages], nonce)
    return replies_of(request, door.receive_batch(request), len(messages))


def records(replies: Sequence[Reply]) -> list[object]:
    return [reply.body.records if isinstance(reply, EvidenceAnswer) else reply.code for reply in replies]


def test_every_question_gets_its_own_answer_in_order(department: Fill) -> None:
    department(Row())
    messages = several()
    replies = ask(messages)
    assert records(replies) == [RECORDS] * 3
    assert [reply.in_reply_to for reply in replies] == [message.id for message in messages]
    assert (Inbox.objects.count(), AccessRecord.objects.count(), SeenNonce.objects.count()) == (3, 3, 1)
    assert LogRecord.objects.filter(kind="access").count() == 3


def test_a_question_that_may_not_be_asked_does_not_hold_up_the_others(department: Fill) -> None:
    department(Row())
    good, bad, last = several()
    replies = ask([good, bad.model_copy(update={"service": "school-enrolment"}), last])
    assert records(replies) == [RECORDS, Code.NOT_COVERED, RECORDS]
    assert AccessRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        (lambda body: b"[]", Code.MALFORMED),
        (lambda body: body.replace(b'"version":"1"', b'"version":"2"'), Code.UNKNOWN_VERSION),
        (lambda body: body.replace(b'"sender":"sichuan"', b'"sender":"chongqing"'), Code.UNKNOWN_KEY),
        (lambda body: body.replace(b'"receiver":"chongqing"', b'"receiver":"sichuan"'), Code.WRONG_RECEIVER),
        (lambda body: body.replace(b'"purpose"', b'"purposes"'), Code.SCHEMA_VIOLATED),
    ],
)
def test_a_message_that_is_faulty_is_refused_by_itself(
    department: Fill, spoiled: Callable[[bytes], bytes], code: Code
) -> None:
    department(Row())
    first, second = (protocol.encode(message) for message in several(2))
    request = sealed([spoiled(first), second])
    replies = replies_of(request, door.receive_batch(request), 2)
    assert records(replies) == [code, RECORDS]


def test_the_same_questions_again_get_the_stored_answers(department: Fill) -> None:
    department(Row())
    messages = several()
    first = ask(messages)
    department(Row(first=201401, last=201402))
    assert ask(messages, "nonce-of-second-delivery") == first
    assert (Inbox.objects.count(), AccessRecord.objects.count()) == (3, 3)


def test_a_question_is_the_same_alone_and_in_a_batch(department: Fill) -> None:
    department(Row())
    message = fresh_question()
    request = delivered(message)
    alone = protocol.parse_reply(receiving.receive(request).body)
    assert ask([message, *several(1)])[0] == alone
    assert AccessRecord.objects.count() == 2


def test_the_same_delivery_twice_is_a_replay_and_stores_nothing(department: Fill) -> None:
    department(Row())
    request = sealed([protocol.encode(message) for message in several()])
    door.receive_batch(request)
    response = door.receive_batch(request)
    assert refusal_of(request, response) is Code.REPLAYED
    assert (response.status, Inbox.objects.count()) == (409, 3)


def test_one_id_for_two_contents_is_refused_for_that_message(department: Fill) -> None:
    department(Row())
    ask(several(1))
    changed = several(1)[0].model_copy(update={"purpose": text("something else")})
    replies = ask([changed, fresh_question()], "nonce-of-second-delivery")
    assert records(replies) == [Code.ID_REUSED, RECORDS]


def test_a_batch_counts_as_many_messages_as_it_brings(
    department: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    department(Row())
    monkeypatch.setattr(limits, "_shares", Shares())
    config = this_node().model_copy(update={"peer_limits": PeerLimits(per_second=1, burst=2)})
    monkeypatch.setattr(limits, "this_node", lambda: config)
    assert records(ask(several())) == [RECORDS, RECORDS, Code.TOO_MANY]
    request = sealed([protocol.encode(message) for message in several()], "nonce-of-second-delivery")
    response = door.receive_batch(request)
    assert refusal_of(request, response) is Code.TOO_MANY
    assert dict(response.headers)["retry-after"] == str(limits.RETRY_SECONDS)


def test_answers_that_do_not_fit_into_one_response_are_given_when_asked_again(
    department: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    department(Row())
    monkeypatch.setattr(receiving, "REPLIES_LIMIT", 1000)
    messages = several()
    assert records(ask(messages)) == [RECORDS, Code.TRY_LATER, Code.TRY_LATER]
    assert records(ask(messages[1:], "nonce-of-second-delivery")) == [RECORDS, Code.TRY_LATER]
    assert AccessRecord.objects.count() == 3


def test_a_question_with_a_zero_byte_is_the_only_one_that_is_refused(department: Fill) -> None:
    department(Row())
    faulty = fresh_question(purpose=text("a zero byte: \0"))
    replies = ask([*several(2), faulty])
    assert records(replies) == [RECORDS, RECORDS, Code.SCHEMA_VIOLATED]
    assert AccessRecord.objects.count() == 2


def test_an_answer_that_the_database_cannot_hold_is_the_only_one_that_is_refused(department: Fill) -> None:
    department(Row())
    asked = several(3)
    with unstorable(asked[1].id):
        replies = ask(asked)
    assert records(replies) == [RECORDS, Code.SCHEMA_VIOLATED, RECORDS]
    assert AccessRecord.objects.count() == 2


def test_nothing_of_a_batch_is_answered_while_the_log_takes_no_records(department: Fill) -> None:
    department(Row())
    LogState.objects.create(id=1, halted="log-rolled-back")
    recording.look_again()
    request = sealed([protocol.encode(message) for message in several()])
    response = door.receive_batch(request)
    assert (refusal_of(request, response), response.status) == (Code.LOG_UNAVAILABLE, 503)
    assert not Inbox.objects.exists()
    LogState.objects.all().delete()
    recording.look_again()


def test_a_person_of_whom_nothing_is_known_does_not_get_anothers_records(department: Fill) -> None:
    department(Row(subject="500101198001011234"))
    assert records(ask(several(2))) == [(), ()]
    assert SUBJECT not in repr(sealed([protocol.encode(fresh_question())]))


def signed_json(document: object) -> HttpRequest:
    """Whatever JSON, signed as a batch is."""
    request = sealed([b"{}"])
    bare = tuple((name, value) for name, value in request.headers if name == "content-type")
    body = json.dumps(document).encode()
    return sign_request(
        request._replace(headers=bare, body=body),
        SICHUAN_KEY,
        now=true_now(),
        nonce="nonce-of-first-delivery",
    )


def a_batch(**changes: object) -> dict[str, object]:
    return {"version": "1", "kind": "batch", "messages": ["{}"], **changes}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (a_batch(messages=["{}", "{}"]), Code.SCHEMA_VIOLATED),
        (a_batch(messages=[f'{{"n":{n}}}' for n in range(MOST_MESSAGES + 1)]), Code.SCHEMA_VIOLATED),
        (a_batch(messages=[]), Code.SCHEMA_VIOLATED),
        (a_batch(messages=[{}]), Code.SCHEMA_VIOLATED),
        (a_batch(more=1), Code.SCHEMA_VIOLATED),
        (a_batch(version="2"), Code.UNKNOWN_VERSION),
        (a_batch(kind="evidence-request"), Code.UNKNOWN_KIND),
        (a_batch(critical=["x"]), Code.UNKNOWN_CRITICAL),
        ([], Code.MALFORMED),
    ],
)
def test_a_batch_of_another_form_is_refused_whole(document: object, code: Code) -> None:
    request = signed_json(document)
    assert refusal_of(request, door.receive_batch(request)) is code
    assert not SeenNonce.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda request: request._replace(body=request.body + b" "), Code.BAD_DIGEST),
        (lambda request: request._replace(authority="sichuan.example:8200"), Code.WRONG_RECEIVER),
        (lambda request: request._replace(path="/exchange/v1/messages"), Code.BAD_SIGNATURE),
    ],
)
def test_what_is_wrong_with_the_delivery_is_refused_for_all(
    change: Callable[[HttpRequest], HttpRequest], code: Code
) -> None:
    response = door.receive_batch(change(sealed([protocol.encode(message) for message in several()])))
    assert code_of(protocol.parse_reply(response.body)) is code
    assert not SeenNonce.objects.exists()


def test_a_strangers_batch_is_refused() -> None:
    response = door.receive_batch(sealed([protocol.encode(fresh_question(id=uuid4()))], key=STRANGER_KEY))
    assert code_of(protocol.parse_reply(response.body)) is Code.UNKNOWN_KEY
