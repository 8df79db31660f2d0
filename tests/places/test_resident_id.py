"""ID numbers are checked as GB 11643 says and never shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from tongban.places.resident_id import REFUSALS, ResidentIdRefused, parse

TODAY = date(2026, 11, 22)
BIRTHS = st.dates(date(1930, 1, 1), TODAY)
ORDERS = st.integers(1, 999)


def number(area: str, born: date, order: int) -> str:
    body = f"{area}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


WOMAN = number("510104", date(1976, 2, 11), 124)


def refusal(text: str, today: date = TODAY) -> ResidentIdRefused:
    with pytest.raises(ResidentIdRefused) as caught:
        parse(text, today)
    return caught.value


def test_the_number_tells_birth_sex_and_area() -> None:
    found = parse(WOMAN, TODAY)
    assert (found.birth_date, found.birth_month, found.sex, found.area_code) == (
        date(1976, 2, 11),
        "1976-02",
        "female",
        "510104",
    )


def test_an_odd_order_number_is_a_mans() -> None:
    assert parse(number("510104", date(1976, 2, 11), 125), TODAY).sex == "male"


def test_known_numbers_of_the_standard_pass() -> None:
    assert parse("11010519491231002X", TODAY).birth_date == date(1949, 12, 31)


def test_spaces_full_width_digits_and_a_small_x_are_taken() -> None:
    assert parse(" 110105 19491231 ００２x ", TODAY).number == "11010519491231002X"


@pytest.mark.parametrize("text", ["", "1", WOMAN[:-1], WOMAN + "0", "510104760211124"])
def test_a_wrong_length_is_refused(text: str) -> None:
    assert refusal(text).reason == "id-length"


@pytest.mark.parametrize(
    "text", ["A" + WOMAN[1:], WOMAN[:-1] + "Y", WOMAN[:9] + "X" + WOMAN[10:], "五" + WOMAN[1:]]
)
def test_other_characters_are_refused(text: str) -> None:
    assert refusal(text).reason == "id-characters"


@pytest.mark.parametrize("day", ["19760230", "19761301", "19760200", "18991231", "00000101"])
def test_a_date_that_does_not_exist_is_refused(day: str) -> None:
    body = "510104" + day + "124"
    assert refusal(body + ric.calc_check_digit(body + "0")).reason == "id-date"


def test_a_birth_after_today_is_refused() -> None:
    born = date(2026, 11, 23)
    assert refusal(number("510104", born, 1)).reason == "id-future"
    assert parse(number("510104", born, 1), born).birth_date == born


@pytest.mark.parametrize("area", ["999999", "510199", "000000", "510299"])
def test_an_area_that_never_existed_is_refused(area: str) -> None:
    assert refusal(number(area, date(1976, 2, 11), 124)).reason == "id-area"


def test_an_area_that_ended_before_birth_is_refused() -> None:
    assert parse(number("510202", date(1990, 5, 1), 12), TODAY)
    assert refusal(number("510202", date(2005, 5, 1), 12)).reason == "id-area"


def test_an_area_set_up_after_birth_is_taken() -> None:
    assert parse(number("500103", date(1976, 2, 11), 124), TODAY)


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residents_of_hong_kong_macao_and_taiwan_with_a_residence_permit_are_taken(area: str) -> None:
    assert parse(number(area, date(1990, 5, 1), 12), TODAY).area_code == area


@given(born=BIRTHS, order=ORDERS, place=st.integers(0, 17), shift=st.integers(1, 9))
def test_one_wrong_digit_never_passes(born: date, order: int, place: int, shift: int) -> None:
    good = number("510104", born, order)
    old = 10 if good[place] == "X" else int(good[place])
    bad = good[:place] + str((old + shift) % 10) + good[place + 1 :]
    if bad != good:
        refusal(bad)


@given(born=BIRTHS, order=ORDERS, place=st.integers(0, 16))
def test_two_neighbours_exchanged_never_pass(born: date, order: int, place: int) -> None:
    good = number("510104", born, order)
    bad = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
    if bad != good:
        refusal(bad)


@given(born=BIRTHS, order=ORDERS)
def test_neither_repr_nor_text_shows_the_number(born: date, order: int) -> None:
    found = parse(number("510104", born, order), TODAY)
    for shown in (repr(found), str(found), f"{found}", found.masked):
        assert found.number not in shown
        assert f"{born:%Y%m%d}" not in shown
    assert len(found.masked) == 18


@given(text=st.text(max_size=30))
def test_any_other_text_is_refused_with_the_sentence_of_its_code(text: str) -> None:
    refused = refusal(text)
    assert refused.text == REFUSALS[refused.reason]
    assert str(refused) == f"{refused.reason}: {refused.text}"


def test_the_error_of_a_mistyped_number_does_not_show_it() -> None:
    wrong = WOMAN[:-1] + ("0" if WOMAN[-1] != "0" else "1")
    refused = refusal(wrong)
    assert refused.reason == "id-check-digit"
    assert wrong not in repr(refused) + str(refused) + repr(refused.args) + repr(refused.__dict__)
