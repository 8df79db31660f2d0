"""Histories of insurance: four spells a person in up to three places, from a seed, some of which overlap."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tongban.law import RuleSet, load_rulesets
from tongban.law.engines.batch import Batch
from tongban.law.tables.histories import History

Columns = dict[str, npt.NDArray[Any]]
SPELLS_A_PERSON = 4
PLACES = ("990100", "990200", "990300")
FIRST_MONTH, LAST_MONTH = 1996 * 12, 2026 * 12 + 9


def histories(persons: int, seed: int = 2) -> Columns:
    """For each spell: whose it is, first and last month (year × 12 + month − 1), and its place's position.

    Spells of one person in one place never overlap; of two places they may.
    """
    luck = np.random.default_rng(seed)
    slot = (LAST_MONTH - FIRST_MONTH) // (SPELLS_A_PERSON // 2)
    begins = FIRST_MONTH + slot * np.array([0, 0, 1, 1])
    first = begins + luck.integers(0, slot // 2, (persons, SPELLS_A_PERSON))
    last = np.minimum(first + luck.integers(0, slot // 2, first.shape), begins + slot - 1)
    last[:, 3] = np.where(luck.random(persons) < 0.5, LAST_MONTH, last[:, 3])
    place = np.broadcast_to(np.array([0, 1, 0, 2]), first.shape)
    order = np.argsort(first * 8 + place, axis=1, kind="stable")
    taken = [np.take_along_axis(one, order, 1).ravel() for one in (first, last, place)]
    return {
        "person": np.repeat(np.arange(persons, dtype=np.int32), SPELLS_A_PERSON),
        "first": taken[0].astype(np.int32),
        "last": taken[1].astype(np.int32),
        "place": taken[2].astype(np.int8),
    }


def law() -> RuleSet:
    """Months, longest run and run to date as a rule set."""
    return load_rulesets(Path(__file__).parents[1] / "rulesets")["months-insured"]


def batch(columns: Columns) -> Batch:
    """The same as engines take it."""
    spells = len(columns["first"])
    places = np.array([int(place) for place in PLACES], np.int32)[columns["place"]]
    offsets = np.arange(0, spells + 1, SPELLS_A_PERSON, dtype=np.int64)
    history = History(offsets, places, np.zeros(spells, np.int8), columns["first"], columns["last"])
    return Batch(spells // SPELLS_A_PERSON, {}, {"spells": history}, ())
