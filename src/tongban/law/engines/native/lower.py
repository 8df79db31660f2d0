"""From the typed form of the law to native code for one person: every expression becomes straight-line code.

Nothing is decided by branching: all branches are computed and the value of the one taken is selected, so that
eight persons go through at once. Whether the law has no answer (a parameter without a row) is carried beside
every value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tongban.law import ir
from tongban.law.engines.native import calendar
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.lookups import Lookups
from tongban.law.engines.native.operands import FALSE, TRUE, Value, floating, whole
from tongban.law.engines.program import Program, Unsupported

MINUTES_A_DAY = 1440


class SomeSpells:
    """A person's spells in code, in the form that their maker knows."""


@dataclass(frozen=True)
class SpellList(SomeSpells):
    """Where a person's spells are: a count and four arrays (names of i64 and pointers)."""

    count: str
    firsts: str
    lasts: str
    places: str
    kinds: str

    @property
    def months(self) -> str:
        """The arguments of a function that looks at months only."""
        return f"i64 {self.count}, ptr {self.firsts}, ptr {self.lasts}"

    @property
    def everything(self) -> str:
        """The arguments of a function that looks at all."""
        return f"{self.months}, ptr {self.places}, ptr {self.kinds}"


@dataclass(frozen=True)
class Lowered:
    """A value, whether it is present, and whether the person is refused on the way to it."""

    value: Value | SomeSpells
    present: Value = TRUE
    refused: Value = FALSE


Locals: TypeAlias = Mapping[str, Lowered]


class SpellsCode(Protocol):
    """Makes the code of operations on spells: lists of spells, and what is asked of them."""

    def derived(self, op: str, arguments: Sequence[Lowered]) -> SomeSpells:
        """A list made of others."""

    def asked(self, key: tuple[str, int], expr: ir.Op, lower: Callable[[], Sequence[Lowered]]) -> Lowered:
        """A number, month or place asked of a list."""

    def chosen(self, condition: Value, then: SomeSpells, otherwise: SomeSpells) -> SomeSpells:
        """One of two lists."""


