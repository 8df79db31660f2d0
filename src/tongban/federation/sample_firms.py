"""The sample firms of the demo, read from firms.toml.

Promises: no real firm is meant; every code is well formed, so that the node's own checks take it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from stdnum.cn import uscc


@dataclass(frozen=True)
class SampleFirm:
    """One invented firm; `head` is the user name of the sample person who represents it."""

    key: str
    name: str
    code: str
    head: str


@cache
def sample_firms() -> tuple[SampleFirm, ...]:
    """All sample firms in the order of the file."""
    text = resources.files("tongban.federation").joinpath("firms.toml").read_text(encoding="utf-8")
    return tuple(
        SampleFirm(row["key"], row["name"], row["code"] + uscc.calc_check_digit(row["code"]), row["head"])
        for row in tomllib.loads(text)["firms"]
    )


def sample_firm(key: str) -> SampleFirm:
    """The sample firm of that key; KeyError when there is none."""
    return {firm.key: firm for firm in sample_firms()}[key]
