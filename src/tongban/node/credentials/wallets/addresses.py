"""Where wallets find this node, as an issuer and as a verifier: addresses under the name in `iss`."""

from urllib.parse import urlsplit

from tongban.credentials.openid import Endpoints
from tongban.node.config import this_node
from tongban.node.credentials import issuers


def endpoints() -> Endpoints:
    """The issuer's endpoints. Raises NoIssuer where this node issues nothing."""
    issuer = issuers.own().uri
    return Endpoints(
        issuer=issuer,
        authorise=f"{issuer}/openid/authorize",
        pushed_authorisation=f"{issuer}/openid/pushed",
        token=f"{issuer}/openid/token",
        nonce=f"{issuer}/openid/nonce",
        credential=f"{issuer}/openid/credential",
        deferred=f"{issuer}/openid/deferred",
        notification=f"{issuer}/openid/notification",
    )


def offer_uri(name: str) -> str:
    """Where a wallet fetches an offer."""
    return f"{issuers.own().uri}/openid/offers/{name}"


def request_uri(name: str) -> str:
    """Where a wallet fetches what it is asked to show."""
    return f"{issuers.own().uri}/openid/requests/{name}"


def result_uri(name: str, secret: str) -> str:
    """Where a wallet on the same device leads the browser back to."""
    return f"{this_node().pages_url}/verify/asked/{name}/?response_code={secret}"


def pages_origin() -> str:
    """The origin of this node's pages, as browsers tell it to wallets."""
    parts = urlsplit(this_node().pages_url)
    return f"{parts.scheme}://{parts.netloc}"


def answer_uri(name: str) -> str:
    """Where a wallet posts what it shows."""
    return f"{issuers.own().uri}/openid/answers/{name}"
