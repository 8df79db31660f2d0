"""Brings a measured node's database to the present form and fills its department's table."""

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

from tongban.federation.sample_data import fill_department
from tongban.federation.sides import SIDES
from tongban.node.cli import bring_up_to_date
from tongban.node.config import CONFIG_VARIABLE, load


def main() -> None:
    """Prepare the node that the environment names."""
    path = Path(os.environ[CONFIG_VARIABLE])
    with redirect_stdout(sys.stderr):
        bring_up_to_date(path)
    fill_department(next(side for side in SIDES if side.node == load(path).name))


if __name__ == "__main__":
    main()
