"""Rules as code: one source serves one person with reasons and whole populations.

Authors import the words of the language from here; applications import `load_rulesets` and `RuleSet`: with
them what reads rules is imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tongban.law.errors import FactsRefused, LawError, NoLaw, Place, Problem, RuleSetError, UnknownRuleSet
from tongban.law.language import (
    Dated,
    Record,
    Table,
    annuity_payment,
    annuity_principal,
    because,
    check,
    count,
    fact,
    first,
    greatest,
    last,
    ordered,
    place_name,
    round_down,
    round_half_even,
    round_half_up,
    round_up,
    rule,
    ruleset,
    smallest,
    those,
    total,
)
from tongban.law.money import Fen, Rate, yuan
from tongban.law.spells import Spell, Spells
from tongban.law.values import Choice, Date, DateTime, Month, PlaceCode, Sex, SpellKind

if TYPE_CHECKING:
    from tongban.law.explanation import Explanation
    from tongban.law.rule_sets import RuleSet, load_rulesets, load_rulesets_from

_WITH_READING = {
    "Explanation": "tongban.law.explanation",
    "RuleSet": "tongban.law.rule_sets",
    "load_rulesets": "tongban.law.rule_sets",
    "load_rulesets_from": "tongban.law.rule_sets",
}


def __getattr__(name: str) -> object:
    """Import what reads and decides only when it is asked for."""
    if name in _WITH_READING:
        return getattr(import_module(_WITH_READING[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Choice",
    "Date",
    "DateTime",
    "Dated",
    "Explanation",
    "FactsRefused",
    "Fen",
    "LawError",
    "Month",
    "NoLaw",
    "Place",
    "PlaceCode",
    "Problem",
    "Rate",
    "Record",
    "RuleSet",
    "RuleSetError",
    "Sex",
    "Spell",
    "SpellKind",
    "Spells",
    "Table",
    "UnknownRuleSet",
    "annuity_payment",
    "annuity_principal",
    "because",
    "check",
    "count",
    "fact",
    "first",
    "greatest",
    "last",
    "load_rulesets",
    "load_rulesets_from",
    "ordered",
    "place_name",
    "round_down",
    "round_half_even",
    "round_half_up",
    "round_up",
    "rule",
    "ruleset",
    "smallest",
    "those",
    "total",
    "yuan",
]
