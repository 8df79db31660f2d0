"""The forms of a program's steps, worked out once: one decision is rendered by filling in values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tongban.law.ir import FactDeclared, Rule, Sentence, Text, Type
from tongban.law.parameters import Parameter, Row
from tongban.law.values import Date
from tongban.law.writing import PlaceNames, Shower, shower, write, writer

JsonObject = dict[str, object]
LANGUAGES = ("zh", "en")
_ROWS_KEPT = 10_000
OTHERWISE = Text("无对应行，取另行规定的值", "no row: the value declared for that case")


@dataclass(frozen=True)
class Phrase:
    """A sentence in one language: a %-template and what says the value of each place (-1: the rule's own)."""

    template: str
    fillers: tuple[tuple[int, Shower], ...]

    def said(self, own: str, filling: tuple[object, ...]) -> str:
        """Give the sentence with values filled in; `own` is the rule's own value in words."""
        if not self.fillers:
            return self.template
        return self.template % tuple([own if at < 0 else say(filling[at]) for at, say in self.fillers])


class RuleForm:
    """How the steps of one rule are written."""

    def __init__(self, rule: Rule, kinds: Mapping[str, Type], places: PlaceNames) -> None:
        self.rule = rule
        self.write = writer(rule.type)
        self.inputs = tuple((name, writer(kinds[name])) for name in (*rule.facts, *rule.rules))
        self.show = {lang: shower(rule.type, lang, places) for lang in LANGUAGES}
        self.title = {"zh": rule.title.zh, "en": rule.title.en}
        self.depends = list(rule.rules)
        self._places = places

    @cached_property
    def phrases(self) -> dict[str, tuple[Phrase, ...]]:
        """The rule's sentences by language."""
        return {lang: tuple(self._phrase(one, lang) for one in self.rule.sentences) for lang in LANGUAGES}

    def _phrase(self, sentence: Sentence, lang: str) -> Phrase:
        parts = sentence.en if lang == "en" else sentence.zh
        template = "".join("%s" if isinstance(part, int) else part.replace("%", "%%") for part in parts)
        fillers = tuple((part, self._filler(sentence, part, lang)) for part in parts if isinstance(part, int))
        return Phrase(template if fillers else template.replace("%%", "%"), fillers)

    def _filler(self, sentence: Sentence, part: int, lang: str) -> Shower:
        if part < 0:
            return self.show[lang]
        return shower(sentence.values[part][1], lang, self._places)

    def reason(self, lang: str, sentence: int, own: str, filling: tuple[object, ...]) -> str:
        """Give the sentence that applies; `own` is the rule's value in words."""
        return own if sentence < 0 else self.phrases[lang][sentence].said(own, filling)


class Forms:
    """How the steps of a rule set are written."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        declared: Mapping[str, FactDeclared],
        parameters: Mapping[str, Parameter],
        places: PlaceNames,
    ) -> None:
        kinds: dict[str, Type] = {name: fact.type for name, fact in declared.items()}
        kinds |= {rule.name: rule.type for rule in rules}
        self.rules = {rule.name: RuleForm(rule, kinds, places) for rule in rules}
        self.outcomes = sorted(
            (rule for rule in rules if rule.outcome), key=lambda rule: (rule.order, rule.name)
        )
        self.declared = declared
        self.parameters = parameters
        self.places = places
        self._used: dict[Row, JsonObject] = {}
        self._said: dict[str, dict[Row, str]] = {lang: {} for lang in LANGUAGES}

    def parameter(self, row: Row) -> JsonObject:
        """Give the published form of a row that was used; made once for each row."""
        found = self._used.get(row)
        if found is None:
            if len(self._used) > _ROWS_KEPT:
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
        }

    def parameter_text(self, row: Row, lang: str) -> str:
        """Give a row that was used as words for people; made once for each row."""
        said = self._said[lang]
        found = said.get(row)
        if found is None:
            if len(said) > _ROWS_KEPT:
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
        if entry is None:
            return f"{parameter.title.of(lang)} = {said} ({OTHERWISE.of(lang)})"
        since = Date.from_ordinal(entry.since)
        return f"{parameter.title.of(lang)} = {said} ({since}, {entry.source}, {entry.confidence})"


def write_value(parameter: Parameter, value: object) -> object:
    """Give the JSON form of a parameter's value; a set as a sorted list."""
    if isinstance(value, frozenset):
        return sorted((write(parameter.type, one) for one in value), key=str)
    return write(parameter.type, value)
