"""What is installed by itself works by itself: the law without a node, the libraries with their own extra."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "law" / "tutorial.md").read_text("utf-8")
EVERY_MODULE = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
"""


def run(python: Path, *arguments: str | Path, status: int = 0) -> str:
    """What a program told, in an environment that knows nothing of the tree."""
    done = subprocess.run(
        [python, "-I", *arguments],
        capture_output=True,
        text=True,
        cwd=python.parent,
        check=False,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def law_alone(installed: Callable[[str], Path]) -> Path:
    return installed("")


def shown(language: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", TUTORIAL, re.DOTALL)
    return found


@pytest.fixture
def beekeeping(tmp_path: Path) -> Path:
    """The tutorial's rule set and a beekeeper, as the page has them."""
    folder = tmp_path / "laws" / "beekeeping"
    (folder / "examples").mkdir(parents=True)
    python, toml = shown("python"), shown("toml")
    (folder / "rules.py").write_text(python[0] + python[1], "utf-8")
    (folder / "parameters.toml").write_text(toml[0], "utf-8")
    (folder / "examples" / "thresholds.toml").write_text(toml[1], "utf-8")
    return folder.parent


def test_the_law_brings_no_node(law_alone: Path) -> None:
    packages = {path.name for path in law_alone.parents[1].glob("lib/python*/site-packages/*")}
    assert "click" in packages
    assert not packages & {"cryptography", "django", "granian", "psycopg", "pydantic", "pyspark", "starlette"}


def test_the_law_alone_decides_on_a_person_and_on_tables(
    law_alone: Path, beekeeping: Path, tmp_path: Path
) -> None:
    law = ("-m", "tongban", "law", "--rulesets", beekeeping)
    people = tmp_path / "people.csv"
    people.write_text("born,home,hives\n1990-04-01,990200,6\n", "utf-8")
    assert "7 of 7 examples hold" in run(law_alone, *law, "test", "--lang", "en")
    for engine in ("native", "numpy", "duckdb"):
        decided = tmp_path / f"{engine}.csv"
        run(law_alone, *law, "run", "beekeeping", people, decided, "--on", "2026-06-01", "--engine", engine)
        assert "297" in decided.read_text("utf-8")


def test_the_law_alone_brings_the_rule_sets_and_what_they_cite(law_alone: Path) -> None:
    listed = run(law_alone, "-m", "tongban", "law", "list").splitlines()
    assert len(listed) >= 17
    table = run(law_alone, "-m", "tongban", "law", "table", "retirement-age", "--lang", "en")
    assert "Measures of the State Council for Gradually Raising the Statutory Retirement Age, art. 1" in table


def test_a_command_of_the_node_says_what_to_install(law_alone: Path) -> None:
    told = run(law_alone, "-m", "tongban", "node", "run", status=2).splitlines()
    assert len(told) == 1
    assert "pip install 'tongban[node]'" in told[0]
    assert "  node " in run(law_alone, "-m", "tongban", "--help")


@pytest.mark.parametrize(
    ("extra", "names"),
    [
        ("protocol", ["tongban.protocol", "tongban.suites"]),
        ("credentials", ["tongban.credentials", "tongban.places", "tongban.suites"]),
    ],
)
def test_a_library_asks_for_all_that_it_imports(
    installed: Callable[[str], Path], extra: str, names: list[str]
) -> None:
    run(installed(extra), "-c", EVERY_MODULE, *names)
