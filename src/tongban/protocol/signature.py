"""HTTP Message Signatures (RFC 9421) in this federation's profile: label `tongban`, a fixed cover.

A request's signature covers method, authority, path, content type and digest. A response's covers
its status, type and digest and besides the request's signature and digest, so that it answers that
request and no other. Every deviation is Refused; nothing about the algorithm is taken from a message.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import http_sf

from tongban.protocol.digest import check_digest, content_digest
from tongban.protocol.http import Headers, HttpRequest, HttpResponse, the_field
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.structured import bare, parse_dictionary
from tongban.suites import SigningKey, VerifyingKey

LABEL = "tongban"
TAG = "tongban-exchange"
CONTENT_TYPE = "application/json"
LIFETIME = timedelta(minutes=5)
"""A signature is valid for at most this long."""
CLOCK_SKEW = timedelta(seconds=60)
"""How far two nodes' clocks may differ."""

Component = tuple[str, http_sf.types.ParamsType]
KeyAt = Callable[[str, datetime], VerifyingKey | None]
"""The key of that name if it is valid at that moment."""

REQUEST_COVER: tuple[Component, ...] = (
    ("@method", {}),
    ("@authority", {}),
    ("@path", {}),
    ("content-type", {}),
    ("content-digest", {}),
)
RESPONSE_COVER: tuple[Component, ...] = (
    ("@status", {}),
    ("content-type", {}),
    ("content-digest", {}),
    ("signature", {"req": True, "key": LABEL}),
    ("content-digest", {"req": True}),
)


@dataclass(frozen=True)
class Verified:
    """What a valid signature says: whose key, and for how long; `nonce` of a request only."""

    keyid: str
    nonce: str
    expires: datetime


@dataclass(frozen=True)
class _Claim:
    """A parsed `Signature-Input` member with its signature."""

    cover: tuple[Component, ...]
    parameters: http_sf.types.ParamsType
    signature: bytes


def sign_request(request: HttpRequest, key: SigningKey, *, now: datetime, nonce: str) -> HttpRequest:
    """The request with Content-Digest, Signature-Input and Signature; `nonce` fresh for each delivery."""
    digested = replace(request, headers=(*request.headers, ("content-digest", content_digest(request.body))))
    parameters = _parameters(key, now) | {"nonce": nonce}
    values = _request_values(digested)
    return replace(digested, headers=digested.headers + _sign(REQUEST_COVER, values, parameters, key))


