"""A decision with its reasons: outcomes and every step with values, citation, sentence and parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from tongban.law.compiled import Step, Used
from tongban.law.forms import show, write
from tongban.law.ir import FactDeclared, Rule, Text, Type
from tongban.law.parameters import Parameter
from tongban.law.values import Date

JsonObject = dict[str, object]
_OWN_WORDS = {"zh": "无行：按另行规定的取值", "en": "no row: the value declared for that case"}


@dataclass(frozen=True)
class Taken:
    """A rule that was decided, with what it gave."""

    rule: Rule
    step: Step


@dataclass(frozen=True)
class Explanation:
    """The decision on one person's facts on one day; values are encoded, methods give their forms."""

    ruleset: str
    version: str
    title: Text
    on: Date
    facts: Mapping[str, object]
    values: Mapping[str, object]
    taken: tuple[Taken, ...]
    declared: Mapping[str, FactDeclared]
    parameters: Mapping[str, Parameter]
    place_names: Mapping[int, Text]

    @property
    def outcomes(self) -> dict[str, object]:
        """The outcomes in their JSON forms, in the order of the rules file."""
        found = [one for one in self.taken if one.rule.outcome is not None]
        found.sort(key=lambda one: (one.rule.order, one.rule.name))
        return {one.rule.outcome or "": write(one.rule.type, one.step.value) for one in found}

    @property
    def unverified(self) -> list[str]:
        """Names of the parameters used whose confidence is low."""
        names = [used.parameter for one in self.taken for used in one.step.used if _confidence(used) == "low"]
        return list(dict.fromkeys(names))

    def to_json(self) -> JsonObject:
        """Give the published form."""
        return {
            "ruleset": self.ruleset,
            "version": self.version,
            "on": str(self.on),
            "outcomes": self.outcomes,
            "steps": [self._step(one) for one in self.taken],
            "unverified": self.unverified,
        }

    def reason(self, one: Taken, lang: str) -> str:
        """Give the sentence of a step: which branch was taken and why."""
        rule, step = one.rule, one.step
        if step.sentence < 0:
            return self._show(rule.type, step.value, lang)
        sentence = rule.sentences[step.sentence]
        filled = [
            part
            if isinstance(part, str)
            else self._show(rule.type, step.value, lang)
            if part < 0
            else self._show(sentence.values[part][1], step.filling[part], lang)
            for part in (sentence.en if lang == "en" else sentence.zh)
        ]
        return "".join(filled)

    def to_text(self, lang: str = "zh") -> str:
        """Give the decision as text for reading, in `zh` or `en`."""
        chinese = lang != "en"
        lines = [f"{self.title.of(lang)} ({self.ruleset} {self.version})"]
        lines.append(f"{'决定日期' if chinese else 'Decided for'}: {self._show_date(lang)}")
        lines.append("")
        outcomes = [one for one in self.taken if one.rule.outcome is not None]
        outcomes.sort(key=lambda one: (one.rule.order, one.rule.name))
        for one in outcomes:
            lines.append(f"  {one.rule.title.of(lang)}: {self._show(one.rule.type, one.step.value, lang)}")
        lines.append("")
        lines.append("理由" if chinese else "Reasons")
        for number, one in enumerate(self.taken, 1):
            lines.extend(self._text_step(number, one, lang))
        if self.unverified:
            said = (
                "以下参数未经核实，结果仅供参考" if chinese else "Not verified, so the result is indicative"
            )
            lines += ["", f"{said}: {', '.join(self.unverified)}"]
        return "\n".join(lines)

    def _text_step(self, number: int, one: Taken, lang: str) -> list[str]:
        rule = one.rule
        lines = [f"{number:3}. {rule.title.of(lang)}: {self._show(rule.type, one.step.value, lang)}"]
        lines.append(f"     {self.reason(one, lang)}")
        lines.append(f"     {'依据' if lang != 'en' else 'Law'}: {rule.cites}")
        for used in _distinct(one.step.used):
            parameter = self.parameters[used.parameter]
            value = self._show_value(parameter, used.row.value, lang)
            entry = used.row.entry
            since = (
                f"{Date.from_ordinal(entry.since)}, {entry.source}, {entry.confidence}"
                if entry
                else _OWN_WORDS["en" if lang == "en" else "zh"]
            )
            lines.append(f"     · {parameter.title.of(lang)} = {value} ({since})")
        return lines

    def _step(self, one: Taken) -> JsonObject:
        rule = one.rule
        inputs: JsonObject = {name: write(self._type_of(name), self.facts[name]) for name in rule.facts}
        inputs |= {name: write(self._rule_type(name), self.values[name]) for name in rule.rules}
        return {
            "rule": rule.name,
            "value": write(rule.type, one.step.value),
            "inputs": inputs,
            "cites": rule.cites,
            "parameters": [self._parameter(used) for used in _distinct(one.step.used)],
            "title": {"zh": rule.title.zh, "en": rule.title.en},
            "reason": {"zh": self.reason(one, "zh"), "en": self.reason(one, "en")},
            "depends": list(rule.rules),
        }

    def _type_of(self, name: str) -> Type:
        return self.declared[name].type

    def _rule_type(self, name: str) -> Type:
        return next(one.rule.type for one in self.taken if one.rule.name == name)

    def _parameter(self, used: Used) -> JsonObject:
        parameter, entry = self.parameters[used.parameter], used.row.entry
        return {
            "name": used.parameter,
            "value": write_value(parameter, used.row.value),
            "since": str(Date.from_ordinal(entry.since)) if entry else None,
            "source": entry.source if entry else _OWN_WORDS["en"],
            "confidence": entry.confidence if entry else "high",
            "key": [write(key.type, part) for key, part in zip(parameter.keys, used.row.key, strict=True)],
            "title": {"zh": parameter.title.zh, "en": parameter.title.en},
        }

    def _show(self, kind: Type, value: object, lang: str) -> str:
        return show(kind, value, lang, self.place_names)

    def _show_value(self, parameter: Parameter, value: object, lang: str) -> str:
        if isinstance(value, frozenset):
            return f"{len(value)} 项" if lang != "en" else f"{len(value)} items"
        return self._show(parameter.type, value, lang)

    def _show_date(self, lang: str) -> str:
        return show(self.declared["on"].type, self.on.ordinal, lang)


def write_value(parameter: Parameter, value: object) -> object:
    """Give the JSON form of a parameter's value; a set as a sorted list."""
    if isinstance(value, frozenset):
        return sorted((write(parameter.type, one) for one in value), key=str)
    return write(parameter.type, value)


def _confidence(used: Used) -> str:
    return used.row.entry.confidence if used.row.entry else "high"


def _distinct(used: list[Used]) -> list[Used]:
    seen: dict[tuple[str, int, tuple[object, ...]], Used] = {}
    for one in used:
        seen.setdefault((one.parameter, one.row.entry.since if one.row.entry else 0, one.row.key), one)
    return list(seen.values())
