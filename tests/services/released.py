"""The service versions that nodes may have published already, with what they held.

A node refuses to publish a version with other content than it has, so a folder that changes raises its
version. `python -m tests.services.released` writes down those of today, once they are given to anybody.
"""

import json
from pathlib import Path

from tests.services.shipped import SHIPPED
from tongban.services import load

_FILE = Path(__file__).parent / "released.json"


def released() -> dict[str, str]:
    """The digest of what was given out, by service and version."""
    known: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    return known


def today() -> dict[str, str]:
    """The same of the folders as they are."""
    return {f"{code} {one.version}": one.sha256 for code, one in sorted(load(SHIPPED).items())}


if __name__ == "__main__":
    kept = (released() if _FILE.exists() else {}) | today()
    _FILE.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
