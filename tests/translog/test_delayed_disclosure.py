"""A look may be withheld from the person for a time, by an authorised post; then it is shown as such."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from tests.casework.walk import RESIDENT_ID
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.people import access, permissions, withholding
from tongban.node.people.access import accesses_of, record_reading
from tongban.node.people.models import Grant, Officer, Person, Withholding
from tongban.node.people.register import create_citizen, create_officer
from tongban.node.people.withholding import Fault, WithholdingRefused, withhold
from tongban.node.translog.models import LogRecord
from tongban.services import Text

pytestmark = pytest.mark.django_db(transaction=True)

BASIS = Text(zh="某法第三条", en="Some Act, article 3")
CASE = "SC-2026-000009"
LATER = timedelta(days=10)


@pytest.fixture(autouse=True)
def _ninety_days(monkeypatch: pytest.MonkeyPatch) -> None:
    allowing = this_node().model_copy(update={"longest_withholding_days": 90})
    monkeypatch.setattr(withholding, "this_node", lambda: allowing)


@pytest.fixture
def person() -> Person:
    account = create_citizen("withheld", "a-long-password", RESIDENT_ID, "某人")
    assert account.person is not None
    return account.person


@pytest.fixture
def investigator() -> Officer:
    """An officer who was granted the right to withhold."""
    post = Text(zh="调查员", en="Investigator")
    officer = create_officer("investigator", "a-long-password", "510100-yb", "某某", post).officer
    permissions.grant(officer, Grant.Act.INVESTIGATE)
    return officer


@pytest.fixture
def look(person: Person, investigator: Officer) -> Callable[..., None]:
    def read(case_ref: str = CASE) -> None:
        record_reading(
            person=person,
            officer=investigator,
            service="medical-retirement",
            case_ref=case_ref,
            basis=BASIS,
            purpose=Text(zh="调查", en="Investigating"),
            fields=["name"],
        )

    return read


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Let the node's day be another one."""

    def set_day(day: date) -> None:
        monkeypatch.setattr(withholding, "today", lambda: day)

    return set_day


def withheld(
    officer: Officer,
    *,
    case_ref: str = CASE,
    agency: str = "510100-yb",
    until: date | None = None,
) -> Withholding:
    return withhold(officer, case_ref=case_ref, agency=agency, until=until or today() + LATER, basis=BASIS)


def test_a_withheld_look_is_not_shown_until_its_day_and_then_with_the_note(
    person: Person, investigator: Officer, look: Callable[..., None], on: Callable[[date], None]
) -> None:
    withheld(investigator)
    look()
    assert accesses_of(person) == ()
    on(today() + LATER - timedelta(days=1))
    assert accesses_of(person) == ()
    on(today() + LATER)
    (shown,) = accesses_of(person)
    assert shown.withheld is not None
    assert (shown.withheld.until, shown.withheld.basis) == (today() + LATER, BASIS)


def test_a_withheld_look_is_in_the_log_like_any_other(
    investigator: Officer, look: Callable[..., None]
) -> None:
    order = withheld(investigator)
    look()
    kinds = list(LogRecord.objects.order_by("id").values_list("kind", "about"))
    assert kinds[0] == ("withholding", order.id)
    assert kinds[1][0] == "access"


def test_looks_for_other_cases_by_other_agencies_and_of_before_are_shown(
    person: Person, investigator: Officer, look: Callable[..., None]
) -> None:
    look()
    withheld(investigator)
    withheld(investigator, agency="500000-yb", case_ref="SC-2026-000010")
    look("SC-2026-000010")
    assert [shown.case_ref for shown in accesses_of(person)] == ["SC-2026-000010", CASE]
    assert all(shown.withheld is None for shown in accesses_of(person))


def test_a_later_order_prolongs_an_earlier_one(
    person: Person, investigator: Officer, look: Callable[..., None], on: Callable[[date], None]
) -> None:
    withheld(investigator)
    look()
    withheld_until = today() + 2 * LATER
    Withholding.objects.create(
        case_ref=CASE,
        agency="510100-yb",
        officer=investigator,
        basis=BASIS.to_json(),
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=withheld_until,
    )
    on(today() + LATER)
    assert accesses_of(person) == ()
    on(withheld_until)
    assert len(accesses_of(person)) == 1


def test_one_look_by_itself_is_withheld_too(
    person: Person, investigator: Officer, look: Callable[..., None]
) -> None:
    withheld(investigator)
    look()
    record = LogRecord.objects.get(kind="access")
    assert record.about is not None
    assert access.access_of(person, record.about) is None


@pytest.mark.parametrize(
    ("until", "fault"),
    [(today(), Fault.NOT_IN_FUTURE), (today() + timedelta(days=91), Fault.TOO_LONG)],
)
def test_a_withholding_always_ends(investigator: Officer, until: date, fault: Fault) -> None:
    with pytest.raises(WithholdingRefused) as refused:
        withheld(investigator, until=until)
    assert refused.value.fault is fault
    assert not Withholding.objects.exists()


def test_a_post_without_the_right_withholds_nothing() -> None:
    account = create_officer("other", "a-long-password", "510100-yb", "某某", Text(zh="经办", en="Clerk"))
    other = account.officer
    with pytest.raises(WithholdingRefused) as refused:
        withheld(other)
    assert refused.value.fault is Fault.NOT_PERMITTED


def test_a_node_that_does_not_say_for_how_long_withholds_nothing(
    investigator: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withholding, "this_node", this_node)
    with pytest.raises(WithholdingRefused) as refused:
        withheld(investigator)
    assert refused.value.fault is Fault.NOT_OFFERED


@pytest.mark.parametrize(
    "statement", ["DELETE FROM people_withholding", "UPDATE people_withholding SET until = now()"]
)
def test_the_database_refuses_to_change_a_withholding(investigator: Officer, statement: str) -> None:
    withheld(investigator)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(statement)
