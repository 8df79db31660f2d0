"""A rule set, loaded from its files: what it asks, what it decides, and decisions with reasons."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from tongban.law.citations import CITATIONS, Citations
from tongban.law.compiled import Decision, compile_rules
from tongban.law.consulting import Tables
from tongban.law.declarations import Declared
from tongban.law.errors import FactsRefused, NoLaw, Place, Problem, UnknownRuleSet, trouble
from tongban.law.explanation import Explanation
from tongban.law.facts import FactsReader, decision_day
from tongban.law.ir import Check, FactDeclared, Rule, Text
from tongban.law.lowering import ON, RuleSetLowering
from tongban.law.mistakes.catalogue import tell
from tongban.law.mistakes.toml_files import place_of
from tongban.law.parameter_file import read_parameters
from tongban.law.parameters import Parameter, Resolved
from tongban.law.rendering import Forms
from tongban.law.rule_forms import Heading
from tongban.law.source import Source
from tongban.law.toplevel import imported_folders, read_declarations
from tongban.law.values import Date

RULES, PARAMETERS = "rules.py", "parameters.toml"
_DAYS_KEPT = 64
_TABLES_KEPT = 4096


@dataclass(frozen=True)
class Program:
    """The rules in force on a day, in the order in which they are decided."""

    decision: Decision
    checks: Decision
    facts: FactsReader
    forms: Forms


@dataclass(repr=False, eq=False)
class RuleSet:
    """One rule set with the rules of others it uses; threads may share it.

    Load it with `load_rulesets` or `RuleSet.from_files`.
    """

    name: str
    version: str
    title: Text
    folder: str
    facts: Mapping[str, FactDeclared]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, tuple[Rule, ...]]
    checks: tuple[Check, ...]
    place_names: Mapping[int, Text]
    files: Mapping[str, str]
    citations: Citations = field(default_factory=Citations)
    _programs: dict[int, Program] = field(default_factory=dict, repr=False)
    _resolved: dict[tuple[str, int], Resolved] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"<RuleSet {self.name} {self.version}>"

    @classmethod
    def from_files(cls, files: Mapping[str, str], name: str) -> "RuleSet":
        """Load one rule set from texts by relative path (`retirement_age/rules.py`), with those it uses.

        RuleSetError says file, line and what to write; UnknownRuleSet when there is no such folder.
        """
        return load_rulesets_from(files, only=name)[name]

    @property
    def digest(self) -> str:
        """SHA-256 of its texts and those of used rule sets; examples do not count."""
        made = hashlib.sha256()
        for path in sorted(path for path in self.files if path.endswith((RULES, PARAMETERS))):
            made.update(f"{path}\0{self.files[path]}\0".encode())
        return made.hexdigest()

    def explain(self, facts: Mapping[str, object], on: date | None = None) -> Explanation:
        """Decide on one person's facts for a day (default: the fact `on`, else today in Shanghai).

        FactsRefused lists what is wrong with the facts; NoLaw when the law has no answer.
        """
        day = decision_day(facts, None if on is None else Date.from_date(on), _today)
        return self.decide(self.program(day).facts.read(facts), day)

    def decide(self, encoded: Mapping[str, object], day: Date, law: Date | None = None) -> Explanation:
        """Decide on encoded facts; `law` takes the law of another day."""
        program = self.program(law or day)
        self._hold_checks(program, encoded)
        try:
            steps = program.decision.run(encoded)
        except (OverflowError, ValueError, ZeroDivisionError) as error:
            name = program.decision.rule_at(error.__traceback__)
            message = f"{name}: a date or number grew too great. Check the facts given"
            raise NoLaw("overflow", name, message, f"{name}：日期或数值过大，请核对所填事项") from None
        return Explanation(program.forms, law or day, encoded, steps)

    def _hold_checks(self, program: Program, encoded: Mapping[str, object]) -> None:
        problems = [
            Problem(check.fact, f"check-{check.name}", check.sentence.en, check.sentence.zh)
            for check, (holds, *_) in zip(self.checks, program.checks.run(encoded), strict=True)
            if not holds
        ]
        if problems:
            raise FactsRefused(tuple(problems))

    def program(self, day: Date) -> Program:
        """Give the rules in force on a day; NoLaw when there is no outcome then."""
        found = self._programs.get(day.ordinal)
        if found is None:
            if len(self._programs) >= _DAYS_KEPT:
                self._programs.clear()
                self._resolved.clear()
            found = self._programs[day.ordinal] = self._program(day)
        return found

    def rules_in_force(self, day: Date) -> tuple[Rule, ...]:
        """Give the rules that the day's outcomes need, each after those it uses; NoLaw without any."""
        chosen = {name: self.in_force(versions, day) for name, versions in self.rules.items()}
        ordered: dict[str, Rule] = {}
        for rule in chosen.values():
            if rule is not None and rule.outcome is not None:
                self._visit(rule, chosen, ordered, day)
        if not ordered:
            self._refuse_day(day)
        return tuple(ordered.values())

    def _refuse_day(self, day: Date) -> NoReturn:
        if any(rule.outcome is not None for versions in self.rules.values() for rule in versions):
            en = f"no rule is in force on {day}. Ask for another date"
            zh = f"{day} 没有施行的规则，请换一个日期"
        else:
            en = "no rule gives an outcome. Write @rule(…, outcome=True) at those whose value is asked for"
            zh = "没有给出结果的规则，请在给出结果的规则上写 @rule(…, outcome=True)"
        raise NoLaw("not-in-force", self.name, f"{self.name}: {en}", f"{self.name}：{zh}")

    def _visit(
        self, rule: Rule, chosen: Mapping[str, Rule | None], ordered: dict[str, Rule], day: Date
    ) -> None:
        if rule.name in ordered:
            return
        for name in rule.rules:
            needed = chosen[name]
            if needed is None:
                raise NoLaw(
                    "not-in-force",
                    name,
                    f"{name}: needed by {rule.name}, but not in force on {day}. Ask for another date",
                    f"{name}：{rule.name} 需要它，但它在 {day} 未施行，请换一个日期",
                )
            self._visit(needed, chosen, ordered, day)
        ordered[rule.name] = rule

    def in_force(self, versions: tuple[Rule, ...], day: Date) -> Rule | None:
        """Give which version of a rule (the newest first) is law on a day, or None."""
        begun = (rule for rule in versions if rule.since is None or rule.since <= day.ordinal)
        newest = next(begun, None)
        if newest is None or (newest.until is not None and newest.until < day.ordinal):
            return None
        return newest

    def _program(self, day: Date) -> Program:
        rules = self.rules_in_force(day)
        checks = tuple(check.rule for check in self.checks)
        used = {name for rule in (*rules, *checks) for name in rule.facts}
        tables = Tables(self.parameters, day.ordinal, self.resolved)
        heading = Heading(self.name, self.version, self.title)
        return Program(
            decision=compile_rules(rules, tables),
            checks=compile_rules(checks, tables),
            facts=FactsReader(self.facts, used, day),
            forms=Forms(
                heading, rules, self.facts, self.parameters, self.place_names, citations=self.citations
            ),
        )

    def resolved(self, name: str, day: int) -> Resolved:
        """Give a parameter as in force on a day (days since 1970-01-01)."""
        key = (name, day)
        found = self._resolved.get(key)
        if found is None:
            if len(self._resolved) > _TABLES_KEPT:
                self._resolved.clear()
            found = self._resolved[key] = Resolved(self.parameters[name], day)
        return found


