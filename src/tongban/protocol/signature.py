"""HTTP Message Signatures (RFC 9421) in this federation's profile: label `tongban`, a fixed cover.

A request's signature covers method, authority, path, content type and digest. A response's covers
its status, type and digest and besides the request's signature and digest, so that it answers that
request and no other. Every deviation is Refused; nothing about the algorithm is taken from a message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tongban.protocol.digest import check_digest, content_digest
from tongban.protocol.http import Headers, HttpRequest, HttpResponse, the_field
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature_input import (
    LABEL,
    Claim,
    Cover,
    read_claim,
    signature_item,
    write_fields,
    write_parameters,
)
from tongban.suites import SigningKey, SuiteUnavailable, VerifyingKey

CONTENT_TYPE = "application/json"
LIFETIME = timedelta(minutes=5)
"""A signature is valid for at most this long."""
CLOCK_SKEW = timedelta(seconds=60)
"""How far two nodes' clocks may differ."""

_SECOND = timedelta(seconds=1)

KeyAt = Callable[[str, datetime], VerifyingKey]
"""The key of that name as valid at that moment; Refused `unknown-key` when there is none."""

REQUEST_COVER: Cover = ('"@method"', '"@authority"', '"@path"', '"content-type"', '"content-digest"')
RESPONSE_COVER: Cover = (
    '"@status"',
    '"content-type"',
    '"content-digest"',
    f'"signature";req;key="{LABEL}"',
    '"content-digest";req',
)


@dataclass(frozen=True)
class Verified:
    """What a valid signature says: whose key, and for how long; `nonce` of a request only."""

    keyid: str
    nonce: str
    expires: datetime


def sign_request(request: HttpRequest, key: SigningKey, *, now: datetime, nonce: str) -> HttpRequest:
    """The request with Content-Digest, Signature-Input and Signature; `nonce` fresh for each delivery."""
    headers = (*request.headers, _digest_field(request.body, key))
    line = request.method, request.authority, request.path
    fields = _sign(REQUEST_COVER, request_values(HttpRequest(*line, headers, b"")), key, now, nonce)
    return HttpRequest(*line, headers + fields, request.body)


def sign_response(
    response: HttpResponse, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """The response, signed and bound to `request`, which must itself be signed; Refused otherwise."""
    headers = (*response.headers, _digest_field(response.body, key))
    values = response_values(HttpResponse(response.status, headers, b""), request)
    return HttpResponse(
        response.status, headers + _sign(RESPONSE_COVER, values, key, now, None), response.body
    )


def verify_request(request: HttpRequest, key_at: KeyAt, *, now: datetime) -> Verified:
    """Check digest, cover, times and signature of a request; Refused with the code of what is wrong."""
    check_type(request.headers)
    claim = read_claim(request.headers, REQUEST_COVER)
    nonce = claim.nonce
    if nonce is None or not 16 <= len(nonce) <= 64:
        raise Refused(Code.MALFORMED, "signature parameter nonce", "16 to 64 characters are expected")
    expires = _verify(claim, request, request_values(request), key_at, now)
    return Verified(claim.keyid, nonce, expires)


def verify_response(
    response: HttpResponse, request: HttpRequest, key_at: KeyAt, *, now: datetime
) -> Verified:
    """Check that a response is signed, in time, and answers exactly `request`; Refused otherwise."""
    check_type(response.headers)
    claim = read_claim(response.headers, RESPONSE_COVER)
    values = response_values(response, request)
    return Verified(claim.keyid, "", _verify(claim, response, values, key_at, now))


def check_type(headers: Headers) -> None:
    """Refuse a body that is not declared as JSON."""
    if the_field(headers, "content-type") != CONTENT_TYPE:
        raise Refused(Code.MALFORMED, "header content-type", f"{CONTENT_TYPE} is expected")


def signature_base(cover: Cover, values: dict[str, str], parameters: str) -> bytes:
    """What is signed (RFC 9421, section 2.5); Refused `malformed` when a covered value is not ASCII."""
    lines = [f"{identifier}: {values[identifier]}" for identifier in cover]
    lines.append(f'"@signature-params": {parameters}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError:
        raise Refused(Code.MALFORMED, "header", "covered fields must be ASCII") from None


def _digest_field(body: bytes, key: SigningKey) -> tuple[str, str]:
    return "content-digest", content_digest(body, key.suite)


def request_values(request: HttpRequest) -> dict[str, str]:
    """The covered components of a request with their values."""
    return {
        '"@method"': request.method,
        '"@authority"': request.authority,
        '"@path"': request.path,
        '"content-type"': the_field(request.headers, "content-type"),
        '"content-digest"': the_field(request.headers, "content-digest"),
    }


def response_values(response: HttpResponse, request: HttpRequest) -> dict[str, str]:
    """The covered components of a response with their values, those of its request included."""
    return {
        '"@status"': str(response.status),
        '"content-type"': the_field(response.headers, "content-type"),
        '"content-digest"': the_field(response.headers, "content-digest"),
        f'"signature";req;key="{LABEL}"': signature_item(request.headers),
        '"content-digest";req': the_field(request.headers, "content-digest"),
    }


def _sign(cover: Cover, values: dict[str, str], key: SigningKey, now: datetime, nonce: str | None) -> Headers:
    created = int(now.timestamp())
    expires = created + LIFETIME // _SECOND
    parameters = write_parameters(cover, created=created, expires=expires, keyid=key.keyid, nonce=nonce)
    return write_fields(parameters, key.sign(signature_base(cover, values, parameters)))


def _verify(
    claim: Claim, message: HttpRequest | HttpResponse, values: dict[str, str], key_at: KeyAt, now: datetime
) -> datetime:
    expires = _check_times(claim, now)
    key = key_at(claim.keyid, now)
    if claim.algorithm not in {None, key.suite.value}:
        raise Refused(Code.BAD_SIGNATURE, "signature parameter alg", "the directory decides the algorithm")
    try:
        check_digest(the_field(message.headers, "content-digest"), message.body, key.suite)
        is_good = key.verifies(claim.signature, signature_base(claim.cover, values, claim.parameters))
    except SuiteUnavailable:
        raise Refused(
            Code.TRY_LATER, "signature parameter keyid", f"this node cannot compute in {key.suite.value} yet"
        ) from None
    if not is_good:
        raise Refused(Code.BAD_SIGNATURE, "header signature")
    return expires


def _check_times(claim: Claim, now: datetime) -> datetime:
    created, expires = _moment(claim.created, "created"), _moment(claim.expires, "expires")
    if created > now + CLOCK_SKEW:
        raise Refused(Code.NOT_YET_VALID, "signature parameter created")
    if expires + CLOCK_SKEW <= now:
        raise Refused(Code.EXPIRED, "signature parameter expires")
    if not 0 < claim.expires - claim.created <= LIFETIME // _SECOND:
        hint = f"at most {LIFETIME // _SECOND} seconds after created"
        raise Refused(Code.MALFORMED, "signature parameter expires", hint)
    return expires


def _moment(seconds: int, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(Code.MALFORMED, f"signature parameter {name}", "a Unix time is expected") from None
