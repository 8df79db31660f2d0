"""From the declarations of rule sets to their rules in typed form, each lowered after what it uses."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tongban.law import terms
from tongban.law.declarations import Declared, Function
from tongban.law.expressions import Lowering
from tongban.law.hints import nearest
from tongban.law.ir import (
    BOOL,
    DATE,
    Check,
    Const,
    FactDeclared,
    Given,
    Kind,
    ListType,
    MappingType,
    Range,
    Rule,
    RuleValue,
    Text,
    Type,
)
from tongban.law.local_words import LocalWords
from tongban.law.parameters import Parameter
from tongban.law.ranges import DEFAULT_RANGES, MOST_ITEMS
from tongban.law.scope import Scope
from tongban.law.statements import Body
from tongban.law.terms import DatedOf, Operand, Refusal, Term
from tongban.law.titles import TitleOf, member_label, parameter_annotation, show_member

ON = FactDeclared("on", DATE, Text("决定日期", "date of the decision"), DEFAULT_RANGES["date"])


@dataclass(frozen=True)
class Version:
    """One function under one name, still to be lowered."""

    name: str
    function: Function
    member: Const | None
    declared: Declared
    folder: str
    order: int = 0


@dataclass
class Lowered:
    """All rules of a rule set and of those it uses."""

    facts: dict[str, FactDeclared] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    place_names: dict[int, Text] = field(default_factory=dict)


class RuleSetLowering:
    """Lowers one rule set; `modules` holds the declarations and parameters of all folders by name."""

    def __init__(self, folder: str, modules: Mapping[str, tuple[Declared, Mapping[str, Parameter]]]) -> None:
        self.folder = folder
        self.modules = modules
        self.result = Lowered(facts={})
        self.versions: dict[str, list[Version]] = {}
        self.lowerings = {name: Lowering(declared.source) for name, (declared, _) in modules.items()}
        self._under_way: list[str] = []

    def run(self) -> Lowered:
        """Lower everything; RuleSetError at the first thing the language does not admit."""
        own = self.modules[self.folder][0]
        for folder in [self.folder, *(one for one in self.modules if one != self.folder)]:
            declared, parameters = self.modules[folder]
            self._take_facts(declared, own)
            self.result.place_names |= {**declared.place_names, **self.result.place_names}
            self.result.parameters |= {
                self._qualified(folder, name): replace(p, name=self._qualified(folder, name))
                for name, p in parameters.items()
            }
            for function in declared.functions:
                if function.kind == "rule":
                    self._plan(folder, declared, function)
        for name in list(self.versions):
            if self.versions[name][0].folder == self.folder:
                self.rule(name)
        for function in own.functions:
            if function.kind == "check":
                self.result.checks.append(self._check(own, function))
        return self.result

    def _take_facts(self, declared: Declared, own: Declared) -> None:
        for name, fact in declared.facts.items():
            known = self.result.facts.get(name)
            if known is not None and known.type != fact.type:
                raise own.source.refuse(
                    own.source.tree, "fact-differs", name=name, here=known.type, there=fact.type
                )
            self.result.facts.setdefault(name, fact)

    def _qualified(self, folder: str, name: str) -> str:
        if folder == self.folder:
            return name
        heading = self.modules[folder][0].heading
        return f"{heading.name if heading else folder}.{name}"

    def _plan(self, folder: str, declared: Declared, function: Function) -> None:
        base = function.replaces or function.node.name
        if function.replaces and not any(
            f.node.name == base and f.kind == "rule" for f in declared.functions
        ):
            raise declared.source.refuse(function.node, "replaces-unknown", name=base)
        members = function.for_each or (None,)
        for member in members:
            suffix = f"_{show_member(member)}" if member is not None else ""
            name = self._qualified(folder, base + suffix)
            first = self.versions.get(name)
            order = first[0].order if first else function.node.lineno
            version = Version(name, function, member, declared, folder, order)
            self.versions.setdefault(version.name, []).append(version)

    def rule(self, name: str) -> tuple[Rule, ...]:
        """Give all versions of a rule, lowered."""
        if name in self.result.rules:
            return self.result.rules[name]
        versions = self.versions[name]
        if name in self._under_way:
            circle = " → ".join([*self._under_way[self._under_way.index(name) :], name])
            first = versions[0]
            raise first.declared.source.refuse(first.function.node, "circle", circle=circle)
        self._under_way.append(name)
        lowered = tuple(self._lowered(version) for version in versions)
        self._under_way.pop()
        for version, rule in zip(versions, lowered, strict=True):
            if rule.type != lowered[0].type:
                raise version.declared.source.refuse(
                    version.function.node, "replaces-type", name=name, here=rule.type, before=lowered[0].type
                )
        self._one_at_a_time(versions)
        newest_first = sorted(
            lowered, key=lambda rule: -(10**9) if rule.since is None else rule.since, reverse=True
        )
        outcome = next((rule.outcome for rule in lowered if rule.outcome), None)
        self.result.rules[name] = tuple(replace(rule, outcome=outcome) for rule in newest_first)
        return self.result.rules[name]

    def _one_at_a_time(self, versions: list[Version]) -> None:
        starts = [version.function.since for version in versions]
        if len(set(starts)) < len(starts):
            second = versions[-1]
            raise second.declared.source.refuse(second.function.node, "replaces-same-day")

    def _lowered(self, version: Version) -> Rule:
        function, declared = version.function, version.declared
        names, used = self._arguments(version)
        lowering = self.lowerings[version.folder]
        result = self._result_type(version)
        scalar_only = function.scalar_only or (function.kind == "check" and _takes_lists(names))
        scope = Scope(names, declared, self.modules[version.folder][1], scalar_only)
        words = LocalWords(self._titles(version, names), declared, function.names)
        body = Body(lowering, words, result, scalar_only)
        term = self._whole_result(version, body.lower(function.node, scope), result)
        title, outcome = self._labels(version)
        return Rule(
            name=version.name,
            title=title,
            cites=function.cites,
            type=result,
            body=term.expr,
            arguments=tuple(used),
            facts=tuple(k for k, what in used.items() if what == "fact"),
            rules=tuple(k for k, what in used.items() if what == "rule"),
            parameters=tuple(k for k, what in used.items() if what == "parameter"),
            sentences=tuple(body.sentences),
            range=term.range,
            outcome=outcome if version.folder == self.folder else None,
            since=function.since,
            until=function.until,
            scalar_only=scalar_only,
            file=declared.source.file,
            line=function.node.lineno,
            order=version.order,
        )

    def _whole_result(self, version: Version, term: Term, result: Type) -> Term:
        try:
            term = terms.fit(term, result)
        except Refusal as refusal:
            raise self.lowerings[version.folder].refused(version.function.node, refusal) from None
        if term.range is None and isinstance(result, Kind) and version.function.scalar_only:
            return replace(term, range=DEFAULT_RANGES.get(result.name))
        return term

    def _labels(self, version: Version) -> tuple[Text, str | None]:
        function, member = version.function, version.member
        if member is None:
            return function.title, function.outcome
        argument = function.node.args.args[0].arg
        label = member_label(member, self.result.place_names)
        zh, en = (
            text.replace(f"{{{argument}}}", one) if f"{{{argument}}}" in text else pattern.format(text, one)
            for text, one, pattern in (
                (function.title.zh, label.zh, "{}（{}）"),
                (function.title.en, label.en, "{} ({})"),
            )
        )
        return Text(zh, en), f"{function.outcome}_{show_member(member)}" if function.outcome else None

    def _result_type(self, version: Version) -> Type:
        node = version.function.node
        if node.returns is None:
            raise version.declared.source.refuse(node, "no-result-type", name=node.name)
        return version.declared.type_of(node.returns)

    def _arguments(self, version: Version) -> tuple[dict[str, Operand], dict[str, str]]:
        node, source = version.function.node, version.declared.source
        written = node.args
        if written.vararg or written.kwarg or written.defaults or written.kw_defaults:
            raise source.refuse(node, "arguments-form")
        if node.decorator_list and getattr(node, "type_params", []):
            raise source.refuse(node, "arguments-form/generic")
        names: dict[str, Operand] = {}
        used: dict[str, str] = {}
        for index, argument in enumerate([*written.posonlyargs, *written.args, *written.kwonlyargs]):
            if argument.annotation is None:
                raise source.refuse(argument, "no-annotation", name=argument.arg)
            if index == 0 and version.member is not None:
                self._expect(version, argument, version.member.type)
                names[argument.arg] = terms.constant(
                    version.member.value if isinstance(version.member.value, int) else None,
                    version.member.type,
                )
                continue
            names[argument.arg] = self._argument(version, argument, used)
        return names, used

    def _argument(self, version: Version, argument: ast.arg, used: dict[str, str]) -> Operand:
        name = argument.arg
        rule = self._rule_named(version, name)
        if rule is not None:
            found = self.rule(rule)
            self._expect(version, argument, found[0].type)
            used[rule] = "rule"
            ranges = [one.range for one in found if one.range is not None]
            whole: Range | None = None
            for one in ranges:
                whole = one if whole is None else whole.join(one)
            return Term(RuleValue(rule, found[0].type), found[0].type, whole)
        if (
            name == "on"
            or name in version.declared.facts
            or (name in self.result.facts and version.folder == self.folder)
        ):
            fact = ON if name == "on" else self.result.facts[name]
            self._expect(version, argument, fact.type)
            used[name] = "fact"
            most = (
                int(fact.range.high)
                if fact.range and isinstance(fact.type, ListType | MappingType)
                else MOST_ITEMS
            )
            return Term(Given(name, fact.type), fact.type, fact.range, most)
        parameter = self._parameter(version, name)
        if parameter is not None:
            used[parameter.name] = "parameter"
            return self._as_parameter(version, argument, parameter)
        known = [
            *version.declared.facts,
            *self.modules[version.folder][1],
            *(f.node.name for f in version.declared.functions),
        ]
        near = nearest(name, known)
        mistake = "unknown-argument/near" if near else "unknown-argument"
        raise version.declared.source.refuse(argument, mistake, name=name, near=near)

    def _rule_named(self, version: Version, name: str) -> str | None:
        if name in version.declared.imports:
            return self._qualified(version.declared.imports[name][0], name)
        plain = self._qualified(version.folder, name)
        if plain in self.versions:
            return plain
        if version.member is not None:
            for_member = f"{plain}_{show_member(version.member)}"
            if for_member in self.versions:
                return for_member
        return None

    def _parameter(self, version: Version, name: str) -> Parameter | None:
        return self.result.parameters.get(self._qualified(version.folder, name))

    def _expect(self, version: Version, argument: ast.arg, kind: Type) -> None:
        assert argument.annotation is not None
        written = version.declared.type_of(argument.annotation)
        if written != kind:
            raise version.declared.source.refuse(
                argument, "argument-type", name=argument.arg, written=written, type=kind
            )

    def _as_parameter(self, version: Version, argument: ast.arg, parameter: Parameter) -> Operand:
        annotation = argument.annotation
        assert annotation is not None
        dated = isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Dated"
        inner = annotation.slice if isinstance(annotation, ast.Subscript) and dated else annotation
        wanted = parameter_annotation(parameter)
        if ast.unparse(inner).replace(" ", "") != wanted.replace(" ", ""):
            raise version.declared.source.refuse(
                argument, "parameter-annotation", name=argument.arg, written=ast.unparse(inner), type=wanted
            )
        if dated:
            return DatedOf(parameter)
        return self.lowerings[version.folder].parameter_at(parameter, None)

    def _titles(self, version: Version, names: Mapping[str, Operand]) -> TitleOf:
        facts = {**self.result.facts, "on": ON}
        parameters = self.modules[version.folder][1]
        return TitleOf(names, facts, self.result.rules, parameters, self.result.place_names)

    def _check(self, declared: Declared, function: Function) -> Check:
        version = Version(function.node.name, function, None, declared, self.folder)
        rule = self._lowered(version)
        if rule.type != BOOL:
            raise declared.source.refuse(function.node, "check-type")
        if rule.rules:
            raise declared.source.refuse(function.node, "check-rules")
        if function.fact not in self.result.facts and function.fact != "on":
            raise declared.source.refuse(function.node, "check-fact", name=function.fact)
        return Check(function.node.name, function.fact, function.title, rule)


def _takes_lists(names: Mapping[str, Operand]) -> bool:
    return any(
        isinstance(one, Term) and isinstance(one.type, ListType | MappingType) for one in names.values()
    )
