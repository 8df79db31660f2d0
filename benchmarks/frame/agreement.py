"""Holds contestants to equal results before anything is measured."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class ResultsDiffer(Exception):
    """Two contestants do not give the same; the message says who, what and where first."""


def require_equal(who: str, ours: Mapping[str, npt.NDArray[Any]], theirs: Path) -> None:
    """Compare columns of whole numbers with those that a peer has written; ResultsDiffer when one differs."""
    with np.load(theirs) as written:
        for name, values in ours.items():
            differing = np.flatnonzero(values.astype(np.int64) != written[name].astype(np.int64))
            if len(differing):
                row = int(differing[0])
                raise ResultsDiffer(f"{who}: {name}: row {row}: {written[name][row]}, ours {values[row]}")
