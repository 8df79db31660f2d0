"""What one node accepts from another, and how each deviation is refused."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.protocol.federation_of_two import (
    CHONGQING_KEY,
    FIELDS,
    NOW,
    RECORDS,
    SICHUAN_KEY,
    STRANGER_KEY,
    SUBJECT,
    Delivery,
    by_consent,
    consent,
    deliver,
    directory,
    question,
    signed_by_hand,
    text,
)
from tongban import protocol
from tongban.protocol import Code, Refused


def refusal_of(step: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        step()
    return caught.value


def bent(**changes: object) -> bytes:
    """The question's bytes with members changed; a dotted name reaches inside, None takes it out."""
    members = json.loads(protocol.encode(question()))
    for path, value in changes.items():
        *above, last = path.split("__")
        target = members
        for name in above:
            target = target[name]
        if value is None:
            del target[last]
        else:
            target[last] = value
    return json.dumps(members).encode()


def test_a_signed_question_is_authenticated_and_authorised() -> None:
    received = deliver().received()
    assert received.message == question()
    assert received.verified.keyid == "sichuan-2026"
    assert protocol.authorise(received.message, directory(), now=NOW).id == "CY-2026-01"


def test_the_answer_reaches_the_asker_bound_to_its_question() -> None:
    sent = deliver().request
    response = protocol.seal_reply(protocol.answer(question(), RECORDS, NOW), sent, CHONGQING_KEY, now=NOW)
    reply = protocol.open_reply(response, sent, question(), directory(), now=NOW)
    assert isinstance(reply, protocol.EvidenceAnswer)
    assert reply.body.records == RECORDS


@pytest.mark.parametrize(
    ("delivery", "code"),
    [
        (deliver(key=STRANGER_KEY), Code.UNKNOWN_KEY),
        (deliver(key=CHONGQING_KEY), Code.UNKNOWN_KEY),
        (deliver(at=NOW - timedelta(minutes=7)), Code.EXPIRED),
        (deliver(at=NOW + timedelta(minutes=2)), Code.NOT_YET_VALID),
        (deliver(receiver="sichuan"), Code.WRONG_RECEIVER),
        (deliver(nonce="short"), Code.MALFORMED),
        (Delivery(deliver().request._replace(method="PUT")), Code.BAD_SIGNATURE),
        (Delivery(deliver().request._replace(path="/exchange/v1/other")), Code.BAD_SIGNATURE),
        (Delivery(deliver().request._replace(body=b"{}")), Code.BAD_DIGEST),
        (deliver().with_header("content-digest", "sha-256=:AAAA:"), Code.BAD_DIGEST),
        (deliver().with_header("content-digest", "sha-512=:AAAA:"), Code.MALFORMED),
        (deliver().with_header("content-digest", "((("), Code.MALFORMED),
        (deliver().with_header("content-type", "text/plain"), Code.MALFORMED),
        (deliver().with_header("signature", "tongban=:AAAA:"), Code.BAD_SIGNATURE),
        (deliver().with_header("signature", "other=:AAAA:"), Code.MALFORMED),
        (deliver().with_header("signature-input", "tongban=1"), Code.MALFORMED),
        (deliver().without_header("signature"), Code.MALFORMED),
        (deliver().without_header("signature-input"), Code.MALFORMED),
        (deliver().without_header("content-digest"), Code.MALFORMED),
        (deliver(b"not json"), Code.MALFORMED),
        (deliver(b"[]"), Code.MALFORMED),
        (deliver(b"\xff\xfe"), Code.MALFORMED),
        (deliver(b'{"version": "1", "version": "1"}'), Code.MALFORMED),
        (deliver(b'{"version": NaN}'), Code.MALFORMED),
        (deliver(b'{"version": "1", "a": "\\u0000"}'), Code.SCHEMA_VIOLATED),
        (deliver(b'{"version": "1", "\\u0000": 1}'), Code.SCHEMA_VIOLATED),
        (deliver(b'{"version": "1", "a": ["\\ud800"]}'), Code.SCHEMA_VIOLATED),
        (deliver(b"[" * 100_000), Code.MALFORMED),
        (deliver(b'{"version": ' + b"9" * 5000 + b"}"), Code.MALFORMED),
        (deliver(bent(version="2")), Code.UNKNOWN_VERSION),
        (deliver(bent(version=None)), Code.UNKNOWN_VERSION),
        (deliver(bent(kind="gossip")), Code.UNKNOWN_KIND),
        (deliver(bent(kind="evidence-answer")), Code.UNKNOWN_KIND),
        (deliver(bent(kind=["evidence-request"])), Code.UNKNOWN_KIND),
        (deliver(bent(id="1")), Code.SCHEMA_VIOLATED),
        (deliver(bent(created="2026-11-22T10:00:00")), Code.SCHEMA_VIOLATED),
        (deliver(bent(sender="nowhere")), Code.UNKNOWN_SENDER),
        (deliver(bent(receiver="sichuan")), Code.WRONG_RECEIVER),
    ],
)
def test_a_message_that_is_not_authentic_is_refused(delivery: Delivery, code: Code) -> None:
    assert refusal_of(delivery.received).code is code


