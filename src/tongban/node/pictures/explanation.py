"""The law's explanation as the pages read it from a case: checked once, then plain data.

Promises: unknown extra keys are no error, so that a newer library's explanation still shows.
"""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Words(_Part):
    """The same in both languages."""

    zh: str
    en: str


class Parameter(_Part):
    """A number of the law with its date, source and confidence."""

    name: str
    value: object
    since: str | None = None
    source: str = ""
    confidence: str = "low"
    title: Words | None = None
    under: Words | None = None
    shown: Words | None = None


class Step(_Part):
    """One rule that was applied."""

    rule: str
    value: object
    inputs: Mapping[str, object] = {}
    cites: str = ""
    parameters: tuple[Parameter, ...] = ()
    title: Words
    reason: Words | None = None
    depends: tuple[str, ...] = ()
    labels: Mapping[str, Words] = {}
    shown: Words | None = None
    outcome: str | None = None

    @property
    def is_unverified(self) -> bool:
        """Whether the step itself uses a parameter of low confidence."""
        return any(parameter.confidence == "low" for parameter in self.parameters)


class Explanation(_Part):
    """All steps of one decision, each rule after those it depends on."""

    outcomes: Mapping[str, object]
    steps: tuple[Step, ...]
    unverified: tuple[str, ...] = ()

    def step_of(self, outcome: str) -> Step | None:
        """The step whose value is this outcome."""
        return next((step for step in self.steps if outcome in {step.outcome, step.rule}), None)

    def resting_on(self, rules: Iterable[str]) -> tuple[Step, ...]:
        """The steps of these rules and of all that they depend on; conclusions before their grounds."""
        by_rule = {step.rule: step for step in self.steps}
        wanted: set[str] = set()
        waiting = [rule for rule in rules if rule in by_rule]
        while waiting:
            rule = waiting.pop()
            if rule not in wanted:
                wanted.add(rule)
                waiting.extend(name for name in by_rule[rule].depends if name in by_rule)
        return tuple(step for step in reversed(self.steps) if step.rule in wanted)

    def rests_on_unverified(self, rule: str) -> bool:
        """Whether this rule's value depends, directly or not, on a parameter of low confidence."""
        return any(step.is_unverified for step in self.resting_on([rule]))
