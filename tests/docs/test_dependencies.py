"""docs/dependencies.md names exactly what the project installs by name."""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def declared() -> set[str]:
    lines = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines}


def declared_assets() -> set[str]:
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    return {*package["dependencies"], *package.get("devDependencies", {})}


def documented() -> set[str]:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| ([a-z][a-z0-9.-]*) \|", text, re.MULTILINE)) - {"package"}


def test_every_dependency_is_explained_and_nothing_else() -> None:
    assert documented() == declared() | declared_assets()


def test_the_node_brings_what_its_libraries_ask_for() -> None:
    assert {*EXTRAS["protocol"], *EXTRAS["credentials"]} <= {*EXTRAS["node"]}
