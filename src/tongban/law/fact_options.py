"""Reads `fact(…)`: the type of a fact and what it may be."""

import ast
import re
from collections.abc import Mapping
from typing import Literal

from tongban.law.ir import (
    INT,
    Const,
    FactDeclared,
    Kind,
    ListType,
    MappingType,
    OptionalType,
    Range,
    Scalar,
    Type,
)
from tongban.law.options import Options
from tongban.law.ranges import DEFAULT_RANGES, LIST_RANGE

_FACT_OPTIONS = {
    "zh", "en", "optional", "default", "at_least", "at_most", "one_of", "matches", "past", "as_time_passes",
}  # fmt: skip
_TIMED = ("month", "date", "datetime", "spells")


class FactOptions(Options):
    """Reads the facts of one file."""

    def fact(self, name: str, call: ast.Call) -> FactDeclared:
        """Give what `fact(…)` declares, or refuse."""
        options = self.options(call, _FACT_OPTIONS, 1)
        kind = self.declared.type_of(call.args[0])
        if isinstance(kind, OptionalType):
            raise self.refuse(call, "fact-option/optional")
        optional = self.flag(options, "optional")
        default, has_default = self._default(kind, options)
        if optional and has_default:
            raise self.refuse(call, "fact-option/default-optional")
        past = self.flag(options, "past")
        if past and not (isinstance(kind, Kind) and kind.name in _TIMED):
            raise self.refuse(call, "fact-option/past")
        return FactDeclared(
            name=name,
            type=OptionalType(kind) if optional else kind,
            title=self.title(call, options),
            range=self._range(kind, options),
            optional=optional,
            default=default,
            has_default=has_default,
            one_of=self._one_of(kind, options),
            matches=self._matches(call, options),
            past=past,
            as_time_passes=self._passing(kind, options),
        )

    def _default(self, kind: Type, options: Mapping[str, ast.expr]) -> tuple[object, bool]:
        node = options.get("default")
        if node is None:
            return None, False
        value = self.constant(node)
        if isinstance(value, Const) and value.type == kind:
            return value.value, True
        raise self.refuse(node, "fact-option/default", type=kind)

    def _bound(self, kind: Type, node: ast.expr) -> Scalar:
        value = self.constant(node)
        wanted = INT if isinstance(kind, ListType | MappingType) else kind
        if isinstance(value, Const) and value.type == wanted:
            return value.value
        raise self.refuse(node, "fact-option/limit", type=wanted)

    def _range(self, kind: Type, options: Mapping[str, ast.expr]) -> Range | None:
        base = LIST_RANGE if isinstance(kind, ListType | MappingType) else None
        if isinstance(kind, Kind):
            base = DEFAULT_RANGES.get(kind.name)
        limits = [
            self._bound(kind, options[name]) if name in options else None for name in ("at_least", "at_most")
        ]
        if base is None:
            if any(limit is not None for limit in limits):
                node = next(options[name] for name in ("at_least", "at_most") if name in options)
                raise self.refuse(node, "fact-option/unlimited", type=kind)
            return None
        low, high = (limit if isinstance(limit, int | float) else None for limit in limits)
        if low is not None and high is None and low > base.high:
            high = low
        found = Range(base.low if low is None else low, base.high if high is None else high)
        if found.low > found.high:
            raise self.refuse(options["at_least"], "fact-option/limits")
        return found

    def _one_of(self, kind: Type, options: Mapping[str, ast.expr]) -> tuple[Scalar, ...]:
        node = options.get("one_of")
        if node is None:
            return ()
        values = self.constant(node)
        if isinstance(values, tuple) and values[0].type == kind:
            return tuple(value.value for value in values)
        raise self.refuse(node, "fact-option/one-of", type=kind)

    def _matches(self, call: ast.Call, options: Mapping[str, ast.expr]) -> str:
        if "matches" not in options:
            return ""
        pattern = self.text(call, options, "matches")
        try:
            re.compile(pattern)
        except re.error:
            raise self.refuse(call, "fact-option/matches") from None
        return pattern

    def _passing(self, kind: Type, options: Mapping[str, ast.expr]) -> Literal["", "moves", "continues"]:
        node = options.get("as_time_passes")
        if node is None:
            return ""
        match node, kind:
            case ast.Constant(value="moves"), Kind(name="month" | "date"):
                return "moves"
            case ast.Constant(value="continues"), Kind(name="spells"):
                return "continues"
        raise self.refuse(node, "fact-option/passing")
