"""Where and until when a decision may be reviewed (行政复议告知), from remedies.toml.

Promises: every decision of an agency whose review authority is known says so, with period and address; what
is not verified is marked.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tongban.places import agencies
from tongban.services import Text

_NOTICE = Text(
    zh="如不服本决定，可以自收到之日起 {days} 日内向{authority}申请行政复议（{address}），"
    "也可以自收到之日起 {months} 个月内依法向人民法院提起行政诉讼。",
    en="If you disagree, you may apply to {authority} for administrative review within {days} days of"
    " receiving this decision ({address}), or bring a suit before the people's court within {months} months.",
)


@dataclass(frozen=True)
class Remedy:
    """The notice that a decision carries; `is_verified` tells whether the address was checked."""

    text: Text
    source: Text
    review_days: int
    is_verified: bool

    def to_json(self) -> dict[str, object]:
        """The form in which the decision's event holds it."""
        return {
            "text": self.text.to_json(),
            "source": self.source.to_json(),
            "review_days": self.review_days,
            "is_verified": self.is_verified,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Remedy":
        """The remedy that `to_json` wrote."""
        text, source = Text.model_validate(kept["text"]), Text.model_validate(kept["source"])
        return cls(text, source, kept["review_days"], kept["is_verified"])


def of_agency(code: str) -> Remedy | None:
    """The notice for a decision of this agency; None where the authority is not known here."""
    place = agencies.agency(code).place if code in agencies.agencies() else ""
    return _by_place().get(place)


@cache
def _by_place() -> Mapping[str, Remedy]:
    text = resources.files("tongban.node.casework").joinpath("remedies.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return {row["place"]: _remedy(document, row) for row in document["authorities"]}


def _remedy(document: Mapping[str, Any], row: Mapping[str, Any]) -> Remedy:
    values = {
        "days": document["review_days"],
        "months": document["suit_months"],
        "authority": Text.model_validate(row["name"]),
        "address": Text.model_validate(row["address"]),
    }
    is_verified = row["confidence"] == "high"
    source = Text.model_validate(document["source"])
    return Remedy(_NOTICE.filled(values), source, document["review_days"], is_verified)
