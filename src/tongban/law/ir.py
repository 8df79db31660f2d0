"""The typed form every engine reads: types, expressions, rules, parameters.

All numbers are integers (see docs/law/ir.md for the encoding) or IEEE doubles. Operations are total: where an
operation has no answer the loader has proved that it is not reached, or the lookup refuses the person.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Scalar: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True)
class Kind:
    """A type without parts: bool int float str month date datetime fen rate place spells."""

    name: str

    def __str__(self) -> str:
        return _WRITTEN.get(self.name, self.name)


@dataclass(frozen=True)
class EnumType:
    """An enumeration; a value is the index of its member."""

    name: str
    members: tuple[str, ...]
    values: tuple[str, ...] = field(compare=False)
    zh: tuple[str, ...] = field(compare=False)
    en: tuple[str, ...] = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class RecordType:
    """A record; a value is a tuple in the order of the fields."""

    name: str
    fields: tuple["FactDeclared", ...] = field(hash=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ListType:
    """A list; a value is a tuple."""

    item: "Type"

    def __str__(self) -> str:
        return f"list[{self.item}]"


@dataclass(frozen=True)
class PairType:
    """A pair of a mapping; a value is a tuple of two."""

    key: "Type"
    value: "Type"

    def __str__(self) -> str:
        return f"({self.key}, {self.value})"


@dataclass(frozen=True)
class MappingType:
    """A mapping; a value is a tuple of pairs by ascending key."""

    key: "Type"
    value: "Type"

    def __str__(self) -> str:
        return f"dict[{self.key}, {self.value}]"


@dataclass(frozen=True)
class OptionalType:
    """A value or None."""

    item: "Type"

    def __str__(self) -> str:
        return f"{self.item} | None"


Type: TypeAlias = Kind | EnumType | RecordType | ListType | PairType | MappingType | OptionalType

BOOL, INT, FLOAT, STR = Kind("bool"), Kind("int"), Kind("float"), Kind("str")
MONTH, DATE, DATETIME = Kind("month"), Kind("date"), Kind("datetime")
FEN, RATE, PLACE, SPELLS = Kind("fen"), Kind("rate"), Kind("place"), Kind("spells")
NONE = Kind("none")
_WRITTEN = {
    "month": "Month",
    "date": "Date",
    "datetime": "DateTime",
    "fen": "Fen",
    "rate": "Rate",
    "place": "PlaceCode",
    "spells": "Spells",
    "none": "None",
}


@dataclass(frozen=True)
class Range:
    """What a number can be, both ends included; None of both for what is not a number."""

    low: int | float
    high: int | float

    def join(self, other: "Range") -> "Range":
        """Give the smallest range that holds both."""
        return Range(min(self.low, other.low), max(self.high, other.high))


# --- expressions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Const:
    """A constant in its encoding."""

    value: Scalar
    type: Type


@dataclass(frozen=True)
class Given:
    """A fact (or `on`)."""

    name: str
    type: Type


@dataclass(frozen=True)
class RuleValue:
    """The value of another rule."""

    name: str
    type: Type


@dataclass(frozen=True)
class Local:
    """A local name or bound variable; names are unique within a rule."""

    name: str
    type: Type


@dataclass(frozen=True)
class Op:
    """An operation of docs/law/ir.md on arguments."""

    op: str
    args: tuple["Expr", ...]
    type: Type


@dataclass(frozen=True)
class Select:
    """`then` if the test holds, else `otherwise`; `line` is where the test stands."""

    test: "Expr"
    then: "Expr"
    otherwise: "Expr"
    type: Type
    line: int = 0


@dataclass(frozen=True)
class Let:
    """Name a value for use in the body."""

    name: str
    value: "Expr"
    body: "Expr"
    type: Type


@dataclass(frozen=True)
class Because:
    """The value; reached means that sentence number `reason` of the rule is the reason."""

    value: "Expr"
    reason: int
    type: Type


@dataclass(frozen=True)
class Lookup:
    """A parameter's value for keys at a day (None: the decision's); without a row the person is refused."""

    parameter: str
    at: "Expr | None"
    keys: tuple["Expr", ...]
    type: Type


@dataclass(frozen=True)
class HasRow:
    """Whether the parameter has a row for the keys."""

    parameter: str
    at: "Expr | None"
    keys: tuple["Expr", ...]
    type: Type = BOOL


@dataclass(frozen=True)
class InSet:
    """Whether a value is a member of a set parameter; `within`: whether the place lies in a member."""

    parameter: str
    at: "Expr | None"
    value: "Expr"
    within: bool
    type: Type = BOOL


@dataclass(frozen=True)
class FieldOf:
    """Field number `index` of a record or pair."""

    record: "Expr"
    index: int
    type: Type


@dataclass(frozen=True)
class Each:
    """The `value` for each item of a list for which `test` holds; scalar-only."""

    items: "Expr"
    variable: str
    test: "Expr | None"
    value: "Expr"
    type: ListType


@dataclass(frozen=True)
class Those:
    """The keys whose condition holds; scalar-only."""

    keys: tuple["Expr", ...]
    conditions: tuple["Expr", ...]
    type: ListType


@dataclass(frozen=True)
class Fold:
    """Carry names through a list: start, then `step` for each item with the names bound; gives name `result`.

    Scalar-only. `steps[i]` computes the next value of `names[i]` from the values before the item.
    """

    items: "Expr"
    variable: str
    names: tuple[str, ...]
    starts: tuple["Expr", ...]
    steps: tuple["Expr", ...]
    result: int
    type: Type


Expr: TypeAlias = (
    Const
    | Given
    | RuleValue
    | Local
    | Op
    | Select
    | Let
    | Because
    | Lookup
    | HasRow
    | InSet
    | FieldOf
    | Each
    | Those
    | Fold
)

# --- declarations ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """The same in Chinese and English."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Give one language; anything but `en` is Chinese."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True)
class FactDeclared:
    """A fact or a field of a record, with what it may be."""

    name: str
    type: Type
    title: Text
    range: Range | None = None
    optional: bool = False
    default: object = None
    has_default: bool = False
    one_of: tuple[object, ...] = ()
    matches: str = ""
    past: bool = False
    as_time_passes: Literal["", "moves", "continues"] = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence: text and numbers of `values` in turn; -1 is the value of the rule itself."""

    zh: tuple[str | int, ...]
    en: tuple[str | int, ...]
    values: tuple[tuple[Expr, Type], ...] = ()


@dataclass(frozen=True)
class Rule:
    """One version of a rule, in force from `since` to `until` (days since 1970-01-01; None: always)."""

    name: str
    title: Text
    cites: str
    type: Type
    body: Expr
    arguments: tuple[str, ...]
    facts: tuple[str, ...]
    rules: tuple[str, ...]
    parameters: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    range: Range | None
    outcome: str | None = None
    since: int | None = None
    until: int | None = None
    scalar_only: bool = False
    file: str = ""
    line: int = 0
    order: int = 0


@dataclass(frozen=True)
class Check:
    """A condition on the facts; false refuses them at `fact`."""

    name: str
    fact: str
    sentence: Text
    rule: Rule
