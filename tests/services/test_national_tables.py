"""The parameters hold the national tables whole, and say honestly how sure they are."""

import itertools
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import tongban.services
from tongban.law import RuleSet
from tongban.law.rule_sets import read_folder

ROOT = Path(tongban.services.__file__).parent
FOLDERS = sorted(path.parent.name for path in ROOT.glob("*/parameters.toml"))


def parameters(folder: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / folder / "parameters.toml").read_text(encoding="utf-8"))


def rows(folder: str, name: str, **first_keys: str) -> list[list[Any]]:
    wanted = list(first_keys.values())
    return [
        row
        for entry in parameters(folder)[name]["values"]
        for row in entry["rows"]
        if row[: len(wanted)] == wanted
    ]


def latest(folder: str, name: str) -> Any:
    return parameters(folder)[name]["values"][-1]["value"]


def annex(number: int) -> list[list[Any]]:
    path = ROOT / "retirement_age" / "examples" / f"annex{number}.toml"
    (table,) = tomllib.loads(path.read_text(encoding="utf-8"))["table"]
    found: list[list[Any]] = table["rows"]
    return found


def test_the_retirement_annexes_are_there_with_all_408_rows() -> None:
    assert [len(annex(number)) for number in (1, 2, 3)] == [144, 144, 120]


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        (1, ["1965-01", 1, 721, "2025-02"], ["1976-12", 36, 756, "2039-12"]),
        (2, ["1970-01", 1, 661, "2025-02"], ["1981-12", 36, 696, "2039-12"]),
        (3, ["1975-01", 1, 601, "2025-02"], ["1984-12", 60, 660, "2039-12"]),
    ],
)
def test_an_annex_begins_and_ends_as_published(number: int, first: list[Any], last: list[Any]) -> None:
    found = annex(number)
    assert (found[0], found[-1]) == (first, last)


def test_the_minimum_contribution_grows_by_half_a_year_from_2030_to_2039() -> None:
    table = dict(parameters("retirement_age")["contribution_months_by_year"]["values"][-1]["rows"])
    assert [table[year] for year in (0, *range(2030, 2040))] == list(range(180, 241, 6))


def test_work_injury_grants_are_those_of_the_regulation() -> None:
    assert [months for _, months in sorted(rows("work_injury_grant", "grant_months"))] == [
        27, 25, 23, 21, 18, 16, 13, 11, 9, 7,
    ]  # fmt: skip


def test_57_countries_may_use_the_transit_exemption() -> None:
    countries = latest("transit_exemption", "countries")
    assert len(countries) == len(set(countries)) == 57


def test_the_list_of_countries_only_grew() -> None:
    lists = [set(entry["value"]) for entry in parameters("transit_exemption")["countries"]["values"]]
    assert [len(countries) for countries in lists] == [54, 55, 57]
    assert lists[0] < lists[1] < lists[2]
    assert lists[1] - lists[0] == {"ID"}
    assert lists[2] - lists[1] == {"KG", "VN"}


def test_the_three_airports_of_chongqing_and_chengdu_are_listed_ports() -> None:
    assert {"CKG", "CTU", "TFU"} <= set(latest("transit_exemption", "ports"))


def without_code(entry: dict[str, Any]) -> list[str]:
    """The ports that a list names, and that have no code here."""
    named = entry["note"].partition("不能填写的口岸：")[2]
    return named.split("，") if named else []


def test_a_journey_by_a_port_whose_code_is_not_verified_is_allowed_and_says_so() -> None:
    ruleset = RuleSet.from_files(read_folder(ROOT), "transit-exemption")
    journey = {
        "nationality": "DE",
        "passport_expires": "2027-06-30",
        "arrival": "2026-11-01T09:30",
        "entry_port": "CNHGQ",
        "from_country": "MO",
        "to_country": "DE",
        "onward_departure": "2026-11-08T18:00",
        "exit_port": "CTU",
        "stops": ["440400", "510100"],
    }
    doubtful = ruleset.explain(journey, date(2026, 11, 1))
    plain = ruleset.explain({**journey, "entry_port": "CAN"}, date(2026, 11, 1))
    assert (doubtful.outcomes["allowed"], doubtful.unverified) == (True, ["ports_unverified"])
    assert (plain.outcomes["allowed"], plain.unverified) == (True, [])


