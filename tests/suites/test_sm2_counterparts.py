"""SM2 and SM3 held against the standard's example, the openssl command and npm's sm-crypto."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tests.counterparts.counterpart import ask
from tongban.suites import SigningKey, Suite, VerifyingKey, new_signing_key, sm3

DATA = "跨省通办".encode() * 30
IDENTITY = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")
KEY = new_signing_key("one", Suite.SM2)


def openssl(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_of_the_standard_verifies() -> None:
    """GB/T 32918.5, annex A.2."""
    key = VerifyingKey(
        "example",
        Suite.SM2,
        bytes.fromhex(
            "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
            "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
        ),
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert key.verifies(signature, b"message digest")


def test_the_hash_of_the_standard_is_met() -> None:
    """GB/T 32905, annex A."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_openssl_verifies_what_is_signed_here(tmp_path: Path) -> None:
    signature = KEY.sign(DATA)
    r, s = signature[:32], signature[32:]
    (tmp_path / "key.pem").write_bytes(KEY.to_pem())
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "signature").write_bytes(encode_dss_signature(int.from_bytes(r), int.from_bytes(s)))
    openssl(
        tmp_path, "pkeyutl", "-verify", "-inkey", "key.pem", "-in", "data", "-sigfile", "signature", *IDENTITY
    )


def test_what_openssl_signs_with_its_own_key_verifies_here(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "key.pem").write_bytes(openssl(tmp_path, "genpkey", "-algorithm", "SM2"))
    der = openssl(tmp_path, "pkeyutl", "-sign", "-inkey", "key.pem", "-in", "data", *IDENTITY)
    r, s = decode_dss_signature(der)
    key = SigningKey.from_pem("theirs", (tmp_path / "key.pem").read_bytes())
    assert key.suite is Suite.SM2
    assert key.verifying_key.verifies(r.to_bytes(32) + s.to_bytes(32), DATA)


def test_sm_crypto_and_this_library_verify_each_other(tmp_path: Path) -> None:
    signature = KEY.sign(DATA)
    (tmp_path / "key.pem").write_bytes(KEY.to_pem())
    shown = openssl(tmp_path, "pkey", "-in", "key.pem", "-noout", "-text").decode()
    secret = shown.partition("priv:")[2].partition("pub:")[0].replace(":", "").split()
    public = KEY.public_key.hex()
    theirs = ask(
        "sm2.mjs",
        {
            "verify": [
                {"public_key": public, "data": DATA.hex(), "signature": signature.hex()},
                {"public_key": public, "data": (DATA + b"x").hex(), "signature": signature.hex()},
            ],
            "sign": [{"private_key": "".join(secret), "data": DATA.hex()}],
            "sm3": [DATA.hex()],
        },
    )
    assert isinstance(theirs, dict)
    assert theirs["verify"] == [True, False]
    assert theirs["sm3"] == [sm3(DATA).hex()]
    assert KEY.verifying_key.verifies(bytes.fromhex(theirs["sign"][0]), DATA)
