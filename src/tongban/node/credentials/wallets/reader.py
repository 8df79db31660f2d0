"""Who asks a wallet: this node as a verifier, by a certificate of its own issuer (HAIP 1.0, `x509_hash`)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tongban.credentials.openid import x509_hash_client_id
from tongban.node.certificates import CertificateFileError, Issuer, issue, read_issuer
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.credentials import issuers
from tongban.node.tls_folder import TlsFolder
from tongban.suites import SigningKey

_LIFETIME = timedelta(days=30)
_RENEWAL = timedelta(days=1)


class NoReader(Exception):
    """The node has no issuer of certificates, so that wallets could not tell who asks."""

    def __init__(self) -> None:
        super().__init__("expected issuer.pem and issuer-key.pem in the node's tls_path")


@dataclass(frozen=True)
class Reader:
    """The verifier's name, certificate (DER) and key."""

    client_id: str
    certificate: bytes
    expires: datetime
    key: SigningKey = field(repr=False)


def reader() -> Reader:
    """This process' certificate as a verifier, renewed a day before it ends. Raises NoReader."""
    known = _issued()
    if known.expires - true_now() < _RENEWAL:
        forget()
        known = _issued()
    return known


def forget() -> None:
    """Have the next request signed by a new certificate, such as when the node's issuer was replaced."""
    _issued.cache_clear()


def certificate_issuer() -> Issuer:
    """The node's own issuer of certificates. Raises NoReader."""
    config = this_node()
    folder = TlsFolder(config.tls_path or config.home)
    try:
        return read_issuer(folder.issuer, folder.issuer_key)
    except CertificateFileError:
        raise NoReader from None


@cache
def _issued() -> Reader:
    config = this_node()
    issuer = certificate_issuer()
    host = urlsplit(issuers.own().uri).hostname or "localhost"
    made = issue(issuer, config.name, host, now=true_now(), lifetime=_LIFETIME)
    certificate = x509.load_pem_x509_certificate(made.certificate_pem)
    der = certificate.public_bytes(Encoding.DER)
    key = SigningKey.from_pem("reader", made.key_pem)
    return Reader(x509_hash_client_id(der), der, certificate.not_valid_after_utc, key)
