"""One issuer and one holder for the tests, at a fixed time."""

from datetime import UTC, datetime
from functools import cache

from tongban.credentials import sdjwt
from tongban.credentials.sdjwt import Frame, KeyBinding
from tongban.suites import SigningKey, Suite, new_signing_key

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TYPE = "dc+sd-jwt"
AUDIENCE = "https://verifier.example"
NONCE = "n-0S6_WzA2Mj"
CLAIMS = {
    "iss": "https://issuer.example",
    "iat": int(NOW.timestamp()) - 3600,
    "exp": int(NOW.timestamp()) + 86_400,
    "name": "冉小渝",
    "birth_date": "1985-03-02",
    "address": {"province": "重庆", "street": "人民路 1 号"},
    "works": ["bridge", "tunnel", "dam"],
}
FRAME = Frame.of(
    [
        ("name",),
        ("birth_date",),
        ("address",),
        ("address", "street"),
        ("works", None),
    ]
)


@cache
def _key(name: str, suite: Suite) -> SigningKey:
    return new_signing_key(name, suite)


def issuer_key(suite: Suite = Suite.ES256) -> SigningKey:
    return _key("issuer-1", suite)


def holder_key(suite: Suite = Suite.ES256) -> SigningKey:
    return _key("holder-1", suite)


def issued(**changed: object) -> str:
    return sdjwt.issue(CLAIMS | changed, FRAME, issuer_key(), typ=TYPE, holder=holder_key().verifying_key)


def wanted(*, audience: str = AUDIENCE, nonce: str = NONCE) -> KeyBinding:
    return KeyBinding(audience, nonce)


def presented(compact: str | None = None, *paths: sdjwt.Path, key: SigningKey | None = None) -> str:
    return sdjwt.Held.of(compact or issued()).present_bound(
        paths or [("name",)], key or holder_key(), audience=AUDIENCE, nonce=NONCE, now=NOW
    )


def verify(
    compact: str,
    *,
    key_binding: KeyBinding | None = None,
    now: datetime = NOW,
    types: frozenset[str] | None = None,
    audience: str | None = None,
) -> sdjwt.Verified:
    return sdjwt.verify(
        compact, issuer_key().verifying_key, now=now, key_binding=key_binding, types=types, audience=audience
    )
