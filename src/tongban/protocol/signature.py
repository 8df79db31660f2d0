"""HTTP Message Signatures (RFC 9421) in this federation's profile: label `tongban`, a fixed cover.

A request's signature covers method, authority, path, content type and digest. A response's covers
its status, type and digest and besides the request's signature and digest, so that it answers that
request and no other. Every deviation is Refused; nothing about the algorithm is taken from a message.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from tongban.protocol.digest import check_digest, content_digest
from tongban.protocol.http import Headers, HttpRequest, HttpResponse, the_fields
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature_input import (
    LABEL,
    Claim,
    Cover,
    claim_of,
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

_LIFETIME = int(LIFETIME.total_seconds())
_CLOCK_SKEW = CLOCK_SKEW.total_seconds()

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
_COVERED = ("content-type", "content-digest")
_SIGNED = (*_COVERED, "signature-input", "signature")
_ANSWERED = ("signature", "content-digest")


class Verified(NamedTuple):
    """What a valid signature says: whose key, and for how long; `nonce` of a request only."""

    keyid: str
    nonce: str
    expires: datetime


class _Signed(NamedTuple):
    """What a signature is about: the profile's cover with its values, and the body with its digest."""

    cover: Cover
    values: tuple[str, ...]
    digest: str
    body: bytes


def sign_request(request: HttpRequest, key: SigningKey, *, now: datetime, nonce: str) -> HttpRequest:
    """The request with Content-Digest, Signature-Input and Signature; `nonce` fresh for each delivery."""
    method, authority, path, headers, body = request
    headers = (*headers, ("content-digest", content_digest(body, key.suite)))
    values = (method, authority, path, *the_fields(headers, _COVERED))
    signed = _sign(REQUEST_COVER, values, key, now, nonce)
    return HttpRequest(method, authority, path, headers + signed, body)


def sign_response(
    response: HttpResponse, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """The response, signed and bound to `request`, which must itself be signed; Refused otherwise."""
    status, headers, body = response
    headers = (*headers, ("content-digest", content_digest(body, key.suite)))
    values = (str(status), *the_fields(headers, _COVERED), *_answered(request))
    return HttpResponse(status, headers + _sign(RESPONSE_COVER, values, key, now, None), body)


def verify_request(request: HttpRequest, key_at: KeyAt, *, now: datetime) -> Verified:
    """Check digest, cover, times and signature of a request; Refused with the code of what is wrong."""
    declared, digest, parameters, signature = the_fields(request.headers, _SIGNED)
    _check_type(declared)
    claim = claim_of(parameters, signature, REQUEST_COVER)
    nonce = claim.nonce
    if nonce is None or not 16 <= len(nonce) <= 64:
        raise Refused(Code.MALFORMED, "signature parameter nonce", "16 to 64 characters are expected")
    values = (request.method, request.authority, request.path, declared, digest)
    signed = _Signed(REQUEST_COVER, values, digest, request.body)
    return Verified(claim.keyid, nonce, _verify(claim, signed, key_at, now))


def verify_response(
    response: HttpResponse, request: HttpRequest, key_at: KeyAt, *, now: datetime
) -> Verified:
    """Check that a response is signed, in time, and answers exactly `request`; Refused otherwise."""
    declared, digest, parameters, signature = the_fields(response.headers, _SIGNED)
    _check_type(declared)
    claim = claim_of(parameters, signature, RESPONSE_COVER)
    values = (str(response.status), declared, digest, *_answered(request))
    signed = _Signed(RESPONSE_COVER, values, digest, response.body)
    return Verified(claim.keyid, "", _verify(claim, signed, key_at, now))


def signature_base(cover: Cover, values: Sequence[str], parameters: str) -> bytes:
    """What is signed (RFC 9421, section 2.5); `values` are those of `cover`, in its order.

    Refused `malformed` when a covered value is not ASCII.
    """
    try:
        return (_form(cover) % (*values, parameters)).encode("ascii")
    except UnicodeEncodeError:
        raise Refused(Code.MALFORMED, "header", "covered fields must be ASCII") from None


@cache
def _form(cover: Cover) -> str:
    """The lines of a signature base, each with a place for its value."""
    lines = [f"{identifier}: %s" for identifier in cover]
    return "\n".join([*lines, '"@signature-params": %s'])


def request_values(request: HttpRequest) -> tuple[str, ...]:
    """The values of what a request's signature covers."""
    return (request.method, request.authority, request.path, *the_fields(request.headers, _COVERED))


def response_values(response: HttpResponse, request: HttpRequest) -> tuple[str, ...]:
    """The values of what a response's signature covers, those of its request included."""
    return (str(response.status), *the_fields(response.headers, _COVERED), *_answered(request))


def _answered(request: HttpRequest) -> tuple[str, str]:
    """What a response covers of its request: signature and digest."""
    signature, digest = the_fields(request.headers, _ANSWERED)
    return signature_item(signature), digest


def _check_type(declared: str) -> None:
    """Refuse a body that is not declared as JSON."""
    if declared != CONTENT_TYPE:
        raise Refused(Code.MALFORMED, "header content-type", f"{CONTENT_TYPE} is expected")


def _sign(cover: Cover, values: Sequence[str], key: SigningKey, now: datetime, nonce: str | None) -> Headers:
    created = int(now.timestamp())
    parameters = write_parameters(
        cover, created=created, expires=created + _LIFETIME, keyid=key.keyid, nonce=nonce
    )
    return write_fields(parameters, key.sign(signature_base(cover, values, parameters)))


def _verify(claim: Claim, signed: _Signed, key_at: KeyAt, now: datetime) -> datetime:
    expires = _check_times(claim, now)
    key = key_at(claim.keyid, now)
    if claim.algorithm is not None and claim.algorithm != key.suite.value:
        raise Refused(Code.BAD_SIGNATURE, "signature parameter alg", "the directory decides the algorithm")
    values = signed.values
    if claim.cover is not signed.cover:
        known = dict(zip(signed.cover, values, strict=True))
        values = tuple(known[identifier] for identifier in claim.cover)
    try:
        check_digest(signed.digest, signed.body, key.suite)
        is_good = key.verifies(claim.signature, signature_base(claim.cover, values, claim.parameters))
    except SuiteUnavailable:
        raise Refused(
            Code.TRY_LATER, "signature parameter keyid", f"this node cannot compute in {key.suite.value} yet"
        ) from None
    if not is_good:
        raise Refused(Code.BAD_SIGNATURE, "header signature")
    return expires


def _check_times(claim: Claim, now: datetime) -> datetime:
    expires, seconds = moment_of(claim.expires, "expires"), now.timestamp()
    if claim.created > seconds + _CLOCK_SKEW:
        moment_of(claim.created, "created")
        raise Refused(Code.NOT_YET_VALID, "signature parameter created")
    if claim.expires + _CLOCK_SKEW <= seconds:
        raise Refused(Code.EXPIRED, "signature parameter expires")
    if not 0 < claim.expires - claim.created <= _LIFETIME:
        raise Refused(
            Code.MALFORMED, "signature parameter expires", f"at most {_LIFETIME} seconds after created"
        )
    return expires


def moment_of(seconds: int, name: str) -> datetime:
    """The moment that a signature's parameter of that name gives. Raises Refused `malformed`."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(Code.MALFORMED, f"signature parameter {name}", "a Unix time is expected") from None
