"""Type metadata: what wallets show of a type, in three languages (SD-JWT VC, type metadata).

Promises: the document's bytes are the same for the same type, so that its hash can go into credentials.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.types import Claim, CredentialType, traditional
from tongban.credentials.vc.versions import VERSIONS

_CHINESE, _TRADITIONAL, _ENGLISH = "zh-CN", "zh-TW", "en"


@lru_cache(maxsize=256)
def type_metadata(kind: CredentialType) -> bytes:
    """The metadata document of a type, JSON in UTF-8."""
    document = {
        "vct": kind.vct,
        "name": kind.name.en,
        "description": kind.description.en,
        "display": [
            {"locale": locale, "name": name, "description": description}
            for (locale, name), (_, description) in zip(
                _words(kind.name.zh, kind.name.en),
                _words(kind.description.zh, kind.description.en),
                strict=True,
            )
        ],
        "claims": [_claim(claim) for claim in kind.claims],
    }
    return jws.dump_json(document)


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "path": list(claim.steps),
        "display": [{"locale": locale, "label": label} for locale, label in _words(claim.zh, claim.en)],
        "mandatory": claim.required,
        "sd": "always" if claim.disclosure == "choice" else "never",
    }


def _words(zh: str, en: str) -> tuple[tuple[str, str], ...]:
    return ((_CHINESE, zh), (_TRADITIONAL, traditional(zh)), (_ENGLISH, en))


def integrity(document: bytes) -> str:
    """The hash of a document as `vct#integrity` carries it (W3C Subresource Integrity)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(document).digest()).decode()


def read_metadata(
    document: bytes, vct: str, expected_integrity: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Mapping[str, str]:
    """The names that a foreign type goes by, by language tag, from its metadata document.

    Refuses a document for another type, or one whose hash is not `expected_integrity`. Older documents, which
    say `lang` for `locale`, are read too.
    """
    if len(document) > limits.token_bytes:
        raise CredentialRefused(Code.TOO_LARGE, "type metadata")
    if expected_integrity is not None and integrity(document) != expected_integrity:
        raise CredentialRefused(Code.BAD_SIGNATURE, "type metadata: vct#integrity")
    members = jws.load_object(document, "type metadata", limits)
    if members.get("vct") != vct:
        raise CredentialRefused(Code.WRONG_TYPE, "type metadata.vct")
    display = members.get("display", [])
    if not isinstance(display, list):
        raise CredentialRefused(Code.MALFORMED, "type metadata.display")
    names: dict[str, str] = {}
    for entry in display:
        if not isinstance(entry, dict):
            raise CredentialRefused(Code.MALFORMED, "type metadata.display")
        language = next((entry[v.language_member] for v in VERSIONS if v.language_member in entry), None)
        name = entry.get("name")
        if not isinstance(language, str) or not isinstance(name, str):
            raise CredentialRefused(Code.MALFORMED, "type metadata.display")
        names[language] = name
    return names
