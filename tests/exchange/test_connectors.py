"""Connectors are data: a faulty declaration is named by its key, a faulty value by its position."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.conftest import connector_as_declared
from tests.protocol.federation_of_two import directory
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import connectors, department_data
from tongban.node.exchange.department_data import FAULTS, Fault, Unit
from tongban.protocol import CONTRIBUTION_SPELLS, Code, Record, Refused

FIELDS = ("place", "from", "to", "kind")
TODAY = date(2026, 11, 22)


def declared(raw: dict[str, Any]) -> tuple[connectors.Connector, ...]:
    return connectors.declared(this_node().model_copy(update={"connectors": (raw,)}), directory())


def test_a_column_alone_stands_for_its_text() -> None:
    raw = connector_as_declared()
    fields = {**raw["fields"], "kind": "aae100"}
    (connector,) = declared(raw | {"fields": fields})
    row = {"aaa027": "5000", "aae041": 200304, "aae042": "2012-12", "aae100": " actual "}
    assert connector.record(row, FIELDS, "records[0]") == {
        "place": "500000",
        "from": "2003-04",
        "to": "2012-12",
        "kind": "actual",
    }


def test_only_the_columns_of_the_asked_fields_are_read() -> None:
    (connector,) = declared(connector_as_declared())
    assert connector.columns(("from", "kind")) == ("aae041",)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"kind": "fax"}, "kind"),
        ({"table": "ac20; DROP TABLE x"}, "table"),
        ({"key": ""}, "key"),
        ({"url": "nonsense"}, "url"),
        ({"schema": None}, "url"),
        ({"fields": {"place": {"column": "a", "convert": "month", "form": "MM"}}}, "fields.place"),
        ({"fields": {"place": {"column": "a", "convert": "date", "form": "YYYY/MM"}}}, "fields.place"),
        ({"kind": "http"}, "url"),
        ({"kind": "files", "folder": "drop", "pattern": "../*.csv"}, "pattern"),
        ({"colour": "red"}, "colour"),
        ({"agency": "nobody"}, "agency"),
        ({"evidence_type": "gossip"}, "evidence_type"),
        ({"fields": {"place": {"value": "500000"}}}, "fields"),
        ({"fields": {"place": {"column": "a", "value": "b"}}}, "fields.place"),
        ({"fields": {"place": {"column": "a", "convert": "guess"}}}, "fields.place.convert"),
    ],
)
def test_a_faulty_declaration_is_named_by_its_key(changes: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"connectors\[0\]\.{key}"):
        declared(connector_as_declared() | changes)


def test_a_missing_connector_costs_only_time() -> None:
    with pytest.raises(Refused) as caught:
        connectors.connector_for("510100-yb", "contribution-spells", directory())
    assert caught.value.code is Code.TRY_LATER


@pytest.mark.parametrize("raw", [202604, "202604", " 2026-04 ", date(2026, 4, 30)])
def test_a_month_may_be_written_in_many_ways(raw: object) -> None:
    assert department_data.as_month(raw, "x") == "2026-04"


@pytest.mark.parametrize("raw", [20260401, "20260401", "2026-04-01", date(2026, 4, 1)])
def test_a_date_may_be_written_in_many_ways(raw: object) -> None:
    assert department_data.as_date(raw, "x") == "2026-04-01"


@pytest.mark.parametrize(
    ("raw", "form"), [("2026年04月", "YYYY年MM月"), ("04/2026", "MM/YYYY"), ("2026.04", "YYYY.MM")]
)
def test_the_form_of_months_is_declared(raw: str, form: str) -> None:
    assert department_data.as_month(raw, "x", form) == "2026-04"
    with pytest.raises(Refused, match="not-a-month"):
        department_data.as_month("2026-04", "x", form)


def test_the_form_of_dates_is_declared() -> None:
    assert department_data.as_date("30.04.2026", "x", "DD.MM.YYYY") == "2026-04-30"


@pytest.mark.parametrize(
    ("raw", "unit", "fen", "money"),
    [
        ("1234.5", Unit.YUAN, 123450, "1234.50"),
        ("1,234.56", Unit.YUAN, 123456, "1234.56"),
        (Decimal("-0.05"), Unit.YUAN, -5, "-0.05"),
        (123456, Unit.FEN, 123456, "1234.56"),
        ("1.2345", Unit.WAN, 1234500, "12345.00"),
    ],
)
def test_amounts_become_whole_fen_whatever_they_are_kept_in(
    raw: object, unit: Unit, fen: int, money: str
) -> None:
    assert department_data.as_fen(raw, "x", unit) == fen
    assert department_data.as_money(raw, "x", unit) == money


@pytest.mark.parametrize("raw", ["1.005", 0.1, True, "NaN", "1e30", "", None, "十元"])
def test_what_is_no_amount_of_whole_fen_is_refused(raw: object) -> None:
    with pytest.raises(Refused, match="not-an-amount"):
        department_data.as_fen(raw, "x")


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from([Unit.YUAN]))
def test_no_fen_is_lost(amount: Decimal, unit: Unit) -> None:
    assert department_data.as_fen(str(amount), "x", unit) == amount * 100
    assert Decimal(department_data.as_money(amount, "x", unit)) == amount


@given(st.none() | st.integers() | st.text() | st.floats() | st.booleans())
def test_any_value_is_converted_or_refused_without_being_repeated(raw: object) -> None:
    for convert in (department_data.as_month, department_data.as_date, department_data.as_integer):
        said = refusal_of(convert, raw)
        assert said in {None, *(f"department-data-invalid at records[0].from ({fault})" for fault in Fault)}


def refusal_of(convert: Callable[[object, str], object], raw: object) -> str | None:
    try:
        convert(raw, "records[0].from")
    except Refused as refused:
        return str(refused)
    return None


def spell(place: str, first: str, last: str) -> Record:
    return {"place": place, "from": first, "to": last, "kind": "actual"}


def check(*records: Record) -> None:
    department_data.check(CONTRIBUTION_SPELLS, FIELDS, records, TODAY)


def test_spells_side_by_side_and_at_two_places_are_in_order() -> None:
    check(
        spell("500000", "2003-04", "2005-12"),
        spell("500000", "2006-01", "2012-12"),
        spell("510100", "2012-11", "2026-11"),
    )


def test_an_overlap_is_found_whatever_the_order() -> None:
    with pytest.raises(Refused, match="overlaps"):
        check(spell("500000", "2006-01", "2012-12"), spell("500000", "2003-04", "2006-01"))


def test_an_overlap_over_a_spell_between_is_found() -> None:
    with pytest.raises(Refused, match="overlaps"):
        check(
            spell("500000", "2003-01", "2010-12"),
            spell("500000", "2004-01", "2004-02"),
        )


def test_the_current_month_is_not_the_future() -> None:
    check(spell("510100", "2026-11", "2026-11"))


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_said_in_both_languages(fault: Fault) -> None:
    said = department_data.describe(department_data.invalid("records[1].to", fault))
    assert said is not None
    assert said.zh == f"第2条记录：{FAULTS[fault].zh}"
    assert said.en == f"Record 2: {FAULTS[fault].en}"


def test_other_refusals_are_not_described_as_faulty_data() -> None:
    assert department_data.describe(Refused(Code.NOT_COVERED, "service")) is None
