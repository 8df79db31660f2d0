"""A decision with its reasons: outcomes and every step with values, citation, sentence and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tongban.law.compiled import Step
from tongban.law.ir import DATE, Rule, Text
from tongban.law.parameters import Row
from tongban.law.rendering import Forms, JsonObject, RuleForm
from tongban.law.values import Date
from tongban.law.writing import show


class Taken(NamedTuple):
    """A rule that was decided, with what it gave."""

    rule: Rule
    step: Step


@dataclass(frozen=True, repr=False)
class Explanation:
    """The decision on one person's facts on one day; values are encoded, methods give their forms."""

    ruleset: str
    version: str
    title: Text
    on: Date
    facts: Mapping[str, object]
    values: Mapping[str, object]
    taken: tuple[Taken, ...]
    forms: Forms

    def __repr__(self) -> str:
        return f"<Explanation by {self.ruleset} {self.version} on {self.on}>"

    @property
    def outcomes(self) -> JsonObject:
        """The outcomes in their JSON forms, in the order of the rules file."""
        forms, values = self.forms.rules, self.values
        return {rule.outcome or "": forms[rule.name].write(values[rule.name]) for rule in self.forms.outcomes}

    @property
    def unverified(self) -> list[str]:
        """Names of the parameters used whose confidence is low."""
        names: dict[str, None] = {}
        for one in self.taken:
            for used in one.step.used:
                if used.entry is not None and used.entry.confidence == "low":
                    names[used.parameter] = None
        return list(names)

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
        step = one.step
        form = self.forms.rules[one.rule.name]
        return form.reason(lang, step.sentence, form.show[lang](step.value), step.filling)

    def _steps(self) -> list[JsonObject]:
        known = {**self.facts, **self.values}
        forms = self.forms.rules
        return [self._step(forms[rule.name], step, known) for rule, step in self.taken]

    def _step(self, form: RuleForm, step: Step, known: Mapping[str, object]) -> JsonObject:
        value, sentence, filling, used = step
        return {
            "rule": form.rule.name,
            "value": form.write(value),
            "inputs": {name: written(known[name]) for name, written in form.inputs},
            "cites": form.rule.cites,
            "parameters": [self.forms.parameter(one) for one in distinct(used)],
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
        lang = "en" if lang == "en" else "zh"
        decided, reasons, law, warning = _HEADINGS[lang]
        forms = self.forms
        lines = [
            f"{self.title.of(lang)} ({self.ruleset} {self.version})",
            f"{decided}: {show(DATE, self.on.ordinal, lang)}",
            "",
        ]
        for rule in forms.outcomes:
            lines.append(
                f"  {rule.title.of(lang)}: {forms.rules[rule.name].show[lang](self.values[rule.name])}"
            )
        lines += ["", reasons]
        for number, (rule, (value, sentence, filling, used)) in enumerate(self.taken, 1):
            form = forms.rules[rule.name]
            said = form.show[lang](value)
            lines.append(
                f"{number:3}. {form.title[lang]}: {said}\n"
                f"     {form.reason(lang, sentence, said, filling)}\n"
                f"     {law}: {rule.cites}"
            )
            if used:
                lines += [f"     · {forms.parameter_text(row, lang)}" for row in distinct(used)]
        if unverified := self.unverified:
            lines += ["", f"{warning}: {', '.join(unverified)}"]
        return "\n".join(lines)


_HEADINGS = {
    "zh": ("决定日期", "理由", "依据", "以下参数未经核实，结果仅供参考"),
    "en": ("Decided for", "Reasons", "Law", "Not verified, so the result is indicative"),
}


def distinct(used: list[Row]) -> list[Row]:
    """Give each row that was used once."""
    return used if len(used) < 2 else list(dict.fromkeys(used))
