"""Signed documents in DSSE form (Dead Simple Signing Envelope 1.0): the directory, a consent.

The signature covers the payload's type and its very bytes, so nothing is canonicalised.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated

from pydantic import Field, ValidationError

from tongban.protocol.model import Strict
from tongban.suites import SigningKey, VerifyingKey

KeyLookup = Callable[[str], VerifyingKey | None]
"""The key of that name which is valid at the moment in question, or None."""


class DocumentError(ValueError):
    """A signed document does not bear a valid signature of an expected key."""


class Signature(Strict):
    """One signature: the key's name and the signature in base64."""

    keyid: str
    sig: str


class SignedDocument(Strict):
    """A DSSE envelope: payload in base64, its type, signatures."""

    payload: str = Field(repr=False)
    payload_type: str = Field(alias="payloadType")
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1, max_length=8)]

    def to_json(self) -> bytes:
        """The envelope as the bytes of a file."""
        return self.model_dump_json().encode()

    @classmethod
    def from_json(cls, document: bytes) -> "SignedDocument":
        """Read an envelope; DocumentError when it is not one."""
        try:
            return cls.model_validate_json(document)
        except ValidationError:
            raise DocumentError("not a DSSE envelope: expected payload, payloadType, signatures") from None


def _pre_authentication(payload_type: str, payload: bytes) -> bytes:
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_document(payload_type: str, payload: bytes, key: SigningKey) -> SignedDocument:
    """Sign `payload` as a document of `payload_type`."""
    signature = key.sign(_pre_authentication(payload_type, payload))
    return SignedDocument(
        payload=base64.b64encode(payload).decode(),
        payloadType=payload_type,
        signatures=(Signature(keyid=key.keyid, sig=base64.b64encode(signature).decode()),),
    )


def unverified_payload(document: SignedDocument) -> bytes:
    """The payload, whoever has signed it; DocumentError when it is no base64."""
    try:
        return base64.b64decode(document.payload, validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError("payload and signatures must be base64") from None


def open_document(document: SignedDocument, payload_type: str, key_of: KeyLookup) -> bytes:
    """The payload, if it is of `payload_type` and a key that `key_of` knows signed it.

    Raises DocumentError otherwise.
    """
    if document.payload_type != payload_type:
        raise DocumentError(f"the document is not of the type {payload_type}")
    try:
        payload = base64.b64decode(document.payload, validate=True)
        signatures = [(s.keyid, base64.b64decode(s.sig, validate=True)) for s in document.signatures]
    except (binascii.Error, ValueError):
        raise DocumentError("payload and signatures must be base64") from None
    signed = _pre_authentication(payload_type, payload)
    for keyid, signature in signatures:
        key = key_of(keyid)
        if key is not None and key.verifies(signature, signed):
            return payload
    raise DocumentError("no signature by an expected key is valid")
