"""The rule sets as shipped, loaded once."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import tongban.services
from tongban.law import RuleSet, load_rulesets


@pytest.fixture(scope="session")
def rulesets() -> Mapping[str, RuleSet]:
    return load_rulesets(Path(tongban.services.__file__).parent)
