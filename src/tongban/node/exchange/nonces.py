"""Deliveries seen: a signature's nonce counts once, and is kept until the signature has expired."""

from tongban.node.exchange.models import SeenNonce
from tongban.protocol import Code, Refused
from tongban.protocol.signature import Verified


def note_delivery(verified: Verified) -> None:
    """Remember this delivery; Refused `replayed` when it has been received before."""
    _, is_new = SeenNonce.objects.get_or_create(
        keyid=verified.keyid, nonce=verified.nonce, defaults={"expires": verified.expires}
    )
    if not is_new:
        raise Refused(Code.REPLAYED, "signature parameter nonce")
