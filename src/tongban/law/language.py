"""What an author imports: declarations and the functions a rule may call.

As Python they only mark or compute; the loader reads the same words from the text of `rules.py`.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Literal, Protocol, TypeVar, cast, dataclass_transform, overload

from tongban.law import annuities
from tongban.law.money import Fen, FenFraction, Rate
from tongban.law.values import Date, Month, PlaceCode

T = TypeVar("T")
K_contra = TypeVar("K_contra", contravariant=True)
V_co = TypeVar("V_co", covariant=True)
ONE_FEN = Fen(1)
F = TypeVar("F", bound=Callable[..., object])


class _Comparable(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


C = TypeVar("C", bound=_Comparable)


class Table(Protocol[K_contra, V_co]):
    """A parameter with keys; in a test any mapping will do."""

    def __getitem__(self, key: K_contra, /) -> V_co: ...

    def __contains__(self, key: object, /) -> bool: ...


@dataclass(frozen=True)
class Dated(Generic[T]):
    """A parameter looked up on a day other than the decision's; in a test, give (first day, value) pairs."""

    values: tuple[tuple[Date, T], ...]

    def at(self, when: Month | Date) -> T:
        """Give the value in force then (of a month: on its first day); KeyError before the first."""
        day = when.first_day if isinstance(when, Month) else when
        found = [value for since, value in sorted(self.values, key=lambda entry: entry[0]) if since <= day]
        if not found:
            raise KeyError(str(when))
        return found[-1]


@dataclass(frozen=True)
class FactDeclaration:
    """What `fact(…)` leaves behind in plain Python: the options as written."""

    options: Mapping[str, object]


def ruleset(name: str, *, version: str, zh: str, en: str) -> None:
    """Name the rule set; stands once at the top level of `rules.py`."""


def place_name(place: PlaceCode, *, zh: str, en: str) -> None:
    """Give a place its name in sentences and titles; top level of `rules.py`."""


def fact(
    kind: type[T],
    *,
    zh: str = "",
    en: str = "",
    optional: bool = False,
    default: object = None,
    at_least: object = None,
    at_most: object = None,
    one_of: Collection[object] = (),
    matches: str = "",
    past: bool = False,
    as_time_passes: Literal["", "moves", "continues"] = "",
) -> T:
    """Declare a fact that is asked of a person, or a field of a record."""
    return cast(
        "T",
        FactDeclaration(
            {
                "kind": kind,
                "zh": zh,
                "en": en,
                "optional": optional,
                "default": default,
                "at_least": at_least,
                "at_most": at_most,
                "one_of": one_of,
                "matches": matches,
                "past": past,
                "as_time_passes": as_time_passes,
            }
        ),
    )


def rule(
    *,
    zh: str,
    en: str,
    cites: str,
    outcome: bool | str = False,
    since: str = "",
    until: str = "",
    replaces: str = "",
    for_each: Sequence[object] = (),
    scalar_only: bool = False,
    names: Mapping[str, tuple[str, str]] = {},
) -> Callable[[F], F]:
    """Make a function a rule; the function itself stays as it is."""
    return lambda function: function


def check(*, fact: str, zh: str, en: str) -> Callable[[F], F]:
    """Make a function that returns bool a condition on the facts; false refuses them at `fact`."""
    return lambda function: function


def because(value: T, *, zh: str, en: str) -> T:
    """Give the value, with a sentence for the citizen that says why."""
    return value


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record:
    """Base of a record in a list of facts; fields are annotated like dataclass fields."""

    def __init_subclass__(cls) -> None:
        """Make the subclass a frozen dataclass without the declarations as defaults."""
        for name in [n for n, v in vars(cls).items() if isinstance(v, FactDeclaration)]:
            delattr(cls, name)
        dataclass(frozen=True, kw_only=True)(cls)


@overload
def round_half_up(x: Fen | FenFraction, *, to: Fen = ONE_FEN) -> Fen: ...
@overload
def round_half_up(x: float | Fraction, *, to: Fen = ONE_FEN) -> int: ...
def round_half_up(x: Fen | FenFraction | float | Fraction, *, to: Fen = ONE_FEN) -> Fen | int:
    """Round to the nearest; a half goes towards +∞."""
    return _rounded(x, to, lambda exact: math.floor(exact + Fraction(1, 2)))


@overload
def round_half_even(x: Fen | FenFraction, *, to: Fen = ONE_FEN) -> Fen: ...
@overload
def round_half_even(x: float | Fraction, *, to: Fen = ONE_FEN) -> int: ...
def round_half_even(x: Fen | FenFraction | float | Fraction, *, to: Fen = ONE_FEN) -> Fen | int:
    """Round to the nearest; a half goes to the even neighbour."""
    return _rounded(x, to, round)


@overload
def round_up(x: Fen | FenFraction, *, to: Fen = ONE_FEN) -> Fen: ...
@overload
def round_up(x: float | Fraction, *, to: Fen = ONE_FEN) -> int: ...
def round_up(x: Fen | FenFraction | float | Fraction, *, to: Fen = ONE_FEN) -> Fen | int:
    """Round towards +∞."""
    return _rounded(x, to, math.ceil)


@overload
def round_down(x: Fen | FenFraction, *, to: Fen = ONE_FEN) -> Fen: ...
@overload
def round_down(x: float | Fraction, *, to: Fen = ONE_FEN) -> int: ...
def round_down(x: Fen | FenFraction | float | Fraction, *, to: Fen = ONE_FEN) -> Fen | int:
    """Round towards −∞."""
    return _rounded(x, to, math.floor)


def _rounded(x: Fen | FenFraction | float | Fraction, to: Fen, how: Callable[[Fraction], int]) -> Fen | int:
    if isinstance(x, Fen | FenFraction):
        return Fen(how(x.exact / to.fen) * to.fen)
    return how(Fraction(x))


def total(amounts: Iterable[Fen]) -> Fen:
    """Add up money."""
    return Fen(sum(amount.fen for amount in amounts))


def count(items: Iterable[object]) -> int:
    """Count the items."""
    return sum(1 for _ in items)


def first(items: Iterable[T]) -> T | None:
    """Give the first item, or None."""
    return next(iter(items), None)


def last(items: Iterable[T]) -> T | None:
    """Give the last item, or None."""
    return next(reversed(list(items)), None)


def smallest(items: Iterable[C], *, otherwise: C) -> C:
    """Give the smallest item, or `otherwise` when there is none."""
    return min(items, default=otherwise)


def greatest(items: Iterable[C], *, otherwise: C) -> C:
    """Give the greatest item, or `otherwise` when there is none."""
    return max(items, default=otherwise)


def ordered(items: Iterable[C]) -> list[C]:
    """Give the items in ascending order."""
    return sorted(items)


def those(conditions: Mapping[T, bool]) -> list[T]:
    """Give the keys whose condition holds, in the order written."""
    return [key for key, holds in conditions.items() if holds]


def annuity_payment(principal: Fen, yearly_rate: Rate, months: int) -> Fen:
    """Give the equal monthly payment that serves a loan (等额本息), half-up to the fen."""
    return Fen(annuities.payment(principal.fen, yearly_rate.millionths, months))


def annuity_principal(payment: Fen, yearly_rate: Rate, months: int) -> Fen:
    """Give the loan that this monthly payment serves, rounded down to the fen."""
    return Fen(annuities.principal(payment.fen, yearly_rate.millionths, months))
