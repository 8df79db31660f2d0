"""Certificates by which nodes prove themselves to each other: a node is its own issuer.

The directory lists the issuer's certificate; the certificate presented is short-lived and renewed without it.
"""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

LIFETIME = timedelta(days=90)
RENEWAL = timedelta(days=30)
"""A certificate is renewed when less than this is left of its lifetime."""
SKEW = timedelta(hours=1)
"""How far the other side's clock may be behind."""
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class CertificateFileError(ValueError):
    """A certificate or its key cannot be used; the text names the file and what is expected."""


@dataclass(frozen=True)
class Issuer:
    """A node's own issuer (签发机构): its certificate is listed in the directory."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey = field(repr=False)

    def certificate_pem(self) -> bytes:
        """The certificate for the directory."""
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        """The private key as unencrypted PKCS #8, for the owner's eyes only."""
        return _key_pem(self.key)


@dataclass(frozen=True)
class Issued:
    """A certificate that a node presents, with its key, both as PEM."""

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)


def new_issuer(node: str, *, now: datetime, until: datetime) -> Issuer:
    """A fresh issuer for the certificates of `node`."""
    key = generate_private_key(SECP256R1())
    serial = x509.random_serial_number()
    subject = _name(f"{node} issuer {serial:040x}"[:64])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - SKEW)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return Issuer(certificate, key)


def issue(issuer: Issuer, node: str, host: str, *, now: datetime, lifetime: timedelta = LIFETIME) -> Issued:
    """A certificate for both ends of a connection: `host` is the gateway's name or address."""
    key = generate_private_key(SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(node))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(min(now + lifetime, issuer.certificate.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
        .sign(issuer.key, SHA256())
    )
    return Issued(certificate.public_bytes(Encoding.PEM), _key_pem(key))


def certify(issuer: Issuer, node: str, uri: str, key: EllipticCurvePublicKey) -> x509.Certificate:
    """A certificate for a key that signs documents under the name `uri`, of no use on connections (RFC 9336).

    The same key gets the same bytes every time, so that a certificate never tells two documents apart.
    """
    named = x509.SubjectKeyIdentifier.from_public_key(key)
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)]
    host = urlsplit(uri).hostname
    if host:
        names.append(_alternative(host))
    return (
        x509.CertificateBuilder()
        .subject_name(_name(node))
        .issuer_name(issuer.certificate.subject)
        .public_key(key)
        .serial_number(int.from_bytes(named.digest[:16], "big") | 1)
        .not_valid_before(issuer.certificate.not_valid_before_utc)
        .not_valid_after(issuer.certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=True)
        .add_extension(named, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
        .sign(issuer.key, SHA256(), ecdsa_deterministic=True)
    )


def read_certificate(path: Path) -> x509.Certificate:
    """The certificate in a PEM file. Raises CertificateFileError."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise CertificateFileError(f"{path}: cannot be read; expected a certificate as PEM") from None


def read_issuer(certificate: Path, key: Path) -> Issuer:
    """The issuer whose certificate and key are in these files. Raises CertificateFileError."""
    try:
        private = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise CertificateFileError(
            f"{key}: cannot be read; expected an unencrypted PKCS #8 PEM file"
        ) from None
    if not isinstance(private, EllipticCurvePrivateKey):
        raise CertificateFileError(f"{key}: expected an elliptic curve key")
    issuer = Issuer(read_certificate(certificate), private)
    if issuer.certificate.public_key() != private.public_key():
        raise CertificateFileError(f"{key}: is not the key of {certificate}")
    return issuer


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
