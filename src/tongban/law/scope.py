"""What names mean at a point of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tongban.law import terms
from tongban.law.declarations import Declared
from tongban.law.ir import (
    OptionalType,
    Range,
)
from tongban.law.parameters import Parameter
from tongban.law.terms import (
    Operand,
)


@dataclass(frozen=True)
class Scope:
    """What names mean at a point of a rule."""

    names: Mapping[str, Operand]
    declared: Declared
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    scalar_only: bool = False
    unavailable: frozenset[str] = frozenset()

    def with_names(self, more: Mapping[str, Operand]) -> "Scope":
        """Give the scope with more or other meanings."""
        return replace(self, names={**self.names, **more}, unavailable=self.unavailable - set(more))


def parameter_range(parameter: Parameter) -> Range | None:
    """Give the range of all values a parameter ever has."""
    values = [value for entry in parameter.entries for _, value in entry.rows]
    if parameter.has_otherwise:
        values.append(parameter.otherwise)
    numbers = [value for value in values if isinstance(value, int | float)]
    kind = parameter.type.item if isinstance(parameter.type, OptionalType) else parameter.type
    if not numbers or kind not in terms.LIMITS:
        return None
    return Range(min(numbers), max(numbers))
