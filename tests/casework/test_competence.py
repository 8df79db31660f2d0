"""Service, place and day lead to an agency and its node, through districts that have ended."""

from datetime import date

import pytest

from tests.casework.walk import CONSENTS, Walk
from tests.protocol.federation_of_two import SICHUAN_KEY, directory
from tongban import protocol
from tongban.node.casework import competence, submission
from tongban.node.casework.competence import NotCompetent, competent
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import true_now
from tongban.node.exchange import identity
from tongban.node.exchange.identity import Identity
from tongban.places.divisions import PlaceNotValid, UnknownPlace
from tongban.services import Definition

SERVICE = "medical-retirement"
BEFORE, AFTER = date(2026, 1, 20), date(2026, 2, 20)


@pytest.fixture(autouse=True)
def _districts_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    two = directory(around=true_now())
    start = date(2020, 1, 1)

    def decides(place: str, agency: str) -> protocol.Handles:
        return protocol.Handles(service=SERVICE, place=place, agency=agency, valid_from=start)

    def agency(code: str) -> protocol.AgencyEntry:
        title = protocol.Text(zh=code, en=code)
        return protocol.AgencyEntry(code=code, title=title, node="chongqing", place=code[:6])

    more = {
        "agencies": (*two.agencies, agency("500112-zf"), agency("500157-zf")),
        "handles": (
            decides("510100", "510100-yb"),
            decides("500112", "500112-zf"),
            decides("500157", "500157-zf"),
        ),
    }
    changed = protocol.Directory.model_validate(two.model_copy(update=more).model_dump())
    monkeypatch.setattr(identity, "current", lambda: Identity("sichuan", SICHUAN_KEY, changed, b""))


def test_a_district_is_decided_on_by_the_agency_of_its_city() -> None:
    found = competent(SERVICE, "510104", AFTER)
    assert (found.agency, found.node, found.place) == ("510100-yb", "sichuan", "510104")


def test_a_district_decides_itself_as_long_as_it_exists() -> None:
    assert competent(SERVICE, "500112", BEFORE).agency == "500112-zf"


def test_a_district_that_has_ended_leads_to_the_one_that_took_over() -> None:
    found = competent(SERVICE, "500105", AFTER)
    assert (found.agency, found.node, found.place) == ("500157-zf", "chongqing", "500157")


def test_a_district_that_was_divided_has_to_be_named_anew() -> None:
    with pytest.raises(NotCompetent) as caught:
        competent(SERVICE, "500112", AFTER)
    assert {one.code for one in caught.value.choices} == {"500157", "500109"}
    assert "北碚区" in caught.value.text.zh


def test_a_place_without_an_agency_is_told_so() -> None:
    with pytest.raises(NotCompetent) as caught:
        competent("no-such-service", "510104", AFTER)
    assert "没有办理" in caught.value.text.zh


def test_a_district_that_does_not_exist_yet_and_a_made_up_one_are_refused() -> None:
    with pytest.raises(PlaceNotValid):
        competent(SERVICE, "500157", BEFORE)
    with pytest.raises(UnknownPlace):
        competent(SERVICE, "999999", AFTER)


def by_home(definition: Definition) -> Definition:
    """The service, its agency found by the answer to a question."""
    return definition.model_copy(update={"place_question": "home"})


def test_the_place_that_the_applicant_names_leads_to_the_agency(definition: Definition) -> None:
    found = competence.deciding(by_home(definition), {"home": "510104"}, AFTER)
    assert (found.agency, found.node) == ("510100-yb", "sichuan")


def test_the_nodes_own_place_counts_where_no_place_is_asked(definition: Definition) -> None:
    assert competence.deciding(definition, {"home": "500105"}, AFTER).agency == "510100-yb"


@pytest.mark.parametrize(
    ("home", "code"),
    [
        ("500105", "competent-elsewhere"),
        ("500112", "place-divided"),
        ("513300", "place-not-covered"),
        ("999999", "place-not-covered"),
    ],
)
def test_a_place_that_nobody_here_decides_for_is_refused(
    definition: Definition, home: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        competence.deciding(by_home(definition), {"home": home}, AFTER)
    assert refused.value.code == code


def nobody_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    two = directory(around=true_now()).model_copy(update={"handles": ()})
    monkeypatch.setattr(identity, "current", lambda: Identity("sichuan", SICHUAN_KEY, two, b""))


@pytest.mark.django_db
def test_nothing_is_submitted_where_nobody_decides(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = walk.draft()
    nobody_decides(monkeypatch)
    with pytest.raises(Refused) as refused:
        submission.submit(walk.person, draft.pk, CONSENTS)
    assert refused.value.code == "place-not-covered"
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_the_case_belongs_to_the_agency_that_the_directory_names(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = directory(around=true_now())
    other = two.handles[0].model_copy(update={"agency": "510100-rs"})
    changed = two.model_copy(update={"handles": (other,)})
    monkeypatch.setattr(identity, "current", lambda: Identity("sichuan", SICHUAN_KEY, changed, b""))
    assert walk.submitted().agency == "510100-rs"
