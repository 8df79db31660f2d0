"""Whoever verifies can compare: the photo is the one whose hash the issuer signed, on both sides' pages."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from django.test import Client

from tests.credentials_node.conftest import AGENCY, AWAY, CLAIMS, TITLE
from tongban.federation.sample_portraits import placeholder
from tongban.node.credentials import issuers, issuing, of_cases, portraits, redeeming, showing
from tongban.node.credentials.models import Issued, Portrait
from tongban.node.people.models import Account, Officer, Person

PURPOSE = issuers.types()[TITLE].purposes[0].key


@pytest.fixture
def portrait(woman: Person) -> Portrait:
    return portraits.put(woman, placeholder("woman"))


@pytest.fixture
def with_photo(woman: Person, officer: Officer, portrait: Portrait) -> Issued:
    claims = CLAIMS | {portraits.CLAIM: portrait.sha256}
    return issuing.issue(person=woman, vct=TITLE, claims=claims, agency=AGENCY, officer=officer)


def test_the_hash_of_the_photo_is_among_the_claims(woman: Person, portrait: Portrait) -> None:
    claims = of_cases.claims_for(issuers.types()[TITLE], woman, {}, "某局")
    assert claims[portraits.CLAIM] == sha256(bytes(portrait.jpeg)).hexdigest()


def test_without_a_photo_there_is_no_such_claim(woman: Person) -> None:
    assert portraits.CLAIM not in of_cases.claims_for(issuers.types()[TITLE], woman, {}, "某局")


def test_the_page_with_the_code_shows_photo_name_and_last_four(
    citizen: Account, with_photo: Issued, portrait: Portrait
) -> None:
    browser = Client()
    browser.force_login(citizen)
    page = browser.post(f"/credentials/{with_photo.id}/code/{PURPOSE}/").content.decode()
    assert all(part in page for part in ("/credentials/portrait/", "刘芳", str(CLAIMS["id_tail"])))
    assert browser.get("/credentials/portrait/").content == bytes(portrait.jpeg)


def test_the_verifier_of_a_code_for_a_minute_sees_the_photo_when_it_was_ticked(
    woman: Person, with_photo: Issued
) -> None:
    code = showing.online_code(woman, with_photo.id, ["title", portraits.CLAIM]).text
    page = Client().post("/verify/", {"code": code}).content.decode()
    assert "data:image/jpeg;base64," in page


def test_the_photo_is_not_shown_unless_it_was_ticked(woman: Person, with_photo: Issued) -> None:
    code = showing.online_code(woman, with_photo.id, ["title"]).text
    assert redeeming.redeem(code, "").photo is None


def test_another_face_than_the_issuer_signed_is_not_shown(woman: Person, with_photo: Issued) -> None:
    portraits.put(woman, placeholder("somebody else"))
    code = showing.online_code(woman, with_photo.id, ["title", portraits.CLAIM]).text
    assert redeeming.redeem(code, "").photo is None


def test_the_other_nodes_verifier_gets_the_photo_with_the_presentation(
    woman: Person, with_photo: Issued, portrait: Portrait
) -> None:
    code = showing.online_code(woman, with_photo.id, [portraits.CLAIM]).text
    asked = {"code": code, "audience": AWAY, "nonce": "n" * 32}
    answer = Client().post("/credentials/redeem/", json.dumps(asked), "application/json").json()
    assert b64decode(answer["photo"]) == bytes(portrait.jpeg)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
def test_what_is_no_picture_is_refused(woman: Person, data: bytes) -> None:
    with pytest.raises(portraits.NoPicture):
        portraits.put(woman, data)


def test_a_photo_is_kept_small(portrait: Portrait) -> None:
    assert len(bytes(portrait.jpeg)) < portraits.MOST_BYTES
