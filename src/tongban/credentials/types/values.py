"""Holds the claims of a credential against its type.

Promises: what is issued has every required claim, no unknown one, and values of the right kind; what a
verifier shows has the right kinds. Errors name the path, never the value.
"""

import re
from collections.abc import Mapping
from datetime import date

from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.types.definition import ISSUERS_CLAIMS, Claim, CredentialType

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_PLACE = re.compile(r"[1-9]\d{5}", re.ASCII)


def check_complete(kind: CredentialType, claims: Mapping[str, object]) -> None:
    """Refuse claims that cannot be issued under this type."""
    _check_object(kind, claims, (), complete=True)


def check_shown(kind: CredentialType, claims: Mapping[str, object]) -> None:
    """Refuse disclosed claims that this type does not know or whose values are of another kind."""
    own = {name: value for name, value in claims.items() if name not in ISSUERS_CLAIMS}
    _check_object(kind, own, (), complete=False)


def _check_object(
    kind: CredentialType, members: Mapping[str, object], path: tuple[str, ...], *, complete: bool
) -> None:
    for name, value in members.items():
        claim = kind.claim((*path, name))
        if claim is None:
            raise CredentialRefused(Code.MALFORMED, f"claim {'.'.join(path)} has an unknown member")
        _check_value(kind, claim, value, complete=complete)
    if complete:
        for claim in kind.claims:
            is_member = claim.path[:-1] == path and claim.path[-1] != "*"
            if is_member and claim.required and claim.path[-1] not in members:
                raise CredentialRefused(Code.CLAIM_MISSING, ".".join(claim.path))


def _check_value(kind: CredentialType, claim: Claim, value: object, *, complete: bool) -> None:
    where = ".".join(claim.path)
    if claim.kind == "object":
        if not isinstance(value, Mapping):
            raise CredentialRefused(Code.MALFORMED, where)
        _check_object(kind, value, claim.path, complete=complete)
    elif claim.kind == "list":
        element = kind.claim((*claim.path, "*"))
        if not isinstance(value, list) or element is None or len(value) > claim.limit:
            raise CredentialRefused(Code.MALFORMED, where)
        for member in value:
            _check_value(kind, element, member, complete=complete)
    elif not _is_of_kind(claim, value):
        raise CredentialRefused(Code.MALFORMED, where)


def _is_of_kind(claim: Claim, value: object) -> bool:
    if claim.kind == "integer":
        return type(value) is int and abs(value) < 2**53
    if claim.kind == "boolean":
        return type(value) is bool
    if not isinstance(value, str) or not value or len(value) > claim.limit:
        return False
    match claim.kind:
        case "text":
            return value.isprintable()
        case "date":
            return _DATE.fullmatch(value) is not None and _is_date(value)
        case "month":
            return _MONTH.fullmatch(value) is not None
        case "decimal":
            return _DECIMAL.fullmatch(value) is not None
        case "place":
            return _PLACE.fullmatch(value) is not None
        case _:
            return any(value == choice.value for choice in claim.choices)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
