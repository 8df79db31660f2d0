"""The passage line: where a case is between the two nodes, what it waits for, and since when.

Promises: an ordered list that reads well without its style; the state of each stop is said in words too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.pictures.markup import element

State = Literal["done", "now", "next"]


@dataclass(frozen=True)
class Stop:
    """One stop: what happens there, on which side (style class), how far it is, and when, in words."""

    text: str
    side: str
    state: State
    note: str = ""


def _state_words(state: State) -> str:
    return {"done": _("已完成"), "now": _("正在进行"), "next": _("接下来")}[state]


def _stop(stop: Stop) -> SafeString:
    words = element("span", _state_words(stop.state), "：", class_="govuk-visually-hidden")
    note = element("small", stop.note) if stop.note else ""
    current = "step" if stop.state == "now" else ""
    text = element("span", words, stop.text, class_="passage__text")
    return element(
        "li",
        text,
        note,
        class_=f"passage__stop passage__stop--{stop.state} {stop.side}",
        aria_current=current,
    )


def passage_line(stops: Sequence[Stop]) -> SafeString:
    """The stops in order; the list stays one line on wide screens and becomes a column on narrow ones."""
    return element(
        "ol", *map(_stop, stops), class_=f"passage passage--{len(stops)}", aria_label=_("办理经过")
    )
