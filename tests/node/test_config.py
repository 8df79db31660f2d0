"""A node's configuration: what is read, and what is said when it cannot be."""

from pathlib import Path

import pytest

from tongban.node.config import ConfigError, load

GOOD = """
name = "chongqing"
jurisdiction = "500000"
title = { zh = "重庆", en = "Chongqing" }
case_prefix = "CQ"
pages_url = "http://127.0.0.1:8401"
gateway_url = "http://127.0.0.1:8402"
pages_port = 8401
gateway_port = 8402
directory_path = "../directory.json"
federation_key_path = "../federation.json"
key_path = "node.pem"
secret_path = "secret"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "node.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_count_from_the_files_folder(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert config.key_path == tmp_path / "node.pem"
    assert config.directory_path == tmp_path.parent / "directory.json"


def test_only_wallets_that_a_maker_vouches_for_are_let_in_unless_the_operator_says_otherwise(
    tmp_path: Path,
) -> None:
    assert load(written(tmp_path, GOOD)).wallet_attestation == "required"
    assert load(written(tmp_path, 'wallet_attestation = "accepted"' + GOOD)).wallet_attestation == "accepted"


def test_the_office_is_at_the_jurisdiction_unless_a_place_is_named(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD)).office_place == "500000"
    assert load(written(tmp_path, 'place = "500101"' + GOOD)).office_place == "500101"


def test_cookies_are_secure_exactly_under_https(tmp_path: Path) -> None:
    assert not load(written(tmp_path, GOOD)).is_secure
    secure = GOOD.replace('"http://127.0.0.1:8401"', '"https://cq.example"')
    assert load(written(tmp_path, secure)).is_secure


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("pages_port = 8401", "pages_port = 99999", "pages_port"),
        ('jurisdiction = "500000"', 'jurisdiction = "Chongqing"', "jurisdiction"),
        ('case_prefix = "CQ"', "", "case_prefix"),
        ('case_prefix = "CQ"', 'case_prefix = "CQ"\ncolour = "red"', "colour"),
        (', en = "Chongqing" }', "}", "title.en"),
        ('name = "chongqing"', "name = ", "not TOML"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, old: str, new: str, named: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ConfigError) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert named in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load(tmp_path / "none.toml")


def test_a_short_secret_is_refused_without_being_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short-secret", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, GOOD)).secret_bytes()
    assert "short-secret" not in str(refused.value)
