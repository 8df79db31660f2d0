"""Makes the files of test vectors: `python -m tests.protocol.vectors.making`. Keys that are there are kept.

Ed25519 and ECDSA signatures come out the same each time; SM2's hold a random number and do not.
"""

import base64
import json
from datetime import timedelta
from typing import Any

from tests.protocol.vectors.batched import batches_document
from tests.protocol.vectors.courses import courses
from tests.protocol.vectors.documents import moment_text, request_document
from tests.protocol.vectors.federation import (
    FOLDER,
    NOW,
    SHORT_NAMES,
    consent,
    directory,
    key_names,
    question,
    stored_keys,
)
from tests.protocol.vectors.refused import NONCE, Sender, refused_requests
from tongban import protocol
from tongban.protocol import HttpRequest, HttpResponse, Refused, SigningKey, Suite
from tongban.protocol.conversations import KINDS, Kind
from tongban.protocol.signature import (
    REQUEST_COVER,
    RESPONSE_COVER,
    request_values,
    response_values,
    signature_base,
)

RECORDS: tuple[dict[str, str | int], ...] = ({"place": "500000", "from": "2003-04", "to": "2012-12"},)


def main() -> None:
    """Write every file."""
    if not (FOLDER / "keys.json").exists():
        _write("keys", keys_document({name: _new(name, suite) for name, suite in key_names().items()}))
    keys = stored_keys()
    for name, document in (
        ("directory", directory_document(keys)),
        ("messages", messages_document(keys)),
        ("refusals", refusals_document(keys)),
        ("batches", batches_document(keys)),
        ("conversations", conversations_document(keys)),
    ):
        _write(name, document)


def keys_document(keys: dict[str, SigningKey]) -> dict[str, Any]:
    """Every key, private halves included: they are for tests only."""
    return {
        "keys": [
            {
                "keyid": key.keyid,
                "suite": key.suite.value,
                "public_key": base64.b64encode(key.public_key).decode(),
                "private_key": key.to_pem().decode(),
            }
            for key in keys.values()
        ]
    }


def directory_document(keys: dict[str, SigningKey]) -> dict[str, Any]:
    """The directory in force, one that is older and one that is forged."""
    current, older = directory(keys), directory(keys, version=1)
    return {
        "in_force": {
            "payload": json.loads(current.model_dump_json()),
            "document": json.loads(protocol.sign_directory(current, keys["federation"])),
        },
        "older": {"document": json.loads(protocol.sign_directory(older, keys["federation"]))},
        "forged": {
            "document": json.loads(
                protocol.sign_directory(directory(keys, version=3), keys["stranger"].named("federation"))
            )
        },
    }


def messages_document(keys: dict[str, SigningKey]) -> dict[str, Any]:
    """A consent, and for each suite a question with its answer."""
    given = consent()
    signed = protocol.sign_consent(given, keys["sichuan-ed25519"])
    asked = question(protocol.ConsentBasis(consent=signed))
    return {
        "now": moment_text(NOW),
        "consent": {"payload": json.loads(given.model_dump_json()), "document": json.loads(signed.to_json())},
        "exchanges": [_exchange(asked, suite, keys) for suite in Suite],
    }


def refusals_document(keys: dict[str, SigningKey]) -> dict[str, Any]:
    """Requests that the node chongqing must refuse."""
    cases = refused_requests(Sender(keys, directory(keys)))
    return {
        "now": moment_text(NOW),
        "receiver": "chongqing",
        "cases": [
            {
                "name": case.name,
                "request": request_document(case.request),
                "code": case.code.value,
                "path": case.path,
                "status": Refused(case.code).meaning.status,
            }
            for case in cases
        ],
    }


def conversations_document(keys: dict[str, SigningKey]) -> dict[str, Any]:
    """The tables of all kinds of conversation, and courses through them."""
    return {"kinds": [_kind(kind) for kind in KINDS.values()], "courses": list(courses(keys))}


def _kind(kind: Kind) -> dict[str, Any]:
    moves = [
        {
            "says": move.says,
            "by": move.by.value,
            "cause": move.cause.value,
            "renews": move.renews,
            "said": dict(move.said),
            "heard": dict(move.heard),
        }
        for move in kind.moves
    ]
    return {"kind": kind.name, "final": sorted(kind.final), "moves": moves}


def _exchange(asked: protocol.EvidenceRequest, suite: Suite, keys: dict[str, SigningKey]) -> dict[str, Any]:
    name = SHORT_NAMES[suite]
    request = protocol.seal_request(
        protocol.encode(asked),
        "chongqing",
        directory(keys),
        keys[f"sichuan-{name}"],
        now=NOW,
        nonce=NONCE,
    )
    later = NOW + timedelta(seconds=1)
    answer = protocol.answer(asked, RECORDS, later)
    answer = answer.model_copy(update={"id": asked.id.__class__("00010203-0405-4607-8809-0a0b0c0d0e0f")})
    response = protocol.seal_reply(answer, request, keys[f"chongqing-{name}"], now=later)
    return {
        "suite": suite.value,
        "request": request_document(request),
        "request_signature_base": _base(request, request_values(request), REQUEST_COVER),
        "response": _response_document(response),
        "response_signature_base": _base(response, response_values(response, request), RESPONSE_COVER),
    }


def _base(message: HttpRequest | HttpResponse, values: tuple[str, ...], cover: tuple[str, ...]) -> str:
    parameters = dict(message.headers)["signature-input"].removeprefix("tongban=")
    return signature_base(cover, values, parameters).decode()


def request_of(document: dict[str, Any]) -> HttpRequest:
    """The request that `request_document` wrote."""
    headers = tuple((name, value) for name, value in document["headers"])
    method, authority, path, body = (document[name] for name in ("method", "authority", "path", "body"))
    return HttpRequest(method, authority, path, headers, body.encode())


def response_of(document: dict[str, Any]) -> HttpResponse:
    """The response of an exchange."""
    headers = tuple((name, value) for name, value in document["headers"])
    return HttpResponse(document["status"], headers, document["body"].encode())


def _response_document(response: HttpResponse) -> dict[str, Any]:
    return {
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "body": response.body.decode(),
    }


def _new(keyid: str, suite: Suite) -> SigningKey:
    return protocol.new_signing_key(keyid, suite)


def _write(name: str, document: dict[str, Any]) -> None:
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
