"""A rules file is ordinary Python too: its functions can be called with values."""

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from tongban.law import Date, Dated, Fen, Month, PlaceCode, Rate, Spell, Spells, load_rulesets, yuan

PATH = Path(__file__).parent / "rulesets" / "ruritania" / "rules.py"


@pytest.fixture(scope="module")
def rules() -> ModuleType:
    load_rulesets(PATH.parent.parent)
    spec = util.spec_from_file_location("ruritania_rules", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_rule_is_called_with_values(rules: ModuleType) -> None:
    ages = {rules.Trade.MINER: 50, rules.Trade.CLERK: 60}
    assert rules.pension_month(Month("1966-05"), rules.Trade.CLERK, ages) == Month("2026-05")


def test_money_and_rates_work_as_in_a_decision(rules: ModuleType) -> None:
    pension = rules.pension(True, yuan("3000"), yuan("1000"), 4, Rate("0.333"), yuan("12.50"))
    assert pension == yuan("1369.50")


def test_a_reason_does_not_change_the_value(rules: ModuleType) -> None:
    assert rules.entitled(Month("2026-05"), Month("2026-06"), 300, 240) is False


def test_a_dated_parameter_is_given_as_pairs(rules: ModuleType) -> None:
    required = Dated(((Date("1990-01-01"), 180), (Date("2026-01-01"), 240)))
    assert rules.months_required(Month("2025-12"), required) == 180
    assert rules.months_required(Month("2026-01"), required) == 240


def test_spells_are_given_as_spells(rules: ModuleType) -> None:
    work = Spells.of([Spell(PlaceCode("990101"), Month("2000-01"), Month("2000-12"))])
    assert rules.months(PlaceCode("990100"), work, Month("2000-06")) == 6


def test_no_pension_is_no_money(rules: ModuleType) -> None:
    assert rules.pension(False, yuan("3000"), None, 0, Rate("0.333"), yuan("12.50")) == Fen(0)
