"""SD-JWTs in JWS JSON serialisation, flattened or general (RFC 9901, section 8), to and from compact form.

Promises: the unprotected header of the first signature holds the disclosures and the key binding; what names
them anywhere else, or twice, is refused. The compact form that comes out is what signatures and hashes cover.
"""

from collections.abc import Mapping

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt.parts import Parts

_DISCLOSURES, _KEY_BINDING = "disclosures", "kb_jwt"


def to_compact(document: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """The compact form of an SD-JWT in JSON, to be verified like any other.

    Of several signatures it has the first; the others are not looked at, so the first has to be the issuer's
    that the verifier trusts.
    """
    if len(document) > limits.token_bytes:
        raise CredentialRefused(Code.TOO_LARGE, "sd-jwt")
    members = jws.load_object(document, "sd-jwt", limits)
    signed = _first_signature(members)
    header = signed.get("header", {})
    if not isinstance(header, dict) or "alg" in header or "crit" in header:
        raise CredentialRefused(Code.MALFORMED, "sd-jwt.header")
    disclosures = header.get(_DISCLOSURES, [])
    if not isinstance(disclosures, list):
        raise CredentialRefused(Code.MALFORMED, "sd-jwt.header.disclosures")
    token = ".".join((_part(signed, "protected"), _part(members, "payload"), _part(signed, "signature")))
    binding = _text(header[_KEY_BINDING], "sd-jwt.header.kb_jwt") if _KEY_BINDING in header else ""
    shown = [_text(one, "sd-jwt.header.disclosures") for one in disclosures]
    return "~".join((token, *shown, binding))


def to_flattened(compact: str | bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The same SD-JWT, with its key binding if there is one, as flattened JSON."""
    payload, signed = _taken_apart(compact, limits)
    return jws.dump_json({"payload": payload, **signed})


def to_general(compact: str | bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The same SD-JWT as general JSON, with a list of one signature."""
    payload, signed = _taken_apart(compact, limits)
    return jws.dump_json({"payload": payload, "signatures": [signed]})


def _taken_apart(compact: str | bytes, limits: Limits) -> tuple[str, dict[str, object]]:
    parts = Parts.of(compact, limits)
    pieces = parts.token.decode("ascii").split(".")
    if len(pieces) != 3:
        raise CredentialRefused(Code.MALFORMED, "sd-jwt")
    header: dict[str, object] = {_DISCLOSURES: [text.decode("ascii") for text in parts.disclosures]}
    if parts.key_binding is not None:
        header[_KEY_BINDING] = parts.key_binding.decode("ascii")
    return pieces[1], {"header": header, "protected": pieces[0], "signature": pieces[2]}


def _first_signature(members: Mapping[str, object]) -> Mapping[str, object]:
    if "signatures" not in members:
        return members
    signatures = members["signatures"]
    if not _NAMED_ONCE.isdisjoint(members) or not isinstance(signatures, list) or not signatures:
        raise CredentialRefused(Code.MALFORMED, "sd-jwt.signatures: expected a list")
    first, *others = signatures
    if not isinstance(first, dict) or any(_carries_disclosures(other) for other in others):
        raise CredentialRefused(Code.MALFORMED, "sd-jwt.signatures")
    return first


def _carries_disclosures(signed: object) -> bool:
    """Whether this is no signature, or one with what only the first may have."""
    header = signed.get("header", {}) if isinstance(signed, dict) else None
    return not isinstance(header, dict) or _DISCLOSURES in header or _KEY_BINDING in header


_NAMED_ONCE = frozenset({"protected", "signature", "header"})


def _part(members: Mapping[str, object], name: str) -> str:
    return _text(members.get(name), f"sd-jwt.{name}")


def _text(value: object, where: str) -> str:
    """A part of the compact form: a text without the characters that part it."""
    if (
        not isinstance(value, str)
        or not value
        or "~" in value
        or ("." in value and not where.endswith("jwt"))
    ):
        raise CredentialRefused(Code.MALFORMED, where)
    return value