def test_the_ports_are_as_many_as_announced_with_those_whose_code_is_not_verified_or_not_found() -> None:
    lists = parameters("transit_exemption")
    both = zip(lists["ports"]["values"], lists["ports_unverified"]["values"], strict=True)
    counted = [
        len(set(sure["value"]) | set(unsure["value"])) + len(without_code(unsure)) for sure, unsure in both
    ]
    assert counted == [60, 65]


@pytest.mark.parametrize(
    ("province", "cities"), [("51", 11), ("45", 12), ("53", 9), ("14", 2), ("36", 2), ("23", 1), ("50", 1)]
)
def test_the_open_area_has_as_many_cities_as_announced(province: str, cities: int) -> None:
    area = latest("transit_exemption", "open_area")
    assert len([code for code in area if code.startswith(province)]) == cities


def test_the_open_area_covers_24_provinces() -> None:
    assert len({code[:2] for code in latest("transit_exemption", "open_area")}) == 24


def test_care_grades_are_given_for_all_sixteen_pairs_of_levels() -> None:
    levels = ["intact", "mild", "moderate", "severe"]
    table = {(adl, worse): grade for adl, worse, grade in rows("long_term_care", "grades")}
    assert set(table) == {(adl, worse) for adl in levels for worse in levels}


def test_a_worse_level_never_gives_a_lower_care_grade() -> None:
    levels = ["intact", "mild", "moderate", "severe"]
    table = {(adl, worse): grade for adl, worse, grade in rows("long_term_care", "grades")}
    for better, worse in itertools.pairwise(levels):
        for other in levels:
            assert table[better, other] <= table[worse, other]
            assert table[other, better] <= table[other, worse]


CAR_RANGES = {
    1000: (60, 360),
    1600: (300, 540),
    2000: (360, 660),
    2500: (660, 1200),
    3000: (1200, 2400),
    4000: (2400, 3600),
    100000: (3600, 5400),
}


@pytest.mark.parametrize("province", ["500000", "510000"])
def test_car_taxes_keep_to_the_bands_and_ranges_of_the_statute(province: str) -> None:
    found = {up_to: tax for _, up_to, tax in rows("vehicle_tax", "car_tax", place=province)}
    assert list(found) == list(CAR_RANGES)
    for up_to, tax in found.items():
        least, most = CAR_RANGES[up_to]
        assert least <= tax <= most


@pytest.mark.parametrize("province", ["500000", "510000"])
def test_no_local_table_of_unemployment_benefit_exceeds_the_national_maximum(province: str) -> None:
    maximum = sorted(rows("unemployment_benefit", "national_maximum"))
    for _, years, months in rows("unemployment_benefit", "local_months", place=province):
        assert months <= [most for since, most in maximum if since <= years][-1]


def test_ten_chronic_diseases_are_settled_across_provinces() -> None:
    assert len(latest("chronic_disease", "settled_diseases")) == 10


def entries(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, parameter in parameters(folder).items():
        for entry in parameter["values"]:
            yield f"{folder}.{name}", entry


NOT_SURE = ("未查到", "未核对", "未见", "暂按")


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_number_of_low_confidence_says_what_it_lacks(folder: str) -> None:
    for name, entry in entries(folder):
        if entry["confidence"] == "low":
            assert any(word in entry["source"] for word in NOT_SURE), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_number_of_high_confidence_does_not_doubt_its_source(folder: str) -> None:
    for name, entry in entries(folder):
        if entry["confidence"] == "high":
            told = entry["source"] + entry.get("note", "")
            assert not any(word in told for word in NOT_SURE), name
