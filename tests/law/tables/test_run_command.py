"""`tongban law run` on the command line: exit status, one line of error, what is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tongban.law.cli import law

GOOD = "id,birth_month,category\na,1976-02,female50\nb,1965-01,male60\n"
BAD = "id,birth_month,category\na,1976-02,female50\nb,1965-14,male60\n"


def run(folder: Path, text: str, *options: str) -> Result:
    (folder / "in.csv").write_text(text, encoding="utf-8")
    paths = [str(folder / "in.csv"), str(folder / "out.csv")]
    return CliRunner().invoke(law, ["run", "retirement-age", *paths, "--on", "2026-11-22", *options])


def test_a_misspelt_engine_is_one_line_of_error_and_status_2(tmp_path: Path) -> None:
    result = run(tmp_path, GOOD, "--engine", "foo")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "native" in result.stderr


def test_a_good_table_is_decided(tmp_path: Path) -> None:
    assert run(tmp_path, GOOD).exit_code == 0
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith('"a",7,"2026-09"')


@pytest.mark.parametrize("text", [BAD, "id,birth_mont,category\n", "", GOOD.replace("a,", "a,b,")])
def test_an_unusable_table_is_one_line_of_error_and_status_2(tmp_path: Path, text: str) -> None:
    result = run(tmp_path, text)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "in.csv" in result.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BAD, "in.csv：未作计算；最先几行不可用的是：第 2 行，birth_month：应为月份"),
        ("id,birth_mont,category\na,1976-02,male60\n", "缺少 birth_month 列；birth_mont 是否就是它？"),
        ("", "in.csv：第一行应为各列的名称"),
        (GOOD.replace("b,", "b,c,"), "in.csv：第 2 行有 4 格；应为 3 格"),
    ],
)
def test_errors_are_told_in_chinese_by_option_or_environment(
    tmp_path: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said in run(tmp_path, text, "--lang", "zh").stderr
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert said in run(tmp_path, text).stderr
    assert said not in run(tmp_path, text, "--lang", "en").stderr


def test_the_reasons_beside_refused_rows_are_in_the_language_asked_for(tmp_path: Path) -> None:
    result = run(tmp_path, BAD, "--on-error", "report", "--lang", "zh")
    assert "1 行不可用，连同原因写入" in result.stdout
    assert "birth_month：应为月份" in (tmp_path / "out.errors.csv").read_text(encoding="utf-8")


def test_a_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    assert "row 2: has 4 cells; expected 3" in run(tmp_path, GOOD.replace("b,", "b,c,")).stderr


def test_with_report_the_rest_is_decided(tmp_path: Path) -> None:
    result = run(tmp_path, BAD, "--on-error", "report")
    assert result.exit_code == 0
    assert "1 rows could not be used" in result.stdout
    assert (tmp_path / "out.errors.csv").exists()


def test_rules_over_lists_run_row_by_row_and_say_so(tmp_path: Path) -> None:
    relations = '"[{""place"": ""500000"", ""months"": 130, ""temporary"": false}]"'
    (tmp_path / "in.csv").write_text(f"hukou,relations\n510000,{relations}\n", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("in.csv", "out.csv")]
    result = CliRunner().invoke(law, ["run", "pension-place", *paths])
    assert "row by row" in result.stdout
    assert (tmp_path / "out.csv").read_text() == '"rule","drawing_place"\n"here","500000"\n'


def test_importing_the_library_or_its_commands_loads_no_engine() -> None:
    heavy = "numpy pyarrow llvmlite duckdb pyspark"
    code = f"import sys, tongban.law.cli; sys.exit(any(name in sys.modules for name in '{heavy}'.split()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


FULL = """
import resource, sys
from tongban.law.cli import law
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
law(["run", "retirement-age", *sys.argv[1:], "--on", "2026-11-22"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the size of files is limited as Linux does it")
@pytest.mark.parametrize("form", ["parquet", "csv", "arrow"])
def test_a_result_for_which_there_is_no_room_is_one_line_and_leaves_nothing(
    tmp_path: Path, form: str
) -> None:
    rows = "".join(f"{number},1976-02,female50\n" for number in range(2_000))
    (tmp_path / "in.csv").write_text(f"id,birth_month,category\n{rows}", encoding="utf-8")
    command = [sys.executable, "-c", FULL, str(tmp_path / "in.csv"), str(tmp_path / f"out.{form}")]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert f"out.{form}: cannot be written (File too large)" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
