"""Columns in a file that peers of any kind can read."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def save(columns: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    """Write columns as an uncompressed `.npz`."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, values in columns.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, values)
