"""What a holder does with an SD-JWT: look into it, choose what to disclose, bind it to a request.

Promises: choosing a claim brings along whatever it is nested in, and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import disclosures as disclosed
from tongban.credentials.sdjwt import keybinding
from tongban.credentials.sdjwt.frame import Path
from tongban.credentials.sdjwt.parts import Parts
from tongban.credentials.sdjwt.revealing import DIGESTS, ELLIPSIS, reveal
from tongban.credentials.sdjwt.verifying import digest_of
from tongban.suites import SigningKey


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in a wallet. The issuer's signature was not checked here; `verify` does that on receipt.

    `claims` has everything that can be shown; `disclosable` are the paths that are shown only when chosen.
    """

    header: Mapping[str, object]
    claims: Mapping[str, object]
    disclosable: tuple[Path, ...]
    _parts: Parts
    _by_path: Mapping[Path, bytes]
    _digest: Callable[[bytes], bytes]

    @classmethod
    def of(cls, compact: str | bytes, limits: Limits = DEFAULT_LIMITS) -> "Held":
        """Read an issued SD-JWT with its disclosures."""
        parts = Parts.of(compact, limits)
        token = jws.take_apart(parts.token, "sd-jwt", limits)
        digest = digest_of(token.payload)
        claims = reveal(token.payload, parts.disclosures, digest, limits)
        payload = jws.take_apart(parts.token, "sd-jwt", limits).payload
        texts = disclosed.digest_texts(parts.disclosures, digest)
        by_path: dict[Path, bytes] = {}
        _locate(payload, (), dict(zip(texts, parts.disclosures, strict=True)), by_path, limits)
        return cls(token.header, claims, tuple(by_path), parts, by_path, digest)

    def present(self, chosen: Iterable[Path]) -> str:
        """The presentation that discloses these paths, without key binding.

        A path to something inside a disclosable claim also discloses that claim. Raises CredentialRefused
        for a path that is not in the credential.
        """
        return self._chosen(chosen).presented.decode()

    def present_bound(
        self,
        chosen: Iterable[Path],
        key: SigningKey,
        *,
        audience: str,
        nonce: str,
        now: datetime,
        transactions: Sequence[str] = (),
    ) -> str:
        """The presentation with the holder's signature for one verifier and one request.

        `transactions` are the texts of what the holder agrees to by it (OpenID4VP 1.0, 8.4).
        """
        return keybinding.bind(
            self._chosen(chosen),
            key,
            audience=audience,
            nonce=nonce,
            now=now,
            digest=self._digest,
            transactions=transactions,
        ).decode()

    def _chosen(self, chosen: Iterable[Path]) -> Parts:
        needed: set[Path] = set()
        for path in chosen:
            on_the_way = [path[:length] for length in range(1, len(path) + 1)]
            disclosed_on_it = [place for place in on_the_way if place in self._by_path]
            if not disclosed_on_it and not self._has(path):
                raise CredentialRefused(Code.CLAIM_MISSING, "path")
            needed.update(disclosed_on_it)
        kept = tuple(text for path, text in self._by_path.items() if path in needed)
        return self._parts.with_disclosures(kept)

    def _has(self, path: Path) -> bool:
        value: object = self.claims
        for step in path:
            match value:
                case Mapping() if step in value:
                    value = value[step]
                case list() if isinstance(step, int) and 0 <= step < len(value):
                    value = value[step]
                case _:
                    return False
        return True


def _locate(
    value: object, path: Path, by_digest: Mapping[str, bytes], found: dict[Path, bytes], limits: Limits
) -> None:
    """Note for every disclosure the path of what it discloses, outer ones before inner ones.

    Comes after `reveal`, which has refused whatever would make this walk long.
    """
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != DIGESTS:
                _locate(inner, (*path, name), by_digest, found, limits)
        digests = value.get(DIGESTS)
        for digest in digests if isinstance(digests, list) else ():
            text = by_digest.get(digest) if isinstance(digest, str) else None
            if text is not None:
                contents = disclosed.read(text, limits)
                place = (*path, str(contents[1]))
                found[place] = text
                _locate(contents[-1], place, by_digest, found, limits)
    elif isinstance(value, list):
        index = 0
        for element in value:
            if isinstance(element, dict) and ELLIPSIS in element:
                digest = element[ELLIPSIS]
                text = by_digest.get(digest) if isinstance(digest, str) else None
                if text is None:
                    continue
                found[(*path, index)] = text
                _locate(disclosed.read(text, limits)[-1], (*path, index), by_digest, found, limits)
            else:
                _locate(element, (*path, index), by_digest, found, limits)
            index += 1
