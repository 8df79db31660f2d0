"""Status List Tokens as CWT (Token Status List, section 5.2): the same list for verifiers that read CBOR.

Promises: the same checks as for the JWT form, and the same result; algorithm and type are taken from the
protected header only.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import cbor2

from tongban.credentials.algorithms import COSE_NAMES
from tongban.credentials.codes.cbor import Tagged, loads
from tongban.credentials.codes.cose import to_be_signed
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt.times import seconds
from tongban.credentials.status.bits import PackedStatuses
from tongban.credentials.status.register import StatusRegister
from tongban.credentials.status.token import ListCopy, checked_copy
from tongban.credentials.trust import TrustList
from tongban.suites import SigningKey

MEDIA_TYPE = "application/statuslist+cwt"
_SIGN1, _CWT = 18, 61
_ALGORITHM, _KEYID, _TYPE = 1, 4, 16
_NAMES = {2: "sub", 4: "exp", 5: "nbf", 6: "iat", 65534: "ttl", 65533: "status_list"}
_NUMBERS = {name: number for number, name in _NAMES.items()}


def publish_cwt(
    register: StatusRegister, uri: str, key: SigningKey, *, now: datetime, lifetime: timedelta, ttl: timedelta
) -> bytes:
    """The signed list for `uri` as tagged COSE_Sign1; arguments as for `publish`."""
    claims = {
        "sub": uri,
        "iat": seconds(now),
        "exp": seconds(now + lifetime),
        "ttl": int(ttl.total_seconds()),
        "status_list": {"bits": register.bits, "lst": register.compressed()},
    }
    payload = cbor2.dumps({_NUMBERS[name]: value for name, value in claims.items()})
    protected = cbor2.dumps(
        {_ALGORITHM: COSE_NAMES[key.suite], _KEYID: key.keyid.encode(), _TYPE: MEDIA_TYPE}, canonical=True
    )
    signature = key.sign(to_be_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]))


def open_cwt(
    token: bytes,
    uri: str,
    issuer: str,
    trust: TrustList,
    *,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> ListCopy:
    """The list that `issuer` publishes at `uri`, received at `now`.

    Raises CredentialRefused for any other or an expired list, Untrusted when the key is none of the issuer's.
    """
    if len(token) > limits.list_bytes:
        raise CredentialRefused(Code.TOO_LARGE, "status list")
    protected, unprotected, payload, signature = _parts(token)
    header = _map(protected, "status list.header")
    if header.get(_TYPE) != MEDIA_TYPE:
        raise CredentialRefused(Code.WRONG_TYPE, "status list.header.typ")
    keyid = header.get(_KEYID, unprotected.get(_KEYID))
    trusted = trust.find(issuer, keyid.decode("utf-8", "replace") if isinstance(keyid, bytes) else "")
    if header.get(_ALGORITHM) != COSE_NAMES[trusted.key.suite]:
        raise CredentialRefused(Code.WRONG_ALGORITHM, "status list")
    if not trusted.key.verifies(signature, to_be_signed(protected, payload)):
        raise CredentialRefused(Code.BAD_SIGNATURE, "status list")
    claims = {_NAMES[key]: value for key, value in _map(payload, "status list").items() if key in _NAMES}
    return checked_copy(claims, uri, trusted, now, _statuses(claims, limits))


def _parts(token: bytes) -> tuple[bytes, Mapping[int | str, object], bytes, bytes]:
    message = loads(token)
    if isinstance(message, Tagged) and message.tag == _CWT:
        message = message.value
    if not isinstance(message, Tagged) or message.tag != _SIGN1:
        raise CredentialRefused(Code.WRONG_TYPE, "status list: expected COSE_Sign1")
    match message.value:
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature]:
            return protected, unprotected, payload, signature
        case _:
            raise CredentialRefused(Code.MALFORMED, "status list")


def _map(data: bytes, where: str) -> Mapping[int | str, object]:
    members = loads(data)
    if not isinstance(members, dict):
        raise CredentialRefused(Code.MALFORMED, where)
    return members


def _statuses(claims: Mapping[str, object], limits: Limits) -> PackedStatuses:
    match claims.get("status_list"):
        case {"bits": bits, "lst": bytes() as compressed}:
            return PackedStatuses.from_compressed(bits, compressed, limits)
        case _:
            raise CredentialRefused(Code.MALFORMED, "status list.status_list")
