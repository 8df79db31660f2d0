"""What wallets are given to come back with: codes, tokens, nonces, proofs that count once.

Promises: nothing that opens a door is stored as it is, only its digest; what was spent once is refused until
it would have ended anyway.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from tongban.credentials.openid import Nonces
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.credentials.wallets.models import Spent


def fresh() -> str:
    """A secret that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def derived(secret: str, purpose: str) -> str:
    """Another secret out of this one, that only this node can make."""
    return hmac.new(this_node().secret_bytes(), f"{purpose}\0{secret}".encode(), hashlib.sha256).hexdigest()


def nonces() -> Nonces:
    """The node's nonces, known by all of its processes."""
    return Nonces(hmac.new(this_node().secret_bytes(), b"wallet nonces", hashlib.sha256).digest())


def spend(name: str, until: datetime) -> bool:
    """Use up a name that counts once; whether it had not been used before."""
    _, is_new = Spent.objects.get_or_create(name=digest(name), defaults={"expires": until})
    return is_new


def clear() -> None:
    """Forget what was spent and would have ended by now."""
    Spent.objects.filter(expires__lt=true_now()).delete()
