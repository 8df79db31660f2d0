"""What an engine computes: the facts, rules and parameters that some outcomes need on a day.

The same for all engines; nothing here computes a value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongban.law import ir
from tongban.law.parameters import Parameter
from tongban.law.ranges import DEFAULT_RANGES, MOST_SPELLS
from tongban.law.rule_sets import RuleSet
from tongban.law.terms import walk
from tongban.law.values import MINUTES_A_DAY, Date, date_month

_MOST_TEXTS = 2**31 - 1


class Unsupported(Exception):
    """The engine cannot compute this; it says what."""


@dataclass(frozen=True)
class Fact:
    """A fact as engines see it, in their encoding. For spells the bounds are those of their months."""

    name: str
    type: ir.Type
    low: int | float
    high: int | float
    optional: bool = False
    default: int | float | str | None = None
    one_of: tuple[int | float | str, ...] = ()
    fewest: int = 0
    most: int = MOST_SPELLS

    @property
    def may_be_missing(self) -> bool:
        """Whether a person without it is not refused."""
        return self.optional or self.default is not None


@dataclass(frozen=True)
class Target:
    """An outcome: its name, its type, the rule that gives it, and the proven bounds of its numbers."""

    name: str
    rule: str
    type: ir.Type
    range: ir.Range | None = None


@dataclass(frozen=True)
class Program:
    """Everything needed for some outcomes on a day; rules stand after those they use.

    `texts` are all texts of the law; engines compute with their positions.
    """

    day: int
    facts: tuple[Fact, ...]
    targets: tuple[Target, ...]
    checks: tuple[ir.Rule, ...]
    rules: Mapping[str, ir.Rule]
    parameters: Mapping[str, Parameter]
    texts: tuple[str, ...]

    @property
    def scalar_only(self) -> bool:
        """Whether some rule works on lists, or an outcome is a history: only the interpreter does that."""
        return any(rule.scalar_only for rule in (*self.rules.values(), *self.checks)) or any(
            plain(target.type) == ir.SPELLS for target in self.targets
        )


def program_for(ruleset: RuleSet, day: Date, outcomes: Iterable[str] | None = None) -> Program:
    """Give the program of a rule set for a day; NoLaw when there is no outcome then."""
    in_force = ruleset.rules_in_force(day)
    wanted = None if outcomes is None else set(outcomes)
    targets = tuple(
        Target(rule.outcome, rule.name, rule.type, rule.range)
        for rule in sorted(in_force, key=lambda rule: rule.order)
        if rule.outcome is not None and (wanted is None or rule.outcome in wanted)
    )
    rules = _needed({rule.name: rule for rule in in_force}, [target.rule for target in targets])
    checks = tuple(check.rule for check in ruleset.checks)
    used = {name for rule in (*rules.values(), *checks) for name in rule.facts}
    facts = tuple(_fact(one, day) for name, one in ruleset.facts.items() if name in used and name != "on")
    return Program(
        day=day.ordinal,
        facts=facts,
        targets=targets,
        checks=checks,
        rules=rules,
        parameters=ruleset.parameters,
        texts=tuple(sorted(_texts((*rules.values(), *checks), facts, ruleset.parameters))),
    )


def _needed(rules: Mapping[str, ir.Rule], names: Iterable[str]) -> dict[str, ir.Rule]:
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(rules[name].rules)
    return {name: rule for name, rule in rules.items() if name in needed}


def plain(kind: ir.Type) -> ir.Type:
    """The type of a value that is there."""
    return kind.item if isinstance(kind, ir.OptionalType) else kind


def _fact(declared: ir.FactDeclared, day: Date) -> Fact:
    kind = plain(declared.type)
    low, high = _bounds(declared, kind, day)
    default = declared.default
    count = declared.range if kind == ir.SPELLS else None
    return Fact(
        name=declared.name,
        type=declared.type,
        low=low,
        high=high,
        optional=declared.optional,
        default=default if isinstance(default, int | float | str) else None,
        one_of=tuple(one for one in declared.one_of if isinstance(one, int | float | str)),
        fewest=int(count.low) if count else 0,
        most=min(int(count.high), MOST_SPELLS) if count else MOST_SPELLS,
    )


def _bounds(declared: ir.FactDeclared, kind: ir.Type, day: Date) -> tuple[int | float, int | float]:
    if isinstance(kind, ir.EnumType):
        return 0, len(kind.values) - 1
    latest = {
        ir.MONTH: date_month(day.ordinal),
        ir.SPELLS: date_month(day.ordinal),
        ir.DATE: day.ordinal,
        ir.DATETIME: day.ordinal * MINUTES_A_DAY + MINUTES_A_DAY - 1,
    }
    widest = {ir.BOOL: (0, 1), ir.STR: (0, _MOST_TEXTS), ir.PLACE: (0, 999_999)}
    if kind in widest:
        return widest[kind]
    limits = DEFAULT_RANGES["month"] if kind == ir.SPELLS else declared.range
    if limits is None:
        limits = DEFAULT_RANGES.get(str(kind), ir.Range(0, 0))
    members = [one for one in declared.one_of if isinstance(one, int | float)]
    if members:
        limits = ir.Range(max(limits.low, min(members)), min(limits.high, max(members)))
    high = min(limits.high, latest[kind]) if declared.past and kind in latest else limits.high
    return limits.low, high


def _texts(
    rules: Iterable[ir.Rule], facts: Iterable[Fact], parameters: Mapping[str, Parameter]
) -> Iterable[str]:
    found: set[str] = set()
    for rule in rules:
        for part in walk(rule.body):
            if isinstance(part, ir.Const) and isinstance(part.value, str):
                found.add(part.value)
            elif isinstance(part, ir.Lookup | ir.HasRow | ir.InSet):
                found |= _texts_of(parameters[part.parameter])
    for fact in facts:
        found |= {one for one in (*fact.one_of, fact.default) if isinstance(one, str)}
    return found


def _texts_of(parameter: Parameter) -> set[str]:
    values: list[object] = [parameter.otherwise]
    for entry in parameter.entries:
        for key, value in entry.rows:
            values.extend(key)
            values.extend(value if isinstance(value, frozenset) else (value,))
    return {value for value in values if isinstance(value, str)}
