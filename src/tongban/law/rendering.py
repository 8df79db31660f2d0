"""The forms of a program's steps, worked out once: one decision is rendered by filling in values only."""

from collections.abc import Mapping

from tongban.law.citations import Citations
from tongban.law.ir import FactDeclared, Rule, Text, Type
from tongban.law.narration import Narration
from tongban.law.parameters import MOST_KEPT, Parameter, Row
from tongban.law.rule_forms import LANGUAGES, Heading, RuleForm
from tongban.law.values import Date
from tongban.law.writing import PlaceNames, shower, write

JsonObject = dict[str, object]
OTHERWISE = Text("无对应行，取另行规定的值", "no row: the value declared for that case")


class Forms:
    """How the steps of a rule set are written; `rules` are in the order in which they are decided."""

    def __init__(
        self,
        heading: Heading,
        rules: tuple[Rule, ...],
        declared: Mapping[str, FactDeclared],
        parameters: Mapping[str, Parameter],
        places: PlaceNames,
        *,
        citations: Citations,
    ) -> None:
        kinds: dict[str, Type] = {name: fact.type for name, fact in declared.items()}
        kinds |= {rule.name: rule.type for rule in rules}
        self.heading = heading
        self.rules = {rule.name: RuleForm(rule, kinds, places) for rule in rules}
        self.outcomes = sorted(
            (rule for rule in rules if rule.outcome), key=lambda rule: (rule.order, rule.name)
        )
        at = {rule.name: position for position, rule in enumerate(rules)}
        self.outcome_writers = tuple(
            (rule.outcome or "", at[rule.name], self.rules[rule.name].write) for rule in self.outcomes
        )
        self.declared = declared
        self.parameters = parameters
        self.places = places
        self.citations = citations
        self._narrations: dict[str, Narration] = {}
        self._used: dict[Row, JsonObject] = {}
        self._said: dict[str, dict[Row, str]] = {lang: {} for lang in LANGUAGES}

    def narration(self, lang: str) -> Narration:
        """Give what writes whole decisions in a language."""
        found = self._narrations.get(lang)
        if found is None:
            found = self._narrations[lang] = Narration(
                self.heading,
                tuple(self.rules.values()),
                tuple(rule.name for rule in self.outcomes),
                lambda row: self.parameter_text(row, lang),
                lang,
                parameter_title=lambda row: self.parameters[row.parameter].title.of(lang),
                citations=self.citations,
            )
        return found

    def parameter(self, row: Row) -> JsonObject:
        """Give the published form of a row that was used; made once for each row."""
        found = self._used.get(row)
        if found is None:
            if len(self._used) > MOST_KEPT:
                self._used.clear()
            found = self._used[row] = self._parameter(row)
        return {**found}

    def _parameter(self, row: Row) -> JsonObject:
        parameter, entry = self.parameters[row.parameter], row.entry
        return {
            "name": row.parameter,
            "value": write_value(parameter, row.value),
            "since": str(Date.from_ordinal(entry.since)) if entry else None,
            "source": entry.source if entry else OTHERWISE.en,
            "confidence": entry.confidence if entry else "high",
            "key": [write(key.type, part) for key, part in zip(parameter.keys, row.key, strict=True)],
            "title": {"zh": parameter.title.zh, "en": parameter.title.en},
            "under": {lang: self._under(parameter, row, lang) for lang in LANGUAGES},
        }

    def _under(self, parameter: Parameter, row: Row, lang: str) -> str:
        """Give for what the row holds, in words; empty where the parameter has no keys."""
        parts = zip(parameter.keys, row.key, strict=True)
        return ("，" if lang == "zh" else ", ").join(key.told(part, lang, self.places) for key, part in parts)

    def parameter_text(self, row: Row, lang: str) -> str:
        """Give a row that was used as words for people; made once for each row."""
        said = self._said[lang]
        found = said.get(row)
        if found is None:
            if len(said) > MOST_KEPT:
                said.clear()
            found = said[row] = self._parameter_text(row, lang)
        return found

    def _parameter_text(self, row: Row, lang: str) -> str:
        parameter, entry = self.parameters[row.parameter], row.entry
        value = row.value
        if isinstance(value, frozenset):
            said = f"{len(value)} items" if lang == "en" else f"{len(value)} 项"
        else:
            said = shower(parameter.type, lang, self.places)(value)
        title = parameter.title.of(lang)
        if parameter.keys:
            under = self._under(parameter, row, lang)
            title = f"{title} ({under})" if lang == "en" else f"{title}（{under}）"
        if entry is None:
            return f"{title} = {said} ({OTHERWISE.of(lang)})"
        since, source = Date.from_ordinal(entry.since), self.citations.of(entry.source, lang)
        return f"{title} = {said} ({since}, {source}, {entry.sureness(lang)})"


def write_value(parameter: Parameter, value: object) -> object:
    """Give the JSON form of a parameter's value; a set as a sorted list."""
    if isinstance(value, frozenset):
        return sorted((write(parameter.type, one) for one in value), key=str)
    return write(parameter.type, value)
