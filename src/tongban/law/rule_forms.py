"""How the steps of one rule are written, worked out once: only values are filled in later."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tongban.law.ir import Rule, Sentence, Text, Type
from tongban.law.writing import PlaceNames, Shower, shower, writer

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Heading:
    """What a rule set is called."""

    ruleset: str
    version: str
    title: Text


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
        fillers = tuple((part, self.filler(sentence, part, lang)) for part in parts if isinstance(part, int))
        return Phrase(template if fillers else template.replace("%%", "%"), fillers)

    def filler(self, sentence: Sentence, part: int, lang: str) -> Shower:
        """Give what says a value of a sentence; -1 is the rule's own."""
        if part < 0:
            return self.show[lang]
        return shower(sentence.values[part][1], lang, self._places)

    def reason(self, lang: str, sentence: int, own: str, filling: tuple[object, ...]) -> str:
        """Give the sentence that applies; `own` is the rule's value in words."""
        return own if sentence < 0 else self.phrases[lang][sentence].said(own, filling)
