"""Broken content under a good signature, as a lying node may send it: each is read or refused.

The seed is fixed, so a failure comes again; it prints the input that broke the parser.
"""

import base64
import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from uuid import UUID

import pytest

from tests.protocol.breaking import broken
from tests.protocol.vectors import making
from tests.protocol.vectors.federation import FOLDER, NOW, directory, stored_keys
from tongban.protocol import HttpRequest, HttpResponse, Refused, encode
from tongban.protocol.attachments import Held, Offer, authenticate, open_held, seal
from tongban.protocol.batches import open_batch, open_replies
from tongban.protocol.conversations import admit, authenticate_utterance, open_receipt, parse_utterance
from tongban.protocol.conversations.memories import (
    Memory,
    RecallAsked,
    Remembered,
    memory,
    open_memories,
    open_recall,
    seal_recall,
)
from tongban.protocol.recall import Heard, Recall, Recalled, authenticate_recall, open_recalled
from tongban.protocol.recall import seal_recall as seal_question
from tongban.protocol.signature import sign_request, sign_response

OF_EACH_KIND = 120
OF_EACH_FORM = 500
KEYS = stored_keys()
DIRECTORY = directory(KEYS)
TYPE = (("content-type", "application/json"),)
NONCE = "n" * 16
BATCH = json.loads((FOLDER / "batches.json").read_text(encoding="utf-8"))["exchange"]
COURSES = json.loads((FOLDER / "conversations.json").read_text(encoding="utf-8"))["courses"]
STEPS = [step for course in COURSES for step in course["steps"] if "request" in step]
SAID = {json.loads(step["request"]["body"])["kind"]: step for step in STEPS}
"""A step in which each kind of message is heard."""

STEP = STEPS[0]
DELIVERY = making.request_of(STEP["request"])
OFFER = Offer(
    id=UUID(int=3),
    sender="sichuan",
    receiver="chongqing",
    created=NOW,
    case_ref="SC-1",
    sha256="0" * 64,
    size=5,
)
OFFERED = seal(OFFER, DIRECTORY, KEYS["sichuan-ed25519"], now=NOW, nonce=NONCE)
HELD = Held(sender="chongqing", in_reply_to=OFFER.id, held=5, complete=True)
RECALL = Recall(id=UUID(int=4), sender="sichuan", receiver="chongqing", created=NOW, since=NOW, skip=0)
RECALLING = seal_question(RECALL, DIRECTORY, KEYS["sichuan-ed25519"], now=NOW, nonce=NONCE)
QUESTION = making.request_of(
    json.loads((FOLDER / "messages.json").read_text(encoding="utf-8"))["exchanges"][0]["request"]
)
RECALLED = Recalled(
    sender="chongqing",
    receiver="sichuan",
    in_reply_to=RECALL.id,
    heard=(Heard(id=UUID(int=5), at=NOW),),
    answered=(),
    more=False,
)
ASKED = RecallAsked(sender="sichuan", receiver="chongqing", since=NOW, after=0, created=NOW)
ASKING = seal_recall(ASKED, DIRECTORY, KEYS["sichuan-ed25519"], NONCE)
REMEMBERED = Remembered(sender="chongqing", memories=(memory(DELIVERY),), next=None)


def signed(body: bytes, path: str, sender: str = "sichuan") -> HttpRequest:
    """A request with that body under the sender's good signature."""
    receiver = "chongqing" if sender == "sichuan" else "sichuan"
    unsigned = HttpRequest("POST", DIRECTORY.node(receiver).authority, path, TYPE, body)
    return sign_request(unsigned, KEYS[f"{sender}-ed25519"], now=NOW, nonce=NONCE)


def answered(body: bytes, delivery: HttpRequest) -> HttpResponse:
    """A response with that body under Chongqing's good signature."""
    return sign_response(HttpResponse(200, TYPE, body), delivery, KEYS["chongqing-ed25519"], now=NOW)