@pytest.mark.parametrize("header", ["content-type", "content-digest", "signature", "signature-input"])
def test_a_header_that_stands_twice_is_malformed(header: str) -> None:
    sent = deliver()
    doubled = sent.request._replace(headers=(*sent.request.headers, (header, sent.header(header))))
    refused = refusal_of(Delivery(doubled).received)
    assert (refused.code, refused.path) == (Code.MALFORMED, f"header {header}")


def test_a_signature_that_covers_less_is_refused() -> None:
    fewer = deliver().header("signature-input").replace('"content-digest"', "")
    assert refusal_of(deliver().with_header("signature-input", fewer).received).code is Code.BAD_SIGNATURE


SENT = int(NOW.timestamp())
PARAMETERS = {
    "created": f"{SENT}",
    "expires": f"{SENT + 300}",
    "nonce": '"nonce-put-by-hand"',
    "keyid": '"sichuan-2026"',
    "tag": '"tongban-exchange"',
}


def with_parameters(**changes: str | None) -> Delivery:
    chosen = {name: value for name, value in (PARAMETERS | changes).items() if value is not None}
    return signed_by_hand("".join(f";{name}={value}" for name, value in chosen.items()))


def test_parameters_put_together_by_hand_are_accepted() -> None:
    assert with_parameters().received().verified.nonce == "nonce-put-by-hand"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created", None),
        ("created", '"soon"'),
        ("created", f"{SENT}.5"),
        ("created", "999999999999999"),
        ("expires", None),
        ("expires", f"{SENT + 301}"),
        ("expires", f"{SENT}"),
        ("nonce", None),
        ("nonce", "12345678901234"),
        ("nonce", '"short"'),
        ("nonce", f'"{"n" * 65}"'),
        ("keyid", None),
        ("keyid", "1"),
        ("tag", None),
        ("tag", '"other"'),
    ],
)
def test_each_signature_parameter_is_checked(name: str, value: str | None) -> None:
    refused = refusal_of(with_parameters(**{name: value}).received)
    assert (refused.code, refused.path) == (Code.MALFORMED, f"signature parameter {name}")


def test_the_algorithm_is_never_taken_from_the_message() -> None:
    refused = refusal_of(with_parameters(alg='"hmac-sha256"').received)
    assert (refused.code, refused.path) == (Code.BAD_SIGNATURE, "signature parameter alg")


def test_an_extra_member_is_refused_without_naming_it() -> None:
    refused = refusal_of(deliver(bent(**{f"body__{SUBJECT}": 1})).received)
    assert refused.code is Code.SCHEMA_VIOLATED
    assert refused.path == "body"


def test_a_wrong_value_is_refused_with_its_path_and_not_repeated() -> None:
    refused = refusal_of(deliver(bent(body__subject=SUBJECT + "9")).received)
    assert refused.path == "body.subject"
    assert SUBJECT not in str(refused) + repr(refused)


def test_the_subject_stays_out_of_text_forms() -> None:
    assert SUBJECT not in repr(question()) + str(question()) + repr(consent()) + repr(deliver().request)


