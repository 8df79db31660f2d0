"""The officer's lists and the team's pages: filters, pages, search, many at once, absence, figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.casework.conftest import POST
from tests.casework.kinds import case_in
from tests.casework.walk import RESIDENT_ID, Walk
from tongban.node.casework import catalogue, ratings, worklist
from tongban.node.casework.models import Case, Draft, FollowUp, Task
from tongban.node.clock import now, today
from tongban.node.people import permissions
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Officer
from tongban.node.people.register import create_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(client: Client, officer: Officer) -> Client:
    client.force_login(officer.account)
    return client


@pytest.fixture
def colleague(officer: Officer) -> Officer:
    return create_officer("colleague", "x", officer.agency, "孙七", POST).officer


def shown(page: HttpResponseBase) -> str:
    assert isinstance(page, HttpResponse)
    return page.content.decode()


def numbers(client: Client, address: str) -> list[str]:
    return [line.number for line in client.get(address).context["lines"]]


def test_a_list_is_turned_over_without_losing_or_repeating_a_line(
    at_work: Client, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {walk.proposed().number for _ in range(5)}
    monkeypatch.setattr(worklist, "LINES_A_PAGE", 2)
    found: list[str] = []
    address = "/workbench/"
    for _ in range(3):
        page = at_work.get(address)
        found += [line.number for line in page.context["lines"]]
        address = f"/workbench/?{page.context['next']}"
    assert len(found) == 5
    assert set(found) == made
    assert page.context["next"] == ""


@pytest.mark.parametrize("after", ["nonsense", "2026-99-99_1", "none_x", "2026-01-01T99_3", "_"])
@pytest.mark.parametrize("status", ["open", "done", "paused", "nonsense"])
def test_a_nonsense_address_gives_the_first_page(
    at_work: Client, walk: Walk, after: str, status: str
) -> None:
    walk.proposed()
    assert at_work.get("/workbench/", {"after": after, "status": status}).status_code == 200


@pytest.mark.parametrize("status", ["open", "paused"])
def test_cases_that_the_other_side_handed_over_are_told_and_found(
    at_work: Client, walk: Walk, status: str
) -> None:
    here, there = walk.proposed(), walk.proposed()
    Case.objects.filter(pk=there.pk).update(draft=None)
    if status == "paused":
        Case.objects.update(awaits="citizen")
    address = f"/workbench/?status={status}&origin="
    assert numbers(at_work, f"{address}here") == [here.number]
    assert numbers(at_work, f"{address}there") == [there.number]
    assert set(numbers(at_work, f"{address}nonsense")) == {here.number, there.number}
    assert shown(at_work.get(f"{address}there")).count("另一地移交来的") == 2


def test_filters_by_time_limit_and_by_whose(at_work: Client, walk: Walk, officer: Officer) -> None:
    late, mine = walk.proposed(), walk.proposed()
    Task.objects.filter(case=late).update(due_on=today() - timedelta(days=1))
    Task.objects.filter(case=mine).update(assignee=officer)
    assert numbers(at_work, "/workbench/?status=overdue") == [late.number]
    assert numbers(at_work, "/workbench/?status=due") == [mine.number]
    assert numbers(at_work, "/workbench/?whose=mine") == [mine.number]
    assert numbers(at_work, "/workbench/?whose=nobody") == [late.number]
    assert numbers(at_work, "/workbench/?service=hotline-handover") == []


@pytest.mark.parametrize("words", ["{number}", "{name}", "{last_four}"])
def test_a_case_is_found_by_number_name_or_last_four(at_work: Client, walk: Walk, words: str) -> None:
    case = Case.objects.get(pk=walk.proposed().pk)
    said = words.format(number=case.number, name=case.person.name[:2], last_four=RESIDENT_ID[-4:])
    page = at_work.post("/workbench/search/", {"words": said})
    assert [line.number for line in page.context["found"]] == [case.number]


def test_who_is_shown_by_a_search_sees_the_look_and_nobody_else_leaves_one(
    at_work: Client, walk: Walk
) -> None:
    case = Case.objects.get(pk=walk.proposed().pk)
    at_work.post("/workbench/search/", {"words": "没有这个人"})
    assert not [look for look in accesses_of(walk.person) if look.direction == "read"]
    at_work.post("/workbench/search/", {"words": case.person.name[:2]})
    (look,) = [look for look in accesses_of(walk.person) if look.direction == "read"]
    assert (look.case_ref, look.fields, look.purpose.zh) == (case.number, ("name",), "查找办件")


def test_what_an_officer_may_not_see_is_not_found(client: Client, walk: Walk, stranger: Officer) -> None:
    case = walk.proposed()
    client.force_login(stranger.account)
    assert "没有找到" in shown(client.post("/workbench/search/", {"words": case.number}))


def test_a_single_character_is_not_searched_for(at_work: Client) -> None:
    assert "至少输入两个字" in shown(at_work.post("/workbench/search/", {"words": "测"}))


def test_ticked_tasks_are_taken_and_given_back(at_work: Client, walk: Walk, officer: Officer) -> None:
    tasks = [Task.objects.get(case=walk.proposed()).pk for _ in range(2)]
    page = at_work.post("/workbench/tasks/", {"do": "take", "task": tasks}, follow=True)
    assert "已转手的任务：2" in shown(page)
    assert set(Task.objects.values_list("assignee", flat=True)) == {officer.pk}
    at_work.post("/workbench/tasks/", {"do": "give-back", "task": tasks})
    assert set(Task.objects.values_list("assignee", flat=True)) == {None}


def test_who_may_assign_gives_ticked_tasks_to_a_colleague(
    at_work: Client, walk: Walk, officer: Officer, colleague: Officer
) -> None:
    permissions.grant(officer, permissions.Act.ASSIGN)
    task = Task.objects.get(case=walk.proposed())
    at_work.post("/workbench/tasks/", {"do": "assign", "to": str(colleague.pk), "task": [task.pk]})
    assert Task.objects.get().assignee == colleague


def test_who_may_not_assign_is_not_offered_it_and_is_refused(
    at_work: Client, walk: Walk, colleague: Officer
) -> None:
    task = Task.objects.get(case=walk.proposed())
    assert 'value="assign"' not in shown(at_work.get("/workbench/"))
    refused = at_work.post("/workbench/tasks/", {"do": "assign", "to": str(colleague.pk), "task": [task.pk]})
    assert refused.status_code == 409
    assert Task.objects.get().assignee is None


def test_nothing_ticked_is_said(at_work: Client, walk: Walk) -> None:
    walk.proposed()
    assert "请先勾选任务" in shown(at_work.post("/workbench/tasks/", {"do": "take"}))


def test_the_team_page_shows_who_has_how_much(
    at_work: Client, walk: Walk, officer: Officer, colleague: Officer
) -> None:
    permissions.grant(officer, permissions.Act.SUPERVISE)
    Task.objects.filter(case=walk.proposed()).update(assignee=colleague, due_on=today() - timedelta(days=1))
    loads = {
        load.officer: (load.open, load.overdue) for load in at_work.get("/workbench/team/").context["loads"]
    }
    assert loads == {None: (0, 0), officer: (0, 0), colleague: (1, 1)}


@pytest.mark.parametrize(
    "address", ["team/", "statistics/", "statistics.csv", "outcomes.csv", "ledger/", "ledger.csv"]
)
def test_figures_are_for_who_supervises(at_work: Client, address: str) -> None:
    assert at_work.get(f"/workbench/{address}").status_code == 403


def test_an_absence_is_noted_and_the_tasks_reach_who_stands_in(
    at_work: Client, client: Client, walk: Walk, officer: Officer, colleague: Officer
) -> None:
    Task.objects.filter(case=walk.proposed()).update(assignee=officer)
    day = today().isoformat()
    at_work.post("/workbench/absence/", {"first": day, "last": day, "substitute": str(colleague.pk)})
    client.force_login(colleague.account)
    assert len(numbers(client, "/workbench/?whose=expected")) == 1
    assert officer.name in shown(client.get("/workbench/absence/"))


def test_who_is_back_early_says_so_and_nobody_stands_in_any_more(
    at_work: Client, client: Client, officer: Officer, colleague: Officer
) -> None:
    day = today().isoformat()
    at_work.post("/workbench/absence/", {"first": day, "last": day, "substitute": str(colleague.pk)})
    (absence,) = at_work.get("/workbench/absence/").context["mine"]
    assert at_work.post(f"/workbench/absence/{absence.pk}/end/").status_code == 302
    assert not at_work.get("/workbench/absence/").context["mine"]
    client.force_login(colleague.account)
    assert client.post(f"/workbench/absence/{absence.pk}/end/").status_code == 404


@pytest.mark.parametrize(
    "changed",
    [{"first": "2020-01-01"}, {"last": "2020-01-01"}, {"substitute": "999999"}, {"first": "tomorrow"}],
)
def test_an_absence_that_cannot_be_is_refused_with_a_sentence(
    at_work: Client, colleague: Officer, changed: dict[str, str]
) -> None:
    day = today().isoformat()
    given = {"first": day, "last": day, "substitute": str(colleague.pk)} | changed
    refused = at_work.post("/workbench/absence/", given)
    assert refused.status_code == 422
    assert "govuk-error" in shown(refused)


def test_statistics_without_a_case_say_so_instead_of_a_table_without_rows(
    at_work: Client, officer: Officer
) -> None:
    permissions.grant(officer, permissions.Act.SUPERVISE)
    page = shown(at_work.get("/workbench/statistics/"))
    assert "这段时间没有办件" in page
    assert "<caption>各事项</caption>" not in page


def test_statistics_tell_what_came_and_ended_as_chart_table_and_csv(
    at_work: Client, walk: Walk, officer: Officer
) -> None:
    permissions.grant(officer, permissions.Act.SUPERVISE)
    walk.proposed()
    ended = walk.proposed()
    Case.objects.filter(pk=ended.pk).update(awaits="nobody", status="granted")
    page = at_work.get("/workbench/statistics/")
    (service,) = page.context["found"].services
    assert (service.opened, service.ended, service.in_time) == (2, 1, 1)
    assert sum(month.opened for month in page.context["found"].months) == 2
    assert len(page.context["found"].months) == 12
    assert "<svg" in shown(page)
    assert "<caption>各事项</caption>" in shown(page)
    lines = shown(at_work.get("/workbench/statistics.csv")).splitlines()
    assert lines[0].endswith("service,name,opened,ended,in_time,mean_days,rating,from_here,from_there")
    assert lines[1].startswith("medical-retirement,")
    assert ",2,1,1,0.0," in lines[1]


@pytest.mark.parametrize(
    ("here", "there", "shown"), [(6, 0, (6, 0)), (6, 5, (6, 5)), (6, 1, (None, None)), (0, 1, (0, 1))]
)
def test_statistics_tell_on_which_side_cases_were_applied_for_without_small_counts(
    at_work: Client, walk: Walk, officer: Officer, here: int, there: int, shown: tuple[int | None, int | None]
) -> None:
    permissions.grant(officer, permissions.Act.SUPERVISE)
    for _ in range(here + there):
        case_in("recognition", "deciding", walk.person)
    kept = Case.objects.order_by("pk").values_list("pk", flat=True)[:here]
    for pk in kept:
        Case.objects.filter(pk=pk).update(draft=new_draft(walk))
    (service,) = at_work.get("/workbench/statistics/").context["found"].services
    assert (service.opened, (service.from_here, service.from_there)) == (here + there, shown)


def new_draft(walk: Walk) -> Draft:
    at = now()
    row = catalogue.current("medical-retirement")
    return Draft.objects.create(person=walk.person, service=row, created_at=at, updated_at=at)


def test_statistics_tell_how_cases_ended_without_small_counts(
    at_work: Client, walk: Walk, officer: Officer
) -> None:
    permissions.grant(officer, permissions.Act.SUPERVISE)
    for status in ("granted",) * 5 + ("refused",):
        Case.objects.filter(pk=case_in("recognition", status, walk.person).pk).update(status=status)
    said = shown(at_work.get("/workbench/statistics/"))
    assert "已办结：符合条件" in said
    assert said.count("不列出") > 2
    lines = shown(at_work.get("/workbench/outcomes.csv")).splitlines()
    assert lines[0].endswith("service,name,outcome,title,count")
    assert [line.rsplit(",", 1)[1] for line in lines[1:]] == ["", ""]


def test_a_poor_rating_is_looked_into_from_its_page(at_work: Client, walk: Walk, officer: Officer) -> None:
    case = Case.objects.get(pk=walk.proposed().pk)
    Case.objects.filter(pk=case.pk).update(awaits="nobody", status="granted")
    ratings.rate(case.person, case.number, 1, "等了很久")
    assert "等了很久" in shown(at_work.get("/workbench/follow-ups/"))
    one = FollowUp.objects.get()
    at_work.post("/workbench/follow-ups/", {"follow_up": str(one.pk), "finding": "已增加窗口"})
    one.refresh_from_db()
    assert (one.finding, one.closed_by) == ("已增加窗口", officer)


def test_a_follow_up_without_a_finding_stays_open(at_work: Client, walk: Walk) -> None:
    case = Case.objects.get(pk=walk.proposed().pk)
    Case.objects.filter(pk=case.pk).update(awaits="nobody", status="granted")
    ratings.rate(case.person, case.number, 1, "")
    one = FollowUp.objects.get()
    refused = at_work.post("/workbench/follow-ups/", {"follow_up": str(one.pk), "finding": " "})
    assert refused.status_code == 409


def test_a_page_takes_the_same_queries_however_long_the_list(at_work: Client, walk: Walk) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as heard:
            at_work.get("/workbench/")
        return len(heard)

    walk.proposed()
    queries()
    few = queries()
    for _ in range(4):
        walk.proposed()
    assert queries() == few


def test_a_list_of_one_service_holds_its_cases_only(at_work: Client, walk: Walk) -> None:
    number = walk.proposed().number
    listed = {
        code: number in at_work.get("/workbench/", {"service": code}).content.decode()
        for code in ("medical-retirement", "hotline-handover", "no-such-service")
    }
    assert listed == {"medical-retirement": True, "hotline-handover": False, "no-such-service": False}


def test_the_bench_leads_only_to_rooms_that_are_open(client: Client, officer: Officer) -> None:
    client.force_login(officer.account)
    plain = client.get("/workbench/").content.decode()
    assert '"/workbench/complaints/"' in plain
    assert all(room not in plain for room in ('"/workbench/team/"', '"/workbench/ledger/"', '"/admin/"'))
    for act in (permissions.Act.SUPERVISE, permissions.Act.ADMINISTER):
        permissions.grant(officer, act)
    leading = client.get("/workbench/").content.decode()
    assert all(room in leading for room in ('"/workbench/team/"', '"/workbench/ledger/"', '"/admin/"'))