def hear(body: bytes, path: str, sender: str) -> None:
    receiver = "chongqing" if sender == "sichuan" else "sichuan"
    heard = authenticate_utterance(signed(body, path, sender), DIRECTORY, receiver, now=NOW)
    with suppress(Refused):
        admit(heard.message, DIRECTORY, now=NOW)


def remembered(body: bytes) -> None:
    open_memories(answered(body, ASKING), ASKING, ASKED, DIRECTORY, now=NOW)


def remembered_with(parameters: bytes) -> None:
    """A message that was kept with another signature-input."""
    kept = REMEMBERED.memories[0]
    headers = kept.headers | {"signature-input": parameters.decode("latin-1")}
    reply = REMEMBERED.model_copy(update={"memories": (Memory(body=kept.body, headers=headers),)})
    remembered(encode(reply))


FORMS: Mapping[str, tuple[bytes, Callable[[bytes], object]]] = {
    "a receipt": (
        STEP["response"]["body"].encode(),
        lambda body: open_receipt(
            answered(body, DELIVERY), DELIVERY, parse_utterance(DELIVERY.body), DIRECTORY, now=NOW
        ),
    ),
    "a batch": (
        BATCH["request"]["body"].encode(),
        lambda body: open_batch(signed(body, BATCH["request"]["path"]), DIRECTORY, "chongqing", now=NOW),
    ),
    "the replies to a batch": (
        BATCH["response"]["body"].encode(),
        lambda body: open_replies(
            answered(body, DELIVERY),
            DELIVERY,
            "chongqing",
            len(json.loads(BATCH["request"]["body"])["messages"]),
            DIRECTORY,
            now=NOW,
        ),
    ),
    "an offer of a file": (
        encode(OFFER),
        lambda body: authenticate(signed(body, OFFERED.path), Offer, DIRECTORY, "chongqing", now=NOW),
    ),
    "what is held of a file": (
        encode(HELD),
        lambda body: open_held(answered(body, OFFERED), OFFERED, OFFER, DIRECTORY, now=NOW),
    ),
    "a recall": (
        encode(RECALL),
        lambda body: authenticate_recall(signed(body, RECALLING.path), DIRECTORY, "chongqing", now=NOW),
    ),
    "what is recalled": (
        encode(RECALLED),
        lambda body: open_recalled(answered(body, RECALLING), RECALLING, RECALL, DIRECTORY, now=NOW),
    ),
    "a recall of conversations": (
        encode(ASKED),
        lambda body: open_recall(signed(body, ASKING.path), DIRECTORY, "chongqing", now=NOW),
    ),
    "what is remembered": (encode(REMEMBERED), remembered),
    "the signature of what is remembered": (
        REMEMBERED.memories[0].headers["signature-input"].encode(),
        remembered_with,
    ),
}


def read_or_refused(what: str, good: bytes, parse: Callable[[bytes], object], times: int) -> None:
    parse(good)
    chance = random.Random(what)
    for _ in range(times):
        given = broken(good, chance)
        try:
            parse(given)
        except Refused:
            continue
        except Exception as error:
            raise AssertionError(f"{what}: {base64.b64encode(given).decode()}") from error


@pytest.mark.parametrize("kind", SAID)
def test_a_message_of_a_conversation_that_says_something_strange_is_read_or_refused(kind: str) -> None:
    request = making.request_of(SAID[kind]["request"])
    sender = json.loads(request.body)["sender"]
    read_or_refused(kind, request.body, lambda body: hear(body, request.path, sender), OF_EACH_KIND)


@pytest.mark.parametrize("form", FORMS)
def test_what_else_is_signed_and_strange_is_read_or_refused(form: str) -> None:
    good, parse = FORMS[form]
    read_or_refused(form, good, parse, OF_EACH_FORM)


@pytest.mark.parametrize("created", ["999999999999", "253402300800"])
def test_a_time_beyond_the_calendar_in_what_is_remembered_is_refused(created: str) -> None:
    good = REMEMBERED.memories[0].headers["signature-input"]
    with pytest.raises(Refused, match="malformed"):
        remembered_with(good.replace(f"created={int(NOW.timestamp())}", f"created={created}").encode())