class Lowering:
    """Lowers the rules of a program into some assembly; a rule used twice is computed once."""

    def __init__(
        self,
        program: Program,
        code: Assembly,
        lookups: Lookups,
        spells: SpellsCode,
        given: Mapping[str, Lowered],
    ) -> None:
        self._program = program
        self._code = code
        self._lookups = lookups
        self._spells = spells
        self._given = given
        self._rules: dict[str, Lowered] = {}

    def rule(self, name: str) -> Lowered:
        """The value of a rule, and whether it refuses the person itself."""
        found = self._rules.get(name)
        if found is None:
            found = self._rules[name] = self.body(self._program.rules[name])
        return found

    def body(self, rule: ir.Rule) -> Lowered:
        """The value of a rule or check."""
        return self._expression(rule, rule.body, {})

    def _number(self, lowered: Lowered) -> Value:
        if isinstance(lowered.value, SomeSpells):
            raise TypeError("spells are not a number")
        return lowered.value

    def _list(self, lowered: Lowered) -> SomeSpells:
        if isinstance(lowered.value, SomeSpells):
            return lowered.value
        raise TypeError("a number is not spells")

    def _choose(self, condition: Value, then: Lowered, otherwise: Lowered) -> Lowered:
        select = self._code.select
        value: Value | SomeSpells
        if isinstance(then.value, SomeSpells):
            value = self._spells.chosen(condition, then.value, self._list(otherwise))
        else:
            value = select(condition, then.value, self._number(otherwise))
        return Lowered(
            value,
            select(condition, then.present, otherwise.present),
            select(condition, then.refused, otherwise.refused),
        )

    def _expression(self, rule: ir.Rule, expr: ir.Expr, names: Locals) -> Lowered:
        match expr:
            case ir.Const():
                return self._constant(expr)
            case ir.Given():
                return self._given[expr.name]
            case ir.RuleValue():
                used = self.rule(expr.name)
                return Lowered(used.value, used.present)
            case ir.Local():
                return names[expr.name]
            case ir.Because():
                return self._because(rule, expr, names)
            case ir.Let():
                bound = self._expression(rule, expr.value, names)
                plain = Lowered(bound.value, bound.present)
                body = self._expression(rule, expr.body, {**names, expr.name: plain})
                return self._also_refused(body, bound.refused)
            case ir.Select():
                return self._select(rule, expr, names)
            case ir.Op():
                return self._operation(rule, expr, names)
            case ir.Lookup() | ir.HasRow() | ir.InSet():
                return self._parameter(rule, expr, names)
        raise Unsupported(f"{rule.name} works on lists")

    def _constant(self, expr: ir.Const) -> Lowered:
        if expr.value is None:
            item = expr.type.item if isinstance(expr.type, ir.OptionalType) else expr.type
            return Lowered(
                floating(0.0) if item == ir.FLOAT else FALSE if item == ir.BOOL else whole(0), FALSE
            )
        return Lowered(encode(self._program, expr.value))

    def _because(self, rule: ir.Rule, expr: ir.Because, names: Locals) -> Lowered:
        """The value; what its sentence mentions must have an answer too."""
        value = self._expression(rule, expr.value, names)
        said = [self._expression(rule, one, names) for one, _ in rule.sentences[expr.reason].values]
        return self._also_refused(value, *(one.refused for one in said))

    def _also_refused(self, lowered: Lowered, *more: Value) -> Lowered:
        refused = lowered.refused
        for one in more:
            refused = self._code.either(refused, one)
        return Lowered(lowered.value, lowered.present, refused)

    def _select(self, rule: ir.Rule, expr: ir.Select, names: Locals) -> Lowered:
        test = self._expression(rule, expr.test, names)
        condition = self._number(test)
        if condition in (TRUE, FALSE):
            taken = self._expression(rule, expr.then if condition == TRUE else expr.otherwise, names)
        else:
            then = self._expression(rule, expr.then, names)
            taken = self._choose(condition, then, self._expression(rule, expr.otherwise, names))
        return self._also_refused(taken, test.refused)

    def _parameter(self, rule: ir.Rule, expr: ir.Lookup | ir.HasRow | ir.InSet, names: Locals) -> Lowered:
        code = self._code
        day = self._given["on"] if expr.at is None else self._expression(rule, expr.at, names)
        parameter = self._program.parameters[expr.parameter]
        if isinstance(expr, ir.InSet):
            value = self._expression(rule, expr.value, names)
            found = self._lookups.contains(
                parameter, self._number(day), self._number(value), within=expr.within
            )
            refused = code.either(code.negate(found.hit), code.either(day.refused, value.refused))
            return Lowered(found.value, refused=refused)
        keys = [self._expression(rule, key, names) for key in expr.keys]
        found = self._lookups.find(parameter, self._number(day), [self._number(key) for key in keys])
        refused = day.refused
        for key in keys:
            refused = code.either(refused, key.refused)
        if isinstance(expr, ir.HasRow):
            return Lowered(found.row, refused=refused)
        return Lowered(found.value, found.present, code.either(refused, code.negate(found.hit)))

    # -- operations

    def _operation(self, rule: ir.Rule, expr: ir.Op, names: Locals) -> Lowered:
        if expr.op.startswith("spells_"):
            return self._of_spells(rule, expr, names)
        arguments = [self._expression(rule, argument, names) for argument in expr.args]
        refused = FALSE
        if expr.op in ("and", "or"):
            left, right = arguments
            reached = self._number(left) if expr.op == "and" else self._code.negate(self._number(left))
            refused = self._code.either(left.refused, self._code.both(reached, right.refused))
        else:
            for argument in arguments:
                refused = self._code.either(refused, argument.refused)
        match expr.op:
            case "some" | "unwrap":
                return Lowered(arguments[0].value, TRUE, refused)
            case "is_none":
                return Lowered(self._code.negate(arguments[0].present), refused=refused)
        return Lowered(
            self._computed(expr.op, [self._number(argument) for argument in arguments]), refused=refused
        )

    def _of_spells(self, rule: ir.Rule, expr: ir.Op, names: Locals) -> Lowered:
        def arguments() -> Sequence[Lowered]:
            return [self._expression(rule, argument, names) for argument in expr.args]

        if expr.type == ir.SPELLS:
            lowered = arguments()
            refused = FALSE
            for argument in lowered:
                refused = self._code.either(refused, argument.refused)
            return Lowered(self._spells.derived(expr.op, lowered), refused=refused)
        return self._spells.asked((rule.name, id(expr)), expr, arguments)

    def _computed(self, op: str, values: Sequence[Value]) -> Value:
        if values[0].kind == "double":
            return self._computed_float(op, values)
        if op in _RELATIONS:
            return self._code.compare(_RELATIONS[op], *values)
        if op in _PLAIN:
            return _PLAIN[op](self._code, *values)
        if op == "place_within":
            return self._lookups.within(*values)
        raise Unsupported(f"the operation {op}")

    def _computed_float(self, op: str, values: Sequence[Value]) -> Value:
        code = self._code
        if op in _RELATIONS:
            return code.compare(_RELATIONS[op], *values)
        if op in _FLOATS:
            return code.float_operation(_FLOATS[op], *values)
        if op in ("min", "max"):
            first, second = values
            return code.select(code.compare("slt" if op == "min" else "sgt", second, first), second, first)
        if op in _FLOAT_FUNCTIONS:
            return Value(code.do(_FLOAT_FUNCTIONS[op].format(values[0].text)), "double")
        if op.startswith("float_round_"):
            return self._rounded(op.removeprefix("float_round_"), values[0])
        raise Unsupported(f"the operation {op}")

    def _rounded(self, mode: str, value: Value) -> Value:
        code = self._code
        rounded = code.do(f"call double @llvm.{_ROUNDINGS[mode]}.f64(double {value.text})")
        if mode == "half_up":
            rest = code.do(f"fsub double {value.text}, {rounded}")
            up = code.do(f"fcmp oge double {rest}, {floating(0.5).text}")
            more = code.do(f"select i1 {up}, double {floating(1.0).text}, double {floating(0.0).text}")
            rounded = code.do(f"fadd double {rounded}, {more}")
        number = code.do(f"call i64 @llvm.fptosi.sat.i64.f64(double {rounded})")
        return Value(number, "i64", -(2**63), 2**63 - 1)


