"""The schema of an evidence type says the same as the library's own check."""

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tests.protocol.federation_of_two import text
from tongban.protocol import EvidenceField, EvidenceType, Refused, Shape, ValueType, records_schema

KIND = EvidenceType(
    name="everything",
    title=text("everything"),
    shape=Shape.RECORDS,
    fields=tuple(
        EvidenceField(
            name=kind.value,
            title=text(kind.value),
            type=kind,
            choices=("actual", "deemed") if kind is ValueType.CHOICE else (),
        )
        for kind in ValueType
    ),
)
NAMES = tuple(field.name for field in KIND.fields)
VALID: dict[str, str | int] = {
    "text": "渝中区",
    "month": "2026-11",
    "date": "2026-11-22",
    "place": "500103",
    "integer": 7,
    "money": "-12.50",
    "decimal": "86.5",
    "choice": "deemed",
    "file": "0f" * 32,
}
values = (
    st.sampled_from(list(VALID.values()))
    | st.integers()
    | st.text(st.characters(exclude_characters="\n"), max_size=20)
    | st.from_regex(r"[12][0-9]{3}-[0-9]{2}(-[0-9]{2})?", fullmatch=True)
    | st.from_regex(r"-?[0-9]{1,17}(\.[0-9]{1,3})?", fullmatch=True)
)


def passes_schema(records: object, fields: tuple[str, ...] = NAMES) -> bool:
    validator = Draft202012Validator(records_schema(KIND, fields), format_checker=FormatChecker())
    return validator.is_valid(records)


def passes_check(records: list[dict[str, str | int]], fields: tuple[str, ...] = NAMES) -> bool:
    try:
        KIND.check_records(records, fields, "body.records")
    except Refused:
        return False
    return True


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(records_schema(KIND))


def test_good_records_pass_both() -> None:
    assert passes_schema([VALID, VALID])
    assert passes_check([VALID, VALID])


def test_only_the_asked_fields_pass() -> None:
    few = {name: VALID[name] for name in ("month", "place")}
    assert passes_schema([few], ("month", "place"))
    assert not passes_schema([VALID], ("month", "place"))


@given(st.sampled_from(NAMES), values)
def test_schema_and_check_agree_on_any_value(name: str, value: str | int) -> None:
    records = [VALID | {name: value}]
    assert passes_schema(records) == passes_check(records)


@given(st.sets(st.sampled_from(NAMES), min_size=1))
def test_schema_and_check_agree_on_any_choice_of_fields(names: set[str]) -> None:
    record = {name: VALID[name] for name in names}
    assert passes_schema([record]) == passes_check([record])
