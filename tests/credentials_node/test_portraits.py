"""Whoever verifies can compare: the photo is the one whose hash the issuer signed, on both sides' pages."""

import io
import json
from base64 import b64decode
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.casework.conftest import POST
from tests.casework.walk import RESIDENT_ID
from tests.credentials_node.conftest import AGENCY, AWAY, CLAIMS, DECIDED_BY, TITLE
from tests.credentials_node.test_evidence import ANSWERS
from tests.services.shipped import FOLDERS, copy_shipped
from tongban.federation.sample_portraits import placeholder
from tongban.node.casework import acting, catalogue, drafts, submission
from tongban.node.casework.models import Case
from tongban.node.credentials import issuers, issuing, of_cases, portraits, redeeming, showing
from tongban.node.credentials.models import Issued, Portrait
from tongban.node.people.models import Account, Officer, Person
from tongban.node.people.register import create_officer
from tongban.node.portal.uploads import store
from tongban.node.portal.uploads.refusals import FileRefused

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


def photo() -> bytes:
    """A photo as a phone takes it: large, lying on its side, with the place where it was taken."""
    taken = Image.new("RGB", (1600, 1200), (120, 90, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "at home"
    written = io.BytesIO()
    taken.save(written, "JPEG", exif=exif)
    return written.getvalue()


ANSWERS_OF = {
    "professional-title": ANSWERS,
    "electronic-id": {
        "ethnic_group": "汉",
        "household_place": "510104",
        "household_address": "成都市锦江区示例路1号",
    },
    "residence-permit": {
        "ethnic_group": "汉",
        "household_address": "重庆市渝中区示例路2号",
        "residence_place": "510104",
        "residence_address": "成都市锦江区示例路1号",
        "permit_number": "示例JZ2026-0042",
        "issued_on": "2026-03-02",
        "endorsed_until": "2027-03-02",
    },
}


def applied(woman: Person, tmp_path: Path, sent: bytes | None, service: str = "professional-title") -> Case:
    """Her application for a credential, with a photo if she sends one."""
    catalogue.publish(copy_shipped(tmp_path, (*FOLDERS, service.replace("-", "_"))))
    draft = drafts.begin(woman, service)
    for key, raw in ANSWERS_OF[service].items():
        draft = drafts.answer(draft, key, raw)
    if sent is not None:
        questions = drafts.service_of(draft).form.questions
        question = next(one for one in questions if one.key == of_cases.PHOTO)
        kept = store.keep(draft, question, SimpleUploadedFile("me.jpg", sent))
        draft = drafts.answer(draft, of_cases.PHOTO, kept)
    return submission.submit(woman, draft.pk, frozenset())


@pytest.fixture
def clerk(db: None) -> Officer:
    return create_officer("clerk", "x", "510100-rs", "罗锦程", POST).officer


def test_the_photo_of_an_application_is_the_holders_once_an_officer_issues(
    woman: Person, clerk: Officer, tmp_path: Path
) -> None:
    case = applied(woman, tmp_path, photo())
    assert portraits.picture_of(woman) is None
    acting.perform(clerk, case.number, case.revision, "issue")
    kept = portraits.picture_of(woman)
    assert kept is not None
    assert b"at home" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.width < picture.height
    credential = Issued.objects.get(case=case)
    assert credential.claims[portraits.CLAIM] == sha256(kept).hexdigest()
    code = showing.online_code(woman, credential.id, [portraits.CLAIM]).text
    assert redeeming.redeem(code, "").photo == kept


@pytest.mark.parametrize("service", ["electronic-id", "residence-permit"])
def test_whatever_card_is_applied_for_with_a_photo_carries_its_hash(
    service: str, woman: Person, tmp_path: Path
) -> None:
    police = create_officer("police", "x", DECIDED_BY[service], "叶知远", POST).officer
    case = applied(woman, tmp_path, photo(), service)
    acting.perform(police, case.number, case.revision, "issue")
    credential = Issued.objects.get(case=case)
    kept = portraits.picture_of(woman)
    assert kept is not None
    assert credential.claims[portraits.CLAIM] == sha256(kept).hexdigest()
    assert credential.claims["birth_date"] == f"{RESIDENT_ID[6:10]}-{RESIDENT_ID[10:12]}-{RESIDENT_ID[12:14]}"


@pytest.mark.parametrize(("day", "of_age"), [(date(1994, 2, 13), False), (date(1994, 2, 14), True)])
def test_who_has_the_eighteenth_birthday_is_of_age(
    day: date, of_age: bool, woman: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_cases, "today", lambda: day)
    kind = of_cases.type_of("electronic-id")
    assert kind is not None
    assert of_cases.claims_for(kind, woman, {}, "某局")["age_over_18"] is of_age


def test_an_application_without_a_photo_is_issued_without_one(
    woman: Person, clerk: Officer, tmp_path: Path
) -> None:
    case = applied(woman, tmp_path, None)
    acting.perform(clerk, case.number, case.revision, "issue")
    assert portraits.CLAIM not in Issued.objects.get(case=case).claims


def test_what_is_no_picture_is_not_taken_as_a_photo(woman: Person, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="file-type"):
        applied(woman, tmp_path, b"%PDF-1.7")
