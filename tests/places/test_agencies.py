"""Agencies stand at places that exist, and lead on when their place ends."""

from datetime import date

import pytest

from tongban.places import CHONGQING, SICHUAN, place_code, successors, valid_at
from tongban.places.agencies import UnknownAgency, agencies, agency, in_charge

TODAY = date(2026, 11, 22)


def test_every_agency_is_of_the_side_of_its_place() -> None:
    for found in agencies().values():
        assert found.code.startswith(place_code(found.place))
        assert found.side in (CHONGQING, SICHUAN)
        assert found.side[:2] == found.place[:2]


def test_names_are_unique_in_both_languages() -> None:
    names = [found.name for found in agencies().values()]
    assert len({name.zh for name in names}) == len({name.en for name in names}) == len(names)


def test_an_agency_has_a_successor_exactly_if_its_place_ended() -> None:
    for found in agencies().values():
        assert (found.successor is None) == valid_at(found.place, TODAY)
        if found.successor:
            assert agency(found.successor).place in {place.code for place in successors(found.place, TODAY)}


def test_yubei_district_leads_on_to_liangjiang() -> None:
    assert in_charge("500112-zf", date(2026, 1, 24)).code == "500112-zf"
    assert in_charge("500112-zf", date(2026, 1, 25)).code == "500157-zf"


def test_an_unknown_agency_is_named() -> None:
    with pytest.raises(UnknownAgency, match="500000-xx"):
        agency("500000-xx")
