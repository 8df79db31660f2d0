"""What cannot be stored is refused for good and told, not tried for ever."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.exchange.asked import Fill, ask, code_of, unstorable
from tests.exchange.far_side import FarSide
from tests.exchange.questions import a_question
from tests.exchange.sides import FarChongqing, Row, fresh_question
from tests.exchange.test_conversing import CASE, TITLE, errand, receive
from tests.protocol.federation_of_two import CHONGQING_KEY, SUBJECT
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import api
from tongban.node.exchange.conversing import delivering
from tongban.node.exchange.conversing.models import Letter
from tongban.node.exchange.delivery import deliver_next
from tongban.node.exchange.models import Inbox
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, HttpRequest, HttpResponse, NodeEntry, Refusal, Refused, Text
from tongban.protocol import conversations as talk

pytestmark = pytest.mark.django_db(transaction=True)

WITH_ZERO = Text(zh="核对\x00年限", en="count the months")


@pytest.mark.usefixtures("chongqing")
def test_a_question_with_a_zero_byte_is_refused_with_its_place(department: Fill) -> None:
    reply = ask(fresh_question(purpose=WITH_ZERO))
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.path, reply.retry) == (Code.SCHEMA_VIOLATED, "purpose.zh", False)


@pytest.mark.usefixtures("sichuan")
def test_a_message_with_a_zero_byte_is_refused_with_its_place() -> None:
    far = FarSide(CASE)
    matter = talk.Matter(
        peer="sichuan",
        own_agency="500000-yb",
        peer_agency="510100-yb",
        service="hotline-handover",
        case_ref=CASE,
        expires=true_now() + timedelta(days=1),
        legal_basis=protocol.StatuteBasis(citation=TITLE),
        purpose=TITLE,
    )
    body = talk.CaseContents(subject=SUBJECT, title=TITLE, contents={"answer_request": "a\x00b"})
    reply = receive(far.open("handover-offered", body, matter))
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.path, reply.retry) == (Code.SCHEMA_VIOLATED, "body.contents", False)
    assert not Letter.objects.exists()


@pytest.mark.usefixtures("sichuan")
def test_an_own_message_with_a_zero_byte_is_not_put_on_its_way() -> None:
    with pytest.raises(Refused, match="schema-violated"):
        api.give_notice(errand(), subject=None, text=WITH_ZERO, contents={})
    assert not Letter.objects.exists()


@pytest.mark.usefixtures("chongqing")
def test_a_question_whose_answer_the_database_cannot_hold_is_refused_for_good(department: Fill) -> None:
    department(Row())
    asked = fresh_question()
    with unstorable(asked.id):
        reply = ask(asked)
    assert code_of(reply) is Code.SCHEMA_VIOLATED
    assert not Inbox.objects.exists()
    assert not AccessRecord.objects.exists()


@pytest.mark.usefixtures("sichuan")
def test_a_case_that_cannot_hold_the_answer_is_told_that_there_is_none(told: list[api.Outcome]) -> None:
    def hold(outcome: api.Outcome) -> None:
        if isinstance(outcome, api.Answered):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 'no number'::int")

    api.on_outcome(hold)
    api.ask(a_question())
    assert deliver_next(FarChongqing())
    (outcome,) = [one for one in told if isinstance(one, api.Declined)]
    assert outcome.code is Code.SCHEMA_VIOLATED
    assert api.waiting(CASE) == ()


@pytest.mark.usefixtures("sichuan")
def test_a_message_that_the_peer_refuses_for_good_is_repeated_ever_more_rarely() -> None:
    def refuse(peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        message = talk.parse_utterance(request.body)
        refusal = protocol.refusal(Refused(Code.SCHEMA_VIOLATED), "chongqing", message.id, true_now())
        return talk.seal_receipt(refusal, request, CHONGQING_KEY, now=true_now())

    api.give_notice(errand(), subject=None, text=TITLE, contents={})
    Letter.objects.update(attempts=20)
    delivering.deliver_next(refuse)
    waiting = Letter.objects.get()
    assert (waiting.is_waiting, waiting.problem) == (True, "schema-violated")
    assert waiting.next_try is not None
    assert waiting.next_try - true_now() > timedelta(minutes=9)
