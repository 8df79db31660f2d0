"""Puts disclosed claims back where their digests stand (RFC 9901, section 7.1, step 3).

Promises: every MUST of that section that refuses does so here: a digest that stands twice, a disclosure of
the wrong kind, a reserved or taken name, a disclosure that nothing refers to.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import disclosures as disclosed
from tongban.credentials.sdjwt.disclosures import Contents

DIGESTS = "_sd"
HASH = "_sd_alg"
ELLIPSIS = "..."
RESERVED = frozenset({DIGESTS, HASH, ELLIPSIS})
_NESTED = frozenset({dict, list})


def reveal(
    payload: dict[str, object],
    shown: Sequence[bytes],
    digest: Callable[[bytes], bytes],
    limits: Limits,
) -> dict[str, object]:
    """The claims: `payload`, perhaps changed, and what `shown` discloses, without digests."""
    digests = disclosed.digest_texts(shown, digest)
    plain = disclosed.read_plain(shown) if shown else []
    if plain:
        claims = _flat(payload, digests, plain, limits)
        if claims is not None:
            return claims
    payload.pop(HASH, None)
    read = plain or [disclosed.read(disclosure, limits) for disclosure in shown]
    waiting = dict(zip(digests, read, strict=True))
    if len(waiting) != len(shown):
        raise CredentialRefused(Code.DIGEST_DOUBLED, "disclosures")
    walk = _Walk(waiting, limits.depth)
    walk.through_object(payload, 0)
    if waiting:
        raise CredentialRefused(Code.DISCLOSURE_UNREFERENCED, "disclosures")
    return payload


def _flat(
    payload: dict[str, object], digests: Sequence[str], contents: list[Contents], limits: Limits
) -> dict[str, object] | None:
    """The claims of a payload whose digests stand at its top; None for whatever the walk has to look into."""
    stand = payload.get(DIGESTS)
    if type(stand) is not list:
        return None
    try:
        named = {name: value for _, name, value in contents}
        "".join(stand), "".join(cast(dict[str, object], named))  # whether all are texts
    except (TypeError, ValueError):
        return None
    seen = set(stand)
    if len(seen) != len(stand) or not seen.issuperset(digests):
        return None
    claims = payload.copy()
    del claims[DIGESTS]
    claims.pop(HASH, None)
    if not named.keys().isdisjoint(RESERVED) or not _is_open((claims,), limits.depth + 1):
        return None
    count = len(claims) + len(contents)  # fewer when a name, or a whole disclosure, is there twice
    claims.update(cast(dict[str, object], named))
    return claims if len(claims) == count else None


def _is_open(values: Iterable[object], depth: int) -> bool:
    """Whether there is neither a digest nor a reserved name in any of the values, and nothing too deep."""
    for value in values:
        if type(value) is dict:
            is_reserved = DIGESTS in value or ELLIPSIS in value or HASH in value
            if not depth or is_reserved or not _is_open(value.values(), depth - 1):
                return False
        elif type(value) is list and (not depth or not _is_open(value, depth - 1)):
            return False
    return True


class _Walk:
    """One pass through a payload and everything that is disclosed into it."""

    __slots__ = ("deepest", "seen", "waiting")

    def __init__(self, waiting: dict[str, Contents], deepest: int) -> None:
        self.waiting = waiting
        self.deepest = deepest
        self.seen: set[str] = set()

    def through_object(self, members: dict[str, object], depth: int) -> None:
        if depth > self.deepest:
            raise CredentialRefused(Code.TOO_DEEP, "claims")
        digests = members.pop(DIGESTS, None)
        if ELLIPSIS in members or HASH in members:
            raise CredentialRefused(Code.RESERVED_NAME, "claims")
        for name, value in members.items():
            if isinstance(value, dict):
                self.through_object(value, depth + 1)
            elif isinstance(value, list):
                members[name] = self.through_array(value, depth + 1)
        if digests is not None:
            self.disclose_into(members, digests, depth)

    def disclose_into(self, members: dict[str, object], digests: object, depth: int) -> None:
        if type(digests) is not list:
            raise CredentialRefused(Code.MALFORMED, DIGESTS)
        seen, waiting = self.seen, self.waiting
        for digest in digests:
            if type(digest) is not str:
                raise CredentialRefused(Code.MALFORMED, DIGESTS)
            if digest in seen:
                raise CredentialRefused(Code.DIGEST_DOUBLED, "claims")
            seen.add(digest)
            contents = waiting.pop(digest, None)
            if contents is None:
                continue
            if len(contents) != 3:
                raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure: expected a name")
            salt, name, value = contents
            if type(salt) is not str or type(name) is not str:
                raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure: salt or name")
            if name in members or name in RESERVED:
                reserved = name in RESERVED
                raise CredentialRefused(
                    Code.RESERVED_NAME if reserved else Code.CLAIM_COLLISION, "disclosure"
                )
            members[name] = self.through_value(value, depth + 1) if type(value) in _NESTED else value

    def through_array(self, elements: list[object], depth: int) -> list[object]:
        if depth > self.deepest:
            raise CredentialRefused(Code.TOO_DEEP, "claims")
        kept: list[object] = []
        for element in elements:
            if type(element) is dict and ELLIPSIS in element:
                if len(element) != 1:
                    raise CredentialRefused(Code.RESERVED_NAME, "claims")
                contents = self.contents_of(element[ELLIPSIS])
                if contents is None:
                    continue
                if len(contents) != 2 or type(contents[0]) is not str:
                    raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure: expected no name")
                kept.append(self.through_value(contents[1], depth + 1))
            else:
                kept.append(self.through_value(element, depth + 1))
        return kept

    def through_value(self, value: object, depth: int) -> object:
        if type(value) is dict:
            self.through_object(value, depth)
        elif type(value) is list:
            return self.through_array(value, depth)
        return value

    def contents_of(self, digest: object) -> Contents | None:
        if type(digest) is not str:
            raise CredentialRefused(Code.MALFORMED, DIGESTS)
        if digest in self.seen:
            raise CredentialRefused(Code.DIGEST_DOUBLED, "claims")
        self.seen.add(digest)
        return self.waiting.pop(digest, None)
