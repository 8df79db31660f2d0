"""Who may vouch for wallets: the federation's nodes for their own, and makers whom the operator trusts."""

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from tongban.credentials.openid import AttestedWallet, Maker, OpenIdError, OpenIdRefused, check_wallet
from tongban.node.certificates import certify
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.credentials import issuers
from tongban.node.credentials.wallets import tokens
from tongban.node.credentials.wallets.reader import NoReader, certificate_issuer
from tongban.node.exchange import identity
from tongban.suites import Suite, new_signing_key

PORTAL = "tongban.portal"
"""The client identifier of all portals' wallets."""


def roots() -> tuple[x509.Certificate, ...]:
    """The certificates that attestations have to lead to. Raises ConfigError."""
    listed = tuple(pem for node in identity.current().directory.nodes for pem in node.certificates)
    folder = this_node().wallet_makers_path
    trusted = tuple(sorted(folder.glob("*.pem"))) if folder is not None else ()
    return _read("".join(listed)) + tuple(one for path in trusted for one in _of_file(path))


def own() -> Maker | None:
    """This node as the maker of the portal's wallet; None where it issues no certificates."""
    try:
        issuer = certificate_issuer()
    except NoReader:
        return None
    config = this_node()
    key = new_signing_key("portal", Suite.ES256)
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public_key)
    certificate = certify(issuer, config.name, config.pages_url, public).public_bytes(Encoding.DER)
    return Maker(key, (certificate,), config.pages_url, PORTAL)


def are_required() -> bool:
    """Whether a wallet has to authenticate itself; else one without an attestation is let in too."""
    return this_node().wallet_attestation == "required"


def check(attestation: str, proof: str) -> AttestedWallet | None:
    """The wallet that two headers authenticate, its proof used up; None for one that brings none.

    Raises OpenIdRefused `invalid_client`.
    """
    if not attestation and not proof:
        if are_required():
            raise OpenIdRefused(
                OpenIdError.INVALID_CLIENT, "this issuer takes wallets that their maker attests only"
            )
        return None
    issuer = issuers.own().uri
    wallet = check_wallet(attestation, proof, issuer=issuer, now=true_now(), roots=roots())
    if not tokens.spend(f"wallet {wallet.client_id} {wallet.proof_id}", wallet.expires_at):
        raise OpenIdRefused(OpenIdError.INVALID_CLIENT, "jti: the proof of the wallet was used")
    return wallet


@lru_cache(maxsize=8)
def _read(pems: str) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(pems.encode())) if pems else ()


def _of_file(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return _read(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise ConfigError(f"{path}: cannot be read; expected certificates as PEM") from None
