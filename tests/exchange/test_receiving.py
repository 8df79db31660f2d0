"""Chongqing's node answers Sichuan's questions: each once, each with its access record."""

import hashlib
import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection

from tests.exchange.asked import SECOND, Declare, Fill, ask, code_of, records_of
from tests.exchange.sides import Row, delivered, fresh_question, reply_to
from tests.protocol.federation_of_two import FIELDS, RECORDS, SUBJECT, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import answering, answers, department_sql, receiving
from tongban.node.exchange import department as department_database
from tongban.node.exchange.answers import Kept
from tongban.node.exchange.models import Inbox, SeenNonce
from tongban.node.people import pseudonym
from tongban.node.people.models import AccessRecord
from tongban.node.statements import rows
from tongban.node.translog import recording
from tongban.node.translog.models import LogRecord, LogState
from tongban.protocol import Code, Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chongqing")]


def test_a_question_is_answered_from_the_departments_table(department: Fill) -> None:
    department(Row(), Row(insurance="110"), Row(subject="500101198001011234"))
    assert records_of(ask(fresh_question())) == RECORDS


def test_only_the_fields_asked_for_leave(department: Fill) -> None:
    department(Row())
    body = fresh_question().body.model_copy(update={"fields": ("from", "to")})
    assert records_of(ask(fresh_question(body=body))) == ({"from": "2003-04", "to": "2012-12"},)


def test_a_person_unknown_to_the_department_has_no_records(department: Fill) -> None:
    assert records_of(ask(fresh_question())) == ()


def test_the_answer_leaves_an_access_record(department: Fill) -> None:
    department(Row())
    message = fresh_question()
    ask(message)
    record = AccessRecord.objects.get()
    assert record.pseudonym == pseudonym(SUBJECT)
    assert (record.direction, record.agency, record.asking_node) == ("out", "510100-yb", "sichuan")
    assert (record.service, record.case_ref) == ("medical-retirement", "SC-2026-000001")
    assert (record.fields, record.message_id) == (list(FIELDS), message.id)
    assert record.basis["zh"] == "本人同意"
    assert record.purpose["en"] == "count the months"


def test_a_repeated_delivery_gets_the_stored_answer_and_has_no_second_effect(department: Fill) -> None:
    department(Row())
    message = fresh_question()
    first = ask(message)
    department(Row(first=201401, last=201402))
    assert ask(message, SECOND) == first
    assert (Inbox.objects.count(), AccessRecord.objects.count()) == (1, 1)


def test_a_stored_answer_outlives_its_consent(department: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    department(Row())
    message = fresh_question()
    first = ask(message)

    def expired(*_: object, **__: object) -> None:
        raise protocol.Refused(Code.CONSENT_EXPIRED)

    monkeypatch.setattr(protocol, "authorise", expired)
    assert ask(message, SECOND) == first


def test_the_same_delivery_twice_is_a_replay(department: Fill) -> None:
    message = fresh_question()
    request = delivered(message)
    receiving.receive(request)
    assert code_of(reply_to(request, receiving.receive(request), message)) is Code.REPLAYED


def test_one_id_for_two_contents_is_refused(department: Fill) -> None:
    department(Row())
    ask(fresh_question())
    other = fresh_question(case_ref="SC-2026-000002")
    assert code_of(ask(other, SECOND)) is Code.ID_REUSED
    assert AccessRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: {"body": _asking("place", "wage")}, Code.NOT_COVERED),
        (lambda: {"service": "school-enrolment"}, Code.NOT_COVERED),
        (lambda: {"legal_basis": _statute()}, Code.CONSENT_MISSING),
        (lambda: {"case_ref": "SC-2026-000009"}, Code.CONSENT_MISMATCH),
        (lambda: {"expires": fresh_question().created}, Code.EXPIRED),
    ],
)
def test_what_may_not_be_asked_reads_and_stores_nothing(
    department: Fill,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[], dict[str, object]],
    code: Code,
) -> None:
    department(Row())
    monkeypatch.setattr(answering, "read_each", _must_not_be_called)
    assert code_of(ask(fresh_question(**change()))) is code
    assert not Inbox.objects.exists()
    assert not AccessRecord.objects.exists()


