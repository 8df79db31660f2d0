"""Documents that go beside the messages are read as strictly as these: offers, fetches, recalls."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from tests.protocol.federation_of_two import NONCE, NOW, SICHUAN_KEY, directory
from tongban import protocol
from tongban.protocol import Code, HttpRequest, Refused
from tongban.protocol.attachments import ATTACHMENTS_PATH, FETCH_PATH, Fetch, Offer, authenticate
from tongban.protocol.recall import RECALL_PATH, Recall, authenticate_recall
from tongban.protocol.signature import CONTENT_TYPE

Take = Callable[[HttpRequest], object]

_WHO: dict[str, Any] = {
    "id": UUID(int=3),
    "sender": "sichuan",
    "receiver": "chongqing",
    "created": NOW,
}
DOCUMENTS: dict[str, tuple[BaseModel, str, Take]] = {
    "offer": (
        Offer(**_WHO, case_ref="SC-1", sha256="0" * 64, size=5),
        ATTACHMENTS_PATH,
        lambda request: authenticate(request, Offer, directory(), "chongqing", now=NOW),
    ),
    "fetch": (
        Fetch(**_WHO, sha256="0" * 64),
        FETCH_PATH,
        lambda request: authenticate(request, Fetch, directory(), "chongqing", now=NOW),
    ),
    "recall": (
        Recall(**_WHO, since=NOW - timedelta(days=1), skip=0),
        RECALL_PATH,
        lambda request: authenticate_recall(request, directory(), "chongqing", now=NOW),
    ),
}
BENT: dict[str, tuple[Callable[[bytes], bytes], Code, str]] = {
    "no JSON": (lambda body: body[:-1], Code.MALFORMED, "body"),
    "a member twice": (
        lambda body: body[:-1] + b',"receiver":"chongqing"}',
        Code.MALFORMED,
        "body",
    ),
    "another version": (
        lambda body: body.replace(b'"version":"1"', b'"version":"2"'),
        Code.UNKNOWN_VERSION,
        "version",
    ),
    "another kind": (lambda body: body.replace(b'"kind":"', b'"kind":"un'), Code.UNKNOWN_KIND, "kind"),
    "a member too many": (
        lambda body: body[:-1] + b',"51010419760214002X":1}',
        Code.SCHEMA_VIOLATED,
        "body",
    ),
    "a value of another type": (
        lambda body: body.replace(b'"id":"', b'"id":"x'),
        Code.SCHEMA_VIOLATED,
        "id",
    ),
    "a zero byte": (
        lambda body: body.replace(b'"sender":"sichuan"', b'"sender":"sich\\u0000uan"'),
        Code.SCHEMA_VIOLATED,
        "sender",
    ),
}


def signed(body: bytes, path: str) -> HttpRequest:
    """The body as Sichuan's signed request to Chongqing."""
    authority = directory().node("chongqing").authority
    unsigned = HttpRequest("POST", authority, path, (("content-type", CONTENT_TYPE),), body)
    return protocol.signature.sign_request(unsigned, SICHUAN_KEY, now=NOW, nonce=NONCE)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_good_one_is_taken(document: str) -> None:
    known, path, take = DOCUMENTS[document]
    take(signed(known.model_dump_json().encode(), path))


@pytest.mark.parametrize("bent", BENT)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_one_that_is_not_of_its_form_is_refused_with_its_place(document: str, bent: str) -> None:
    known, path, take = DOCUMENTS[document]
    bend, code, place = BENT[bent]
    good = known.model_dump_json().encode()
    assert bend(good) != good
    with pytest.raises(Refused) as refused:
        take(signed(bend(good), path))
    assert (refused.value.code, refused.value.path) == (code, place)
    assert "51010419760214002X" not in str(refused.value)


@pytest.mark.parametrize("size", [0, 128 * 1024 * 1024 + 1])
def test_a_file_of_a_size_that_does_not_cross_is_too_large(size: int) -> None:
    members = json.loads(DOCUMENTS["offer"][0].model_dump_json()) | {"size": size}
    with pytest.raises(Refused) as refused:
        DOCUMENTS["offer"][2](signed(json.dumps(members).encode(), ATTACHMENTS_PATH))
    assert (refused.value.code, refused.value.path) == (Code.TOO_LARGE, "size")