def _today() -> Date:
    return Date.from_date(datetime.now(ZoneInfo("Asia/Shanghai")).date())


def load_rulesets(root: Path) -> Mapping[str, RuleSet]:
    """Load every folder below `root` that has a `rules.py`; RuleSetError at the first that is broken."""
    return load_rulesets_from(read_folder(root))


def read_folder(root: Path) -> dict[str, str]:
    """Read the rule sets' files below `root` as texts by relative path."""
    beside = root / CITATIONS
    files = {CITATIONS: _text(beside)} if beside.exists() else {}
    for rules in sorted(root.glob(f"*/{RULES}")):
        for path in (rules, rules.with_name(PARAMETERS), *sorted(rules.parent.glob("examples/*.toml"))):
            if path.exists():
                files[path.relative_to(root).as_posix()] = _text(path)
    return files


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise tell("unreadable", Place(str(path), line)) from None
    except OSError as error:
        raise tell("unreadable/file", Place(str(path)), {"said": trouble(error)}) from None


def load_rulesets_from(files: Mapping[str, str], only: str | None = None) -> dict[str, RuleSet]:
    """Load rule sets from texts by relative path; `only` loads one by its name."""
    loader = _Loader(files)
    folders = [path.rsplit("/", 1)[0] for path in files if path.endswith("/" + RULES)]
    if only is not None:
        wanted = only.replace("-", "_")
        folders = [folder for folder in folders if folder.rsplit("/", 1)[-1] == wanted]
        if not folders:
            raise UnknownRuleSet(
                f"there is no rule set {only}; expected a folder {wanted} with {RULES}",
                f"没有规则集 {only}；应有文件夹 {wanted}，其中有 {RULES}",
            )
    loaded = [loader.ruleset(folder.rsplit("/", 1)[-1]) for folder in folders]
    return {ruleset.name: ruleset for ruleset in loaded}


