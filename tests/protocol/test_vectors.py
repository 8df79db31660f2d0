"""The files of test vectors are what this library makes and takes."""

import base64
import json
import re
from datetime import datetime
from typing import Any

import pytest

from tests.protocol.vectors import making
from tests.protocol.vectors.batched import batches_document
from tests.protocol.vectors.federation import FOLDER, NOW, directory, key_names, stored_keys
from tongban import protocol
from tongban.protocol import Code, DirectoryForged, DirectoryOlder, Refused, SignedDocument, Suite
from tongban.protocol.batches import open_batch, open_replies

KEYS = stored_keys()
DIRECTORY = directory(KEYS)
FEDERATION = KEYS["federation"].verifying_key


def stored(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return document


EXCHANGES = {exchange["suite"]: exchange for exchange in stored("messages")["exchanges"]}
REFUSALS = stored("refusals")["cases"]
suites = pytest.mark.parametrize("suite", list(Suite))


def without_signatures(document: object) -> str:
    """The document's text, every signature of 64 bytes left out."""
    return re.sub(r"[A-Za-z0-9+/]{86}==", "…", json.dumps(document, ensure_ascii=False))


def test_the_keys_are_those_that_the_directory_lists() -> None:
    assert {key.keyid: key.suite for key in KEYS.values()} == key_names()
    for key in stored("keys")["keys"]:
        assert base64.b64decode(key["public_key"]) == KEYS[key["keyid"]].public_key


def test_the_directories_are_those_that_the_keys_sign() -> None:
    assert stored("directory") == making.directory_document(KEYS)


def test_the_directory_in_force_is_read_and_the_others_are_refused() -> None:
    files = {name: json.dumps(entry["document"]).encode() for name, entry in stored("directory").items()}
    assert protocol.open_directory(files["in_force"], FEDERATION) == DIRECTORY
    with pytest.raises(DirectoryOlder):
        protocol.open_directory(files["older"], FEDERATION, at_least=2)
    with pytest.raises(DirectoryForged):
        protocol.open_directory(files["forged"], FEDERATION)


@suites
def test_the_messages_are_those_that_the_keys_sign(suite: Suite) -> None:
    made = {exchange["suite"]: exchange for exchange in making.messages_document(KEYS)["exchanges"]}
    if suite is Suite.SM2:
        assert without_signatures(made[suite]) == without_signatures(EXCHANGES[suite])
    else:
        assert made[suite] == EXCHANGES[suite]


@suites
def test_the_question_is_taken_and_the_answer_read(suite: Suite) -> None:
    request = making.request_of(EXCHANGES[suite]["request"])
    message = protocol.authenticate(request, DIRECTORY, "chongqing", now=NOW).message
    assert protocol.authorise(message, DIRECTORY, now=NOW).id == "SAMPLE-1"
    response = making.response_of(EXCHANGES[suite]["response"])
    answer = protocol.open_reply(response, request, message, DIRECTORY, now=NOW)
    assert isinstance(answer, protocol.EvidenceAnswer)
    assert answer.body.records == making.RECORDS


@suites
def test_the_signature_bases_are_what_the_signatures_are_over(suite: Suite) -> None:
    exchange = EXCHANGES[suite]
    for message in ("request", "response"):
        headers = dict(exchange[message]["headers"])
        keyid = re.search(r'keyid="([^"]+)"', headers["signature-input"])
        assert keyid is not None
        signature = base64.b64decode(headers["signature"].removeprefix("tongban=:").removesuffix(":"))
        base = exchange[f"{message}_signature_base"].encode()
        assert KEYS[keyid[1]].verifying_key.verifies(signature, base)


def test_the_consent_holds_what_is_shown() -> None:
    shown = stored("messages")["consent"]
    document = SignedDocument.model_validate_json(json.dumps(shown["document"]))
    consent = protocol.open_consent(document, DIRECTORY.node("sichuan").keys, NOW)
    assert json.loads(consent.model_dump_json()) == shown["payload"]


def test_the_refused_requests_are_those_that_the_keys_sign() -> None:
    assert stored("refusals") == making.refusals_document(KEYS)


def taken(request: protocol.HttpRequest, now: datetime) -> None:
    received = protocol.authenticate(request, DIRECTORY, "chongqing", now=now)
    protocol.authorise(received.message, DIRECTORY, now=now)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["name"])