def _asking(*fields: str) -> protocol.Question:
    return fresh_question().body.model_copy(update={"fields": fields})


def _statute() -> protocol.StatuteBasis:
    return protocol.StatuteBasis(citation=protocol.Text(zh="某法第一条", en="Some Act, art. 1"))


def _must_not_be_called(*_: object) -> None:
    raise AssertionError("the department was read")


def test_a_body_over_the_limit_is_refused_before_it_is_looked_at() -> None:
    request = delivered(fresh_question())
    huge = request._replace(body=b" " * (receiving.BODY_LIMIT + 1))
    assert receiving.receive(huge).status == 413


def test_an_unsigned_request_gets_an_unsigned_refusal() -> None:
    request = delivered(fresh_question())
    bare = request._replace(headers=(("content-type", "application/json"),))
    response = receiving.receive(bare)
    assert response.status == 400
    assert "signature" not in dict(response.headers)
    assert code_of(protocol.parse_reply(response.body)) is Code.MALFORMED


@pytest.mark.parametrize(
    ("rows", "path", "hint"),
    [
        ([Row(first=201212, last=200304)], "records[0].to", "ends-before-it-begins"),
        ([Row(last=299901)], "records[0].to", "in-the-future"),
        (
            [Row(first=200304, last=200512), Row(first=200512, last=200601)],
            "records[1].from",
            "overlaps",
        ),
        ([Row(pool="9")], "records[0].place", "place-unknown"),
        ([Row(pool="77")], "records[0].place", "unknown-code"),
        ([Row(first=200313)], "records[0].from", "not-a-month"),
    ],
)
def test_faulty_data_of_the_department_are_named_and_not_passed_on(
    department: Fill, rows: list[Row], path: str, hint: str
) -> None:
    department(*rows)
    reply = ask(fresh_question())
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.path, reply.hint) == (Code.DEPARTMENT_DATA_INVALID, path, hint)
    assert not reply.retry


def test_a_spell_at_a_place_that_no_longer_existed_is_faulty(department: Fill, declare: Declare) -> None:
    department(Row(first=202601, last=202606))
    declare(fields=_fields_with_place("500112"))
    reply = ask(fresh_question())
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.hint) == (Code.DEPARTMENT_DATA_INVALID, "place-not-valid")


def _fields_with_place(code: str) -> dict[str, object]:
    return {
        "place": {"value": code},
        "from": {"column": "aae041", "convert": "month"},
        "to": {"column": "aae042", "convert": "month"},
        "kind": {"value": "actual"},
    }


def test_an_unreachable_department_costs_only_time(department: Fill, declare: Declare) -> None:
    department(Row())
    message = fresh_question()
    declare(dsn="postgresql://nobody@127.0.0.1:1/none")
    refused = ask(message)
    assert code_of(refused) is Code.TRY_LATER
    assert not Inbox.objects.exists()
    declare()
    assert records_of(ask(message, SECOND)) == RECORDS


def test_a_missing_table_costs_only_time(department: Fill, declare: Declare) -> None:
    declare(table="ac99")
    assert code_of(ask(fresh_question())) is Code.TRY_LATER


def test_a_department_that_takes_too_long_is_asked_again_later(
    department: Fill, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIEW yb_chongqing.slow AS SELECT aac002, aae140, aae041, aae042,"
            " aaa027 || coalesce(pg_sleep(30)::text, '') AS aaa027 FROM yb_chongqing.ac20"
        )
    department(Row())
    declare(table="slow")
    monkeypatch.setattr(department_sql, "STATEMENT_MILLISECONDS", 50)
    assert code_of(ask(fresh_question())) is Code.TRY_LATER


def test_more_records_than_one_person_can_have_are_faulty(
    department: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(department_database, "MOST_ROWS", 1)
    department(Row(last=200305), Row(first=200401))
    reply = ask(fresh_question())
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.hint) == (Code.DEPARTMENT_DATA_INVALID, "too-many-records")


