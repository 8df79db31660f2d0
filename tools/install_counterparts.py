"""Installs the independent implementations from npm that the tests hold Tongban's formats against.

Promises: exactly what tests/counterparts/package-lock.json names, without running install scripts, by the
Node.js that builds the pages.
"""

import subprocess
import sys
from pathlib import Path

from tongban.node.frontend import FrontendError, find_tools

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "counterparts"


def main() -> int:
    """Install; 2 and one message when that cannot be done."""
    try:
        tools = find_tools()
    except FrontendError as error:
        sys.stderr.write(f"install_counterparts: {error}\n")
        return 2
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    command = (*tools.npm, "ci", "--omit=optional", "--ignore-scripts", *quiet)
    done = subprocess.run(command, cwd=FOLDER, check=False)  # noqa: S603 - a fixed tool on our own lock file
    return 2 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