@pytest.mark.parametrize(
    ("message", "code", "path"),
    [
        (question(expires=NOW), Code.EXPIRED, "expires"),
        (question(created=NOW + timedelta(minutes=2)), Code.NOT_YET_VALID, "created"),
        (question(service="school-enrolment"), Code.NOT_COVERED, "service"),
        (question(sender_agency="500000-yb"), Code.NOT_COVERED, "sender_agency"),
        (question(receiver_agency="510100-yb"), Code.NOT_COVERED, "receiver_agency"),
        (question(receiver_agency="nobody"), Code.NOT_COVERED, "agency"),
        (
            question(legal_basis=protocol.StatuteBasis(citation=text("some article"))),
            Code.CONSENT_MISSING,
            "legal_basis",
        ),
        (
            question(legal_basis=by_consent(consent(expires=NOW))),
            Code.CONSENT_EXPIRED,
            "legal_basis.consent.expires",
        ),
        (
            question(legal_basis=by_consent(consent(given_at=NOW + timedelta(hours=1)))),
            Code.NOT_YET_VALID,
            "legal_basis.consent.given_at",
        ),
        (
            question(legal_basis=by_consent(consent(), STRANGER_KEY)),
            Code.BAD_SIGNATURE,
            "legal_basis.consent",
        ),
        (
            question(legal_basis=by_consent(consent(given_at=NOW - timedelta(days=90)))),
            Code.UNKNOWN_KEY,
            "legal_basis.consent",
        ),
    ],
)
def test_a_question_that_may_not_be_asked_is_refused(
    message: protocol.EvidenceRequest, code: Code, path: str
) -> None:
    refused = refusal_of(lambda: protocol.authorise(message, directory(), now=NOW))
    assert (refused.code, refused.path) == (code, path)


@pytest.mark.parametrize(
    ("member", "other"),
    [
        ("subject", "500101197602140029"),
        ("asking_agency", "510000-yb"),
        ("holding_agency", "500001-yb"),
        ("service", "pension-transfer"),
        ("case_ref", "SC-2026-000002"),
        ("evidence_type", "other-evidence"),
        ("fields", ("place",)),
    ],
)
def test_consent_to_something_else_does_not_count(member: str, other: object) -> None:
    message = question(legal_basis=by_consent(consent().model_copy(update={member: other})))
    refused = refusal_of(lambda: protocol.authorise(message, directory(), now=NOW))
    assert (refused.code, refused.path) == (Code.CONSENT_MISMATCH, f"legal_basis.consent.{member}")


def test_a_field_outside_the_agreement_is_refused_by_its_position() -> None:
    asked = question().body.model_copy(update={"fields": ("place", "wage")})
    refused = refusal_of(lambda: protocol.authorise(question(body=asked), directory(), now=NOW))
    assert (refused.code, refused.path) == (Code.NOT_COVERED, "body.fields[1]")


def test_a_field_asked_twice_is_refused() -> None:
    asked = question().body.model_copy(update={"fields": ("place", "place")})
    refused = refusal_of(lambda: protocol.authorise(question(body=asked), directory(), now=NOW))
    assert (refused.code, refused.path) == (Code.SCHEMA_VIOLATED, "body.fields")


def test_an_agreement_ends_with_its_last_day() -> None:
    later = date(2028, 1, 1)
    refused = refusal_of(
        lambda: directory().agreement(
            asking="510100-yb",
            holding="500000-yb",
            service="medical-retirement",
            evidence_type="contribution-spells",
            on=later,
        )
    )
    assert refused.code is Code.NOT_COVERED


def test_an_answer_to_another_delivery_is_not_accepted() -> None:
    first, second = deliver().request, deliver(nonce="another-delivery-nonce").request
    response = protocol.seal_reply(protocol.answer(question(), RECORDS, NOW), first, CHONGQING_KEY, now=NOW)
    refused = refusal_of(lambda: protocol.open_reply(response, second, question(), directory(), now=NOW))
    assert refused.code is Code.BAD_SIGNATURE