def sign_response(
    response: HttpResponse, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """The response, signed and bound to `request`, which must itself be signed; Refused otherwise."""
    digested = replace(
        response, headers=(*response.headers, ("content-digest", content_digest(response.body)))
    )
    values = _response_values(digested, request)
    return replace(
        digested, headers=digested.headers + _sign(RESPONSE_COVER, values, _parameters(key, now), key)
    )


def verify_request(request: HttpRequest, key_at: KeyAt, *, now: datetime) -> Verified:
    """Check digest, cover, times and signature of a request; Refused with the code of what is wrong."""
    check_type(request.headers)
    check_digest(the_field(request.headers, "content-digest"), request.body)
    claim = _read_claim(request.headers, REQUEST_COVER)
    nonce = claim.parameters.get("nonce")
    if not isinstance(nonce, str) or not 16 <= len(nonce) <= 64:
        raise Refused(Code.MALFORMED, "signature parameter nonce", "16 to 64 characters are expected")
    return replace(_verify(claim, _request_values(request), key_at, now), nonce=nonce)


def verify_response(
    response: HttpResponse, request: HttpRequest, key_at: KeyAt, *, now: datetime
) -> Verified:
    """Check that a response is signed, in time, and answers exactly `request`; Refused otherwise."""
    check_type(response.headers)
    check_digest(the_field(response.headers, "content-digest"), response.body)
    claim = _read_claim(response.headers, RESPONSE_COVER)
    return _verify(claim, _response_values(response, request), key_at, now)


def check_type(headers: Headers) -> None:
    """Refuse a body that is not declared as JSON."""
    if the_field(headers, "content-type") != CONTENT_TYPE:
        raise Refused(Code.MALFORMED, "header content-type", f"{CONTENT_TYPE} is expected")


def _parameters(key: SigningKey, now: datetime) -> http_sf.types.ParamsType:
    return {
        "created": int(now.timestamp()),
        "expires": int((now + LIFETIME).timestamp()),
        "keyid": key.keyid,
        "tag": TAG,
    }


def _request_values(request: HttpRequest) -> dict[str, str]:
    return {
        '"@method"': request.method,
        '"@authority"': request.authority,
        '"@path"': request.path,
        '"content-type"': the_field(request.headers, "content-type"),
        '"content-digest"': the_field(request.headers, "content-digest"),
    }


def _response_values(response: HttpResponse, request: HttpRequest) -> dict[str, str]:
    asked = parse_dictionary(the_field(request.headers, "signature"), "header signature")
    signature = bare(asked.get(LABEL))
    if not isinstance(signature, bytes):
        raise Refused(Code.MALFORMED, "header signature", f"a byte sequence under {LABEL} is expected")
    return {
        '"@status"': str(response.status),
        '"content-type"': the_field(response.headers, "content-type"),
        '"content-digest"': the_field(response.headers, "content-digest"),
        f'"signature";req;key="{LABEL}"': http_sf.ser(signature),
        '"content-digest";req': the_field(request.headers, "content-digest"),
    }


def _identifier(component: Component) -> str:
    return http_sf.ser(component)


def _signature_base(
    cover: tuple[Component, ...], values: dict[str, str], parameters: http_sf.types.ParamsType
) -> bytes:
    lines = [f"{_identifier(component)}: {values[_identifier(component)]}" for component in cover]
    lines.append(f'"@signature-params": {_signature_params(cover, parameters)}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError:
        raise Refused(Code.MALFORMED, "header", "covered fields must be ASCII") from None


def _signature_params(cover: tuple[Component, ...], parameters: http_sf.types.ParamsType) -> str:
    items: list[http_sf.ItemType] = list(cover)
    return http_sf.ser({"p": (items, parameters)}).removeprefix("p=")


def _sign(
    cover: tuple[Component, ...],
    values: dict[str, str],
    parameters: http_sf.types.ParamsType,
    key: SigningKey,
) -> Headers:
    signature = key.sign(_signature_base(cover, values, parameters))
    return (
        ("signature-input", f"{LABEL}={_signature_params(cover, parameters)}"),
        ("signature", http_sf.ser({LABEL: signature})),
    )


def _read_claim(headers: Headers, expected: tuple[Component, ...]) -> _Claim:
    inputs = parse_dictionary(the_field(headers, "signature-input"), "header signature-input")
    signatures = parse_dictionary(the_field(headers, "signature"), "header signature")
    member, signature = inputs.get(LABEL), bare(signatures.get(LABEL))
    if not isinstance(member, tuple) or not isinstance(member[0], list):
        raise Refused(Code.MALFORMED, "header signature-input", f"a list under {LABEL} is expected")
    if not isinstance(signature, bytes):
        raise Refused(Code.MALFORMED, "header signature", f"a byte sequence under {LABEL} is expected")
    cover = tuple(_component(item) for item in member[0])
    if sorted(map(_identifier, cover)) != sorted(map(_identifier, expected)):
        wanted = " ".join(map(_identifier, expected))
        raise Refused(Code.BAD_SIGNATURE, "header signature-input", f"exactly {wanted} must be covered")
    return _Claim(cover, member[1], signature)


def _component(item: http_sf.ItemType) -> Component:
    name, parameters = item if isinstance(item, tuple) else (item, {})
    if not isinstance(name, str):
        raise Refused(Code.MALFORMED, "header signature-input", "component names are strings")
    return name, parameters


def _verify(claim: _Claim, values: dict[str, str], key_at: KeyAt, now: datetime) -> Verified:
    keyid = claim.parameters.get("keyid")
    if not isinstance(keyid, str):
        raise Refused(Code.MALFORMED, "signature parameter keyid", "a string is expected")
    if claim.parameters.get("tag") != TAG:
        raise Refused(Code.MALFORMED, "signature parameter tag", f'"{TAG}" is expected')
    expires = _check_times(claim.parameters, now)
    key = key_at(keyid, now)
    if key is None:
        raise Refused(Code.UNKNOWN_KEY, "signature parameter keyid")
    if claim.parameters.get("alg", key.suite.value) != key.suite.value:
        raise Refused(Code.BAD_SIGNATURE, "signature parameter alg", "the directory decides the algorithm")
    if not key.verifies(claim.signature, _signature_base(claim.cover, values, claim.parameters)):
        raise Refused(Code.BAD_SIGNATURE, "header signature")
    return Verified(keyid, "", expires)


def _check_times(parameters: http_sf.types.ParamsType, now: datetime) -> datetime:
    created, expires = (_time(parameters, name) for name in ("created", "expires"))
    if created > now + CLOCK_SKEW:
        raise Refused(Code.NOT_YET_VALID, "signature parameter created")
    if expires + CLOCK_SKEW <= now:
        raise Refused(Code.EXPIRED, "signature parameter expires")
    if not timedelta(0) < expires - created <= LIFETIME:
        hint = f"at most {int(LIFETIME.total_seconds())} seconds after created"
        raise Refused(Code.MALFORMED, "signature parameter expires", hint)
    return expires


def _time(parameters: http_sf.types.ParamsType, name: str) -> datetime:
    value = parameters.get(name)
    if type(value) is not int:
        raise Refused(Code.MALFORMED, f"signature parameter {name}", "a Unix time is expected")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(Code.MALFORMED, f"signature parameter {name}", "a Unix time is expected") from None
