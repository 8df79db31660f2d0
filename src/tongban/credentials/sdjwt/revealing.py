"""Puts disclosed claims back where their digests stand (RFC 9901, section 7.1, step 3).

Promises: every MUST of that section that refuses does so here: a digest that stands twice, a disclosure of
the wrong kind, a reserved or taken name, a disclosure that nothing refers to.
"""

from collections.abc import Callable, Sequence

from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import disclosures as disclosed
from tongban.credentials.sdjwt.disclosures import Contents

DIGESTS = "_sd"
HASH = "_sd_alg"
ELLIPSIS = "..."
RESERVED = frozenset({DIGESTS, HASH, ELLIPSIS})
_NESTED = frozenset({dict, list})
_TEXT_ONLY = {str}
_DIGESTS_TEXT, _HASH_TEXT, _ELLIPSIS_TEXT = (f'"{name}"'.encode() for name in (DIGESTS, HASH, ELLIPSIS))


def reveal(
    payload: dict[str, object],
    text: bytes,
    shown: Sequence[bytes],
    digest: Callable[[bytes], bytes],
    limits: Limits,
) -> dict[str, object]:
    """The claims: `payload`, read from `text` and perhaps changed, and what `shown` discloses; no digests."""
    digests = disclosed.digest_texts(shown, digest)
    contents, data = disclosed.read_plain(shown)
    if contents and _is_flat(text, data, limits) and text.count(_HASH_TEXT) == (HASH in payload):
        claims = _flat(payload, digests, contents)
        if claims is not None:
            return claims
    payload.pop(HASH, None)
    contents = contents or [disclosed.read(disclosure, limits) for disclosure in shown]
    waiting = dict(zip(digests, contents, strict=True))
    if len(waiting) != len(shown):
        raise CredentialRefused(Code.DIGEST_DOUBLED, "disclosures")
    walk = _Walk(waiting, limits.depth)
    walk.through_object(payload, 0)
    if waiting:
        raise CredentialRefused(Code.DISCLOSURE_UNREFERENCED, "disclosures")
    return payload


def _is_flat(text: bytes, shown: bytes, limits: Limits) -> bool:
    """Whether digests stand at the top only and what is shown has nothing inside: seen by the JSON alone.

    Without a backslash every name is written as it is, so none that is reserved can hide; with so few
    brackets nothing can be too deep.
    """
    return (
        text.count(_DIGESTS_TEXT) == 1
        and _ELLIPSIS_TEXT not in text
        and b"\\" not in text
        and b"{" not in shown
        and text.count(b"{") + text.count(b"[") <= limits.depth
    )


def _flat(
    payload: dict[str, object], digests: list[str], contents: list[Contents]
) -> dict[str, object] | None:
    """The claims of a payload that is flat; None for whatever is unusual, which the walk looks into."""
    stand = payload.get(DIGESTS)
    if type(stand) is not list or set(map(type, stand)) != _TEXT_ONLY:
        return None
    seen, given = set(stand), set(digests)
    if len(seen) != len(stand) or len(given) != len(digests) or not given <= seen:
        return None
    claims = payload.copy()
    del claims[DIGESTS]
    claims.pop(HASH, None)
    open_claims = len(claims)
    for one in contents:
        if len(one) != 3 or type(one[0]) is not str or type(one[1]) is not str:
            return None
        claims[one[1]] = one[2]
    if len(claims) != open_claims + len(contents) or not RESERVED.isdisjoint(claims):
        return None
    return claims


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