def encode(program: Program, value: object) -> Value:
    """A constant of the law as an operand; a text is its position."""
    match value:
        case bool():
            return TRUE if value else FALSE
        case int():
            return whole(value)
        case float():
            return floating(value)
        case str():
            return whole(program.texts.index(value))
    raise Unsupported(f"a constant of type {type(value).__name__}")


_RELATIONS = {"eq": "eq", "ne": "ne", "lt": "slt", "le": "sle", "gt": "sgt", "ge": "sge"}
_FLOATS = {"add": "fadd", "sub": "fsub", "mul": "fmul", "float_div": "fdiv"}
_FLOAT_FUNCTIONS = {"neg": "fneg double {}", "abs": "call double @llvm.fabs.f64(double {})"}
_ROUNDINGS = {"down": "floor", "up": "ceil", "half_up": "floor", "half_even": "roundeven"}


def _month_number(code: Assembly, month: Value) -> Value:
    return code.add(code.modulo(month, whole(12)), whole(1))


def _last_day(code: Assembly, month: Value) -> Value:
    return code.subtract(calendar.first_day(code, code.add(month, whole(1))), whole(1))


def _date_month(code: Assembly, day: Value) -> Value:
    return calendar.take_apart(code, day).month


def _date_year(code: Assembly, day: Value) -> Value:
    return code.floor_divide(_date_month(code, day), whole(12))


def _date_day(code: Assembly, day: Value) -> Value:
    return code.add(calendar.take_apart(code, day).offset, whole(1))


def _date_at(code: Assembly, day: Value, minutes: Value) -> Value:
    return code.add(code.multiply(day, whole(MINUTES_A_DAY)), minutes)


def _moved(*, yearly: bool, to_next_month: bool) -> Callable[..., Value]:
    def move(code: Assembly, day: Value, count: Value) -> Value:
        months = code.multiply(count, whole(12)) if yearly else count
        return calendar.plus_months(code, day, months, to_next_month=to_next_month)

    return move


def _between(*, yearly: bool, to_next_month: bool) -> Callable[..., Value]:
    def count(code: Assembly, start: Value, end: Value) -> Value:
        months = calendar.full_months(code, start, end, to_next_month=to_next_month)
        return code.floor_divide(months, whole(12)) if yearly else months

    return count


def _part_of_place(size: int) -> Callable[..., Value]:
    return lambda code, place: code.multiply(code.floor_divide(place, whole(size)), whole(size))


_PLAIN: dict[str, Callable[..., Value]] = {
    "add": Assembly.add,
    "sub": Assembly.subtract,
    "mul": Assembly.multiply,
    "floordiv": Assembly.floor_divide,
    "mod": Assembly.modulo,
    "neg": Assembly.negative,
    "abs": Assembly.absolute,
    "min": Assembly.smaller,
    "max": Assembly.greater,
    "and": Assembly.both,
    "or": Assembly.either,
    "not": Assembly.negate,
    "to_float": Assembly.to_float,
    "month_year": lambda code, month: code.floor_divide(month, whole(12)),
    "month_number": _month_number,
    "month_first_day": calendar.first_day,
    "month_last_day": _last_day,
    "date_year": _date_year,
    "date_month": _date_month,
    "date_day": _date_day,
    "date_at": _date_at,
    "date_plus_months_last_day": _moved(yearly=False, to_next_month=False),
    "date_plus_months_next_month": _moved(yearly=False, to_next_month=True),
    "date_plus_years_last_day": _moved(yearly=True, to_next_month=False),
    "date_plus_years_next_month": _moved(yearly=True, to_next_month=True),
    "full_years_feb_28": _between(yearly=True, to_next_month=False),
    "full_years_mar_1": _between(yearly=True, to_next_month=True),
    "full_months_last_day": _between(yearly=False, to_next_month=False),
    "full_months_next_month": _between(yearly=False, to_next_month=True),
    "datetime_date": lambda code, moment: code.floor_divide(moment, whole(MINUTES_A_DAY)),
    "datetime_minute": lambda code, moment: code.modulo(moment, whole(MINUTES_A_DAY)),
    "place_province": _part_of_place(10_000),
    "place_city": _part_of_place(100),
}


def number_of(lowered: Lowered) -> Value:
    """The number that was lowered; TypeError for spells, which the typed form never puts here."""
    if isinstance(lowered.value, SomeSpells):
        raise TypeError("spells are not a number")
    return lowered.value
