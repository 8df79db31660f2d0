"""A decision with its reasons: outcomes and every step with values, citation, sentence and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tongban.law.compiled import Step
from tongban.law.ir import Rule, Text
from tongban.law.rendering import Forms, JsonObject
from tongban.law.rule_forms import RuleForm
from tongban.law.values import Date


class Taken(NamedTuple):
    """A rule that was decided: its value, which of its sentences applies (-1: none) and that one's values."""

    rule: Rule
    value: object
    sentence: int
    filling: tuple[object, ...]


@dataclass(frozen=True, repr=False)
class Explanation:
    """The decision on one person's facts on one day; values are encoded, methods give their forms.

    `steps` are as the rules' code gave them, in the order of `forms.rules`.
    """

    forms: Forms
    on: Date
    facts: Mapping[str, object]
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        return f"<Explanation by {self.ruleset} {self.version} on {self.on}>"

    @property
    def ruleset(self) -> str:
        """Name of the rule set."""
        return self.forms.heading.ruleset

    @property
    def version(self) -> str:
        """Version of the rule set."""
        return self.forms.heading.version

    @property
    def title(self) -> Text:
        """Title of the rule set."""
        return self.forms.heading.title

    @cached_property
    def values(self) -> Mapping[str, object]:
        """The value of every rule, by name."""
        return dict(zip(self.forms.rules, (step[0] for step in self.steps), strict=True))

    @property
    def taken(self) -> tuple[Taken, ...]:
        """The rules in the order in which they were decided."""
        forms = self.forms.rules.values()
        return tuple(Taken(form.rule, *step[:3]) for form, step in zip(forms, self.steps, strict=True))

    @property
    def outcomes(self) -> JsonObject:
        """The outcomes in their JSON forms, in the order of the rules file."""
        steps = self.steps
        return {name: write(steps[at][0]) for name, at, write in self.forms.outcome_writers}

    @property
    def unverified(self) -> list[str]:
        """Names of the parameters used whose confidence is low."""
        used = [row for step in self.steps for row in step[3]]
        return [*dict.fromkeys(one.parameter for one in used if one.is_unverified)]

    def to_json(self) -> JsonObject:
        """Give the published form."""
        return {
            "ruleset": self.ruleset,
            "version": self.version,
            "on": str(self.on),
            "outcomes": self.outcomes,
            "steps": self._steps(),
            "unverified": self.unverified,
        }

    def reason(self, one: Taken, lang: str) -> str:
        """Give the sentence of a step: which branch was taken and why."""
        form = self.forms.rules[one.rule.name]
        return form.reason(lang, one.sentence, form.show[lang](one.value), one.filling)

    def _steps(self) -> list[JsonObject]:
        known = {**self.facts, **self.values}
        forms = self.forms.rules.values()
        return [self._step(form, step, known) for form, step in zip(forms, self.steps, strict=True)]

    def _step(self, form: RuleForm, step: Step, known: Mapping[str, object]) -> JsonObject:
        value, sentence, filling, used = step
        return {
            "rule": form.rule.name,
            "value": form.write(value),
            "inputs": {name: written(known[name]) for name, written in form.inputs},
            "cites": form.rule.cites,
            "parameters": [self.forms.parameter(one) for one in dict.fromkeys(used)],
            "title": {**form.title},
            "reason": {
                "zh": form.reason("zh", sentence, form.show["zh"](value), filling),
                "en": form.reason("en", sentence, form.show["en"](value), filling),
            },
            "depends": [*form.depends],
            "outcome": form.rule.outcome,
        }

    def to_text(self, lang: str = "zh") -> str:
        """Give the decision as text for reading, in `zh` or `en`."""
        return self.forms.narration("en" if lang == "en" else "zh").text(self.on, self.steps)
