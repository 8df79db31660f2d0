"""RFC 9901's own examples are verified to the claims that the RFC prints."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from tongban.credentials import jwk, sdjwt
from tongban.credentials.sdjwt import Held, KeyBinding

EXAMPLE = json.loads((Path(__file__).parent / "vectors" / "rfc9901.json").read_text(encoding="utf-8"))
ISSUER = jwk.from_jwk(EXAMPLE["issuer_jwk"])
SHORTLY_AFTER = datetime.fromtimestamp(1748537300, UTC)
DISCLOSURES = [
    base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in EXAMPLE["disclosures"]
]
ISSUED = "~".join([EXAMPLE["token"], *DISCLOSURES, ""])
PRESENTED = "~".join(
    [EXAMPLE["token"], *(DISCLOSURES[index] for index in EXAMPLE["shown"]), EXAMPLE["key_binding"]]
)


def test_the_presentation_with_key_binding_gives_the_payload_of_section_5_2() -> None:
    verified = sdjwt.verify(
        PRESENTED,
        ISSUER,
        now=SHORTLY_AFTER,
        key_binding=KeyBinding("https://verifier.example.org", "1234567890"),
    )
    assert verified.claims == EXAMPLE["claims"]
    assert verified.key_bound


def test_the_issued_credential_of_section_5_1_has_every_claim() -> None:
    claims = sdjwt.verify(ISSUED, ISSUER, now=SHORTLY_AFTER, key_binding=None).claims
    assert claims["nationalities"] == ["US", "DE"]
    assert claims["updated_at"] == 1570000000
    assert claims["email"] == "johndoe@example.com"


def test_a_holder_makes_the_same_choice_as_section_5_2() -> None:
    chosen = [("family_name",), ("address",), ("given_name",), ("nationalities", 0)]
    shown = Held.of(ISSUED).present(chosen)
    claims = sdjwt.verify(shown, ISSUER, now=SHORTLY_AFTER, key_binding=None).claims
    assert claims == EXAMPLE["claims"]
