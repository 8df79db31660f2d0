"""The operators: what may be combined, with which result, within which range.

A quotient or a product with a rate stays a fraction until a rounding makes it whole.
"""

from collections.abc import Callable
from dataclasses import replace

from tongban.law.ir import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    FLOAT,
    INT,
    MONTH,
    RATE,
    SPELLS,
    Const,
    Kind,
    Range,
    Select,
    Type,
)
from tongban.law.money import RATE_SCALE
from tongban.law.terms import (
    BOOLEAN,
    ORDERED,
    Exact,
    Operand,
    Refusal,
    Term,
    constant,
    made,
    plain,
    to_float,
    whole,
)


def _ends(left: Term, right: Term, how: Callable[[int | float, int | float], int | float]) -> Range | None:
    if left.range is None or right.range is None:
        return None
    a, b = left.range, right.range
    ends = [how(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Range(min(ends), max(ends))


def _both_numbers(left: Term, right: Term) -> bool:
    return {left.type, right.type} <= {INT, FLOAT} and FLOAT in (left.type, right.type)


def _add_range(left: Term, right: Term) -> Range | None:
    return _ends(left, right, lambda x, y: x + y)


def add(a: Operand, b: Operand) -> Operand:
    """Add."""
    if isinstance(a, Exact) or isinstance(b, Exact):
        return _add_exact(a, b, minus=False)
    left, right = plain(a), plain(b)
    if _both_numbers(left, right):
        left, right = to_float(left), to_float(right)
    if left.type == right.type and left.type in (INT, FLOAT, FEN, RATE):
        return made("add", (left, right), left.type, _add_range(left, right))
    if right.type == INT and left.type in (MONTH, DATE):
        return made("add", (left, right), left.type, _add_range(left, right))
    if left.type == INT and right.type in (MONTH, DATE):
        return made("add", (right, left), right.type, _add_range(right, left))
    raise _unfit("+", left, right)


def subtract(a: Operand, b: Operand) -> Operand:
    """Subtract."""
    if isinstance(a, Exact) or isinstance(b, Exact):
        return _add_exact(a, b, minus=True)
    left, right = plain(a), plain(b)
    if _both_numbers(left, right):
        left, right = to_float(left), to_float(right)
    found = _ends(left, right, lambda x, y: x - y)
    if left.type == right.type:
        if left.type in (INT, FLOAT, FEN, RATE):
            return made("sub", (left, right), left.type, found)
        if left.type in (MONTH, DATE):
            return made("sub", (left, right), INT, found)
        if left.type == SPELLS:
            return made("spells_difference", (left, right), SPELLS)
    if right.type == INT and left.type in (MONTH, DATE):
        return made("sub", (left, right), left.type, found)
    raise _unfit("-", left, right)


def _int_times(left: Term, right: Term, kind: Type = INT) -> Term:
    if left.expr == Const(1, INT):
        return _as(right, kind)
    if right.expr == Const(1, INT):
        return _as(left, kind)
    product = made("mul", (left, right), kind, _ends(left, right, lambda x, y: x * y))
    return replace(product, never_zero=not _maybe_zero(left) and not _maybe_zero(right))


def _as(term: Term, kind: Type) -> Term:
    """Give a whole number or money as the other."""
    if term.type == kind:
        return term
    return replace(made("mul", (term, whole(1)), kind, term.range), never_zero=term.never_zero)


def _fraction(operand: Operand) -> Exact | None:
    """Give a number, money or rate as a fraction."""
    if isinstance(operand, Exact):
        return operand
    term = plain(operand)
    if term.type in (INT, FEN):
        return Exact(term, whole(1), term.type)
    if term.type == RATE:
        return Exact(term, whole(RATE_SCALE), INT)
    return None


def multiply(a: Operand, b: Operand) -> Operand:
    """Multiply; with a rate or a fraction the product is a fraction."""
    if isinstance(a, Term) and isinstance(b, Term):
        left, right = plain(a), plain(b)
        if _both_numbers(left, right) or left.type == right.type == FLOAT:
            left, right = to_float(left), to_float(right)
            return made("mul", (left, right), FLOAT, _ends(left, right, lambda x, y: x * y))
        if left.type == right.type == INT:
            return _int_times(left, right)
        if {left.type, right.type} == {INT, FEN}:
            return _int_times(left, right, FEN)
        if FLOAT in (left.type, right.type) and (
            FEN in (left.type, right.type) or RATE in (left.type, right.type)
        ):
            raise Refusal("money-float")
        if {left.type, right.type} <= {FEN, BOOL, MONTH, DATE, DATETIME}:
            raise _unfit("*", left, right)
    left_part, right_part = _fraction(a), _fraction(b)
    if left_part is None or right_part is None or left_part.unit == right_part.unit == FEN:
        raise _unfit("*", _first(a), _first(b))
    unit = FEN if FEN in (left_part.unit, right_part.unit) else INT
    return Exact(_int_times(left_part.num, right_part.num), _int_times(left_part.den, right_part.den), unit)


def divide(a: Operand, b: Operand) -> Operand:
    """Divide; whole numbers and money give a fraction to be rounded."""
    if isinstance(a, Term) and isinstance(b, Term):
        left, right = plain(a), plain(b)
        if FLOAT in (left.type, right.type) and {left.type, right.type} <= {INT, FLOAT}:
            left, right = to_float(left), to_float(right)
            _no_zero(right)
            return made("float_div", (left, right), FLOAT, _float_quotient(left, right))
    upper, lower = _fraction(a), _fraction(b)
    if upper is None or lower is None or (lower.unit == FEN and upper.unit != FEN):
        raise _unfit("/", _first(a), _first(b))
    unit = INT if lower.unit == FEN else upper.unit
    _no_zero(lower.num)
    return Exact(_int_times(upper.num, lower.den), _int_times(upper.den, lower.num), unit)


def floor_divide(a: Operand, b: Operand) -> Operand:
    """Divide whole numbers, or money by money, down."""
    left, right = plain(a), plain(b)
    if left.type == right.type and left.type in (INT, FEN):
        return _floor(left, right)
    if left.type == FEN and right.type == INT:
        raise Refusal("money-floor")
    raise _unfit("//", left, right)


def _floor(left: Term, right: Term) -> Term:
    _no_zero(right)
    return made("floordiv", (left, right), INT, _ends(left, _apart(right), lambda x, y: int(x) // int(y)))


def _apart(divisor: Term) -> Term:
    """Give the divisor with a range whose ends are not zero; one on both sides of zero reaches ±1."""
    assert divisor.range is not None
    low, high = divisor.range.low, divisor.range.high
    if low < 0 < high:
        return replace(divisor, range=Range(-1, 1))
    return replace(divisor, range=Range(low or 1, high or -1))


def modulo(a: Operand, b: Operand) -> Operand:
    """Give the remainder with the sign of the divisor."""
    left, right = plain(a), plain(b)
    if left.type != right.type or left.type not in (INT, FEN):
        raise _unfit("%", left, right)
    _no_zero(right)
    assert right.range is not None
    most = max(abs(right.range.low), abs(right.range.high)) - 1
    return made(
        "mod",
        (left, right),
        left.type,
        Range(-most if right.range.low < 0 else 0, most if right.range.high > 0 else 0),
    )


def _no_zero(divisor: Term) -> None:
    if _maybe_zero(divisor):
        raise Refusal("divide-by-zero")


def _maybe_zero(term: Term) -> bool:
    if term.range is None:
        return True
    return not term.never_zero and term.range.low <= 0 <= term.range.high


def _float_quotient(left: Term, right: Term) -> Range | None:
    return _ends(left, right, lambda x, y: x / y)


def _add_exact(a: Operand, b: Operand, *, minus: bool) -> Exact:
    left, right = _fraction(a), _fraction(b)
    if left is None or right is None or left.unit != right.unit:
        raise _unfit("-" if minus else "+", _first(a), _first(b))
    if left.den.expr == right.den.expr:
        den, first, second = left.den, left.num, right.num
    else:
        den = _int_times(left.den, right.den)
        first, second = _int_times(left.num, right.den), _int_times(right.num, left.den)
    how = (lambda x, y: x - y) if minus else (lambda x, y: x + y)
    return Exact(
        made("sub" if minus else "add", (first, second), INT, _ends(first, second, how)), den, left.unit
    )


def _first(operand: Operand) -> Term:
    return operand.num if isinstance(operand, Exact) else plain(operand)


def _unfit(sign: str, left: Term, right: Term) -> Refusal:
    return Refusal("mixed-types", left=left.type, sign=sign, right=right.type)


def negate(operand: Operand) -> Operand:
    """Change the sign."""
    if isinstance(operand, Exact):
        return Exact(_negated(operand.num), operand.den, operand.unit)
    term = plain(operand)
    if term.type not in (INT, FLOAT, FEN, RATE):
        raise Refusal("mixed-types/sign", type=term.type)
    if isinstance(term.expr, Const) and isinstance(term.expr.value, int | float):
        return constant(-term.expr.value, term.type)
    return _negated(term)


def _negated(term: Term) -> Term:
    return made("neg", (term,), term.type, Range(-term.range.high, -term.range.low) if term.range else None)


def absolute(operand: Operand) -> Term:
    """Give the size without sign."""
    term = plain(operand)
    if term.type not in (INT, FLOAT, FEN):
        raise Refusal("mixed-types/abs", type=term.type)
    found = term.range
    if found is not None:
        low = 0 if found.low <= 0 <= found.high else min(abs(found.low), abs(found.high))
        found = Range(low, max(abs(found.low), abs(found.high)))
    return made("abs", (term,), term.type, found)


def extreme(op: str, operands: list[Operand]) -> Term:
    """Give the smallest ("min") or greatest ("max") of values of one type."""
    terms = [plain(operand) for operand in operands]
    if len(terms) < 2:
        raise Refusal("min-max", op=op)
    if FLOAT in {term.type for term in terms}:
        terms = [to_float(term) for term in terms]
    result = terms[0]
    for term in terms[1:]:
        if term.type != result.type or term.type not in ORDERED:
            raise _unfit(op, result, term)
        pick = min if op == "min" else max
        found = None
        if result.range is not None and term.range is not None:
            found = Range(pick(result.range.low, term.range.low), pick(result.range.high, term.range.high))
        result = made(op, (result, term), term.type, found)
    return result


def compare(op: str, a: Operand, b: Operand) -> Term:
    """Compare: eq ne lt le gt ge."""
    if isinstance(a, Exact) or isinstance(b, Exact):
        left_part, right_part = _fraction(a), _fraction(b)
        if left_part is None or right_part is None or left_part.unit != right_part.unit:
            raise Refusal("mixed-types/compared", left=_first(a).type, right=_first(b).type)
        for part in (left_part, right_part):
            if part.den.range is None or part.den.range.low <= 0:
                raise Refusal("sign/divisor")
        left, right = _int_times(left_part.num, right_part.den), _int_times(right_part.num, left_part.den)
        return made(op, (left, right), BOOL, BOOLEAN)
    left, right = plain(a), plain(b)
    if _both_numbers(left, right):
        left, right = to_float(left), to_float(right)
    if left.type != right.type:
        if Kind("str") in (left.type, right.type):
            other = left.type if right.type == Kind("str") else right.type
            raise Refusal("text-compared", type=other)
        if isinstance(a, Term) and FEN in (left.type, right.type) and INT in (left.type, right.type):
            raise Refusal("money-number")
        raise Refusal("mixed-types/compared", left=left.type, right=right.type)
    if op not in ("eq", "ne") and left.type not in ORDERED:
        raise Refusal("no-order", type=left.type)
    if left.type == SPELLS:
        raise Refusal("spells-compared")
    return made(op, (left, right), BOOL, BOOLEAN)


def rounded(mode: str, operand: Operand, to: int) -> Term:
    """Round a fraction or float: half_up, half_even, up, down; `to` fen for money."""
    if isinstance(operand, Term) and operand.type == FLOAT:
        return _rounded_float(mode, operand)
    part = _fraction(operand)
    if part is None:
        raise Refusal("round/needless", type=_first(operand).type)
    if to != 1 and part.unit != FEN:
        raise Refusal("round/not-money")
    num, den = part.num, _int_times(part.den, whole(to))
    if num.type == FEN:
        num = Term(num.expr, INT, num.range)
    quotient = _ROUNDINGS[mode](num, den)
    result = _int_times(quotient, whole(to))
    return Term(result.expr, part.unit, result.range)


def _sum(left: Term, right: Term) -> Term:
    return made("add", (left, right), INT, _add_range(left, right))


def _half_up(num: Term, den: Term) -> Term:
    return _floor(_sum(_int_times(whole(2), num), den), _int_times(whole(2), den))


def _half_even(num: Term, den: Term) -> Term:
    twice, double = _sum(_int_times(whole(2), num), den), _int_times(whole(2), den)
    nearest = _floor(twice, double)
    tie = made("eq", (plain(modulo(twice, double)), whole(0)), BOOL)
    odd = made("eq", (plain(modulo(nearest, whole(2))), whole(1)), BOOL)
    below = plain(subtract(nearest, whole(1)))
    both = made("and", (tie, odd), BOOL)
    return Term(
        Select(both.expr, below.expr, nearest.expr, INT),
        INT,
        below.range.join(nearest.range) if below.range and nearest.range else None,
    )


_ROUNDINGS: dict[str, Callable[[Term, Term], Term]] = {
    "down": _floor,
    "up": lambda num, den: _negated(_floor(_negated(num), den)),
    "half_up": _half_up,
    "half_even": _half_even,
}


def _rounded_float(mode: str, term: Term) -> Term:
    found = (
        Range(int(term.range.low) - 1, int(term.range.high) + 1)
        if term.range and abs(term.range.low) < 2**53 > abs(term.range.high)
        else None
    )
    if found is None:
        raise Refusal("overflow/float")
    return made(f"float_round_{mode}", (term,), INT, found)
