"""From answers and evidence to the facts that the law needs, and from its outcomes to a proposed decision.

Promises: only what the service's definition declares becomes a fact; the same values give the same proposal.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tongban.services.definition import (
    AnswerFact,
    CaseFact,
    Decision,
    Definition,
    EvidenceFact,
    Fact,
    Outcome,
    PersonFact,
)
from tongban.services.form import Answer
from tongban.services.text import Text

Record = Mapping[str, str | int]


@dataclass(frozen=True)
class Known:
    """What the node knows when all evidence is in; `evidence` is by evidence type, the others by name."""

    person: Mapping[str, str]
    case: Mapping[str, str]
    answers: Mapping[str, Answer]
    evidence: Mapping[str, Sequence[Record]]


@dataclass(frozen=True)
class Proposed:
    """The decision that the outcomes lead to, for an officer to confirm."""

    outcome: Outcome
    pool: str
    title: Text
    text: Text


def facts(definition: Definition, known: Known) -> dict[str, object]:
    """The facts of the rule set in the forms of `tongban law explain`, without those that have no value."""
    decimals = {kind.name: kind.decimals for kind in definition.evidence_types}
    values = {name: _value(fact, known, decimals) for name, fact in _decision(definition).facts.items()}
    return {name: value for name, value in values.items() if value is not None}


def lacking(definition: Definition, known: Known, lists: Collection[str] = ()) -> tuple[Text, ...]:
    """The kinds of evidence of which the law needs a record where no side has one, by their titles.

    `lists` are the law's facts that are lists of records and must not be empty.
    """
    kinds = dict.fromkeys(
        fact.evidence
        for name, fact in _decision(definition).facts.items()
        if isinstance(fact, EvidenceFact) and (fact.field or name in lists)
        if not known.evidence.get(fact.evidence)
    )
    brought = ((kind, definition.evidence_type(kind)) for kind in kinds)
    return tuple(one.title if one else Text(zh=name, en=name) for name, one in brought)


def propose(
    definition: Definition, outcomes: Mapping[str, object], answers: Mapping[str, Answer], own_place: str
) -> Proposed:
    """The proposal of an agency at `own_place`; another side's pool means that the person applies there.

    An outcome that the law does not give on that day is told as not known yet.
    """
    decision = _decision(definition)
    pool = _pool(definition, outcomes, answers, own_place)
    outcome = _outcome(decision, outcomes, pool, own_place)
    side = definition.side(pool)
    suffix = f"_{pool}"
    of_pool = {name.removesuffix(suffix): value for name, value in outcomes.items() if name.endswith(suffix)}
    told = decision.outcomes[outcome]
    unknown = dict.fromkeys(told.title.placeholders | told.text.placeholders)
    values = {**unknown, **of_pool, **outcomes, "pool_name": side.name if side else pool}
    return Proposed(outcome, pool, told.title.filled(values), told.text.filled(values))


def _decision(definition: Definition) -> Decision:
    if definition.decision is None:
        raise ValueError(f"{definition.code} of kind {definition.kind} proposes no decision")
    return definition.decision


def _value(fact: Fact, known: Known, decimals: Mapping[str, frozenset[str]]) -> object:
    match fact:
        case PersonFact():
            return known.person[fact.person]
        case CaseFact():
            return known.case[fact.case]
        case EvidenceFact(field=None):
            numbers = decimals.get(fact.evidence, frozenset())
            return [_with_numbers(record, numbers) for record in known.evidence.get(fact.evidence, ())]
        case EvidenceFact():
            return _of_latest(fact, known.evidence.get(fact.evidence, ()))
        case AnswerFact():
            answer = known.answers.get(fact.answer)
            if answer is None:
                return fact.otherwise
            return fact.values[str(answer)] if fact.values else answer


def _with_numbers(record: Record, decimals: frozenset[str]) -> dict[str, object]:
    """The record in the forms of the law, where a decimal is a number."""
    return {name: float(value) if name in decimals else value for name, value in record.items()}


def _of_latest(fact: EvidenceFact, records: Sequence[Record]) -> object:
    """A field of the record that comes last; None when there is none."""
    if not records:
        return None
    latest = max(records, key=lambda record: str(record.get(fact.latest_by or "", "")))
    value = latest.get(fact.field or "")
    return fact.values.get(str(value)) if fact.values else value


def _pool(
    definition: Definition, outcomes: Mapping[str, object], answers: Mapping[str, Answer], own_place: str
) -> str:
    decision = _decision(definition)
    wished = str(answers.get(decision.pool_question or "", ""))
    if definition.side(wished):
        return wished
    recommended = outcomes.get(decision.recommended or "")
    return str(recommended) if recommended else own_place


def _outcome(decision: Decision, outcomes: Mapping[str, object], pool: str, own_place: str) -> Outcome:
    if pool != own_place:
        return "elsewhere"
    deciding = decision.deciding_outcome(pool)
    return "granted" if deciding is None or outcomes.get(deciding) is True else "refused"