def test_an_answer_with_another_status_is_not_accepted() -> None:
    sent = deliver().request
    response = protocol.seal_reply(protocol.answer(question(), RECORDS, NOW), sent, CHONGQING_KEY, now=NOW)
    refused = refusal_of(
        lambda: protocol.open_reply(response._replace(status=201), sent, question(), directory(), now=NOW)
    )
    assert refused.code is Code.BAD_SIGNATURE


def test_an_answer_signed_by_another_node_is_not_accepted() -> None:
    sent = deliver().request
    response = protocol.seal_reply(protocol.answer(question(), RECORDS, NOW), sent, SICHUAN_KEY, now=NOW)
    refused = refusal_of(lambda: protocol.open_reply(response, sent, question(), directory(), now=NOW))
    assert refused.code is Code.UNKNOWN_KEY


def test_an_answer_in_another_nodes_name_is_not_accepted() -> None:
    sent = deliver().request
    given = protocol.answer(question(), RECORDS, NOW).model_copy(update={"sender": "sichuan"})
    response = protocol.seal_reply(given, sent, CHONGQING_KEY, now=NOW)
    refused = refusal_of(lambda: protocol.open_reply(response, sent, question(), directory(), now=NOW))
    assert refused.code is Code.UNKNOWN_SENDER


@pytest.mark.parametrize(
    "records",
    [
        ({"place": "500000", "from": "2003-04", "to": "2012-12"},),
        ({"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "actual", "wage": 1},),
        ({"place": "500000", "from": "2003-13", "to": "2012-12", "kind": "actual"},),
        ({"place": "500000", "from": 200304, "to": "2012-12", "kind": "actual"},),
        ({"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "guessed"},),
    ],
)
def test_records_of_another_form_than_asked_are_refused(records: tuple[dict[str, str | int], ...]) -> None:
    reply = protocol.answer(question(), records, NOW)
    refused = refusal_of(lambda: protocol.check_answer(reply, question(), directory()))
    assert refused.code is Code.SCHEMA_VIOLATED
    assert refused.path.startswith("body.records[0]")


def test_an_answer_to_another_question_is_refused() -> None:
    reply = protocol.answer(question(id=UUID(int=2)), RECORDS, NOW)
    assert refusal_of(lambda: protocol.check_answer(reply, question(), directory())).path == "in_reply_to"


def test_a_refusal_travels_signed_with_code_and_sentence() -> None:
    sent = deliver().request
    refused = protocol.refusal(Refused(Code.NOT_COVERED, "service"), "chongqing", question().id, NOW)
    response = protocol.seal_reply(refused, sent, CHONGQING_KEY, now=NOW)
    assert response.status == 403
    reply = protocol.open_reply(response, sent, question(), directory(), now=NOW)
    assert isinstance(reply, protocol.Refusal)
    assert (reply.code, reply.path, reply.retry) == (Code.NOT_COVERED, "service", False)


def test_an_unsigned_refusal_is_never_believed() -> None:
    refused = protocol.refusal(Refused(Code.NOT_COVERED), "chongqing", question().id, NOW)
    response = protocol.plain_reply(refused)
    caught = refusal_of(
        lambda: protocol.open_reply(response, deliver().request, question(), directory(), now=NOW)
    )
    assert caught.code is Code.MALFORMED


def test_a_refusal_of_another_message_is_not_taken() -> None:
    sent = deliver().request
    refused = protocol.refusal(Refused(Code.NOT_COVERED), "chongqing", UUID(int=9), NOW)
    response = protocol.seal_reply(refused, sent, CHONGQING_KEY, now=NOW)
    caught = refusal_of(lambda: protocol.open_reply(response, sent, question(), directory(), now=NOW))
    assert caught.path == "in_reply_to"


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence_in_both_languages(code: Code) -> None:
    meaning = protocol.MEANINGS[code]
    assert meaning.sentence.zh
    assert meaning.sentence.en
    assert 400 <= meaning.status < 600


def test_fields_of_the_agreement_are_those_of_the_evidence_type() -> None:
    assert set(FIELDS) == {field.name for field in protocol.CONTRIBUTION_SPELLS.fields}
