"""What would have to change, when the answer becomes yes, and the same person under other law.

Every answer is found by deciding again with changed facts, so it cannot differ from what the rules say.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.law import histories
from tongban.law.errors import FactsRefused, LawError, NoLaw, Problem
from tongban.law.explanation import Explanation
from tongban.law.histories import History, ordered
from tongban.law.ir import (
    BOOL,
    DATE,
    FEN,
    INT,
    MONTH,
    PLACE,
    RATE,
    SPELLS,
    EnumType,
    FactDeclared,
    OptionalType,
    Type,
)
from tongban.law.rule_sets import RuleSet
from tongban.law.values import Date, date_plus_months
from tongban.law.writing import write

MONTHS_AHEAD = 600
_STEPPED = (INT, FEN, RATE, MONTH, DATE)
Encoded = Mapping[str, object]
Test = Callable[[int], bool]


@dataclass(frozen=True)
class Turning:
    """The answer is yes `months` from now, with the facts as they are then (JSON forms)."""

    outcome: str
    months: int
    facts: Mapping[str, object]
    explanation: Explanation


@dataclass(frozen=True)
class Change:
    """One fact that alone would make the answer yes: its value now and the nearest one that suffices.

    `by` is how far that is, negative downwards: months, days, a number, yuan; None where nothing is counted.
    """

    fact: str
    now: object
    needed: object
    by: object = None


@dataclass(frozen=True)
class Difference:
    """A rule whose value differs between two decisions; None where one of them has no such rule."""

    rule: str
    left: object
    right: object


@dataclass(frozen=True)
class Comparison:
    """The same person decided twice, side by side."""

    left: Explanation
    right: Explanation

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The rules whose values differ, in the order of the left decision."""
        values = [
            {one.rule.name: write(one.rule.type, one.value) for one in side.taken}
            for side in (self.left, self.right)
        ]
        names = dict.fromkeys([*values[0], *values[1]])
        return tuple(
            Difference(name, values[0].get(name), values[1].get(name))
            for name in names
            if values[0].get(name) != values[1].get(name)
        )

    def to_json(self) -> dict[str, object]:
        """Give both decisions and what differs."""
        return {
            "left": self.left.to_json(),
            "right": self.right.to_json(),
            "differences": [vars(difference) for difference in self.differences],
        }


@dataclass(frozen=True)
class Asked:
    """A rule set, one person's facts, the day, and the yes-or-no outcome that is asked about."""

    ruleset: RuleSet
    facts: Encoded
    day: Date
    outcome: str

    @classmethod
    def of(cls, ruleset: RuleSet, facts: Mapping[str, object], on: date | None, outcome: str) -> "Asked":
        """Read the facts; LawError when they cannot be used or the outcome is not a yes-or-no one."""
        found = ruleset.explain(facts, on)
        names = [rule.outcome for rule in found.forms.outcomes if rule.type == BOOL]
        if outcome not in names:
            known = ", ".join(str(name) for name in names) or "none"
            raise LawError(
                f"{outcome}: is no yes-or-no outcome of {ruleset.name}; expected one of {known}",
                f"{outcome}：不是 {ruleset.name} 的是非结果；可用：{known}",
            )
        return cls(ruleset, found.facts, found.on, outcome)

    def explained(self, facts: Encoded) -> Explanation | None:
        """Decide with changed facts under the same law; None when they are not admitted."""
        try:
            return self.ruleset.decide(facts, self.day)
        except (FactsRefused, NoLaw):
            return None

    def holds(self, facts: Encoded) -> bool:
        """Whether the answer is yes."""
        found = self.explained(facts)
        return found is not None and found.outcomes.get(self.outcome) is True


def earliest(ruleset: RuleSet, facts: Mapping[str, object], on: date | None, outcome: str) -> Turning | None:
    """Give the first month from now in which a yes-or-no outcome is yes, or None within fifty years.

    Time passes for `on` and the facts that say so (`as_time_passes`); the law stays that of the day.
    """
    asked = Asked.of(ruleset, facts, on, outcome)
    for months in range(MONTHS_AHEAD + 1):
        later = {**asked.facts, **_moved(ruleset, asked.facts, months)}
        found = asked.explained(later)
        if found is not None and found.outcomes.get(outcome) is True:
            changed = {name: write(ruleset.facts[name].type, later[name]) for name in _moving(ruleset, later)}
            return Turning(outcome, months, changed, found)
    return None


def changes(
    ruleset: RuleSet, facts: Mapping[str, object], on: date | None, outcome: str
) -> tuple[Change, ...]:
    """Give each fact that alone would make a yes-or-no outcome yes, with the nearest value that suffices.

    Numbers, months and money are searched up and down for the threshold; choices are tried one by one; spells
    that go on are prolonged. Empty when the answer is yes already or no single fact decides.
    """
    asked = Asked.of(ruleset, facts, on, outcome)
    if asked.holds(asked.facts):
        return ()
    found: list[Change] = []
    for name in _relevant(asked):
        declared = ruleset.facts[name]
        for value in _candidates(asked, declared):
            if value != asked.facts[name]:
                now, needed = (write(declared.type, one) for one in (asked.facts[name], value))
                found.append(
                    Change(name, now, needed, _apart(_bare(declared.type), asked.facts[name], value))
                )
    return tuple(found)


