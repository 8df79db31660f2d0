"""The wheel, and environments into which only it and what it asks for are installed."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
BUILD = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy without what earlier builds left in the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ours = shutil.ignore_patterns("__pycache__", "*.egg-info", "static")
    shutil.copytree(ROOT / "src", source / "src", ignore=ours)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([sys.executable, *BUILD, str(folder), str(source)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Make an environment with the wheel and what it asks for with an extra ("" is none); give its Python."""

    def install(extra: str) -> Path:
        folder = tmp_path / "environment"
        venv.create(folder, with_pip=False, symlinks=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        with ZipFile(wheel) as archive:
            archive.extractall(packages)
        (information,) = packages.glob("tongban-*.dist-info")
        lines = (information / "METADATA").read_text("utf-8").splitlines()
        asked = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
        for entry in _entries(needed(asked, extra)):
            target = packages / entry.name
            if not target.exists():
                target.symlink_to(entry)
        return folder / "bin" / "python"

    return install


def needed(asked: Iterable[str], extra: str = "") -> set[str]:
    """The names of what requirements bring here, with what those bring in turn."""
    found: set[str] = set()
    waiting = [(line, extra) for line in asked]
    seen = set(waiting)
    while waiting:
        line, of = waiting.pop()
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": of}):
            continue
        found.add(requirement.name)
        theirs = distribution(requirement.name).requires or ()
        more = {(each, wanted) for each in theirs for wanted in ("", *requirement.extras)} - seen
        seen |= more
        waiting.extend(more)
    return found


def _entries(names: Iterable[str]) -> set[Path]:
    """What the installed packages of these names have directly in site-packages."""
    found = set()
    for name in names:
        installed = distribution(name)
        for file in installed.files or ():
            if file.parts[0] not in ("..", "__pycache__"):
                found.add(Path(str(installed.locate_file(file.parts[0]))))
    return found
