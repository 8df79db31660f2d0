"""Asks the law of a service's own bundle for one person's outcomes with all reasons.

Promises: only the bundle's texts decide, never what is installed; facts that cannot be used give one reason.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from tongban.law import FactsRefused, LawError, RuleSet
from tongban.law.ir import ListType
from tongban.services.service import Service
from tongban.services.text import Text

_LOADED = 64
_NAME = re.compile(r"\w+")
_CONDITION = "check-"
"""How the law's codes of its own conditions begin."""


class NotComputable(Exception):
    """The law cannot decide on these facts; `text` says why, for an officer and the citizen."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class RuledOut(NotComputable):
    """The facts are fit, and a condition of the law is not met by them; `sentence` is the law's own."""

    def __init__(self, text: Text, sentence: Text) -> None:
        super().__init__(text)
        self.sentence = sentence


def explain(service: Service, facts: Mapping[str, object], on: date) -> Mapping[str, Any]:
    """The explanation (contracts.md) of the service's rule set on that day.

    Raises NotComputable; RuledOut where nothing but conditions of the law stand against it.
    """
    try:
        ruleset = ruleset_of(service)
        return ruleset.explain(facts, on).to_json()
    except FactsRefused as refused:
        told = _every_problem(refused, ruleset)
        if all(problem.code.startswith(_CONDITION) for problem in refused.problems):
            raise RuledOut(told, _every_condition(refused)) from refused
        raise NotComputable(told) from refused
    except LawError as error:
        zh = f"规则对这些材料没有结论，请由工作人员核对（{error.said('zh')}）"
        raise NotComputable(Text(zh=zh, en=f"The law has no answer for this evidence: {error}")) from error


def _every_problem(refused: FactsRefused, ruleset: RuleSet) -> Text:
    named = [(*_as_read(problem.path, ruleset), problem) for problem in refused.problems]
    return Text(
        zh="；".join(f"{path}：{problem.zh}" for path, _, problem in named),
        en="; ".join(f"{path}: {problem.message}" for _, path, problem in named),
    )


def _as_read(path: str, ruleset: RuleSet) -> tuple[str, str]:
    """A path in the facts with the fact's title instead of its name, in Chinese and English."""
    name = _NAME.match(path)
    fact = ruleset.facts.get(name[0]) if name else None
    if name is None or fact is None:
        return path, path
    return fact.title.zh + path[name.end() :], fact.title.en + path[name.end() :]


def _every_condition(refused: FactsRefused) -> Text:
    zh = "；".join(problem.zh or problem.message for problem in refused.problems)
    return Text(zh=zh, en="; ".join(problem.message for problem in refused.problems))


def ruleset_of(service: Service) -> RuleSet:
    """The rule set that the service relies on, read from its bundle. Raises LawError."""
    ruleset = service.definition.ruleset
    if ruleset is None:
        raise LawError(f"{service.code} relies on no rule set", f"{service.code} 不依据任何规则集")
    return _load(ruleset, tuple(sorted(service.bundle.items())))


def lists_needed(service: Service) -> frozenset[str]:
    """The facts of the service's law that are lists and must not be empty. Raises LawError."""
    declared = ruleset_of(service).facts.values() if service.definition.ruleset else ()
    lists = (fact for fact in declared if isinstance(fact.type, ListType))
    return frozenset(fact.name for fact in lists if fact.range and fact.range.low > 0)


@lru_cache(maxsize=_LOADED)
def _load(name: str, files: tuple[tuple[str, str], ...]) -> RuleSet:
    return RuleSet.from_files(dict(files), name)
