"""What a rules file declares at its top level: rule set, facts, enumerations, records, constants, functions.

Reads the syntax tree only. Anything that is not a declaration is refused with what to write instead.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.law.ir import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    FLOAT,
    INT,
    MONTH,
    PLACE,
    RATE,
    SPELLS,
    STR,
    Const,
    EnumType,
    FactDeclared,
    ListType,
    MappingType,
    OptionalType,
    RecordType,
    Text,
    Type,
)
from tongban.law.money import Rate, yuan
from tongban.law.reading import form_of
from tongban.law.source import Source
from tongban.law.spells import KINDS
from tongban.law.values import Date, DateTime, Month, PlaceCode, Sex, SpellKind

SCALARS: dict[str, Type] = {
    "bool": BOOL,
    "int": INT,
    "float": FLOAT,
    "str": STR,
    "Month": MONTH,
    "Date": DATE,
    "DateTime": DATETIME,
    "Fen": FEN,
    "Rate": RATE,
    "PlaceCode": PLACE,
    "Spells": SPELLS,
}
Constant = Const | tuple[Const, ...]


def enum_type(cls: type[Sex] | type[SpellKind]) -> EnumType:
    """Give the type of a ready-made enumeration."""
    members = tuple(cls)
    return EnumType(
        cls.__name__,
        tuple(m.name for m in members),
        tuple(str(m.value) for m in members),
        tuple(m.zh for m in members),
        tuple(m.en for m in members),
    )


READY_ENUMS: dict[str, EnumType] = {"Sex": enum_type(Sex), "SpellKind": enum_type(SpellKind)}
assert READY_ENUMS["SpellKind"].values == tuple(kind.value for kind in KINDS)


@dataclass(frozen=True)
class Heading:
    """Name, version and titles of a rule set."""

    name: str
    version: str
    title: Text


@dataclass(frozen=True)
class Function:
    """A function of the file with the options of its decorator."""

    node: ast.FunctionDef
    kind: str
    title: Text
    cites: str = ""
    outcome: str | None = None
    since: int | None = None
    until: int | None = None
    replaces: str = ""
    for_each: tuple[Const, ...] = ()
    scalar_only: bool = False
    fact: str = ""
    names: Mapping[str, Text] = field(default_factory=dict)


@dataclass
class Declared:
    """Everything a file declares."""

    source: Source
    heading: Heading | None = None
    facts: dict[str, FactDeclared] = field(default_factory=dict)
    enums: dict[str, EnumType] = field(default_factory=dict)
    records: dict[str, RecordType] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    imports: dict[str, tuple[str, ast.ImportFrom]] = field(default_factory=dict)
    place_names: dict[int, Text] = field(default_factory=dict)

    def type_of(self, node: ast.expr) -> Type:
        """Give the type an annotation names (facts, fields and results; tables are read by the lowering)."""
        match node:
            case ast.Name(id=name) if name in SCALARS:
                return SCALARS[name]
            case ast.Name(id=name) if name in self.enums:
                return self.enums[name]
            case ast.Name(id=name) if name in self.records:
                return self.records[name]
            case ast.BinOp(left=item, op=ast.BitOr(), right=ast.Constant(value=None)):
                return OptionalType(self.type_of(item))
            case ast.Subscript(value=ast.Name(id="list"), slice=item):
                return ListType(self.type_of(item))
            case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[ast.Name(id="int"), value])):
                return MappingType(INT, self.type_of(value))
        raise self.source.refuse(node, "unknown-type", written=ast.unparse(node), known=", ".join(SCALARS))


def enum_constant(source: Source, node: ast.expr, enum: EnumType, member: str) -> Const:
    """Give a member of an enumeration as a constant."""
    if member not in enum.members:
        raise source.refuse(
            node, "unknown-member", enum=enum.name, name=member, known=", ".join(enum.members)
        )
    return Const(enum.members.index(member), enum)


def _literal(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
    return None


def constructed(source: Source, node: ast.expr, name: str, argument: ast.expr) -> Const:
    """Give the constant that `Month("2025-01")` and its like denote."""
    raw = _literal(argument)
    try:
        if name == "Fen" and isinstance(raw, int) and not isinstance(raw, bool):
            return Const(raw, FEN)
        if name == "yuan" and isinstance(raw, str):
            return Const(yuan(raw).fen, FEN)
        if name == "Rate" and isinstance(raw, str):
            return Const(Rate(raw).millionths, RATE)
        if name == "PlaceCode" and isinstance(raw, str):
            return Const(PlaceCode(raw).number, PLACE)
        if isinstance(raw, str) and name in _ORDINALS:
            return Const(_ORDINALS[name](raw).ordinal, SCALARS[name])
    except ValueError:
        raise source.refuse(node, "constant/form", name=name, form=form_of(_FORMS[name])) from None
    raise source.refuse(node, "constant/fen" if name == "Fen" else "constant/literal", name=name)


_ORDINALS: dict[str, type[Month] | type[Date] | type[DateTime]] = {
    "Month": Month,
    "Date": Date,
    "DateTime": DateTime,
}
_FORMS = {
    "yuan": "fen",
    "Rate": "rate",
    "PlaceCode": "place",
    "Month": "month",
    "Date": "date",
    "DateTime": "datetime",
}
