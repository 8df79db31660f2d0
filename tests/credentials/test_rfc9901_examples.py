"""RFC 9901's own examples are verified to the claims that the RFC prints."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tongban.credentials import CredentialRefused, jwk, sdjwt
from tongban.credentials.sdjwt import Held, KeyBinding, json_form

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


@pytest.mark.parametrize("write", [json_form.to_flattened, json_form.to_general])
def test_the_presentation_in_json_gives_the_same_payload(write: Callable[[str], bytes]) -> None:
    document = write(PRESENTED)
    assert json_form.to_compact(document) == PRESENTED
    verified = sdjwt.verify(
        json_form.to_compact(document),
        ISSUER,
        now=SHORTLY_AFTER,
        key_binding=KeyBinding("https://verifier.example.org", "1234567890"),
    )
    assert verified.claims == EXAMPLE["claims"]


def test_the_flattened_form_is_laid_out_as_in_section_8() -> None:
    document = json.loads(json_form.to_flattened(PRESENTED))
    assert set(document) == {"header", "payload", "protected", "signature"}
    assert set(document["header"]) == {"disclosures", "kb_jwt"}
    assert "kb_jwt" not in json.loads(json_form.to_flattened(ISSUED))["header"]


@pytest.mark.parametrize(
    "change",
    [
        {"signatures": []},
        {"signatures": [{}, {}]},
        {"payload": 1},
        {"payload": "a.b"},
        {"protected": "a~b"},
        {"header": {"disclosures": "x"}},
        {"header": {"disclosures": ["a~b"]}},
        {"header": {"disclosures": [1]}},
        {"header": {"disclosures": [], "alg": "none"}},
        {"header": []},
    ],
)
def test_another_layout_is_refused(change: dict[str, object]) -> None:
    document = json.loads(json_form.to_flattened(PRESENTED)) | change
    with pytest.raises(CredentialRefused):
        json_form.to_compact(json.dumps(document).encode())


@pytest.mark.parametrize("document", [b"", b"[]", b"{", b"{}", b'{"signatures": [1]}'])
def test_what_is_no_sd_jwt_in_json_is_refused(document: bytes) -> None:
    with pytest.raises(CredentialRefused):
        json_form.to_compact(document)


def test_a_holder_makes_the_same_choice_as_section_5_2() -> None:
    chosen = [("family_name",), ("address",), ("given_name",), ("nationalities", 0)]
    shown = Held.of(ISSUED).present(chosen)
    claims = sdjwt.verify(shown, ISSUER, now=SHORTLY_AFTER, key_binding=None).claims
    assert claims == EXAMPLE["claims"]
