"""A decision as text for reading: what each rule gave, why, by which law and which numbers.

All that does not change from one person to the next is put together once; then only values are filled in.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tongban.law.citations import Citations
from tongban.law.compiled import Step
from tongban.law.ir import DATE, Sentence
from tongban.law.parameters import MOST_KEPT, Row
from tongban.law.rule_forms import Heading, RuleForm
from tongban.law.values import Date
from tongban.law.writing import Shower, shower


class _Words(NamedTuple):
    decided: str
    reasons: str
    law: str
    unverified: str
    joint: str


_WORDS = {
    "zh": _Words("决定日期", "理由", "依据", "以下参数未经核实，结果仅供参考", "、"),
    "en": _Words("Decided for", "Reasons", "Law", "Not verified, so the result is indicative", ", "),
}


class _Passage(NamedTuple):
    """The text of a step with one of its sentences.

    Where `fillers` is empty, the rule's own value stands between the `pieces`; else they say the value of
    each place of the %-`template` (-1: the rule's own).
    """

    pieces: tuple[str, ...]
    template: str
    fillers: tuple[tuple[int, Shower], ...]


class _RowsTold(NamedTuple):
    """The lines about the parameters a step used, and the titles of those not verified."""

    lines: str
    unverified: tuple[str, ...]


class _RowTexts(dict[tuple[Row, ...], _RowsTold]):
    """What is said about rows that were used together; put together when first asked for."""

    def __init__(self, say: Callable[[Row], str], name: Callable[[Row], str]) -> None:
        super().__init__()
        self._say = say
        self._name = name

    def __missing__(self, used: tuple[Row, ...]) -> _RowsTold:
        if len(self) > MOST_KEPT:
            self.clear()
        lines = "".join(f"\n     · {self._say(row)}" for row in dict.fromkeys(used))
        told = self[used] = _RowsTold(lines, tuple(self._name(row) for row in used if row.is_unverified))
        return told


class Narration:
    """Writes decisions in one language; `rules` are in the order in which they are decided."""

    def __init__(
        self,
        heading: Heading,
        rules: Sequence[RuleForm],
        outcomes: Sequence[str],
        parameter_text: Callable[[Row], str],
        lang: str,
        *,
        parameter_title: Callable[[Row], str],
        citations: Citations,
    ) -> None:
        words = self._words = _WORDS[lang]
        self._day = shower(DATE, lang, {})
        self._heading = f"{heading.title.of(lang)} ({heading.ruleset} {heading.version})\n{words.decided}: "
        at = {form.rule.name: position for position, form in enumerate(rules)}
        self._outcomes = tuple((f"\n  {rules[at[one]].title[lang]}: ", at[one]) for one in outcomes)
        self._shown = tuple(form.show[lang] for form in rules)
        self._passages = tuple(
            _passages(number, form, citations.of(form.rule.cites, lang), lang)
            for number, form in enumerate(rules, 1)
        )
        self._rows = _RowTexts(parameter_text, parameter_title)

    def text(self, on: Date, steps: Sequence[Step]) -> str:
        """Give the whole decision."""
        said: list[str] = []
        told: list[str] = []
        unverified: dict[str, None] = {}
        rows = self._rows
        each = zip(self._shown, self._passages, steps, strict=True)
        for show, passages, (value, sentence, filling, used) in each:
            own = show(value)
            said.append(own)
            pieces, template, fillers = passages[sentence]
            if fillers:
                told.append(template % tuple([own if at < 0 else say(filling[at]) for at, say in fillers]))
            else:
                told.append(own.join(pieces))
            if used:
                lines, doubtful = rows[used]
                told.append(lines)
                if doubtful:
                    unverified |= dict.fromkeys(doubtful)
        words = self._words
        outcomes = "".join([title + said[at] for title, at in self._outcomes])
        text = f"{self._heading}{self._day(on.ordinal)}\n{outcomes}\n\n{words.reasons}{''.join(told)}"
        return f"{text}\n\n{words.unverified}: {words.joint.join(unverified)}" if unverified else text


def _passages(number: int, form: RuleForm, cited: str, lang: str) -> tuple[_Passage, ...]:
    """Give the passages by number of the sentence; the last is for no sentence, which has number -1."""
    bare = Sentence((-1,), (-1,))
    return tuple(_passage(number, form, one, cited, lang) for one in (*form.rule.sentences, bare))


def _passage(number: int, form: RuleForm, sentence: Sentence, cited: str, lang: str) -> _Passage:
    told = [part for part in (sentence.en if lang == "en" else sentence.zh) if part != ""]
    is_told = told != [-1]  # a sentence of nothing but the value would say it twice
    pieces = [f"\n{number:3}. {form.title[lang]}: ", "\n     " if is_told else ""]
    places = [-1]
    for part in told if is_told else ():
        if isinstance(part, int):
            places.append(part)
            pieces.append("")
        else:
            pieces[-1] += part
    pieces[-1] += f"\n     {_WORDS[lang].law}: {cited}"
    if all(place < 0 for place in places):
        return _Passage(tuple(pieces), "", ())
    template = "%s".join(piece.replace("%", "%%") for piece in pieces)
    return _Passage((), template, tuple((place, form.filler(sentence, place, lang)) for place in places))
