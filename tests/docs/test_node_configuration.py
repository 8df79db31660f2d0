"""The reference of node.toml names every key that a node reads."""

import re
from pathlib import Path

from tongban.node.config import CONFIG_VARIABLE, NodeConfig
from tongban.node.database import SERVER_VARIABLE

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "node-configuration.md").read_text(
    encoding="utf-8"
)


def test_every_key_is_explained_and_no_other() -> None:
    keys = set(re.findall(r"^\| `([a-z_]+)` \|", REFERENCE, re.MULTILINE))
    assert keys == set(NodeConfig.model_fields) - {"home"}


def test_every_variable_is_explained() -> None:
    assert {CONFIG_VARIABLE, SERVER_VARIABLE} <= set(
        re.findall(r"^\| `([A-Z_]+)` \|", REFERENCE, re.MULTILINE)
    )
