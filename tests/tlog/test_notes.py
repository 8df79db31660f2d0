"""Signed notes, checkpoints and cosignatures: published ones are read, and what is changed is refused."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from tongban.protocol.tlog.checkpoints import (
    COSIGNING,
    Checkpoint,
    cosign,
    cosigned_at,
    open_checkpoint,
    sign_checkpoint,
)
from tongban.protocol.tlog.hashing import EMPTY_ROOT, Hash
from tongban.protocol.tlog.notes import (
    MOST_SIGNATURES,
    Note,
    NoteError,
    parse_vkey,
    sign_text,
    signed_by,
    vkey,
)
from tongban.suites import SigningKey, Suite, VerifyingKey, new_signing_key

FOLDER = Path(__file__).parent / "vectors"
NOTES: dict[str, Any] = json.loads((FOLDER / "notes.json").read_text(encoding="utf-8"))
COSIGNED: dict[str, Any] = json.loads((FOLDER / "cosignatures.json").read_text(encoding="utf-8"))
TEXT: str = NOTES["text"]
PETER, ENOCH = NOTES["signatures"]["PeterNeumann"], NOTES["signatures"]["EnochRoot"]
AT = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)


def key_of(text: str) -> VerifyingKey:
    name, _, public_key = parse_vkey(text)
    return VerifyingKey(name, Suite.ED25519, public_key)


def note(*lines: str, text: str = TEXT) -> Note:
    return Note.parse(f"{text}\n{''.join(lines)}".encode())


def changed(line: str, at: int) -> str:
    """The signature line with one base64 character near its end changed."""
    replacement = "A" if line[at] != "A" else "B"
    return line[:at] + replacement + line[at + 1 :]


@pytest.mark.parametrize("name", NOTES["vkeys"])
def test_a_published_key_is_read_and_written_as_it_is(name: str) -> None:
    text = NOTES["vkeys"][name]
    assert vkey(*parse_vkey(text)) == text


@pytest.mark.parametrize("text", NOTES["refused_vkeys"])
def test_a_key_of_wrong_length_or_type_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_vkey(text)


def test_no_part_of_a_key_is_taken_for_one() -> None:
    text = NOTES["vkeys"]["PeterNeumann"]
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if (start, end) != (0, len(text)):
                with pytest.raises(NoteError):
                    parse_vkey(text[start:end])


def test_a_note_is_signed_as_published() -> None:
    seed = base64.b64decode(NOTES["seed_with_type"])[1:]
    pem = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    signer = SigningKey.from_pem("peter", pem)
    assert sign_text(TEXT, "PeterNeumann", signer).line == PETER


def test_published_signatures_verify() -> None:
    for name, key in NOTES["vkeys"].items():
        assert signed_by(note(PETER, ENOCH), name, [key_of(key)]) == (key_of(key),)


def test_a_signature_by_an_unknown_key_is_no_signature() -> None:
    assert signed_by(note(ENOCH), "PeterNeumann", [key_of(NOTES["vkeys"]["PeterNeumann"])]) == ()


def test_a_known_key_whose_signature_does_not_verify_spoils_the_note() -> None:
    with pytest.raises(NoteError):
        signed_by(note(changed(PETER, -20)), "PeterNeumann", [key_of(NOTES["vkeys"]["PeterNeumann"])])


@pytest.mark.parametrize(
    "document",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER[:-1]}",
        f"\x01{TEXT}\n{PETER}",
        f"{TEXT}\n— Bad Name x08go/ZJkuBS9UG/SffcvIAQ\n",
        f"{TEXT}\n{PETER}Unexpected line.\n",
        f"{TEXT}\n— short x08g\n",
        f"{TEXT}\n{PETER * (MOST_SIGNATURES + 1)}",
    ],
)
def test_a_malformed_note_is_refused(document: str) -> None:
    with pytest.raises(NoteError):
        Note.parse(document.encode())


def test_a_note_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(NoteError):
        Note.parse(b"\xff" + f"{TEXT}\n{PETER}".encode())


@given(st.binary(max_size=200))
def test_whatever_is_read_as_a_note_gives_a_note_or_a_note_error(document: bytes) -> None:
    with suppress(NoteError):
        assert Note.parse(document).encode() == document


def test_a_real_checkpoint_with_its_log_and_four_witnesses_verifies() -> None:
    published = Note.parse(COSIGNED["checkpoint"].encode())
    log = key_of(COSIGNED["log"])
    assert open_checkpoint(published, log.keyid, [log]).size == 1_432_088_532
    for text in COSIGNED["witnesses"]:
        name, kind, _ = parse_vkey(text)
        assert kind == COSIGNING[Suite.ED25519]
        assert cosigned_at(published, name, [key_of(text)]) == datetime.fromtimestamp(
            COSIGNED["seconds"], UTC
        )


def test_a_real_checkpoint_with_another_size_does_not_verify() -> None:
    forged = Note.parse(COSIGNED["checkpoint"].replace("1432088532", "1432088533").encode())
    log, witness = key_of(COSIGNED["log"]), key_of(COSIGNED["witnesses"][0])
    with pytest.raises(NoteError):
        open_checkpoint(forged, log.keyid, [log])
    with pytest.raises(NoteError):
        cosigned_at(forged, witness.keyid, [witness])


@given(st.integers(0, (1 << 63) - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_gives_back_what_it_says(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("tongban/sichuan", size, Hash(root))
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        "log\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n1\nAAAA\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize("suite", Suite)
def test_a_checkpoint_counts_only_for_its_log_and_by_its_key(suite: Suite) -> None:
    key, other = new_signing_key("a", suite), new_signing_key("b", suite)
    signed = sign_checkpoint(Checkpoint("tongban/sichuan", 3, EMPTY_ROOT), key)
    assert open_checkpoint(signed, "tongban/sichuan", [other.verifying_key, key.verifying_key]).size == 3
    with pytest.raises(NoteError):
        open_checkpoint(signed, "tongban/sichuan", [other.verifying_key])
    with pytest.raises(NoteError):
        open_checkpoint(signed, "tongban/chongqing", [key.verifying_key])


@pytest.mark.parametrize("suite", Suite)
def test_a_cosignature_bears_its_time_and_counts_for_this_checkpoint_only(suite: Suite) -> None:
    log, witness = new_signing_key("log"), new_signing_key("witness", suite)
    signed = sign_checkpoint(Checkpoint("tongban/sichuan", 3, EMPTY_ROOT), log)
    other = sign_checkpoint(Checkpoint("tongban/sichuan", 4, EMPTY_ROOT), log)
    keys = [witness.verifying_key]
    assert cosigned_at(signed, "tongban/chongqing", keys) is None
    cosignature = cosign(signed.text, "tongban/chongqing", witness, AT)
    assert cosigned_at(signed.with_signatures([cosignature]), "tongban/chongqing", keys) == AT
    with pytest.raises(NoteError):
        cosigned_at(other.with_signatures([cosignature]), "tongban/chongqing", keys)


def test_the_latest_of_several_cosignatures_counts() -> None:
    log, witness = new_signing_key("log"), new_signing_key("witness")
    signed = sign_checkpoint(Checkpoint("tongban/sichuan", 3, EMPTY_ROOT), log)
    later = AT + timedelta(hours=1)
    both = signed.with_signatures(
        [cosign(signed.text, "tongban/chongqing", witness, at) for at in (later, AT)]
    )
    assert cosigned_at(both, "tongban/chongqing", [witness.verifying_key]) == later


def test_a_log_signature_is_no_cosignature() -> None:
    key = new_signing_key("both")
    signed = sign_checkpoint(Checkpoint("tongban/sichuan", 3, EMPTY_ROOT), key)
    assert cosigned_at(signed, "tongban/sichuan", [key.verifying_key]) is None
    cosigned = Note(signed.text, (cosign(signed.text, "tongban/sichuan", key, AT),))
    assert signed_by(cosigned, "tongban/sichuan", [key.verifying_key]) == ()
