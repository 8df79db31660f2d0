"""What this node says of itself as an issuer, to wallets: plain, or signed by the key it issues with.

Promises: signed metadata carry the certificate of the key, by which a wallet of another maker tells whose
they are (HAIP 1.0); they are signed anew once an hour and count for a day.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

from tongban.credentials.openid import issuer_metadata, sign_metadata
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.credentials import issuers
from tongban.node.credentials.wallets import addresses, certifying, encrypting

LIFETIME = timedelta(days=1)


def document() -> dict[str, object]:
    """The issuer's metadata. Raises NoIssuer."""
    own = issuers.own()
    kinds = [kind for kind in issuers.types().values() if kind.vct in own.types]
    title = this_node().title
    this_month, _ = encrypting.keys(true_now())
    return issuer_metadata(addresses.endpoints(), kinds, own.key.suite, (title.zh, title.en), [this_month])


def signed(told: Mapping[str, object]) -> str | None:
    """The metadata as a JWT; None where this node's key has no certificate that wallets could go by."""
    header = certifying.header(issuers.own())
    if not header:
        return None
    hour = true_now().replace(minute=0, second=0, microsecond=0)
    return _signed(orjson.dumps(told), orjson.dumps(header), hour)


@lru_cache(maxsize=4)
def _signed(told: bytes, header: bytes, hour: datetime) -> str:
    members: dict[str, Any] = orjson.loads(told)
    return sign_metadata(members, issuers.own().key, orjson.loads(header), now=hour, lifetime=LIFETIME)
