"""A hospital's own system: it submits a bill once, reads the decision, cancels; every refusal is told."""

import base64
import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.test import Client

from tests.casework.test_at_once import at_once
from tests.casework.test_settling import _offered, _replays, adjudication, line
from tests.casework.test_two_sides import Far, told
from tests.casework.walk import RESIDENT_ID
from tongban import protocol
from tongban.node.casework import log
from tongban.node.casework.models import Case, LedgerEntry
from tongban.node.exchange.conversing import receiving
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Person
from tongban.node.points import billing, door, openapi, register
from tongban.node.points.models import Bill, Point
from tongban.node.points.refusals import MEANINGS
from tongban.node.sign_in import partners
from tongban.node.translog import api as translog
from tongban.protocol import conversations as talk
from tongban.services import Text as Words

__all__ = ["_offered", "_replays"]
pytestmark = pytest.mark.django_db

HOSPITAL = Words(zh="锦江医院", en="Jinjiang Hospital")
BILL = "CD-JJ-0001"


def lines(*amounts: str, **changed: str | int) -> list[dict[str, str | int]]:
    made = [line(amount, **changed) for amount in amounts or ("500.00",)]
    return [{name: value for name, value in one.items() if name != "bill_no"} for one in made]


def body(**changed: Any) -> dict[str, Any]:
    return {"person": {"resident_id": RESIDENT_ID, "name": "测试女士"}, "lines": lines()} | changed


class System:
    """The hospital's own system, with nothing but HTTP."""

    def __init__(self, code: str = "jinjiang", bills: str = "CD-JJ-") -> None:
        self.secret = register.open_point(code, HOSPITAL, "chronic-disease", bills)
        self.http = Client(SERVER_NAME="127.0.0.1")
        self.token = self.ask_token(code).get("access_token", "")

    def ask_token(self, code: str) -> dict[str, Any]:
        known = base64.b64encode(f"point.{code}:{self.secret}".encode()).decode()
        given = {"grant_type": "client_credentials", "scope": "bills"}
        answer = self.http.post("/identity/o/api/token", given, headers={"authorization": f"Basic {known}"})
        found: dict[str, Any] = answer.json()
        return found

    def send(self, method: str, path: str = BILL, given: object = None) -> tuple[int, dict[str, Any]]:
        raw = given if isinstance(given, bytes) else json.dumps(given).encode()
        answer = self.http.generic(
            method,
            f"/points/v1/bills/{path}",
            raw if given is not None else b"",
            "application/json",
            headers={"authorization": f"Bearer {self.token}"},
        )
        self.answer = answer
        found: dict[str, Any] = answer.json()
        described = "Refusal" if "code" in found else "Bill"
        schemas = openapi.document()["components"]
        jsonschema.validate(found, {"$ref": f"#/components/schemas/{described}", "components": schemas})
        return answer.status_code, found

    def put(self, given: object = None, path: str = BILL) -> tuple[int, dict[str, Any]]:
        return self.send("PUT", path, body() if given is None else given)

    def cancel(self, path: str = BILL) -> tuple[int, dict[str, Any]]:
        return self.send("POST", f"{path}/cancel")


@pytest.fixture
def system(woman: Person) -> System:
    return System()


def test_a_bill_is_claimed_at_once_and_its_decision_is_read(system: System, woman: Person) -> None:
    status, taken = system.put(body(lines=lines("500.00", "70.00")))
    assert (status, taken["state"], taken["decision"]) == (201, "claimed", None)
    assert system.answer["Retry-After"] == "2"
    far = Far(taken["case"])
    far.says("settlement-adjudicated", adjudication(18_000))
    claim = far.side.effects[0].message.body
    assert isinstance(claim, talk.Claim)
    assert (claim.bill, [one["amount"] for one in claim.lines]) == (BILL, ["500.00", "70.00"])
    status, found = system.send("GET")
    decision = found["decision"]
    assert (status, found["state"], "Retry-After" in system.answer) == (200, "charged", False)
    amounts = {name: decision[name] for name in ("billed", "fund_pays", "person_pays")}
    assert amounts == {"billed": "570.00", "fund_pays": "180.00", "person_pays": "390.00"}
    assert LedgerEntry.objects.get().claim == BILL


