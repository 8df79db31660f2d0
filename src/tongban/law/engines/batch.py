"""Persons in columns: what every engine is given and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tongban.law.tables.columns import AnyColumn, Mask
from tongban.law.tables.histories import History


@dataclass(frozen=True)
class Batch:
    """Facts of some persons; one that is not there is missing for all. A text is its position in `texts`."""

    persons: int
    columns: Mapping[str, AnyColumn]
    histories: Mapping[str, History]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One outcome: numbers in the engines' encoding, and where there is none.

    `halves`, where it is there, holds the same numbers as Arrow's decimals do: two halves of 64 bits each.
    """

    values: npt.NDArray[np.generic]
    missing: Mask | None = None
    halves: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Answers:
    """The outcomes of a batch; where a person is refused, their numbers mean nothing."""

    outcomes: Mapping[str, Answer]
    refused: Mask