class _Loader:
    """Reads folders once each."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.paths = {path.split("/")[-2]: path for path in files if path.endswith("/" + RULES)}
        self.modules: dict[str, tuple[Declared, Mapping[str, Parameter]]] = {}
        self.uses: dict[str, list[str]] = {}
        self.citations = Citations.from_toml(files.get(CITATIONS, ""))
        self._under_way: list[str] = []

    def module(self, folder: str) -> None:
        """Read a folder and those it imports from."""
        if folder in self.modules:
            return
        path = self.paths[folder]
        source = Source.parse(path, self.files[path])
        self._under_way.append(folder)
        for used, node in imported_folders(source):
            if used not in self.paths:
                raise source.refuse(node, "import-unknown", folder=used)
            if used in self._under_way:
                raise source.refuse(node, "import-circle", used=used, folder=folder)
            self.module(used)
            self.uses.setdefault(folder, []).append(used)
        self._under_way.pop()
        declared = read_declarations(source, {name: module[0] for name, module in self.modules.items()})
        beside = path.removesuffix(RULES) + PARAMETERS
        parameters = (
            read_parameters(self.files[beside], beside, declared.enums, declared.facts)
            if beside in self.files
            else {}
        )
        self._refuse_clash(declared, parameters, beside)
        self.modules[folder] = (declared, parameters)

    def _refuse_clash(self, declared: Declared, parameters: Mapping[str, Parameter], path: str) -> None:
        for name in parameters:
            if (
                name in declared.facts
                or name in declared.imports
                or any(f.node.name == name for f in declared.functions)
            ):
                raise tell("name-twice/parameter", place_of(self.files[path], path, name), {"name": name})

    def _family(self, folder: str) -> Iterator[str]:
        yield folder
        for used in self.uses.get(folder, []):
            yield from self._family(used)

    def ruleset(self, folder: str) -> RuleSet:
        """Load one rule set with those it uses."""
        self.module(folder)
        declared, _ = self.modules[folder]
        heading = declared.heading
        assert heading is not None
        wanted = heading.name.replace("-", "_")
        if wanted != folder:
            raise declared.source.refuse(
                declared.source.tree, "ruleset-folder", name=heading.name, folder=folder, wanted=wanted
            )
        family = set(self._family(folder))
        try:
            lowered = RuleSetLowering(folder, {name: self.modules[name] for name in sorted(family)}).run()
        except RecursionError:
            raise tell("too-deep", Place(declared.source.file)) from None
        return RuleSet(
            name=heading.name,
            version=heading.version,
            title=heading.title,
            folder=folder,
            facts={**lowered.facts, "on": ON},
            parameters=lowered.parameters,
            rules=lowered.rules,
            checks=tuple(lowered.checks),
            place_names=lowered.place_names,
            files={
                path: text
                for path, text in self.files.items()
                if path == CITATIONS or family.intersection(path.split("/"))
            },
            citations=self.citations,
        )
