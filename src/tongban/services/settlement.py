"""How a bill of one side is settled by the other side's rules: what `[settlement]` of a service says.

Promises: the same bill, relation and earlier settlements give the same facts on both sides, so that the place
of care can work out again what the home side decided.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from tongban.services.text import Data, Text

Record = Mapping[str, str | int]
Value = str | int | bool
Values = dict[str, Value]


class SideFact(Data):
    """The place of the home scheme, or the place of care."""

    side: Literal["home", "care"]


class BillFact(Data):
    """A field of the bill, perhaps through a table; what the table does not list stays as it is."""

    bill: str
    values: Values | None = None


class RelationFact(Data):
    """A field of the home side's record; `less` takes off what earlier settlements used by that outcome."""

    relation: str
    values: Values | None = None
    less: str | None = None


class LinesFact(Data):
    """The lines of the bill, each member from a field."""

    lines: dict[str, BillFact]


Fact = SideFact | BillFact | RelationFact | LinesFact


class Condition(Data):
    """What a field of the home side's record has to say for a bill to be settled; else `refusal` is told.

    It is one of `among`, or with `care` a place in the province of the place of care.
    """

    relation: str
    among: Annotated[tuple[str, ...], Field(strict=False)] = ()
    care: bool = False
    refusal: Text

    def holds(self, relation: Record, care: str) -> bool:
        """Whether the record meets it for a bill of this place of care."""
        value = str(relation.get(self.relation, ""))
        return value[:2] == care[:2] if self.care else value in self.among


class Settlement(Data):
    """How a bill is found, held against the home side's record, and put to the law.

    `bill` and `relation` are types of evidence: lines of bills at the place of care, what the home scheme
    knows of the person. The answer to `bill_number` names the bill by the field of the same name. The record
    that counts has the bill's value of `matched_by`; of several the one whose `latest_by` comes last, and
    what was settled since that day is taken off. `fund_pays` is the outcome that is owed.
    """

    ruleset: str
    bill: str
    bill_number: str
    relation: str
    matched_by: str
    latest_by: str
    fund_pays: str
    amount: str
    facts: Annotated[dict[str, Fact], Field(min_length=1)]
    title: Text
    text: Text
    conditions: Annotated[tuple[Condition, ...], Field(strict=False)] = ()
    no_bill: Text
    no_relation: Text

    @property
    def line_fields(self) -> frozenset[str]:
        """The fields of the bill that each line has of its own."""
        facts = (fact for fact in self.facts.values() if isinstance(fact, LinesFact))
        return frozenset(one.bill for fact in facts for one in fact.lines.values())

    @property
    def used(self) -> frozenset[str]:
        """The outcomes that earlier settlements use up."""
        facts = (fact for fact in self.facts.values() if isinstance(fact, RelationFact))
        return frozenset(fact.less for fact in facts if fact.less)


def lines_of(settlement: Settlement, records: Sequence[Record], number: str) -> tuple[Record, ...]:
    """The lines of the bill of this number."""
    return tuple(record for record in records if str(record.get(settlement.bill_number)) == number)


def relation_of(settlement: Settlement, records: Sequence[Record], lines: Sequence[Record]) -> Record | None:
    """The home side's record that the bill is settled by; None when there is none."""
    wanted = {line.get(settlement.matched_by) for line in lines}
    found = [record for record in records if {record.get(settlement.matched_by)} == wanted]
    return max(found, key=lambda record: str(record.get(settlement.latest_by, "")), default=None)


def unmet_of(settlement: Settlement, relation: Record, care: str) -> Text | None:
    """Why the record does not let a bill of this place be settled; None when it does."""
    unmet = (one.refusal for one in settlement.conditions if not one.holds(relation, care))
    return next(unmet, None)


def billed(settlement: Settlement, lines: Sequence[Record]) -> int:
    """The whole bill in fen."""
    return sum(fen(line.get(settlement.amount, 0)) for line in lines)


def facts_of(
    settlement: Settlement, places: Mapping[str, str], lines: Sequence[Record], relation: Record, used: Record
) -> dict[str, object]:
    """The facts of the rule set; `places` are those of `home` and `care`, `used` is fen by outcome."""
    facts: dict[str, object] = {}
    for name, fact in settlement.facts.items():
        match fact:
            case SideFact():
                facts[name] = places[fact.side]
            case BillFact():
                facts[name] = _read(lines[0], fact.bill, fact.values)
            case LinesFact():
                facts[name] = [_line(line, fact) for line in lines]
            case RelationFact(less=None):
                facts[name] = _read(relation, fact.relation, fact.values)
            case RelationFact():
                left = fen(relation.get(fact.relation, 0)) - int(used.get(fact.less or "", 0))
                facts[name] = yuan(max(left, 0))
    return {name: value for name, value in facts.items() if value is not None}


def fen(value: object) -> int:
    """Yuan as written in facts and outcomes, in fen; 0 for what is no amount."""
    try:
        return int(Decimal(str(value)) * 100)
    except ArithmeticError:
        return 0


def yuan(amount: int) -> str:
    """Fen as facts write them."""
    return f"{amount // 100}.{amount % 100:02d}"


def _line(line: Record, fact: LinesFact) -> dict[str, object]:
    return {name: _read(line, one.bill, one.values) for name, one in fact.lines.items()}


def _read(record: Record, field: str, values: Values | None) -> Value | None:
    value = record.get(field)
    if value is None or values is None:
        return value
    return values.get(str(value), value)
