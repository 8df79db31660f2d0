"""Reads the top level of a rules file: only declarations stand there, all else is refused."""

import ast
import re
from collections.abc import Collection, Mapping

from tongban.law.declarations import READY_ENUMS, Declared, Function, Heading
from tongban.law.fact_options import FactOptions
from tongban.law.ir import (
    PLACE,
    Const,
    EnumType,
    FactDeclared,
    OptionalType,
    RecordType,
    Text,
)
from tongban.law.local_words import assigned_names
from tongban.law.source import Source
from tongban.law.values import Date

_RULE_OPTIONS = {
    "zh",
    "en",
    "cites",
    "outcome",
    "since",
    "until",
    "replaces",
    "for_each",
    "scalar_only",
    "names",
}


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
                raise source.refuse(node, "import", written=ast.unparse(node))
            found.append((parts[-2], node))
    return found


class _TopLevel(FactOptions):
    def __init__(self, source: Source, imported: Mapping[str, Declared]) -> None:
        super().__init__(source, Declared(source, enums=dict(READY_ENUMS)))
        self.imported = imported

    def read(self) -> Declared:
        for node in self.source.tree.body:
            self._statement(node)
        if self.declared.heading is None:
            raise self.refuse(self.source.tree, "no-ruleset")
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
                raise self.refuse(node, "import/plain")
            case ast.Expr(value=ast.Call(func=ast.Name(id="ruleset")) as call):
                self._heading(call)
            case ast.Expr(value=ast.Call(func=ast.Name(id="place_name")) as call):
                self._place_name(call)
            case ast.ClassDef():
                self._class(node)
            case ast.FunctionDef():
                self._function(node)
            case ast.AsyncFunctionDef():
                raise self.refuse(node, "async")
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._assign(node, name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                self._assign(node, name, value)
            case ast.If() | ast.For() | ast.While() | ast.With() | ast.Try():
                raise self.refuse(node, "top-level")
            case _:
                raise self.refuse(node, "top-level/nothing", written=ast.unparse(node).splitlines()[0])

    def _new_name(self, node: ast.AST, name: str) -> None:
        taken = self.declared
        everywhere = (taken.facts, taken.enums, taken.records, taken.constants, taken.imports)
        functions = {function.node.name for function in taken.functions}
        if any(name in one for one in everywhere) or name in functions:
            raise self.refuse(node, "name-twice", name=name)
        if name == "on":
            raise self.refuse(node, "reserved-name")

    def _import(self, node: ast.ImportFrom) -> None:
        folder = (node.module or "").split(".")[-2]
        other = self.imported[folder]
        functions = {function.node.name for function in other.functions}
        for alias in node.names:
            if alias.asname is not None or alias.name == "*":
                raise self.refuse(node, "import-name/renamed")
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
                raise self.refuse(node, "import-name", folder=folder, name=alias.name)

    def _heading(self, call: ast.Call) -> None:
        if self.declared.heading is not None:
            raise self.refuse(call, "ruleset-twice")
        options = self.options(call, {"version", "zh", "en"}, 1)
        name = call.args[0]
        if not isinstance(name, ast.Constant) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(name.value)):
            raise self.refuse(call, "ruleset-name")
        version = self.text(call, options, "version")
        self.declared.heading = Heading(str(name.value), version, self.title(call, options))

    def _place_name(self, call: ast.Call) -> None:
        options = self.options(call, {"zh", "en"}, 1)
        place = self.constant(call.args[0])
        if not isinstance(place, Const) or place.type != PLACE or not isinstance(place.value, int):
            raise self.refuse(call, "option-value/place")
        self.declared.place_names[place.value] = self.title(call, options)

    def _class(self, node: ast.ClassDef) -> None:
        self._new_name(node, node.name)
        match node.bases:
            case [ast.Name(id="Choice")]:
                self.declared.enums[node.name] = self._choice(node)
            case [ast.Name(id="Record")]:
                self.declared.records[node.name] = self._record(node)
            case _:
                raise self.refuse(node, "class")

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
                    raise self.refuse(one, "choice-member")
        names, values, zhs, ens = ([m[i] for m in members] for i in range(4))
        if not members or len(set(values)) < len(values):
            raise self.refuse(node, "choice-member/values")
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
                    declared = self.fact(name.rstrip("_") if name.endswith("_") else name, call)
                    plain = declared.type.item if isinstance(declared.type, OptionalType) else declared.type
                    if self.declared.type_of(written) not in (declared.type, plain):
                        raise self.refuse(one, "field-type")
                    fields.append(declared)
                case _:
                    raise self.refuse(one, "record-field")
        return RecordType(node.name, tuple(fields))

    def _assign(self, node: ast.stmt, name: str, value: ast.expr) -> None:
        self._new_name(node, name)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "fact":
            self.declared.facts[name] = self.fact(name, value)
        else:
            self.declared.constants[name] = self.constant(value)

    def _function(self, node: ast.FunctionDef) -> None:
        self._new_name(node, node.name)
        match node.decorator_list:
            case [ast.Call(func=ast.Name(id="rule")) as call]:
                self.declared.functions.append(self._rule(node, call))
            case [ast.Call(func=ast.Name(id="check")) as call]:
                options = self.options(call, {"fact", "zh", "en"}, 0)
                at = self.text(call, options, "fact")
                self.declared.functions.append(Function(node, "check", self.title(call, options), fact=at))
            case []:
                raise self.refuse(node, "no-decorator", name=node.name)
            case _:
                raise self.refuse(node, "decorator")

    def _rule(self, node: ast.FunctionDef, call: ast.Call) -> Function:
        options = self.options(call, _RULE_OPTIONS, 0)
        since, until = (self._day(options.get(name)) for name in ("since", "until"))
        if since is not None and until is not None and until < since:
            raise self.refuse(call, "rule-dates/order")
        replaces = self.text(call, options, "replaces") if "replaces" in options else ""
        if replaces and since is None:
            raise self.refuse(call, "rule-dates/replacing")
        return Function(
            node=node,
            kind="rule",
            title=self.title(call, options),
            cites=self.text(call, options, "cites"),
            outcome=self._outcome(node.name, options),
            since=since,
            until=until,
            replaces=replaces,
            for_each=self._members(options),
            scalar_only=self.flag(options, "scalar_only"),
            names=self._names(options, assigned_names(node.body)),
        )

    def _names(self, options: Mapping[str, ast.expr], local: Collection[str]) -> dict[str, Text]:
        """Give the words for local names: `names={"bonus": ("加成", "bonus")}`."""
        node = options.get("names", ast.Dict([], []))
        found: dict[str, Text] = {}
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            match key, value:
                case (
                    ast.Constant(value=str() as name),
                    ast.Tuple(elts=[ast.Constant(value=str() as zh), ast.Constant(value=str() as en)]),
                ) if zh.strip() and en.strip():
                    if name not in local:
                        raise self.refuse(key, "rule-names/unknown", name=name)
                    found[name] = Text(zh, en)
                case _:
                    raise self.refuse(value, "rule-names")
        if not isinstance(node, ast.Dict):
            raise self.refuse(node, "rule-names")
        return found

    def _outcome(self, name: str, options: Mapping[str, ast.expr]) -> str | None:
        node = options.get("outcome")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            return node.value
        return name if self.flag(options, "outcome") else None

    def _day(self, node: ast.expr | None) -> int | None:
        if node is None:
            return None
        try:
            return Date(str(node.value) if isinstance(node, ast.Constant) else "").ordinal
        except ValueError:
            raise self.refuse(node, "rule-dates") from None

    def _members(self, options: Mapping[str, ast.expr]) -> tuple[Const, ...]:
        node = options.get("for_each")
        if node is None:
            return ()
        members = self.constant(node)
        if isinstance(members, tuple) and (members[0].type == PLACE or isinstance(members[0].type, EnumType)):
            return members
        raise self.refuse(node, "for-each")
