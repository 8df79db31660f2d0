"""The words for what stands in a rule's body: local names, constants, members of enumerations, fields.

A local name is told by the words that its author gave; else, if it is set once and briefly, by what it is set
to; else by itself, with spaces.
"""

import ast
from collections.abc import Mapping, Sequence

from tongban.law.declarations import Constant, Declared
from tongban.law.ir import Const, Text
from tongban.law.titles import TitleOf
from tongban.law.words import words

_MOST_NAMES = 3  # so many names an expression may have that stands for a local name


class LocalWords:
    """Says expressions of one rule's body; told of each local name when it is set."""

    def __init__(self, titles: TitleOf, declared: Declared, given: Mapping[str, Text]) -> None:
        self._titles = titles
        self._declared = declared
        self._given = given
        self._set: dict[str, ast.expr | None] = {}

    def set(self, name: str, value: ast.expr) -> None:
        """Note what a local name is set to; one that is set in several places stands for nothing else."""
        self._set[name] = None if name in self._set else value

    def say(self, node: ast.expr) -> Text:
        """Give an expression in Chinese and English."""
        return words(_Meant(self).visit(node), self.title)

    def meant(self, name: str) -> ast.expr | None:
        """Give the brief expression that a local name stands for; None where it keeps its own words."""
        value = None if name in self._given or self._titles(name) is not None else self._set.get(name)
        if value is None:
            return None
        whole: ast.expr = _Meant(self).visit(value)
        names = [one for one in ast.walk(whole) if isinstance(one, ast.Name)]
        return whole if len(names) <= _MOST_NAMES else None

    def title(self, name: str) -> Text | None:
        """Give the words for a name or a name with a part (`Trade.MINER`, `line.amount`); None for others."""
        base, _, part = name.partition(".")
        if part:
            return self._member(base, part) if base in self._declared.enums else self._field(base, part)
        if name in self._given:
            return self._given[name]
        found = self._titles(name)
        if found is None and name in self._declared.constants:
            return self._constant(self._declared.constants[name])
        return Text(f"「{_spaced(name)}」", _spaced(name)) if found is None and name in self._set else found

    def _member(self, enum: str, member: str) -> Text | None:
        kind = self._declared.enums[enum]
        if member not in kind.members:
            return None
        position = kind.members.index(member)
        return Text(kind.zh[position], kind.en[position])

    def _field(self, variable: str, name: str) -> Text | None:
        """The title of a record's field, where all records that have such a field call it the same."""
        if self._titles(variable) is not None or variable in self._set:
            return None
        fields = (one for record in self._declared.records.values() for one in record.fields)
        found = {one.title for one in fields if one.name == name}
        return found.pop() if len(found) == 1 else None

    def _constant(self, constant: Constant) -> Text:
        if isinstance(constant, Const):
            return self._titles.member(constant)
        labels = [self._titles.member(one) for one in constant]
        return Text("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))


def assigned_names(body: Sequence[ast.stmt]) -> list[str]:
    """Give the names that are set somewhere in these statements, in order."""
    found: dict[str, None] = {}
    for node in body:
        for one in ast.walk(node):
            match one:
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    found[name] = None
    return [*found]


class _Meant(ast.NodeTransformer):
    """Puts what local names stand for in their place; the rule's own tree stays as it is."""

    def __init__(self, local: LocalWords) -> None:
        self._local = local

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Give what the name stands for."""
        return self._local.meant(node.id) or node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visit a copy."""
        copied = type(node)(**{name: _copied(value) for name, value in ast.iter_fields(node)})
        return super().generic_visit(ast.copy_location(copied, node))


def _copied(value: object) -> object:
    return [*value] if isinstance(value, list) else value


def _spaced(name: str) -> str:
    return name.strip("_").replace("_", " ")
