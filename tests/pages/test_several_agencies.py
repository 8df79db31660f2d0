"""Figures of several agencies for who oversees them: a row each, their sum, and nothing of any other."""

from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.conftest import POST
from tests.casework.kinds import case_in
from tests.casework.walk import Walk
from tongban.node.casework import figures, outcomes
from tongban.node.casework.models import Case
from tongban.node.casework.outcomes import LEAST_SHOWN, without_small
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act, grant
from tongban.node.people.register import create_officer

HEALTH, INSURANCE, OWN, AWAY = "510100-wj", "510100-yb", "510100-zw", "500000-yb"
COUNTS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 12), min_size=1)


def cases_of(walk: Walk, agency: str, *statuses: str) -> None:
    for status in statuses:
        made = case_in("recognition", status, walk.person)
        Case.objects.filter(pk=made.pk).update(agency=agency, status=status)


@pytest.fixture
def leader(walk: Walk, officer: Officer, stranger: Officer) -> Officer:
    """A leader who oversees Chengdu; insurance and health there have officers, and so has Chongqing."""
    create_officer("away", "x", AWAY, "外地", POST)
    chief = create_officer("leader", "x", OWN, "领导", POST, acts=()).officer
    grant(chief, Act.OVERSEE, place="510100")
    cases_of(walk, INSURANCE, *["granted"] * 6, "deciding")
    cases_of(walk, HEALTH, *["granted"] * 5, "deciding", "deciding")
    cases_of(walk, AWAY, *["granted"] * 7)
    return chief


@pytest.fixture
def desk(leader: Officer) -> Client:
    client = Client()
    client.force_login(leader.account)
    return client


def lines(desk: Client, address: str) -> Iterator[list[str]]:
    told = desk.get(f"/workbench/{address}").content.decode("utf-8-sig").splitlines()
    return (line.split(",") for line in told[1:])


@pytest.mark.django_db
def test_a_leader_sees_a_row_for_each_agency_at_the_place_and_their_sum(desk: Client) -> None:
    shown = desk.get("/workbench/statistics/")
    found = shown.context["found"]
    told = {one.code: (one.opened, one.ended) for one in found.agencies}
    assert told == {INSURANCE: (7, 6), HEALTH: (7, 5), OWN: (0, 0)}
    assert (found.total.opened, found.total.ended) == (14, 11)
    assert sum(month.opened for month in found.months) == 14
    assert [(one.opened, one.ended) for one in found.services] == [(14, 11)]
    assert "合计" in shown.content.decode()
    rows = list(lines(desk, "agencies.csv"))
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (HEALTH, "7", "5"),
        (INSURANCE, "7", "6"),
        (OWN, "0", "0"),
        ("", "14", "11"),
    ]


@pytest.mark.django_db
def test_one_agency_is_chosen_and_another_than_theirs_is_not_found(desk: Client) -> None:
    found = desk.get(f"/workbench/statistics/?agency={HEALTH}").context["found"]
    assert [one.code for one in found.agencies] == [HEALTH]
    assert [row[2] for row in lines(desk, f"statistics.csv?agency={HEALTH}")] == ["7"]
    for address in ("statistics/", "statistics.csv", "agencies.csv", "outcomes.csv"):
        assert desk.get(f"/workbench/{address}?agency={AWAY}").status_code == 404


@pytest.mark.django_db
def test_who_supervises_one_agency_sees_no_other(desk: Client, officer: Officer) -> None:
    grant(officer, Act.SUPERVISE, place="510000")
    assert figures.reached(officer) == {INSURANCE: None}
    desk.force_login(officer.account)
    assert desk.get(f"/workbench/statistics/?agency={HEALTH}").status_code == 404
    assert "所有部门合计" not in desk.get("/workbench/statistics/").content.decode()


@pytest.mark.django_db
def test_overseeing_one_service_shows_that_service_only(desk: Client, leader: Officer) -> None:
    leader.grants.update(service="hotline-handover")
    found = desk.get("/workbench/statistics/").context["found"]
    assert (found.total.opened, found.services, found.outcomes) == (0, (), ())


@pytest.mark.django_db
def test_overseeing_lets_nobody_into_cases_tasks_or_accounts(desk: Client, walk: Walk) -> None:
    case = Case.objects.filter(agency=INSURANCE).first()
    assert case is not None
    assert desk.get(f"/workbench/cases/{case.number}/").status_code == 404
    for address in ("team/", "ledger/"):
        assert desk.get(f"/workbench/{address}").status_code == 403


@pytest.mark.django_db
def test_what_one_agency_leaves_out_is_not_told_by_the_sum(desk: Client, walk: Walk) -> None:
    cases_of(walk, HEALTH, "refused")
    cases_of(walk, INSURANCE, *["refused"] * 8)
    together = {one.status: one.count for one in desk.get("/workbench/statistics/").context["found"].outcomes}
    assert together == {"granted": None, "refused": None}
    (insurance,) = (desk.get(f"/workbench/statistics/?agency={INSURANCE}").context["found"],)
    assert {one.status: one.count for one in insurance.outcomes} == {"granted": 6, "refused": 8}


@given(st.lists(COUNTS, min_size=2, max_size=4))
def test_no_agencys_hidden_count_follows_from_the_sum_and_the_others(agencies: list[dict[str, int]]) -> None:
    together = outcomes._together(agencies)
    for counts in agencies:
        own = without_small(counts) if sum(counts.values()) >= LEAST_SHOWN else dict.fromkeys(counts)
        hidden = {name for name, count in own.items() if count is None}
        assert all(together.get(name) is None for name in hidden)
    left = [name for name, count in together.items() if count is None]
    assert not left or len(left) > 1 or len(together) == 1