def _apart(kind: Type, now: object, needed: object) -> object:
    """How far apart two values are, in the form of JSON; None where that cannot be counted."""
    if kind == SPELLS and isinstance(now, tuple) and isinstance(needed, tuple):
        return histories.months(needed) - histories.months(now)
    if kind in _STEPPED and isinstance(now, int) and isinstance(needed, int):
        return write(kind if kind in (FEN, RATE) else INT, needed - now)
    return None


def under_date(ruleset: RuleSet, facts: Mapping[str, object], on: date | None, law: date) -> Comparison:
    """Decide the same facts under the law of `on` and under the law of another date.

    FactsRefused names the facts that only the other law asks for, when they are not there.
    """
    now = ruleset.explain(facts, on)
    other = Date.from_date(law)
    asked = ruleset.program(now.on).facts.and_of(ruleset.program(other).facts)
    try:
        encoded = asked.read(facts)
    except FactsRefused as error:
        raise FactsRefused(tuple(_only_asked(one, other) for one in error.problems)) from None
    return Comparison(ruleset.decide(encoded, now.on), ruleset.decide(encoded, now.on, other))


def _only_asked(problem: Problem, law: Date) -> Problem:
    """Say that a fact which sufficed for one law does not for that of another date."""
    return Problem(
        problem.path,
        problem.code,
        f"{problem.message} (asked for by the law of {law})",
        f"{problem.zh}（按 {law} 的规定需要）",
    )


def under_place(
    ruleset: RuleSet, facts: Mapping[str, object], on: date | None, fact: str, place: str
) -> Comparison:
    """Decide the same facts as they are and with another place in the fact that says whose law applies."""
    declared = ruleset.facts.get(fact)
    if declared is None or _bare(declared.type) != PLACE:
        names = ", ".join(name for name, one in ruleset.facts.items() if _bare(one.type) == PLACE) or "none"
        raise FactsRefused(
            (
                Problem(
                    fact,
                    "not-a-place",
                    f"is no place of this rule set; places are {names}",
                    f"不是这一规则集的地区事项；地区事项有：{names}",
                ),
            )
        )
    return Comparison(ruleset.explain(facts, on), ruleset.explain({**facts, fact: place}, on))


def _bare(kind: Type) -> Type:
    return kind.item if isinstance(kind, OptionalType) else kind


def _moving(ruleset: RuleSet, facts: Encoded) -> Iterator[str]:
    for name, declared in ruleset.facts.items():
        if declared.as_time_passes and facts.get(name) is not None:
            yield name


def _moved(ruleset: RuleSet, facts: Encoded, months: int) -> dict[str, object]:
    moved: dict[str, object] = {}
    for name in [*_moving(ruleset, facts), "on"]:
        value, kind = facts[name], _bare(ruleset.facts[name].type)
        if isinstance(value, tuple):
            moved[name] = _prolonged(value, months)
        elif isinstance(value, int):
            moved[name] = value + months if kind == MONTH else date_plus_months(value, months, False)
    return moved


def _prolonged(history: History, months: int) -> History:
    """Let the spell that ends last go on."""
    if not history or months == 0:
        return history
    latest = max(history, key=lambda piece: (piece[1], piece[2], piece[3], piece[0]))
    rest = list(history)
    rest.remove(latest)
    return ordered([*rest, (latest[0], latest[1] + months, latest[2], latest[3])])


def _relevant(asked: Asked) -> list[str]:
    """Give the facts the outcome depends on."""
    rules = {rule.name: rule for rule in asked.ruleset.rules_in_force(asked.day)}
    start = next(name for name, rule in rules.items() if rule.outcome == asked.outcome)
    pending, seen, facts = [start], {start}, dict[str, None]()
    while pending:
        rule = rules[pending.pop()]
        facts |= dict.fromkeys(name for name in rule.facts if name != "on")
        new = [name for name in rule.rules if name not in seen]
        seen.update(new)
        pending.extend(new)
    return sorted(facts, key=list(asked.ruleset.facts).index)


def _candidates(asked: Asked, declared: FactDeclared) -> Iterator[object]:
    name, kind, value = declared.name, _bare(declared.type), asked.facts[declared.name]
    if declared.as_time_passes == "continues" and isinstance(value, tuple):
        months = _threshold(
            lambda m: asked.holds({**asked.facts, name: _prolonged(value, m)}), 0, MONTHS_AHEAD
        )
        if months is not None:
            yield _prolonged(value, months)
    elif kind == BOOL and isinstance(value, bool):
        if asked.holds({**asked.facts, name: not value}):
            yield not value
    elif isinstance(kind, EnumType) or declared.one_of:
        choices = declared.one_of or tuple(range(len(kind.values) if isinstance(kind, EnumType) else 0))
        yield from (one for one in choices if asked.holds({**asked.facts, name: one}))
    elif kind in _STEPPED and declared.range is not None:
        now = value if isinstance(value, int) and not isinstance(value, bool) else int(declared.range.low)
        for end in (int(declared.range.high), int(declared.range.low)):
            found = _threshold(lambda n: asked.holds({**asked.facts, name: n}), now, end)
            if found is not None:
                yield found


def _threshold(holds: Test, now: int, end: int) -> int | None:
    """Give the value nearest to `now`, on the way to `end`, from which the answer is yes; None without."""
    if now == end or not holds(end):
        return None
    no, yes = now, end
    while abs(yes - no) > 1:
        middle = (no + yes) // 2
        if holds(middle):
            yes = middle
        else:
            no = middle
    return yes