def test_the_department_is_never_written(department: Fill, declare: Declare) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION yb_chongqing.greedy() RETURNS integer LANGUAGE sql AS "
            "$$ INSERT INTO yb_chongqing.ac20 (aac002) VALUES ('x') RETURNING 1 $$"
        )
        cursor.execute(
            "CREATE VIEW yb_chongqing.trap AS SELECT aac002, aae140, yb_chongqing.greedy() AS aae041,"
            " aae042, aaa027 FROM yb_chongqing.ac20"
        )
    department(Row())
    declare(table="trap")
    assert code_of(ask(fresh_question())) is Code.TRY_LATER


def test_whatever_fails_inside_is_told_as_try_later(
    department: Fill, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"row of {SUBJECT}")

    monkeypatch.setattr(answering, "read_each", broken)
    assert code_of(ask(fresh_question())) is Code.TRY_LATER
    assert "RuntimeError" in caplog.text


def test_old_deliveries_are_forgotten_only_once_they_cannot_be_replayed(department: Fill) -> None:
    ask(fresh_question())
    assert receiving.forget_old_nonces() == 0
    SeenNonce.objects.update(expires=fresh_question().created.replace(year=2020))
    assert receiving.forget_old_nonces() == 1


def test_a_replay_of_a_refused_delivery_is_told_as_one(department: Fill) -> None:
    message = fresh_question(service="not-agreed")
    assert code_of(ask(message)) is Code.NOT_COVERED
    assert code_of(ask(message)) is Code.REPLAYED


def test_answers_stored_together_are_told_apart(department: Fill) -> None:
    known = directory(around=true_now())
    first, second = fresh_question(), fresh_question(id=uuid4())
    deliveries = [
        protocol.authenticate(delivered(message, nonce * 16), known, "chongqing", now=true_now())
        for message, nonce in ((first, "a"), (first, "b"), (second, "c"), (second, "c"))
    ]
    reply = protocol.answer(first, RECORDS, true_now())
    kept = answers.store_deliveries(
        [answers.Delivered(one.verified, (answers.given(one, reply),)) for one in deliveries]
    )
    assert kept == [[Kept.STORED], [Kept.ANSWERED_BEFORE], [Kept.STORED], None]
    assert (Inbox.objects.count(), AccessRecord.objects.count(), SeenNonce.objects.count()) == (2, 2, 3)


def test_nothing_is_read_and_nothing_answered_while_the_log_takes_no_records(
    department: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    department(Row())
    monkeypatch.setattr(answering, "read_each", _must_not_be_called)
    LogState.objects.create(id=1, halted="log-rolled-back")
    recording.look_again()
    assert code_of(ask(fresh_question())) is Code.LOG_UNAVAILABLE
    assert not Inbox.objects.exists()
    LogState.objects.all().delete()
    recording.look_again()


def test_one_record_in_the_log_says_who_saw_what_by_which_question_and_reply(department: Fill) -> None:
    department(Row())
    message = fresh_question()
    ask(message)
    (record,) = LogRecord.objects.all()
    look, said = AccessRecord.objects.get(), json.loads(bytes(record.content))
    assert (record.kind, record.about, said["message"]) == ("access", look.id, str(message.id))
    assert said["sha256"] == hashlib.sha256(protocol.encode(message)).hexdigest()
    assert said["reply_sha256"] == hashlib.sha256(bytes(Inbox.objects.get().reply)).hexdigest()


def test_what_was_answered_before_is_looked_up_by_one_plan_however_much_is_asked(department: Fill) -> None:
    known = directory(around=true_now())
    asked = [
        protocol.authenticate(
            delivered(fresh_question(id=uuid4()), letter * 16), known, "chongqing", now=true_now()
        )
        for letter in "abc"
    ]
    for _ in range(9):
        assert answers.stored_replies(asked) == [None, None, None]
    plans = "SELECT generic_plans > 0, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
    assert rows(plans, ["%JOIN unnest%asked(sender, message)%"]) == [(True, 5)]
