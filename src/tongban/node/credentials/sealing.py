"""Keeps what citizens hold unreadable in the database: encrypted under a key of the node's secret."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet

from tongban.node.config import this_node


def seal(text: str) -> str:
    """The text, encrypted."""
    return _cipher().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The counterpart; raises cryptography's InvalidToken when the node's secret was replaced."""
    return _cipher().decrypt(sealed.encode("ascii")).decode()


def _cipher() -> Fernet:
    key = hmac.new(this_node().secret_bytes(), b"wallet", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
