"""Certificates in a token's header (RFC 7515, `x5c`): whose key signed, and who certified it.

Promises: a certificate is read, never believed; whoever uses its key looks it up among keys that are trusted.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tongban.credentials import base64url
from tongban.credentials.refusals import Code, CredentialRefused

MOST = 5
"""Certificates that one header may have."""


def read_chain(header: Mapping[str, object]) -> tuple[x509.Certificate, ...]:
    """The certificates of a header, the signer's first; none where it has none. Raises CredentialRefused."""
    if "x5c" not in header:
        return ()
    texts = header["x5c"]
    if not isinstance(texts, list) or not 0 < len(texts) <= MOST:
        raise CredentialRefused(Code.MALFORMED, "header.x5c")
    return tuple(_read(text) for text in texts)


def _read(text: object) -> x509.Certificate:
    try:
        if not isinstance(text, str):
            raise ValueError
        return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise CredentialRefused(Code.MALFORMED, "header.x5c") from None


def point(certificate: x509.Certificate) -> bytes:
    """The certificate's key on P-256 as an uncompressed point. Raises CredentialRefused for other keys."""
    try:
        key = certificate.public_key()
    except ValueError:
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise CredentialRefused(Code.WRONG_ALGORITHM, "header.x5c")
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_in_force(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether the certificate counts at that moment."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def authority_identifiers(certificates: tuple[x509.Certificate, ...]) -> frozenset[str]:
    """Who certified the keys of a chain, in base64url, as DCQL's `aki` names them."""
    found: set[str] = set()
    for certificate in certificates:
        try:
            named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        except (x509.ExtensionNotFound, ValueError):
            continue
        if named.value.key_identifier:
            found.add(base64url.encode(named.value.key_identifier).decode())
    return frozenset(found)


def subject_identifier(certificate: x509.Certificate) -> str:
    """What a certificate that this one certifies names as its authority, in base64url."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        named = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    return base64url.encode(named.digest).decode()


def leads_to(
    chain: tuple[x509.Certificate, ...], roots: Sequence[x509.Certificate], now: datetime
) -> x509.Certificate | None:
    """The root that a chain leads to, each certificate made by the next one; None where it leads to none.

    A root is no part of the chain, all are in force, and only authorities have made others.
    """
    if not chain or any(certificate in roots for certificate in chain):
        return None
    if not all(is_in_force(certificate, now) for certificate in chain):
        return None
    makers = chain[1:]
    if not all(_is_authority(maker) for maker in makers):
        return None
    if not all(_made(maker, made) for made, maker in zip(chain, makers, strict=False)):
        return None
    return next((root for root in roots if is_in_force(root, now) and _made(root, chain[-1])), None)


def _made(maker: x509.Certificate, made: x509.Certificate) -> bool:
    try:
        made.verify_directly_issued_by(maker)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
