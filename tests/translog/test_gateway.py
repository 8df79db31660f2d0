"""The log's addresses at the gateway."""

import asyncio

import httpx
import pytest
from django.db import connection

from tests.protocol.federation_of_two import SICHUAN_KEY
from tests.translog.conftest import ActAs
from tests.translog.writing_log import ORIGIN, head, place, record
from tongban.gateway import routes
from tongban.node.translog.models import WitnessedLog
from tongban.node.translog.witness import REQUEST_LIMIT
from tongban.protocol.tlog.checkpoints import Checkpoint, cosigned_at, sign_checkpoint
from tongban.protocol.tlog.hashing import EMPTY_ROOT, Hash
from tongban.protocol.tlog.notes import Note, NoteSignature
from tongban.protocol.tlog.tiles import split_entries
from tongban.protocol.tlog.witnessing import AddCheckpoint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _threads_keep_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)


def call(method: str, path: str, body: bytes = b"") -> httpx.Response:
    app = routes.application()

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://chongqing.example:8200") as client:
            return await client.request(method, path, content=body)

    return asyncio.run(once())


def test_head_and_tiles_are_served_with_their_media_types() -> None:
    record(3)
    place()
    checkpoint = call("GET", "/log/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert Checkpoint.parse(Note.parse(checkpoint.content).text) == head()
    bundle = call("GET", "/log/tile/entries/000.p/3")
    assert bundle.headers["content-type"] == "application/octet-stream"
    assert len(split_entries(bundle.content)) == 3


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/0/../0/000", "nothing"])
def test_what_the_log_does_not_have_is_404(path: str) -> None:
    assert call("GET", f"/log/{path}").status_code == 404


def test_another_nodes_head_is_cosigned_over_http(act_as: ActAs) -> None:
    witness = act_as("chongqing")
    signed = sign_checkpoint(Checkpoint(ORIGIN, 5, Hash(bytes(32))), SICHUAN_KEY)
    response = call("POST", "/log/add-checkpoint", AddCheckpoint(0, (), signed).encode())
    assert response.status_code == 200
    given = [NoteSignature.parse(line) for line in response.text.splitlines()]
    cosigned = signed.with_signatures(given)
    assert cosigned_at(cosigned, "tongban/chongqing", [witness.key.verifying_key]) is not None
    assert call("GET", "/log/witnessed/sichuan").content == cosigned.encode()
    assert WitnessedLog.objects.get().size == 5


def test_a_request_over_the_limit_is_refused(act_as: ActAs) -> None:
    act_as("chongqing")
    assert call("POST", "/log/add-checkpoint", b"x" * (REQUEST_LIMIT + 1)).status_code == 413


def test_a_head_by_another_key_is_refused_with_a_sentence(act_as: ActAs) -> None:
    witness = act_as("chongqing")
    signed = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), witness.key)
    response = call("POST", "/log/add-checkpoint", AddCheckpoint(0, (), signed).encode())
    assert (response.status_code, response.text) == (403, f"no key of {ORIGIN} signed the checkpoint\n")
