"""Operations of the law as SQL expressions of DuckDB."""

from collections.abc import Callable

Write = Callable[..., str]


def whole(number: object) -> str:
    """A whole number as a literal of 64 bits."""
    return f"({number})::BIGINT"


def modulo(a: str, b: str) -> str:
    """The remainder with the sign of the divisor."""
    return bound(
        "m",
        f"{{'m': {a} % {b}, 'b': {b}}}",
        "CASE WHEN m.m <> 0 AND (m.m < 0) <> (m.b < 0) THEN m.m + m.b ELSE m.m END",
    )


def floor_divide(a: str, b: str) -> str:
    """Division rounded towards −∞."""
    quotient = "CASE WHEN q.a % q.b <> 0 AND (q.a < 0) <> (q.b < 0) THEN q.a // q.b - 1 ELSE q.a // q.b END"
    return bound("q", f"{{'a': {a}, 'b': {b}}}", quotient)


def bound(name: str, value: str, body: str) -> str:
    """The body with a name for a value that it uses more than once."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def place_within(inner: str, outer: str) -> str:
    """Whether a place is the outer one or lies in it; 000000 holds everything."""
    body = (
        "p.o = 0 OR p.i // CASE WHEN p.o % 100 <> 0 THEN 1 WHEN p.o % 10000 <> 0 THEN 100 ELSE 10000 END"
        " = p.o // CASE WHEN p.o % 100 <> 0 THEN 1 WHEN p.o % 10000 <> 0 THEN 100 ELSE 10000 END"
    )
    return bound("p", f"{{'i': {inner}, 'o': {outer}}}", body)


def first_day(month: str) -> str:
    """The first day of a month, in days since 1970."""
    return f"TRY((DATE '1970-01-01' + to_months(({month} - 23640)::INTEGER))::DATE - DATE '1970-01-01')"


def month_of(day: str) -> str:
    """The month a day lies in."""
    date = f"(DATE '1970-01-01' + ({day})::INTEGER)"
    return f"TRY(year({date}) * 12 + month({date}) - 1)"


def plus_months(day: str, months: str, *, to_next_month: bool) -> str:
    """A day some months on; a day the month lacks becomes its last, or the first of the next."""
    parts = f"{{'d': {day}, 'm': {month_of(day)}, 'n': {months}}}"
    there = f"{first_day('t.m + t.n')} + (t.d - {first_day('t.m')})"
    end = first_day("t.m + t.n + 1")
    late = end if to_next_month else f"{end} - 1"
    return bound("t", parts, f"CASE WHEN {there} < {end} THEN {there} ELSE {late} END")


def full_months(start: str, end: str, *, to_next_month: bool) -> str:
    """Full months from one day to another."""
    between = f"{month_of('u.e')} - {month_of('u.s')}"
    reached = plus_months("u.s", f"({between})", to_next_month=to_next_month)
    body = f"CASE WHEN {reached} > u.e THEN {between} - 1 ELSE {between} END"
    return bound("u", f"{{'s': {start}, 'e': {end}}}", body)


def _infix(sign: str) -> Write:
    return lambda a, b: f"({a} {sign} {b})"


def _moved(factor: int, *, to_next_month: bool) -> Write:
    return lambda day, count: plus_months(day, f"({factor} * {count})", to_next_month=to_next_month)


def _years(*, to_next_month: bool) -> Write:
    return lambda start, end: floor_divide(full_months(start, end, to_next_month=to_next_month), "12")


def _half_up(number: str) -> str:
    up = f"{number} - floor({number}) >= 0.5::DOUBLE"
    return f"(CASE WHEN {up} THEN floor({number}) + 1 ELSE floor({number}) END)::BIGINT"


def _half_even(number: str) -> str:
    rest = f"({number} - floor({number}))"
    odd = f"(floor({number})::BIGINT % 2 <> 0)"
    up = f"({rest} > 0.5::DOUBLE OR ({rest} = 0.5::DOUBLE AND {odd}))"
    return f"(CASE WHEN {up} THEN floor({number}) + 1 ELSE floor({number}) END)::BIGINT"


SCALAR: dict[str, Write] = {
    "add": _infix("+"),
    "sub": _infix("-"),
    "mul": _infix("*"),
    "float_div": _infix("/"),
    "floordiv": floor_divide,
    "mod": modulo,
    "neg": lambda a: f"(-{a})",
    "abs": lambda a: f"abs({a})",
    "min": lambda a, b: f"(CASE WHEN {b} < {a} THEN {b} ELSE {a} END)",
    "max": lambda a, b: f"(CASE WHEN {b} > {a} THEN {b} ELSE {a} END)",
    "eq": _infix("="),
    "ne": _infix("<>"),
    "lt": _infix("<"),
    "le": _infix("<="),
    "gt": _infix(">"),
    "ge": _infix(">="),
    "and": _infix("AND"),
    "or": _infix("OR"),
    "not": lambda a: f"(NOT {a})",
    "to_float": lambda a: f"({a})::DOUBLE",
    "float_round_down": lambda a: f"floor({a})::BIGINT",
    "float_round_up": lambda a: f"ceil({a})::BIGINT",
    "float_round_half_up": _half_up,
    "float_round_half_even": _half_even,
    "is_none": lambda a: f"({a} IS NULL)",
    "some": lambda a: a,
    "unwrap": lambda a: a,
    "month_year": lambda m: floor_divide(m, "12"),
    "month_number": lambda m: f"({modulo(m, '12')} + 1)",
    "month_first_day": first_day,
    "month_last_day": lambda m: f"({first_day(f'({m} + 1)')} - 1)",
    "date_year": lambda d: floor_divide(month_of(d), "12"),
    "date_month": month_of,
    "date_day": lambda d: f"({d} - {first_day(month_of(d))} + 1)",
    "date_at": lambda d, minutes: f"({d} * 1440 + {minutes})",
    "date_plus_months_last_day": _moved(1, to_next_month=False),
    "date_plus_months_next_month": _moved(1, to_next_month=True),
    "date_plus_years_last_day": _moved(12, to_next_month=False),
    "date_plus_years_next_month": _moved(12, to_next_month=True),
    "full_years_feb_28": _years(to_next_month=False),
    "full_years_mar_1": _years(to_next_month=True),
    "full_months_last_day": lambda a, b: full_months(a, b, to_next_month=False),
    "full_months_next_month": lambda a, b: full_months(a, b, to_next_month=True),
    "datetime_date": lambda t: floor_divide(t, "1440"),
    "datetime_minute": lambda t: modulo(t, "1440"),
    "place_province": lambda p: f"({p} // 10000 * 10000)",
    "place_city": lambda p: f"({p} // 100 * 100)",
    "place_within": place_within,
}


# -- spells: lists of {f, l, p, k}; most questions are asked of the sorted list of covered months


def _months(spells: str) -> str:
    each = f"list_transform({spells}, lambda x: range(x.f, x.l + 1))"
    return f"list_sort(list_distinct(flatten({each})))"


def _bounded(bridging: str) -> str:
    return f"greatest({bridging}, 0)"


def _run_starts(bridging: str) -> str:
    """Positions in the list `h.m` at which a run begins."""
    breaks = f"i = 1 OR h.m[i] - h.m[i - 1] - 1 > {_bounded(bridging)}"
    return f"list_filter(range(1, len(h.m) + 1), lambda i: {breaks})"


def _longest_run(spells: str, bridging: str) -> str:
    lengths = "list_transform(g.s, lambda b, j: coalesce(g.s[j + 1], g.n + 1) - b)"
    starts = _run_starts("h.b")
    inner = bound("g", f"{{'s': {starts}, 'n': len(h.m)}}", f"coalesce(list_max({lengths}), 0)")
    return bound("h", f"{{'m': {_months(spells)}, 'b': {bridging}}}", inner)


def _run_ending(spells: str, month: str, bridging: str) -> str:
    starts = _run_starts("h.b")
    length = f"len(h.m) + 1 - list_last({starts})"
    near = "h.e - list_last(h.m) <= h.b"
    body = f"CASE WHEN len(h.m) = 0 THEN 0 WHEN {near} THEN {length} ELSE 0 END"
    return bound("h", f"{{'m': {_months(up_to(spells, month))}, 'b': {bridging}, 'e': {month}}}", body)


def up_to(spells: str, month: str) -> str:
    """Spells cut to the months not after one."""
    kept = f"list_filter({spells}, lambda x: x.f <= {month})"
    return f"list_transform({kept}, lambda x: {{'f': x.f, 'l': least(x.l, {month}), 'p': x.p, 'k': x.k}})"


def starting(spells: str, month: str) -> str:
    """Spells cut to the months not before one."""
    kept = f"list_filter({spells}, lambda x: x.l >= {month})"
    return f"list_transform({kept}, lambda x: {{'f': greatest(x.f, {month}), 'l': x.l, 'p': x.p, 'k': x.k}})"


def _parts(spells: str, others: str, keep: str) -> str:
    """Month by month, what of the spells the others cover, or do not."""
    months = f"list_filter(range(x.f, x.l + 1), lambda y: {keep}list_contains(c.o, y))"
    single = "lambda y: {'f': y, 'l': y, 'p': x.p, 'k': x.k}"
    each = f"list_transform(c.s, lambda x: list_transform({months}, {single}))"
    return bound("c", f"{{'s': {spells}, 'o': {_months(others)}}}", f"flatten({each})")


def _gaps(spells: str) -> str:
    return bound(
        "h", _months(spells), "CASE WHEN len(h) = 0 THEN 0 ELSE list_last(h) - h[1] + 1 - len(h) END"
    )


def _longest_gap(spells: str) -> str:
    holes = "list_transform(range(2, len(h) + 1), lambda i: h[i] - h[i - 1] - 1)"
    return bound("h", _months(spells), f"coalesce(list_max({holes}), 0)")


SPELLS: dict[str, Write] = {
    "spells_within": lambda s, p: f"list_filter({s}, lambda x: {place_within('x.p', p)})",
    "spells_of_kind": lambda s, k: f"list_filter({s}, lambda x: x.k = {k})",
    "spells_up_to": up_to,
    "spells_starting": starting,
    "spells_union": lambda a, b: f"list_concat({a}, {b})",
    "spells_intersection": lambda a, b: _parts(a, b, ""),
    "spells_difference": lambda a, b: _parts(a, b, "NOT "),
    "spells_months": lambda s: f"len({_months(s)})",
    "spells_overlap": lambda a, b: f"len(list_intersect({_months(a)}, {_months(b)}))",
    "spells_covers": lambda s, m: f"(len(list_filter({s}, lambda x: x.f <= {m} AND {m} <= x.l)) > 0)",
    "spells_longest_run": _longest_run,
    "spells_run_ending": _run_ending,
    "spells_gaps": _gaps,
    "spells_longest_gap": _longest_gap,
    "spells_first": lambda s: f"list_min(list_transform({s}, lambda x: x.f))",
    "spells_last": lambda s: f"list_max(list_transform({s}, lambda x: x.l))",
    "spells_last_place": lambda s: (
        f"(list_max(list_transform({s}, lambda x: x.l * 1000000 + x.p)) % 1000000)"
    ),
    "spells_first_month_with": lambda s, n: f"{_months(s)}[greatest({n}, 1)]",
}