def test_each_refused_request_is_refused_as_the_file_says(case: dict[str, Any]) -> None:
    now = datetime.fromisoformat(stored("refusals")["now"])
    with pytest.raises(Refused) as caught:
        taken(making.request_of(case["request"]), now)
    said = caught.value
    assert (said.code.value, said.path, said.meaning.status) == (case["code"], case["path"], case["status"])


def test_every_refusal_that_one_request_can_earn_has_a_vector() -> None:
    assert {case["code"] for case in REFUSALS} == {
        Code.BAD_SIGNATURE,
        Code.BAD_DIGEST,
        Code.UNKNOWN_KEY,
        Code.UNKNOWN_SENDER,
        Code.WRONG_RECEIVER,
        Code.EXPIRED,
        Code.NOT_YET_VALID,
        Code.MALFORMED,
        Code.UNKNOWN_VERSION,
        Code.UNKNOWN_KIND,
        Code.UNKNOWN_CRITICAL,
        Code.SCHEMA_VIOLATED,
        Code.NOT_COVERED,
        Code.CONSENT_MISSING,
        Code.CONSENT_EXPIRED,
        Code.CONSENT_MISMATCH,
    }


BATCHES = stored("batches")


def test_the_batches_are_those_that_the_keys_sign() -> None:
    assert batches_document(KEYS) == BATCHES


def test_each_question_of_a_batch_has_its_own_reply() -> None:
    request = making.request_of(BATCHES["exchange"]["request"])
    opened = open_batch(request, DIRECTORY, "chongqing", now=NOW)
    asked = [
        protocol.authenticate_body(body, opened.verified, DIRECTORY, "chongqing").message
        for body in opened.bodies
    ]
    response = making.response_of(BATCHES["exchange"]["response"])
    replies = open_replies(response, request, "chongqing", len(asked), DIRECTORY, now=NOW)
    assert isinstance(replies, tuple)
    answer, refusal = (
        protocol.read_reply(reply, message, DIRECTORY) for reply, message in zip(replies, asked, strict=True)
    )
    assert isinstance(answer, protocol.EvidenceAnswer)
    assert isinstance(refusal, protocol.Refusal)
    assert refusal.code is Code.NOT_COVERED


@pytest.mark.parametrize("case", BATCHES["refused"], ids=lambda case: case["name"])
def test_each_refused_batch_is_refused_as_the_file_says(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        open_batch(making.request_of(case["request"]), DIRECTORY, "chongqing", now=NOW)
    assert (caught.value.code.value, caught.value.path) == (case["code"], case["path"])


COURSES = stored("conversations")["courses"]


def test_the_conversations_are_those_that_the_library_leads() -> None:
    assert stored("conversations") == making.conversations_document(KEYS)


def test_every_kind_of_conversation_has_a_course_that_ends() -> None:
    final = {kind["kind"]: kind["final"] for kind in stored("conversations")["kinds"]}
    opened = {course["name"]: json.loads(course["steps"][0]["says"][0])["kind"] for course in COURSES}
    ended = {
        kind
        for kind in final
        for course in COURSES
        if opened[course["name"]].startswith(kind) and course["steps"][-1]["state"] in final[kind]
    }
    assert ended == set(final)


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course["name"])
def test_both_sides_of_a_course_come_to_the_same_end(course: dict[str, Any]) -> None:
    ends = {step["at"]: (step["state"], step["thread"]) for step in course["steps"]}
    (one, counted), (other, counted_there) = ends.values()
    assert one == other
    assert (counted["said"], counted["heard"]) == (counted_there["heard"], counted_there["said"])
