"""Asks the law of a service's own bundle for one person's outcomes with all reasons.

Promises: only the bundle's texts decide, never what is installed; facts that cannot be used give one reason.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.services.folder import Service
from tongban.services.text import Text

_NO_ENGINE = Text(zh="规则引擎尚未接入", en="The rules cannot be applied yet")


class NotComputable(Exception):
    """The law cannot decide on these facts; `text` says why, for an officer and the citizen."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def explain(service: Service, facts: Mapping[str, object], on: date) -> Mapping[str, Any]:
    """The explanation (contracts.md) of the service's rule set on that day. Raises NotComputable."""
    raise NotComputable(_NO_ENGINE)
