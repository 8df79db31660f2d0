"""The issuer's key in a device: SoftHSM stands in for the hardware, through the same PKCS #11 door."""

import os
import subprocess
from pathlib import Path

import pkcs11
import pytest
from pkcs11.util.ec import encode_named_curve_parameters

from tests.credentials_node.conftest import CLAIMS, TITLE, use_key
from tongban.credentials.codes.offline import read_offline_code
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, Pkcs11Key
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.key_device import DeviceKey
from tongban.node.people.models import Officer, Person
from tongban.suites import KeyFileError, SigningKey

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pkcs11Key, Path]:
    home = tmp_path_factory.mktemp("device")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    (home / "pin").write_text("4321\n", encoding="utf-8")
    command = (
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "tongban",
        "--pin",
        "4321",
        "--so-pin",
        "8765",
    )
    subprocess.run(command, check=True, capture_output=True)
    module = next(path for path in MODULES if Path(path).exists())
    token = pkcs11.lib(module).get_token(token_label="tongban")
    with token.open(rw=True, user_pin="4321") as session:
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )
        curve.generate_keypair(store=True, label="issuer")
    return Pkcs11Key(module=module, token="tongban", label="issuer", pin_path=Path("pin")), home


def test_a_credential_signed_in_the_device_is_verified_like_any_other(
    device: tuple[Pkcs11Key, Path], monkeypatch: pytest.MonkeyPatch, woman: Person, officer: Officer
) -> None:
    place, home = device
    use_key(monkeypatch, SigningKey("sichuan-credential", DeviceKey(place, home)))
    title = issuing.issue(person=woman, vct=TITLE, claims=CLAIMS, agency="510100-yb", officer=officer)
    code = showing.offline_code(woman, title.id, issuers.types()[TITLE].purposes[0].key)
    assert read_offline_code(code.text, showing.known(), now=true_now()).verdict is Verdict.VALID


def test_the_key_never_leaves_the_device(device: tuple[Pkcs11Key, Path]) -> None:
    place, home = device
    with pytest.raises(KeyFileError):
        DeviceKey(place, home).to_pem()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"label": "nobody"}, "expected the key 'nobody'"),
        ({"token": "nowhere"}, "on the token 'nowhere'"),
        ({"pin_path": Path("no-pin")}, "expected the device's PIN"),
        ({"module": "/nowhere.so"}, "/nowhere.so"),
    ],
)
def test_a_device_that_cannot_be_used_is_told_with_what_is_expected(
    device: tuple[Pkcs11Key, Path], change: dict[str, object], sentence: str
) -> None:
    place, home = device
    with pytest.raises(ConfigError, match=sentence):
        DeviceKey(place.model_copy(update=change), home)
