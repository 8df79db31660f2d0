"""The words for what a rule uses, and for rules made for each place."""

from collections.abc import Mapping

from tongban.law.ir import (
    PLACE,
    Const,
    EnumType,
    FactDeclared,
    Given,
    Rule,
    RuleValue,
    Text,
)
from tongban.law.parameters import Parameter
from tongban.law.terms import Operand, Term
from tongban.law.writing import show


class TitleOf:
    """Finds the titles of the names a rule uses."""

    def __init__(
        self,
        names: Mapping[str, Operand],
        facts: Mapping[str, FactDeclared],
        rules: Mapping[str, tuple[Rule, ...]],
        parameters: Mapping[str, Parameter],
        place_names: Mapping[int, Text],
    ) -> None:
        self.names = names
        self.facts = facts
        self.rules = rules
        self.parameters = parameters
        self.place_names = place_names

    def __call__(self, name: str) -> Text | None:
        """Give the title of a fact, rule, parameter or member; None for others."""
        operand = self.names.get(name)
        if isinstance(operand, Term):
            match operand.expr:
                case Given(name=given):
                    return self.facts[given].title
                case RuleValue(name=rule):
                    return self.rules[rule][0].title
                case Const() as member:
                    return self.member(member)
        return self.parameters[name].title if name in self.parameters else None

    def member(self, member: Const) -> Text:
        """Give the words for a constant."""
        return member_label(member, self.place_names)


def member_label(member: Const, place_names: Mapping[int, Text]) -> Text:
    """Give the words for a member of an enumeration or a place."""
    if member.type == PLACE and isinstance(member.value, int) and member.value in place_names:
        return place_names[member.value]
    return Text(show(member.type, member.value, "zh"), show(member.type, member.value, "en"))


def show_member(member: Const) -> str:
    """Give the suffix of a rule made for this member."""
    if isinstance(member.type, EnumType) and isinstance(member.value, int):
        return member.type.values[member.value]
    return show(member.type, member.value, "en")


def parameter_annotation(parameter: Parameter) -> str:
    """Give how a rule annotates the parameter."""
    if parameter.is_set:
        return f"frozenset[{parameter.type}]"
    if not parameter.keys:
        return str(parameter.type)
    keys = [str(key.type) for key in parameter.keys]
    joined = keys[0] if len(keys) == 1 else f"tuple[{', '.join(keys)}]"
    return f"Table[{joined}, {parameter.type}]"
