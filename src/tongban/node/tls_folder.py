"""The folder with which a node proves itself on connections between nodes, and what it expects of others.

`identity.pem` is presented; with `issuer.pem` and `issuer-key.pem` the node renews it itself.
`peers.pem` is written from the directory: whoever connects must prove to be one of its nodes.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from tongban.node.certificates import (
    RENEWAL,
    CertificateFileError,
    issue,
    read_certificate,
    read_issuer,
)
from tongban.node.config import ConfigError, NodeConfig
from tongban.node.private_files import write_private
from tongban.protocol import Directory


@dataclass(frozen=True)
class TlsFolder:
    """The files of one node's `tls_path`."""

    path: Path

    @property
    def identity(self) -> Path:
        """What the node presents: its key (PKCS #8, not encrypted), its certificate, intermediate ones."""
        return self.path / "identity.pem"

    @property
    def issuer(self) -> Path:
        """The certificate that the directory lists, if the node issues its own."""
        return self.path / "issuer.pem"

    @property
    def issuer_key(self) -> Path:
        """The key with which the node issues its own certificates."""
        return self.path / "issuer-key.pem"

    @property
    def peers(self) -> Path:
        """The directory's certificates: what the gateway accepts."""
        return self.path / "peers.pem"

    def expires(self) -> datetime:
        """When the presented certificate ends. Raises ConfigError."""
        try:
            return read_certificate(self.identity).not_valid_after_utc
        except CertificateFileError as error:
            raise ConfigError(str(error)) from None

    def renew_if_due(self, config: NodeConfig, now: datetime) -> bool:
        """Issue the presented certificate anew when it is missing or nears its end; whether it was.

        Without an issuer of the node's own nothing is done: the operator puts the next certificate there.
        Raises ConfigError.
        """
        is_due = not self.identity.exists() or self.expires() - now < RENEWAL
        if not is_due or not self.issuer_key.exists():
            return False
        self.renew(config, now)
        return True

    def renew(self, config: NodeConfig, now: datetime) -> None:
        """Issue the presented certificate anew; key and certificate change together. Raises ConfigError."""
        host = urlsplit(config.gateway_url).hostname or ""
        try:
            issued = issue(read_issuer(self.issuer, self.issuer_key), config.name, host, now=now)
        except CertificateFileError as error:
            raise ConfigError(str(error)) from None
        write_private(self.identity, issued.key_pem + issued.certificate_pem)

    def write_peers(self, directory: Directory) -> bool:
        """Write down whom the gateway accepts; whether that has changed."""
        certificates = [pem for node in directory.nodes for pem in node.certificates]
        content = "".join(f"{pem.strip()}\n" for pem in certificates).encode()
        if self.peers.exists() and self.peers.read_bytes() == content:
            return False
        write_private(self.peers, content)
        return True


def client_context(certificates: Sequence[str], own: TlsFolder | None) -> ssl.SSLContext:
    """How this node connects to a node with these certificates: only they count, whatever the machine trusts.

    Without any the peer's operator ends TLS at a proxy, and the machine's authorities decide.
    """
    if not certificates:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata="\n".join(certificates))
    if own is not None:
        context.load_cert_chain(own.identity)
    return context
