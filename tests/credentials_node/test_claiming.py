"""The claims that every service works out of its sample records fit its type and say what the law says."""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.casework.walk import RESIDENT_ID, SPELLS
from tests.services.shipped import SHIPPED
from tongban.credentials.types import CredentialType, check_complete, load_type
from tongban.node.credentials.claiming import Worked, claims_of, worked_rules
from tongban.services import Known, Service, explain, facts, load

ON = date(2026, 11, 26)
SERVICES = {code: service for code, service in load(SHIPPED).items() if service.definition.claims}
PERSON = {
    "name": "刘芳",
    "subject": "刘芳",
    "sex": "female",
    "birth_date": "1976-02-14",
    "id_number": RESIDENT_ID,
    "id_tail": RESIDENT_ID[-4:],
    "authority": "成都市某局",
}


def kind_of(service: Service) -> CredentialType:
    return load_type(SHIPPED / service.folder / "credential.toml")


def evidence_of(service: Service) -> dict[str, list[dict[str, str | int]]]:
    """The sample records of one subject at most for each place, by kind of evidence."""
    file = SHIPPED / service.folder / "demo" / "records.toml"
    if not file.is_file():
        return {"contribution-spells": [dict(one) for one in SPELLS["510100"]]}
    found: dict[str, list[dict[str, str | int]]] = {}
    for record in tomllib.loads(file.read_text(encoding="utf-8"))["records"]:
        found.setdefault(record["evidence"], []).append(record["values"])
    return found


def claims(code: str) -> Mapping[str, Any]:
    service = SERVICES[code]
    kind, evidence = kind_of(service), evidence_of(service)
    known = Known({"birth_month": "1976-02", "sex": "female"}, {"apply_month": "2026-11"}, {}, evidence)
    told = explain(service, facts(service.definition, known), ON)
    case = {"number": "SC-2026-0000001", "place": "510100", "issued_on": ON.isoformat()}
    worked = claims_of(kind, service.definition.claims, Worked(case, evidence, worked_rules(told)))
    names = {claim.path[0] for claim in kind.claims}
    return {name: value for name, value in PERSON.items() if name in names} | worked


@pytest.mark.parametrize("code", SERVICES)
def test_what_is_worked_out_can_be_issued(code: str) -> None:
    check_complete(kind_of(SERVICES[code]), claims(code))


def test_an_ability_conclusion_has_the_points_of_every_table_and_the_raised_level() -> None:
    told = claims("elderly-assessment")
    parts = [told[name] for name in ("self_care", "movement", "mind", "perception")]
    assert sum(parts) == told["total"]
    assert (told["standard"], told["authority"]) == ("gbt-42195-2022", "重庆市某某老年人能力评估中心")


def test_a_care_grade_is_told_with_the_place_insured_and_its_days() -> None:
    told = claims("long-term-care")
    assert (told["insured_place"], told["concluded_on"], told["valid_until"]) == (
        "510100",
        "2026-03-09",
        "2028-03-08",
    )


def test_credits_are_added_up_without_losing_a_decimal() -> None:
    told = claims("credit-bank")
    assert told["total_credits"] == "5.0"
    assert {one["credits"] for one in told["achievements"]} == {"1.5", "3", "0.5"}


def test_a_contribution_certificate_has_every_spell_and_each_month_once() -> None:
    told = claims("contribution-certificate")
    assert (told["first_month"], told["last_month"], told["months"]) == ("2012-11", "2026-10", 168)
    assert told["spells"] == [{"from": "2012-11", "to": "2026-10", "place": "510100"}]
