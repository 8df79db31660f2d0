"""Encrypted requests of wallets, and to whom the response is encrypted (OpenID4VCI 1.0, section 10).

Promises: all of a node's processes know its keys without storing them; a key serves for a calendar month and
is still understood in the next, so that metadata may be kept for a while.
"""

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

from tongban.credentials.openid import MEDIA_TYPE, OpenIdError, unseal
from tongban.node.clock import true_now
from tongban.node.config import this_node

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256; 48 derived bytes modulo it are as good as evenly spread (FIPS 186-5, A.2.1)."""


def keys(now: datetime) -> tuple[ECKey, ECKey]:
    """The key of this month, which metadata list, and that of the last."""
    last = now.replace(day=1) - timedelta(days=1)
    secret = this_node().secret_bytes()
    return _key(f"{now:%Y-%m}", secret), _key(f"{last:%Y-%m}", secret)


def opened(body: bytes, media_type: str) -> tuple[bytes, bool]:
    """The request, and whether it came encrypted. Raises OpenIdRefused `invalid_encryption_parameters`."""
    if media_type != MEDIA_TYPE:
        return body, False
    error = OpenIdError.INVALID_ENCRYPTION_PARAMETERS
    return unseal(body.decode("ascii", "replace"), keys(true_now()), error, "the request"), True


@lru_cache(maxsize=4)
def _key(month: str, secret: bytes) -> ECKey:
    info = f"wallets' requests {month}".encode()
    derived = HKDF(SHA256(), 48, salt=None, info=info).derive(secret)
    private = derive_private_key(int.from_bytes(derived, "big") % (_ORDER - 1) + 1, SECP256R1())
    name = hashlib.sha256(info + secret).hexdigest()[:8]
    return ECKey.import_key(private, {"kid": f"{month}-{name}", "use": "enc", "alg": "ECDH-ES"})
