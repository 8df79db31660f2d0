"""What a rules file declares at its top level: rule set, facts, enumerations, records, constants, functions.

Reads the syntax tree only. Anything that is not a declaration is refused with what to write instead.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    Kind,
    ListType,
    MappingType,
    OptionalType,
    Range,
    RecordType,
    Scalar,
    Text,
    Type,
)
from tongban.law.ranges import DEFAULT_RANGES, LIST_RANGE
from tongban.law.source import Source
from tongban.law.spells import KINDS
from tongban.law.values import Date, DateTime, Month, PlaceCode, Rate, Sex, SpellKind, yuan

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
_FACT_OPTIONS = {
    "zh", "en", "optional", "default", "at_least", "at_most", "one_of", "matches", "past", "as_time_passes",
}  # fmt: skip
_RULE_OPTIONS = {"zh", "en", "cites", "outcome", "since", "until", "replaces", "for_each", "scalar_only"}
_TIMED = ("month", "date", "datetime", "spells")
_CONSTRUCTORS = ("Month", "Date", "DateTime", "Fen", "Rate", "PlaceCode", "yuan")
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
        raise self.source.refuse(
            node,
            "unknown-type",
            f"`{ast.unparse(node)}` is not a type of the language",
            f"Write one of {', '.join(SCALARS)}, an enumeration, a record, list[…], dict[int, …] or … | None",
        )


def read_declarations(source: Source, imported: Mapping[str, "Declared"]) -> Declared:
    """Read the top level; `imported` gives the declarations of rule sets by folder name."""
    return _TopLevel(source, imported).read()


def imported_folders(source: Source) -> list[tuple[str, ast.ImportFrom]]:
    """Give the folders of the rule sets that the file imports from."""
    found = []
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module != "tongban.law":
            parts = (node.module or "").split(".")
            if len(parts) < 2 or parts[-1] != "rules":
                raise source.refuse(
                    node,
                    "import",
                    f"`{ast.unparse(node)}` imports what rules cannot use",
                    "Import from tongban.law, or rules of another rule set from ….<folder>.rules",
                )
            found.append((parts[-2], node))
    return found


class _TopLevel:
    def __init__(self, source: Source, imported: Mapping[str, Declared]) -> None:
        self.source = source
        self.imported = imported
        self.declared = Declared(source, enums=dict(READY_ENUMS))
        self.refuse = source.refuse

    def read(self) -> Declared:
        for node in self.source.tree.body:
            self._statement(node)
        if self.declared.heading is None:
            raise self.refuse(
                self.source.tree,
                "no-ruleset",
                "no rule set is declared",
                'Write ruleset("name", version=, zh=, en=)',
            )
        return self.declared

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return
            case ast.ImportFrom(module="tongban.law"):
                return
            case ast.ImportFrom():
                self._import(node)
            case ast.Import():
                raise self.refuse(
                    node,
                    "import",
                    "a rules file imports only by `from … import …`",
                    "Import from tongban.law",
                )
            case ast.Expr(value=ast.Call(func=ast.Name(id="ruleset")) as call):
                self._heading(call)
            case ast.Expr(value=ast.Call(func=ast.Name(id="place_name")) as call):
                self._place_name(call)
            case ast.ClassDef():
                self._class(node)
            case ast.FunctionDef():
                self._function(node)
            case ast.AsyncFunctionDef():
                raise self.refuse(
                    node, "async", "a rule is an ordinary function", "Write `def` without async"
                )
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._assign(node, name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                self._assign(node, name, value)
            case ast.If() | ast.For() | ast.While() | ast.With() | ast.Try():
                raise self.refuse(
                    node,
                    "top-level",
                    "the top level of a rules file only declares",
                    "Move the decision into a rule",
                )
            case _:
                raise self.refuse(
                    node,
                    "top-level",
                    f"`{ast.unparse(node).splitlines()[0]}` declares nothing",
                    "Keep facts, enumerations, records, constants and functions at the top level",
                )

    def _new_name(self, node: ast.AST, name: str) -> None:
        taken = self.declared
        everywhere = (taken.facts, taken.enums, taken.records, taken.constants, taken.imports)
        functions = {function.node.name for function in taken.functions}
        if any(name in one for one in everywhere) or name in functions:
            raise self.refuse(
                node, "name-twice", f"the name {name} is declared twice", "Give one of them another name"
            )
        if name == "on":
            raise self.refuse(
                node, "reserved-name", "`on` is always the date of the decision", "Choose another name"
            )

    def _import(self, node: ast.ImportFrom) -> None:
        folder = (node.module or "").split(".")[-2]
        other = self.imported[folder]
        functions = {function.node.name for function in other.functions}
        for alias in node.names:
            if alias.asname is not None or alias.name == "*":
                raise self.refuse(
                    node, "import-name", "a rule keeps its name", "Import it by name, without `as` or `*`"
                )
            self._new_name(node, alias.name)
            if alias.name in other.enums:
                self.declared.enums[alias.name] = other.enums[alias.name]
            elif alias.name in other.records:
                self.declared.records[alias.name] = other.records[alias.name]
            elif alias.name in other.constants:
                self.declared.constants[alias.name] = other.constants[alias.name]
            elif alias.name in functions:
                self.declared.imports[alias.name] = (folder, node)
            else:
                raise self.refuse(
                    node,
                    "import-name",
                    f"{folder} has no rule or enumeration {alias.name}",
                    "Import a rule it has",
                )

    def _options(self, call: ast.Call, known: set[str], positional: int) -> dict[str, ast.expr]:
        options: dict[str, ast.expr] = {}
        for keyword in call.keywords:
            if keyword.arg not in known:
                raise self.refuse(
                    call,
                    "unknown-option",
                    f"there is no option {keyword.arg}",
                    f"Known are {', '.join(sorted(known))}",
                )
            options[keyword.arg] = keyword.value
        if len(call.args) != positional:
            raise self.refuse(
                call,
                "unknown-option",
                f"expected {positional} positional argument(s)",
                "Write the options by name",
            )
        return options

    def _text(self, call: ast.AST, options: Mapping[str, ast.expr], name: str) -> str:
        value = options.get(name)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.strip():
            return value.value
        raise self.refuse(call, "missing-text", f"{name}= is missing or not plain text", f'Write {name}="…"')

    def _title(self, call: ast.AST, options: Mapping[str, ast.expr]) -> Text:
        return Text(self._text(call, options, "zh"), self._text(call, options, "en"))

    def _flag(self, options: Mapping[str, ast.expr], name: str) -> bool:
        value = options.get(name)
        if value is None:
            return False
        if isinstance(value, ast.Constant) and isinstance(value.value, bool):
            return value.value
        raise self.refuse(
            value, "option-value", f"{name}= is True or False", f"Write {name}=True or leave it out"
        )

    def _heading(self, call: ast.Call) -> None:
        if self.declared.heading is not None:
            raise self.refuse(call, "ruleset-twice", "a file declares one rule set", "Keep one ruleset(…)")
        options = self._options(call, {"version", "zh", "en"}, 1)
        name = call.args[0]
        if not isinstance(name, ast.Constant) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(name.value)):
            raise self.refuse(
                call,
                "ruleset-name",
                "the name is not lower-case words with hyphens",
                'Write "retirement-age"',
            )
        version = self._text(call, options, "version")
        self.declared.heading = Heading(str(name.value), version, self._title(call, options))

    def _place_name(self, call: ast.Call) -> None:
        options = self._options(call, {"zh", "en"}, 1)
        place = self.constant(call.args[0])
        if not isinstance(place, Const) or place.type != PLACE or not isinstance(place.value, int):
            raise self.refuse(
                call, "option-value", "expected a place", 'Write place_name(PlaceCode("500000"), …)'
            )
        self.declared.place_names[place.value] = self._title(call, options)

    def _class(self, node: ast.ClassDef) -> None:
        self._new_name(node, node.name)
        match node.bases:
            case [ast.Name(id="Choice")]:
                self.declared.enums[node.name] = self._choice(node)
            case [ast.Name(id="Record")]:
                self.declared.records[node.name] = self._record(node)
            case _:
                raise self.refuse(
                    node,
                    "class",
                    "a class in a rules file is a Choice or a Record",
                    "Write class Name(Choice):",
                )

    def _choice(self, node: ast.ClassDef) -> EnumType:
        members: list[tuple[str, str, str, str]] = []
        for one in node.body:
            match one:
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Tuple(
                        elts=[
                            ast.Constant(value=str() as value),
                            ast.Constant(value=str() as zh),
                            ast.Constant(value=str() as en),
                        ]
                    ),
                ):
                    members.append((name, value, zh, en))
                case _:
                    raise self.refuse(
                        one, "choice-member", "this is no member", 'Write NAME = "value", "中文", "English"'
                    )
        names, values, zhs, ens = ([m[i] for m in members] for i in range(4))
        if not members or len(set(values)) < len(values):
            raise self.refuse(
                node, "choice-member", "it has no members, or two of one value", "Give each its own value"
            )
        return EnumType(node.name, tuple(names), tuple(values), tuple(zhs), tuple(ens))

    def _record(self, node: ast.ClassDef) -> RecordType:
        fields: list[FactDeclared] = []
        for one in node.body:
            match one:
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case ast.AnnAssign(
                    target=ast.Name(id=name),
                    annotation=written,
                    value=ast.Call(func=ast.Name(id="fact")) as call,
                ):
                    declared = self._fact(name.rstrip("_") if name.endswith("_") else name, call)
                    plain = declared.type.item if isinstance(declared.type, OptionalType) else declared.type
                    if self.declared.type_of(written) not in (declared.type, plain):
                        raise self.refuse(
                            one, "field-type", "annotation and fact(…) differ", "Write the same type twice"
                        )
                    fields.append(declared)
                case _:
                    raise self.refuse(
                        one, "record-field", "this is no field", "Write name: TYPE = fact(TYPE, zh=, en=)"
                    )
        return RecordType(node.name, tuple(fields))

    def _assign(self, node: ast.stmt, name: str, value: ast.expr) -> None:
        self._new_name(node, name)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "fact":
            self.declared.facts[name] = self._fact(name, value)
        else:
            self.declared.constants[name] = self.constant(value)

    def constant(self, node: ast.expr) -> Constant:
        """Give a constant of the module, or refuse."""
        match node:
            case ast.Constant(value=bool() as value):
                return Const(value, BOOL)
            case ast.Constant(value=int() as value):
                return Const(value, INT)
            case ast.Constant(value=float() as value):
                return Const(value, FLOAT)
            case ast.Constant(value=str() as value):
                return Const(value, STR)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Const(-value, FLOAT if isinstance(value, float) else INT)
            case ast.Name(id=name) if name in self.declared.constants:
                return self.declared.constants[name]
            case ast.Attribute(value=ast.Name(id=enum), attr=member) if enum in self.declared.enums:
                return enum_constant(self.source, node, self.declared.enums[enum], member)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _CONSTRUCTORS:
                return constructed(self.source, node, name, argument)
            case ast.Tuple(elts=items):
                consts = [self.constant(item) for item in items]
                flat = tuple(one for one in consts if isinstance(one, Const))
                if flat and len(flat) == len(consts) and all(one.type == flat[0].type for one in flat):
                    return flat
        raise self.refuse(
            node,
            "constant",
            f"`{ast.unparse(node)}` is not a constant",
            "Write a literal, a member of an enumeration, Month(…), PlaceCode(…) or a tuple of one type",
        )

    def _fact(self, name: str, call: ast.Call) -> FactDeclared:
        options = self._options(call, _FACT_OPTIONS, 1)
        kind = self.declared.type_of(call.args[0])
        if isinstance(kind, OptionalType):
            raise self.refuse(call, "fact-option", "a fact is optional by option", "Write optional=True")
        optional = self._flag(options, "optional")
        default, has_default = self._default(kind, options)
        if optional and has_default:
            raise self.refuse(call, "fact-option", "a default makes optional= useless", "Keep one of the two")
        past = self._flag(options, "past")
        if past and not (isinstance(kind, Kind) and kind.name in _TIMED):
            raise self.refuse(call, "fact-option", "past= is for months, dates and spells", "Leave past= out")
        return FactDeclared(
            name=name,
            type=OptionalType(kind) if optional else kind,
            title=self._title(call, options),
            range=self._range(kind, options),
            optional=optional,
            default=default,
            has_default=has_default,
            one_of=self._one_of(kind, options),
            matches=self._matches(call, options),
            past=past,
            as_time_passes=self._passing(kind, options),
        )

    def _default(self, kind: Type, options: Mapping[str, ast.expr]) -> tuple[object, bool]:
        node = options.get("default")
        if node is None:
            return None, False
        value = self.constant(node)
        if isinstance(value, Const) and value.type == kind:
            return value.value, True
        raise self.refuse(
            node, "fact-option", f"the default is not a {kind}", "Give a value of the fact's type"
        )

    def _bound(self, kind: Type, node: ast.expr) -> Scalar:
        value = self.constant(node)
        wanted = INT if isinstance(kind, ListType | MappingType) else kind
        if isinstance(value, Const) and value.type == wanted:
            return value.value
        raise self.refuse(
            node, "fact-option", f"the limit is not a {wanted}", "Give a value of the fact's type"
        )

    def _range(self, kind: Type, options: Mapping[str, ast.expr]) -> Range | None:
        base = LIST_RANGE if isinstance(kind, ListType | MappingType) else None
        if isinstance(kind, Kind):
            base = DEFAULT_RANGES.get(kind.name)
        limits = [
            self._bound(kind, options[name]) if name in options else None for name in ("at_least", "at_most")
        ]
        if base is None:
            if any(limit is not None for limit in limits):
                node = next(options[name] for name in ("at_least", "at_most") if name in options)
                raise self.refuse(
                    node, "fact-option", f"a {kind} has no least or greatest", "Leave the limit out"
                )
            return None
        low, high = (limit if isinstance(limit, int | float) else None for limit in limits)
        if low is not None and high is None and low > base.high:
            high = low
        found = Range(base.low if low is None else low, base.high if high is None else high)
        if found.low > found.high:
            raise self.refuse(
                options["at_least"], "fact-option", "at_least lies above at_most", "Exchange them"
            )
        return found

    def _one_of(self, kind: Type, options: Mapping[str, ast.expr]) -> tuple[Scalar, ...]:
        node = options.get("one_of")
        if node is None:
            return ()
        values = self.constant(node)
        if isinstance(values, tuple) and values[0].type == kind:
            return tuple(value.value for value in values)
        raise self.refuse(node, "fact-option", f"one_of= is not a tuple of {kind}", "Write one_of=(0, 5, 10)")

    def _matches(self, call: ast.Call, options: Mapping[str, ast.expr]) -> str:
        if "matches" not in options:
            return ""
        pattern = self._text(call, options, "matches")
        try:
            re.compile(pattern)
        except re.error:
            raise self.refuse(
                call, "fact-option", "matches= is not a regular expression", "Correct it"
            ) from None
        return pattern

    def _passing(self, kind: Type, options: Mapping[str, ast.expr]) -> Literal["", "moves", "continues"]:
        node = options.get("as_time_passes")
        if node is None:
            return ""
        match node, kind:
            case ast.Constant(value="moves"), Kind(name="month" | "date"):
                return "moves"
            case ast.Constant(value="continues"), Kind(name="spells"):
                return "continues"
        raise self.refuse(
            node,
            "fact-option",
            "as_time_passes= does not fit the type",
            '"moves" for months, "continues" for Spells',
        )

    def _function(self, node: ast.FunctionDef) -> None:
        self._new_name(node, node.name)
        match node.decorator_list:
            case [ast.Call(func=ast.Name(id="rule")) as call]:
                self.declared.functions.append(self._rule(node, call))
            case [ast.Call(func=ast.Name(id="check")) as call]:
                options = self._options(call, {"fact", "zh", "en"}, 0)
                at = self._text(call, options, "fact")
                self.declared.functions.append(Function(node, "check", self._title(call, options), fact=at))
            case []:
                raise self.refuse(
                    node,
                    "no-decorator",
                    f"{node.name} is not declared a rule",
                    "Put @rule(zh=, en=, cites=) above it",
                )
            case _:
                raise self.refuse(
                    node, "decorator", "a function has one decorator", "Keep @rule(…) or @check(…) alone"
                )

    def _rule(self, node: ast.FunctionDef, call: ast.Call) -> Function:
        options = self._options(call, _RULE_OPTIONS, 0)
        since, until = (self._day(options.get(name)) for name in ("since", "until"))
        if since is not None and until is not None and until < since:
            raise self.refuse(call, "rule-dates", "until= lies before since=", "Give the last day in force")
        replaces = self._text(call, options, "replaces") if "replaces" in options else ""
        if replaces and since is None:
            raise self.refuse(
                call, "rule-dates", "a replacing rule needs a first day", 'Write since="YYYY-MM-DD"'
            )
        return Function(
            node=node,
            kind="rule",
            title=self._title(call, options),
            cites=self._text(call, options, "cites"),
            outcome=self._outcome(node.name, options),
            since=since,
            until=until,
            replaces=replaces,
            for_each=self._members(options),
            scalar_only=self._flag(options, "scalar_only"),
        )

    def _outcome(self, name: str, options: Mapping[str, ast.expr]) -> str | None:
        node = options.get("outcome")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            return node.value
        return name if self._flag(options, "outcome") else None

    def _day(self, node: ast.expr | None) -> int | None:
        if node is None:
            return None
        try:
            return Date(str(node.value) if isinstance(node, ast.Constant) else "").ordinal
        except ValueError:
            raise self.refuse(node, "rule-dates", "this is not a date", 'Write "YYYY-MM-DD"') from None

    def _members(self, options: Mapping[str, ast.expr]) -> tuple[Const, ...]:
        node = options.get("for_each")
        if node is None:
            return ()
        members = self.constant(node)
        if isinstance(members, tuple) and (members[0].type == PLACE or isinstance(members[0].type, EnumType)):
            return members
        raise self.refuse(
            node,
            "for-each",
            "for_each= is not a tuple of places or members",
            'Write (PlaceCode("500000"), …)',
        )


def enum_constant(source: Source, node: ast.expr, enum: EnumType, member: str) -> Const:
    """Give a member of an enumeration as a constant."""
    if member not in enum.members:
        raise source.refuse(
            node,
            "unknown-member",
            f"{enum.name} has no member {member}",
            f"Write one of {', '.join(enum.members)}",
        )
    return Const(enum.members.index(member), enum)


def constructed(source: Source, node: ast.expr, name: str, argument: ast.expr) -> Const:
    """Give the constant that `Month("2025-01")` and its like denote."""
    raw = argument.value if isinstance(argument, ast.Constant) else None
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
    except ValueError as error:
        raise source.refuse(
            node, "constant", f"{name}(…) cannot be read: {error}", "Correct the text"
        ) from None
    raise source.refuse(
        node, "constant", f"{name}(…) needs a literal", f'Write {name}("…") with the value itself'
    )


_ORDINALS: dict[str, type[Month] | type[Date] | type[DateTime]] = {
    "Month": Month,
    "Date": Date,
    "DateTime": DateTime,
}
