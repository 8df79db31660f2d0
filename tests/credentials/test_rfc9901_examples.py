"""The examples of RFC 9901 and of SD-JWT VC are verified to the claims that the documents print."""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tongban.credentials import CredentialRefused, jwk, sdjwt
from tongban.credentials.limits import DEFAULT_LIMITS
from tongban.credentials.sdjwt import Held, KeyBinding, json_form
from tongban.credentials.sdjwt.revealing import reveal
from tongban.credentials.sdjwt.verifying import digest_of

VECTORS = Path(__file__).parent / "vectors"
EXAMPLE = json.loads((VECTORS / "rfc9901.json").read_text(encoding="utf-8"))
MORE = json.loads((VECTORS / "rfc9901_more.json").read_text(encoding="utf-8"))
ISSUER = jwk.from_jwk(EXAMPLE["issuer_jwk"])
SHORTLY_AFTER = datetime.fromtimestamp(1748537300, UTC)


def written(texts: list[str]) -> list[str]:
    return [base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in texts]


DISCLOSURES = written(EXAMPLE["disclosures"])
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
        {"signatures": [{}, {"header": {"disclosures": []}}]},
        {"signatures": [{}, {"header": {"kb_jwt": "a.b.c"}}]},
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


def each(member: str) -> pytest.MarkDecorator:
    found = MORE[member]
    return pytest.mark.parametrize("example", found, ids=[one["of"].partition(":")[0] for one in found])


@each("examples")
def test_the_presentation_of_an_example_gives_the_printed_claims(example: dict[str, Any]) -> None:
    disclosures = written(example["disclosures"])
    binding = example.get("key_binding", "")
    shown = "~".join([example["token"], *(disclosures[index] for index in example["shown"]), binding])
    verified = sdjwt.verify(
        shown,
        ISSUER,
        now=shortly_after(binding) if binding else SHORTLY_AFTER,
        key_binding=KeyBinding(example["audience"], MORE["nonce"]) if binding else None,
    )
    assert verified.claims == example["claims"]
    assert verified.key_bound == bool(binding)


@each("examples")
def test_an_example_as_it_was_issued_has_every_claim(example: dict[str, Any]) -> None:
    issued = "~".join([example["token"], *written(example["disclosures"]), ""])
    assert sdjwt.verify(issued, ISSUER, now=SHORTLY_AFTER, key_binding=None).claims == example["all"]
    assert Held.of(issued).claims == example["all"]


@each("structures")
def test_each_way_to_structure_an_address_reveals_the_same_claims(example: dict[str, Any]) -> None:
    disclosures = [text.encode() for text in written(example["disclosures"])]
    digest = digest_of(example["payload"])
    claims = reveal(deepcopy(example["payload"]), disclosures, digest, DEFAULT_LIMITS)
    assert claims == MORE["structured_claims"]


@pytest.mark.parametrize("form", ["flattened", "general"])
def test_the_examples_in_json_give_the_printed_claims(form: str) -> None:
    compact = json_form.to_compact(json.dumps(MORE[form]).encode())
    binding = KeyBinding("https://verifier.example.org", MORE["nonce"])
    verified = sdjwt.verify(compact, ISSUER, now=SHORTLY_AFTER, key_binding=binding)
    assert verified.claims == MORE["json_claims"]


def shortly_after(token: str) -> datetime:
    payload = token.split(".")[1]
    signed_at = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iat"]
    return datetime.fromtimestamp(signed_at + 56, UTC)
