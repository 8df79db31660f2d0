"""Compiled law is kept on disk by content, and a damaged file is never loaded."""

from pathlib import Path

import numpy as np
import pytest

from tongban.law.engines.native.compiler import cache_folder, load_kernel

SEVEN = """define void @law(i64 %begin, i64 %end, ptr %out) {
  store i64 7, ptr %out
  ret void
}"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_CACHE", str(tmp_path))


def answer(assembly: str) -> tuple[int, bool]:
    out = np.zeros(1, np.int64)
    kernel = load_kernel(assembly, "law", 1)
    kernel.call(0, 1, out.ctypes.data)
    return int(out[0]), kernel.compiled


def test_the_second_load_compiles_nothing() -> None:
    assert (answer(SEVEN), answer(SEVEN)) == ((7, True), (7, False))


def test_other_law_is_compiled_anew() -> None:
    assert (answer(SEVEN), answer(SEVEN.replace("7", "8"))) == ((7, True), (8, True))


def test_a_damaged_file_is_compiled_again() -> None:
    answer(SEVEN)
    for file in cache_folder().iterdir():
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert answer(SEVEN) == (7, True)


def test_without_a_folder_to_write_to_it_works_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TONGBAN_CACHE", str(tmp_path / "file"))
    assert answer(SEVEN) == (7, True)
