"""Each signed delivery counts once: its nonce is remembered for as long as its signature would be good."""

from tongban.node.exchange.models import SeenNonce
from tongban.protocol import Code, Refused
from tongban.protocol.signature import Verified


def count_once(verified: Verified) -> None:
    """Remember this delivery; Refused `replayed` when it has been received before."""
    _, is_new = SeenNonce.objects.get_or_create(
        keyid=verified.keyid, nonce=verified.nonce, defaults={"expires": verified.expires}
    )
    if not is_new:
        raise Refused(Code.REPLAYED, "signature parameter nonce")