def test_the_person_is_told_who_submitted_it_and_what_the_hospital_was_told(
    system: System, woman: Person
) -> None:
    _, taken = system.put()
    system.send("GET")
    case = Case.objects.get(number=taken["case"])
    assert "锦江医院替您提交账单（CD-JJ-0001）" in told(case, woman)[0]
    (look,) = [one for one in accesses_of(woman) if one.direction == "point"]
    assert (look.case_ref, look.fields) == (case.number, ("decision",))
    assert "锦江医院" in look.purpose.zh


def test_the_same_bill_sent_again_is_the_same_case(system: System) -> None:
    first, again = system.put(), system.put()
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert Case.objects.count() == Bill.objects.count() == 1


def test_a_number_that_comes_with_other_content_is_refused(system: System) -> None:
    system.put()
    status, refused = system.put(body(lines=lines("501.00")))
    assert (status, refused["code"]) == (409, "bill-differs")
    assert Case.objects.count() == 1


def test_a_bill_is_cancelled_until_it_is_decided_and_stays_cancelled(system: System) -> None:
    _, taken = system.put()
    assert system.cancel()[1]["state"] == system.cancel()[1]["state"] == "withdrawing"
    far = Far(taken["case"])
    far.deliver()
    receiving.receive(far.side.delivery(far.side.said[-1]))
    assert system.cancel()[1]["state"] == "withdrawn"
    assert not LedgerEntry.objects.exists()
    kinds = [event.kind for event in log.history(Case.objects.get(number=taken["case"]))]
    assert kinds == ["bill-submitted", "claimed", "bill-cancellation-asked", "settlement-let-go"]


def test_a_bill_that_was_not_settled_is_not_cancelled(system: System) -> None:
    _, taken = system.put()
    Far(taken["case"]).says("settlement-refused", talk.Reason(reason=protocol.Text(zh="不符", en="no")))
    status, refused = system.cancel()
    assert (status, refused["code"]) == (409, "bill-decided")


def test_of_a_settled_bill_that_is_cancelled_the_home_side_is_asked_for_a_reversal(
    system: System, woman: Person
) -> None:
    _, taken = system.put()
    far = Far(taken["case"])
    far.says("settlement-adjudicated", adjudication(18_000))
    assert [system.cancel()[1]["state"] for _ in range(2)] == ["reversing", "reversing"]
    far.deliver()
    (asked,) = [one.message for one in far.side.effects if one.message.kind == "notice-given"]
    assert isinstance(asked.body, talk.Told)
    assert asked.body.contents["topic"] == "reversal-asked"
    assert asked.body.text.zh == "就医的定点机构撤销了账单"
    case = Case.objects.get(number=taken["case"])
    assert "锦江医院撤销了账单，已要求参保地冲正" in told(case, woman)[-1]
    decision = system.send("GET")[1]["decision"]
    assert decision["fund_pays"] == "180.00"


def test_a_bill_that_a_citizen_had_settled_before_is_not_claimed_again(system: System) -> None:
    _, taken = system.put()
    Far(taken["case"]).says("settlement-adjudicated", adjudication(18_000))
    Bill.objects.all().delete()
    _, again = system.put()
    assert (again["state"], again["decision"]["fund_pays"]) == ("refused", "0.00")
    assert LedgerEntry.objects.count() == 1


def test_another_points_bill_is_unknown_and_its_numbers_are_foreign(system: System, woman: Person) -> None:
    system.put()
    other = System("wuhou", "CD-WH-")
    assert other.send("GET")[1]["code"] == other.cancel()[1]["code"] == "bill-unknown"
    assert other.put()[1]["code"] == "bill-number-foreign"


UNUSABLE: dict[str, tuple[object, int, str, str]] = {
    "no JSON": (b"{", 400, "malformed", "body"),
    "a list": ([], 400, "malformed", ""),
    "deep": (b"[" * 100_000, 400, "malformed", "body"),
    "not text": (b"\xff\xfe", 400, "malformed", "body"),
    "twice": (b'{"person": 1, "person": 2}', 400, "malformed", "body"),
    "no lines": (body(lines=[]), 400, "malformed", "lines"),
    "more": (body(extra=1), 400, "malformed", "extra"),
    "too large": (b" " * (door.MOST_BYTES + 1), 413, "too-large", ""),
    "line lacks": (body(lines=[{"item": "药"}]), 422, "bill-unusable", "lines[0]"),
    "amount": (body(lines=lines("5")), 422, "bill-unusable", "lines[0].amount"),
    "two diseases": (
        body(lines=[*lines(), *lines("1.00", disease="糖尿病")]),
        422,
        "bill-unusable",
        "lines.disease",
    ),
    "ID number": (
        body(person={"resident_id": "510104197602140021", "name": "测试女士"}),
        422,
        "person-unusable",
        "person.resident_id",
    ),
    "name": (
        body(person={"resident_id": RESIDENT_ID, "name": "别人"}),
        422,
        "person-differs",
        "person.name",
    ),
}


