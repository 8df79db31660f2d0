"""The keyed pseudonym that stands for a person in logs and access records.

Promises: without the node's secret nobody can tell whose it is; the same number always gives the same one.
"""

import hashlib
import hmac

from tongban.node.config import this_node


def pseudonym(resident_id: str) -> str:
    """The pseudonym of a resident ID number at this node, 64 hexadecimal digits."""
    key = hmac.new(this_node().secret_bytes(), b"pseudonym", hashlib.sha256).digest()
    return hmac.new(key, resident_id.upper().encode(), hashlib.sha256).hexdigest()
