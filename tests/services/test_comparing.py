"""Both sides' numbers stand side by side with date, source and whether they are verified."""

from datetime import date
from pathlib import Path

import pytest

from tests.services.shipped import copy_shipped
from tongban.services import Service, load
from tongban.services.comparing import Compared, compare

DAY = date(2026, 11, 3)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return load(copy_shipped(tmp_path_factory.mktemp("services")))["medical-retirement"]


def about(service: Service, words: str) -> Compared:
    return next(one for one in compare(service, DAY) if words in one.title.zh)


def test_required_months_differ_by_side_and_sex(service: Service) -> None:
    values = about(service, "累计缴费月数").values
    said = {
        place: [(value.under and value.under.zh, value.value.zh) for value in ones]
        for place, ones in values.items()
    }
    assert said == {
        "510100": [("男", "240 个月"), ("女", "240 个月")],
        "500000": [("男", "360 个月"), ("女", "300 个月")],
    }


def test_a_number_that_is_a_key_is_told_by_what_it_stands_for(tmp_path: Path) -> None:
    settlement = load(copy_shipped(tmp_path, ("chronic_disease",)))["chronic-disease"]
    for values in about(settlement, "支付比例（在职）").values.values():
        under = [value.under for value in values if value.under]
        assert [one.zh for one in under] == ["一级医院", "二级医院", "三级医院"]
        assert under[2].en == "third-level hospital"


def test_every_number_says_since_when_and_from_where(service: Service) -> None:
    one = about(service, "累计缴费月数").values["510100"][0]
    assert (one.since, one.is_verified) == (date(2009, 1, 1), False)
    assert "成都市人民政府令第154号" in one.source


def test_a_verified_number_is_told_from_one_that_is_not(service: Service) -> None:
    assert all(value.is_verified for value in about(service, "缴费基数下限").values["510100"])


def test_before_a_side_had_a_rule_nothing_is_compared(service: Service) -> None:
    assert not any("累计缴费月数" in one.title.zh for one in compare(service, date(2005, 1, 1)))