@pytest.mark.parametrize("case", sorted(UNUSABLE))
def test_what_cannot_be_used_is_told_where_and_nothing_is_kept(system: System, case: str) -> None:
    given, status, code, path = UNUSABLE[case]
    known = Person.objects.count()
    told_status, refused = system.put(given)
    assert (told_status, refused["code"], refused["path"]) == (status, code, path)
    assert refused["sentence"]["zh"]
    assert (Case.objects.count(), Bill.objects.count(), Person.objects.count()) == (0, 0, known)


@pytest.mark.parametrize("token", ["", "made-up"])
def test_without_a_token_that_holds_nothing_is_done(system: System, token: str) -> None:
    system.token = token
    status, refused = system.put()
    assert (status, refused["code"]) == (401, "token-unusable")
    assert system.answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_a_citizen_opens_nothing(system: System, woman: Person) -> None:
    system.token = ""
    system.http.force_login(woman.account)
    assert system.send("GET")[0] == 401


def test_a_closed_points_tokens_and_secret_are_worthless(system: System) -> None:
    system.put()
    assert register.close_point("jinjiang")
    assert system.send("GET")[1]["code"] == "token-unusable"
    assert system.ask_token("jinjiang")["error"] == "invalid_client"
    assert Bill.objects.count() == 1


def test_a_new_secret_ends_the_old_one(system: System) -> None:
    old = system.token
    renewed = System()
    system.token = old
    assert system.send("GET")[0] == 401
    assert renewed.put()[0] == 201


def test_points_go_on_when_the_node_starts_again(system: System) -> None:
    partners.register()
    assert system.put()[0] == 201


def test_too_many_bills_within_a_minute_wait(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billing, "MOST_A_MINUTE", 1)
    system.put()
    status, refused = system.put(path="CD-JJ-0002")
    assert (status, refused["code"], system.answer["Retry-After"]) == (429, "too-many", "60")
    Bill.objects.update(at=Bill.objects.get().at - timedelta(minutes=2))
    assert system.put(path="CD-JJ-0002")[0] == 201


def test_while_the_log_takes_nothing_the_bill_waits_at_the_hospital(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def halted() -> None:
        raise translog.LogUnavailable("writer-behind")

    monkeypatch.setattr("tongban.node.translog.recording.check_available", halted)
    status, refused = system.put()
    assert (status, refused["code"], system.answer["Retry-After"]) == (503, "try-later", "10")
    assert not Case.objects.exists()


def test_numbers_of_two_points_never_meet(system: System) -> None:
    for bills in ("CD-", "CD-JJ-9"):
        with pytest.raises(register.NotRegistered, match="those of jinjiang"):
            register.open_point("other", HOSPITAL, "chronic-disease", bills)


def test_the_document_names_every_refusal(system: System) -> None:
    answer = system.http.get("/points/v1/openapi.json").json()
    described = json.dumps(answer["paths"])
    assert answer == openapi.document()
    assert [code for code in MEANINGS if f"{code}: " not in described] == []


def test_what_the_exchange_does_not_cover_waits_for_an_officer(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise protocol.Refused(protocol.Code.NOT_COVERED)

    monkeypatch.setattr("tongban.node.exchange.api.make_claim", refuse)
    assert system.put()[1]["state"] == "held"
    assert system.cancel()[1]["state"] == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_a_bill_that_comes_twice_at_once_is_one_case(system: System) -> None:
    point = Point.objects.get()
    given = billing.Submitted(RESIDENT_ID, "测试女士", tuple(lines()))
    outcomes = at_once(*[lambda: billing.submit(point, BILL, given)[1] for _ in range(3)])
    assert sorted(outcomes, key=str) == [False, False, True]
    assert Case.objects.count() == Bill.objects.count() == 1
