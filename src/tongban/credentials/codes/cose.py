"""COSE_Sign1 (RFC 9052): one signature over CBOR, with algorithm and key name protected.

Promises: the algorithm is the key's of the trust list; unprotected headers, detached payloads and unknown
headers are refused.
"""

from dataclasses import dataclass

import cbor2

from tongban.credentials.algorithms import COSE_NAMES
from tongban.credentials.codes.cbor import Tagged, loads
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.suites import SigningKey, VerifyingKey

_TAG = 18
_ALGORITHM, _KEYID = 1, 4
_CONTEXT = "Signature1"


@dataclass(frozen=True, slots=True)
class Unverified:
    """A signed message taken apart; nothing in it is believed yet."""

    algorithm: object
    keyid: bytes
    payload: bytes
    _signed: bytes
    _signature: bytes

    def verified(self, key: VerifyingKey) -> bytes:
        """The payload, if `key` signed it; refuses another algorithm, then a bad signature."""
        if self.algorithm != COSE_NAMES[key.suite] or isinstance(self.algorithm, bool):
            raise CredentialRefused(Code.WRONG_ALGORITHM, "code")
        if not key.verifies(self._signature, self._signed):
            raise CredentialRefused(Code.BAD_SIGNATURE, "code")
        return self.payload


def sign(payload: bytes, key: SigningKey, keyid: bytes) -> bytes:
    """The tagged message, deterministically encoded."""
    protected = cbor2.dumps({_ALGORITHM: COSE_NAMES[key.suite], _KEYID: keyid}, canonical=True)
    signature = key.sign(to_be_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_TAG, [protected, {}, payload, signature]), canonical=True)


def take_apart(message: bytes) -> Unverified:
    """Headers, payload and signature of a tagged COSE_Sign1 message."""
    tagged = loads(message)
    if not isinstance(tagged, Tagged) or tagged.tag != _TAG or not isinstance(tagged.value, list):
        raise CredentialRefused(Code.WRONG_TYPE, "code: expected COSE_Sign1")
    match tagged.value:
        case [bytes() as protected, {}, bytes() as payload, bytes() as signature] if not tagged.value[1]:
            headers = loads(protected)
        case _:
            raise CredentialRefused(Code.MALFORMED, "code")
    if not isinstance(headers, dict) or headers.keys() != {_ALGORITHM, _KEYID}:
        raise CredentialRefused(Code.MALFORMED, "code: headers")
    keyid = headers[_KEYID]
    if not isinstance(keyid, bytes):
        raise CredentialRefused(Code.MALFORMED, "code: key name")
    signed = to_be_signed(protected, payload)
    return Unverified(headers[_ALGORITHM], keyid, payload, signed, signature)


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The bytes that a signature is made over (RFC 9052, Sig_structure), without external data."""
    return cbor2.dumps([_CONTEXT, protected, b"", payload])
