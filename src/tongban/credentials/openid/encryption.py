"""Encrypted messages: JWE by ECDH-ES on P-256 with AES-GCM (OpenID4VCI 1.0, section 10; HAIP 1.0).

Promises: no other algorithm is taken and nothing is unpacked, so that a small message stays small; a message
under a key name that is not known is refused like one that was altered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS
from tongban.credentials.openid.data import Message, read, read_json
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused

ALGORITHM = "ECDH-ES"
ENCRYPTION = ("A128GCM", "A256GCM")
MEDIA_TYPE = "application/jwt"

_LONGEST_NAME = 200
_UNFIT = OpenIdError.INVALID_ENCRYPTION_PARAMETERS


class _Registry(jwe.JWERegistry):
    """As large as any message may be: twenty copies, or the proofs of as many keys."""

    max_ciphertext_length = DEFAULT_LIMITS.token_bytes * 4 // 3 + 4


_REGISTRY = _Registry(algorithms=[ALGORITHM, *ENCRYPTION])


def new_encryption_key(kid: str) -> ECKey:
    """A key for one request; `public_jwk` is what whoever encrypts to it is told."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "enc", "alg": ALGORITHM})


def public_jwk(key: ECKey) -> dict[str, str]:
    """The public half as others read it, with its name, use and algorithm."""
    members = {name: str(value) for name, value in key.as_dict(private=False).items()}
    return members | {"use": "enc", "alg": ALGORITHM}


def key_among(members: Sequence[Mapping[str, Any]]) -> ECKey | None:
    """The first of these JWKs that can be encrypted to: on P-256, with a name."""
    for one in members:
        if one.get("kty") == "EC" and one.get("crv") == "P-256" and "kid" in one:
            try:
                return _imported(one)
            except (JoseError, ValueError, TypeError, KeyError):
                continue
    return None


def _imported(members: Mapping[str, Any]) -> ECKey:
    """The public key alone, whatever else is said of it."""
    name = members.get("kid")
    if name is not None and not (isinstance(name, str) and len(name) <= _LONGEST_NAME):
        raise ValueError("kid")
    told: dict[str, str | list[str]] = {one: str(members[one]) for one in ("kty", "crv", "x", "y")}
    if name:
        told["kid"] = name
    return ECKey.import_key(told)


def seal(text: bytes, key: ECKey, encryption: str) -> str:
    """The text, encrypted to a public key under its name, if it has one; `encryption` is of `ENCRYPTION`."""
    name = {"kid": str(key.kid)} if key.get("kid") else {}
    return jwe.encrypt_compact({"alg": ALGORITHM, "enc": encryption, **name}, text, key, registry=_REGISTRY)


def unseal(sealed: str, keys: Sequence[ECKey], error: OpenIdError, where: str) -> bytes:
    """What was encrypted to one of these keys, which its header names. Raises OpenIdRefused `error`."""
    by_name = {key.kid: key for key in keys}
    try:
        opened = jwe.decrypt_compact(
            sealed, lambda told: by_name[told.headers().get("kid")], registry=_REGISTRY
        )
    except (JoseError, ValueError, TypeError, KeyError):
        raise OpenIdRefused(error, f"{where}: it cannot be decrypted with a key that is in use") from None
    if opened.plaintext is None or "zip" in opened.protected:
        raise OpenIdRefused(error, f"{where}: it cannot be decrypted")
    return opened.plaintext


class _ResponseEncryption(Message):
    """`alg` beside the key is how wallets of earlier drafts say it."""

    jwk: dict[str, Any]
    enc: Literal["A128GCM", "A256GCM"]
    alg: Literal["ECDH-ES"] | None = None
    zip: None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a response is encrypted: the key that a wallet named in its request, and how."""

    key: ECKey
    encryption: str

    def seal(self, members: Mapping[str, object]) -> str:
        """The body of the response, of media type `application/jwt`."""
        return seal(jws.dump_json(members), self.key, self.encryption)


def read_recipient(members: Mapping[str, Any] | None, *, was_sealed: bool) -> Recipient | None:
    """Whom `credential_response_encryption` names; None where a request has none.

    Taken only from a request that was encrypted itself: else whoever alters the request could put in a key of
    their own. Raises OpenIdRefused `invalid_encryption_parameters`.
    """
    if members is None:
        return None
    if not was_sealed:
        raise OpenIdRefused(_UNFIT, "credential_response_encryption: expected in an encrypted request only")
    asked = read(_ResponseEncryption, dict(members), _UNFIT)
    if asked.jwk.get("kty") != "EC" or asked.jwk.get("crv") != "P-256" or "d" in asked.jwk:
        raise OpenIdRefused(_UNFIT, "jwk: expected a public key on P-256")
    if (asked.jwk.get("alg") or asked.alg) != ALGORITHM:
        raise OpenIdRefused(_UNFIT, f"jwk.alg: expected {ALGORITHM}")
    try:
        return Recipient(_imported(asked.jwk), asked.enc)
    except (JoseError, ValueError, TypeError, KeyError):
        raise OpenIdRefused(_UNFIT, "jwk: expected a public key on P-256") from None


def request_encryption(keys: Sequence[ECKey]) -> dict[str, object]:
    """The member `credential_request_encryption` of an issuer's metadata; wallets choose whether to."""
    return {
        "jwks": {"keys": [public_jwk(key) for key in keys]},
        "enc_values_supported": list(ENCRYPTION),
        "encryption_required": False,
    }


def response_encryption() -> dict[str, object]:
    """The member `credential_response_encryption` of an issuer's metadata; wallets choose whether to."""
    return {
        "alg_values_supported": [ALGORITHM],
        "enc_values_supported": list(ENCRYPTION),
        "encryption_required": False,
    }


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a wallet encrypts one request to an issuer, and has the response encrypted to itself."""

    issuer: ECKey
    encryption: str
    own: ECKey

    def seal(self, request: Mapping[str, object]) -> bytes:
        """The body of the request, of media type `application/jwt`."""
        wanted = {"jwk": public_jwk(self.own), "enc": self.encryption}
        body = jws.dump_json({**request, "credential_response_encryption": wanted})
        return seal(body, self.issuer, self.encryption).encode()

    def open(self, response: bytes) -> dict[str, Any]:
        """The response. Raises OpenIdRefused for one that is not encrypted to this wallet."""
        error = OpenIdError.INVALID_REQUEST
        sealed = response.decode("ascii", "replace")
        return read_json(unseal(sealed, [self.own], error, "the response"), error)


def envelope(metadata: Mapping[str, Any]) -> Envelope | None:
    """How to encrypt to the issuer of this metadata; None where it does not take encrypted requests so."""
    asked, given = (metadata.get(f"credential_{which}_encryption") for which in ("request", "response"))
    if not isinstance(asked, dict) or not isinstance(given, dict):
        return None
    jwks = asked.get("jwks")
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    keys = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    both = [_texts(asked, "enc_values_supported"), _texts(given, "enc_values_supported")]
    key = key_among([one for one in keys if one.get("alg") == ALGORITHM])
    encryption = next((one for one in reversed(ENCRYPTION) if all(one in listed for listed in both)), None)
    if key is None or encryption is None or ALGORITHM not in _texts(given, "alg_values_supported"):
        return None
    return Envelope(key, encryption, new_encryption_key("response"))


def _texts(members: Mapping[str, Any], name: str) -> list[object]:
    value = members.get(name)
    return value if isinstance(value, list) else []
