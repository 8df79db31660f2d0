"""The plan register holds every item of both plans once, with known agencies and services."""

from datetime import date

import pytest

from tongban.node.programme.plans import catalogue, plan_items, plans
from tongban.places import CHONGQING, SICHUAN

NUMBERS = [
    *(f"D{number}" for number in range(1, 24)),
    *(f"DM{number}" for number in range(1, 4)),
    *(f"P{number}" for number in range(1, 23)),
]
KINDS = {
    "recognition",
    "transfer",
    "settlement",
    "handover",
    "credential",
    "pool",
    "operation",
    "assisted",
    "programme",
}


def test_every_item_of_both_plans_stands_once_in_the_plans_order() -> None:
    assert list(plan_items()) == NUMBERS


def test_the_plans_end_when_they_say() -> None:
    assert plans()["D"].until == date(2025, 12, 31)
    assert plans()["P"].until == date(2027, 12, 31)


def test_titles_are_short_and_unique_in_both_languages() -> None:
    titles = [item.title for item in plan_items().values()]
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == len(titles)
    assert all(len(title.zh) <= 24 and len(title.en) <= 60 for title in titles)


@pytest.mark.parametrize("number", NUMBERS)
def test_leads_stand_on_their_own_side_and_are_named_or_said_to_be_missing(number: str) -> None:
    item = plan_items()[number]
    assert all(lead.side == CHONGQING for lead in item.chongqing)
    assert all(lead.side == SICHUAN for lead in item.sichuan)
    assert bool(item.chongqing) == bool(item.sichuan)
    assert item.chongqing or item.besides is not None


def test_only_these_items_have_no_named_lead() -> None:
    assert [number for number, item in plan_items().items() if not item.chongqing] == [
        "DM2",
        "DM3",
        "P20",
        "P22",
    ]


@pytest.mark.parametrize(
    ("number", "least", "most", "unit"),
    [
        ("D6", 2, 3, "disease"),
        ("D15", 144, 144, "hour"),
        ("P11", 240, 240, "hour"),
        ("P18", 2, 2, "hour"),
        ("P21", 1, 1, "list-a-year"),
    ],
)
def test_the_figures_of_the_plans_are_kept(number: str, least: int, most: int, unit: str) -> None:
    assert (least, most, unit) in {(f.least, f.most, f.unit) for f in plan_items()[number].figures}


@pytest.mark.parametrize(
    ("number", "on", "words"),
    [
        ("D15", date(2024, 12, 17), "240小时"),
        ("D6", 2024, "10个病种"),
        ("P2", date(2026, 1, 25), "两江新区"),
        ("D12", date(2026, 1, 25), "两江新区"),
    ],
)
def test_what_overtook_an_item_is_told_with_its_source(number: str, on: date | int, words: str) -> None:
    told = [change for change in plan_items()[number].developments if change.on == on]
    assert len(told) == 1
    assert words in told[0].text.zh
    assert told[0].source
    assert told[0].confidence in {"high", "medium", "low"}


def test_every_service_carries_out_items_that_exist() -> None:
    for service in catalogue().values():
        assert service.items
        assert set(service.items) <= set(NUMBERS)
        assert service.kinds
        assert set(service.kinds) <= KINDS


def test_every_item_is_carried_out_by_a_service() -> None:
    carried = {number for service in catalogue().values() for number in service.items}
    assert carried == set(NUMBERS)


def test_the_catalogue_has_its_sixty_services_and_the_certificate_with_unique_names() -> None:
    names = [service.name for service in catalogue().values()]
    assert len(names) == 61
    assert len({name.zh for name in names}) == len({name.en for name in names}) == 61


def test_a_rule_set_belongs_to_one_service() -> None:
    rulesets = [name for service in catalogue().values() for name in service.rulesets]
    assert len(rulesets) == len(set(rulesets))
