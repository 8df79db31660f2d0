"""The keyed pseudonym that stands for a person in logs and access records.

Promises: without the node's secret nobody can tell whose it is; the same number always gives the same one.
"""

import hmac
from functools import lru_cache
from pathlib import Path

from tongban.node.config import this_node


def pseudonym(resident_id: str) -> str:
    """The pseudonym of a resident ID number at this node, 64 hexadecimal digits. Raises ConfigError."""
    path = this_node().secret_path
    return hmac.digest(_key(path, _changed(path)), resident_id.upper().encode(), "sha256").hex()


@lru_cache(maxsize=8)
def _key(_path: Path, _changed_at: int) -> bytes:
    """The key for pseudonyms from the secret in that file, as it was changed last."""
    return hmac.digest(this_node().secret_bytes(), b"pseudonym", "sha256")


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
