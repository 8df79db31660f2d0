"""What a decision's page draws from a case: ribbon, two-sides card, ladder; the same for every service.

A service's pictures follow from names alone: evidence records with `from` and `to` make the ribbon, the
outcome `required_months_PLACE` a ruler under it, and outcomes that exist with the place of every side
appended become lines of the card.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.casework.shown import CaseView
from tongban.node.pictures.explanation import Explanation
from tongban.node.pictures.ladder import reasons_ladder, shown_value
from tongban.node.pictures.ribbon import Lane, Ruler, Spell, spell_ribbon
from tongban.node.pictures.sides import Card, Line, two_sides
from tongban.node.theme.wording import heading, side_class, spoken
from tongban.services import Definition, Side

_REQUIRED = "required_months_"
_PLACE = re.compile(r"\s*[（(][^（()）]*[)）]$")


@dataclass(frozen=True)
class Reasons:
    """The pictures of a decision; an empty one is left out by the page."""

    ribbon: SafeString
    sides: SafeString
    ladder: SafeString
    unverified: tuple[str, ...]


def lanes(case: CaseView) -> tuple[Lane, ...]:
    """The spells that came as evidence, one lane a side, the earliest first."""
    drawn = []
    for side in case.service.definition.sides:
        records = chain.from_iterable(one.records for one in case.evidence if one.place == side.place)
        spells = tuple(
            Spell(str(record["from"]), str(record["to"]))
            for record in records
            if {"from", "to"} <= record.keys()
        )
        if spells:
            drawn.append(Lane(spoken(side.name), side_class(side.place), spells))
    return tuple(sorted(drawn, key=lambda lane: min(spell.first for spell in lane.spells)))


def _rulers(definition: Definition, explanation: Explanation) -> list[Ruler]:
    rulers = []
    for side in definition.sides:
        months = explanation.outcomes.get(_REQUIRED + side.place)
        if isinstance(months, int):
            rulers.append(Ruler(spoken(side.name), side_class(side.place), months))
    return sorted(rulers, key=lambda ruler: ruler.months)


def _compared(sides: Sequence[Side], explanation: Explanation) -> list[str]:
    """The outcomes that exist for every side, without the place, in the order of the law's steps."""
    ending = f"_{sides[0].place}"
    names = [step.outcome or step.rule for step in explanation.steps]
    shared = [name.removesuffix(ending) for name in names if name.endswith(ending)]
    return [name for name in shared if all(f"{name}_{side.place}" in explanation.outcomes for side in sides)]


def _line(explanation: Explanation, outcome: str) -> Line | None:
    """One line of a card; the law's titles end with the place, which the card's heading says already."""
    step = explanation.step_of(outcome)
    if step is None:
        return None
    return Line(
        label=_PLACE.sub("", heading(step.title)),
        value=shown_value(step, outcome),
        unverified=step.is_unverified,
    )


def _cards(definition: Definition, explanation: Explanation) -> SafeString:
    sides = definition.sides
    names = _compared(sides, explanation)
    decision = definition.decision
    better = explanation.outcomes.get(decision.recommended or "") if decision else None
    cards = []
    for side in sides:
        lines = (_line(explanation, f"{name}_{side.place}") for name in names)
        title = _("在%(place)s办") % {"place": spoken(side.name)}
        said = tuple(line for line in lines if line)
        cards.append(Card(title, side_class(side.place), said, is_better=side.place == better))
    return two_sides(cards) if names else SafeString()


def reasons_of(case: CaseView) -> Reasons | None:
    """The pictures for a case whose rules have been applied; None before that."""
    definition = case.service.definition
    told = definition.decision.outcomes["granted"] if definition.decision else definition.settlement
    if case.proposal is None or told is None:
        return None
    explanation = Explanation.model_validate(case.proposal.explanation)
    drawn = lanes(case)
    deciding = definition.decision.deciding_outcome(case.proposal.pool) if definition.decision else None
    on_top = [deciding] if deciding else sorted(told.title.placeholders | told.text.placeholders)
    steps = [explanation.step_of(outcome) for outcome in on_top]
    top = [step.rule for step in steps if step]
    titles = {
        parameter.name: heading(parameter.title) if parameter.title else parameter.name
        for step in explanation.steps
        for parameter in step.parameters
    }
    return Reasons(
        ribbon=spell_ribbon(drawn, _rulers(definition, explanation)) if drawn else SafeString(),
        sides=_cards(definition, explanation),
        ladder=reasons_ladder(explanation, top),
        unverified=tuple(dict.fromkeys(titles.get(name, name) for name in explanation.unverified)),
    )
