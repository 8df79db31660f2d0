"""What the federation's operator does with keys and the directory, by command."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.protocol.federation_of_two import FEDERATION_KEY, directory
from tongban import protocol
from tongban.cli import main
from tongban.protocol import Directory, KeyUse, Suite, VerifyingKey

NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's folder: the federation's key and the directory that it has signed."""
    monkeypatch.chdir(tmp_path)
    Path("federation.pem").write_bytes(FEDERATION_KEY.to_pem())
    Path("federation.json").write_bytes(FEDERATION_KEY.verifying_key.to_json())
    Path("directory.json").write_bytes(protocol.sign_directory(directory(around=NOW), FEDERATION_KEY))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["directory", *arguments])


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def signed(trusted: VerifyingKey = FEDERATION_KEY.verifying_key) -> Directory:
    return protocol.open_directory(Path("directory.json").read_bytes(), trusted)


def amend(*arguments: str, key: str = "federation.pem") -> str:
    return done(*arguments, "--key", key)


def test_a_new_key_is_for_its_owner_only_and_in_the_suite_asked_for(home: Path) -> None:
    done("new-key", "sichuan-2027", "keys", "--suite", "sm2-sm3")
    assert stat.S_IMODE((home / "keys" / "sichuan-2027.pem").stat().st_mode) == 0o600
    public = VerifyingKey.from_json((home / "keys" / "sichuan-2027.json").read_bytes())
    assert (public.keyid, public.suite) == ("sichuan-2027", Suite.SM2)


@pytest.mark.usefixtures("home")
def test_a_key_that_is_there_is_not_written_over() -> None:
    done("new-key", "sichuan-2027", "keys")
    result = run("new-key", "sichuan-2027", "keys")
    assert result.exit_code == 2
    assert "is there already" in result.output


@pytest.mark.usefixtures("home")
def test_a_new_key_follows_the_old_one_with_overlap() -> None:
    done("new-key", "sichuan-2027", ".")
    said = amend(
        "replace-key", "directory.json", "sichuan", "--public", "sichuan-2027.json", "--overlap", "7"
    )
    assert "version 2, signed with federation-2026" in said
    old, new = signed().node("sichuan").keys
    assert old.valid_at(NOW + timedelta(days=6))
    assert new.valid_at(NOW + timedelta(days=6))
    assert not old.valid_at(NOW + timedelta(days=8))
    assert new.valid_at(NOW + timedelta(days=8))


@pytest.mark.usefixtures("home")
def test_a_key_for_another_use_leaves_the_signing_key_as_it_was() -> None:
    before = signed().node("sichuan").keys
    done("new-key", "sichuan-log", ".")
    amend("add-key", "directory.json", "sichuan", "--public", "sichuan-log.json", "--use", "log")
    *first, added = signed().node("sichuan").keys
    assert tuple(first) == before
    assert added.use is KeyUse.LOG


@pytest.mark.usefixtures("home")
def test_a_revoked_key_stays_listed_with_the_moment() -> None:
    amend("revoke-key", "directory.json", "sichuan-2026", "--at", "2026-11-20T08:00:00+0800")
    (entry,) = signed().node("sichuan").keys
    assert entry.revoked_at == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.usefixtures("home")
def test_the_federations_key_hands_over_to_the_next_one() -> None:
    done("new-key", "federation-2027", ".")
    amend("add-federation-key", "directory.json", "--public", "federation-2027.json")
    trusted = VerifyingKey.from_json(Path("federation-2027.json").read_bytes())
    announced = signed()
    said = amend("revoke-key", "directory.json", "sichuan-2026", key="federation-2027.pem")
    assert "version 3, signed with federation-2027" in said
    assert signed(trusted).version == 3
    assert trusted in protocol.signers(
        announced, FEDERATION_KEY.verifying_key, datetime.now(UTC) + timedelta(minutes=1)
    )


@pytest.mark.usefixtures("home")
def test_what_show_prints_can_be_changed_and_signed() -> None:
    content = json.loads(done("show", "directory.json", "--json"))
    content["agencies"].append(
        {
            "code": "510000-rs",
            "title": {"zh": "四川人社", "en": "Sichuan"},
            "node": "sichuan",
            "place": "510000",
        }
    )
    Path("next.json").write_text(json.dumps(content))
    amend("sign", "next.json", "directory.json")
    assert signed().version == 2
    assert signed().agency("510000-rs").place == "510000"


@pytest.mark.usefixtures("home")
def test_a_first_directory_is_signed_as_version_1() -> None:
    Path("first.json").write_text(done("show", "directory.json", "--json"))
    amend("sign", "first.json", "new.json", "--key-id", "federation-2026")
    first = protocol.open_directory(Path("new.json").read_bytes(), FEDERATION_KEY.verifying_key)
    assert first.version == 1


@pytest.mark.usefixtures("home")
def test_show_names_keys_that_end_soon_and_says_whether_the_signature_is_good() -> None:
    done("new-key", "sichuan-short", ".")
    amend("add-key", "directory.json", "sichuan", "--public", "sichuan-short.json", "--days", "30")
    shown = done("show", "directory.json", "--trusted", "federation.json")
    assert "sichuan-short (ed25519, sign): until" in shown
    assert "SOON" in shown
    assert shown.endswith("signature: good\n")
    assert "signature: not checked" in done("show", "directory.json")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "absent.json"), "absent.json: No such file"),
        (("show", "federation.json"), "not a DSSE envelope"),
        (("show", "directory.json", "--trusted", "directory.json"), "not a public key file"),
        (("revoke-key", "directory.json", "nobody", "--key", "federation.pem"), "nobody: no such key"),
        (("revoke-key", "directory.json", "sichuan-2026", "--key", "directory.json"), "not a private key"),
        (("revoke-key", "directory.json", "sichuan-2026", "--key", "other.pem"), "has not signed"),
        (
            ("add-key", "directory.json", "utopia", "--key", "federation.pem", "--public", "federation.json"),
            "utopia: no such node",
        ),
        (("sign", "broken.json", "directory.json", "--key", "federation.pem"), "agencies.0.node"),
        (("new-key", "Has Spaces", "."), ""),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    Path("other.pem").write_bytes(protocol.new_signing_key("other").to_pem())
    content = json.loads(done("show", "directory.json", "--json"))
    content["agencies"][0]["node"] = 7
    Path("broken.json").write_text(json.dumps(content))
    before = Path("directory.json").read_bytes()
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1
    assert Path("directory.json").read_bytes() == before
