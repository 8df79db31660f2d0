"""Issues SD-JWTs: claims that can be disclosed one by one become salted digests (RFC 9901, section 4).

Promises: fresh salts for every issuance; digests stand in an order that tells nothing; decoys look like
digests.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from tongban.credentials import base64url, jws
from tongban.credentials.algorithms import HASHES, hash_name
from tongban.credentials.jwk import to_jwk
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import disclosures as disclosed
from tongban.credentials.sdjwt.frame import Frame, Step
from tongban.credentials.sdjwt.revealing import DIGESTS, ELLIPSIS, HASH, RESERVED
from tongban.suites import SigningKey, Suite, VerifyingKey

_LEAVES = frozenset({str, int, bool, float, type(None)})
NO_HEADER: Mapping[str, object] = MappingProxyType({})


def issue(
    claims: Mapping[str, object],
    frame: Frame,
    key: SigningKey,
    *,
    typ: str,
    holder: VerifyingKey | None = None,
    decoys: int = 0,
    header: Mapping[str, object] = NO_HEADER,
) -> str:
    """The SD-JWT with all its disclosures, in compact form.

    `typ` is the header of that name; `holder` is bound as `cnf`; `decoys` are added digests of nothing, so
    that their number does not tell how many claims there are. Raises CredentialRefused for claims that use a
    reserved name or have no JSON form.
    """
    name = hash_name(key.suite)
    writing = _Writing(HASHES[name])
    payload = writing.object_of(claims, frame)
    if decoys:
        stand = payload.get(DIGESTS)
        hidden = stand if isinstance(stand, list) else []
        size = len(writing.digest(b""))
        fake = [base64url.encode(os.urandom(size)).decode() for _ in range(decoys)]
        payload[DIGESTS] = sorted([*hidden, *fake])
    if writing.written or decoys:
        payload[HASH] = name
    if holder is not None:
        if "cnf" in claims:
            raise CredentialRefused(Code.CLAIM_COLLISION, "cnf")
        payload["cnf"] = {"jwk": to_jwk(holder)}
    if header:
        text = jws.header_text({"typ": typ, "kid": key.keyid, **header}, key.suite)
    else:
        text = _plain_header(typ, key.keyid, key.suite)
    token = jws.sign_under(text, payload, key)
    return b"~".join((token, *writing.written, b"")).decode()


@lru_cache(maxsize=256)
def _plain_header(typ: str, keyid: str, suite: Suite) -> bytes:
    return jws.header_text({"typ": typ, "kid": keyid}, suite)


class _Writing:
    """One issuance: the disclosures written so far."""

    __slots__ = ("digest", "written")

    def __init__(self, digest: Callable[[bytes], bytes]) -> None:
        self.digest = digest
        self.written: list[bytes] = []

    def object_of(self, members: Mapping[str, object], frame: Frame) -> dict[str, object]:
        if not RESERVED.isdisjoint(members):
            raise CredentialRefused(Code.RESERVED_NAME, "claims")
        if frame.flat:
            return self.flat_object_of(members, frame.flat)
        open_members: dict[str, object] = {}
        hidden: dict[str, object] = {}
        for name, value in members.items():
            inner = frame.inner.get(name)
            if inner is None:
                open_members[name] = _checked(value)
                continue
            content = self.value_of(value, inner) if inner.inner else _checked(value)
            if inner.hidden:
                hidden[name] = content
            else:
                open_members[name] = content
        if hidden:
            open_members[DIGESTS] = sorted(self.hide(hidden.keys(), hidden.values()))
        return open_members

    def flat_object_of(self, members: Mapping[str, object], flat: frozenset[Step]) -> dict[str, object]:
        if not _LEAVES.issuperset(map(type, members.values())):
            for value in members.values():
                _checked(value)
        open_members = dict(members)
        names = [name for name in members if name in flat]
        if names:
            open_members[DIGESTS] = sorted(self.hide(names, map(open_members.pop, names)))
        return open_members

    def array_of(self, elements: list[object], frame: Frame) -> list[object]:
        shown: list[object] = []
        for index, element in enumerate(elements):
            inner = frame.at(index)
            if inner is None:
                shown.append(_checked(element))
                continue
            content = self.value_of(element, inner) if inner.inner else _checked(element)
            shown.append({ELLIPSIS: self.hide([content])[0]} if inner.hidden else content)
        return shown

    def value_of(self, value: object, frame: Frame) -> object:
        if isinstance(value, Mapping):
            return self.object_of(value, frame)
        if isinstance(value, list):
            return self.array_of(value, frame)
        return value

    def hide(self, first: Collection[object], *rest: Iterable[object]) -> Sequence[str]:
        """Salt and write contents, given member by member; the digests in the same order."""
        texts = disclosed.write_all(zip(disclosed.fresh_salts(len(first)), first, *rest, strict=True))
        self.written += texts
        return disclosed.digest_texts(texts, self.digest)


def _checked(value: object) -> object:
    if type(value) not in _LEAVES:
        _check_names(value)
    return value


def _check_names(value: object) -> None:
    """Refuse reserved names anywhere inside a value that stays as it is."""
    if isinstance(value, Mapping):
        if not RESERVED.isdisjoint(value):
            raise CredentialRefused(Code.RESERVED_NAME, "claims")
        for inner in value.values():
            _check_names(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_names(inner)
