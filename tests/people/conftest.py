"""Officers of Chengdu's medical insurance agency, and people who act for firms."""

import pytest

from tongban.node.people.models import Officer
from tongban.node.people.register import create_officer
from tongban.services import Text

POST = Text(zh="窗口工作人员", en="Counter officer")


@pytest.fixture
def officer(db: None) -> Officer:
    """An officer to whom nothing was granted yet."""
    return create_officer("officer", "password", "510100-yb", "王敏", POST, acts=()).officer
