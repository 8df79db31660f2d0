"""Which agency decides a service for a place on a day, and which node speaks for it.

Promises: a place that has ended leads to what took over; where several did, the person says which; an agency
whose place has ended leads to its successor.
"""

from dataclasses import dataclass
from datetime import date

from tongban.node.exchange import api
from tongban.places import agencies, divisions
from tongban.places.divisions import Place
from tongban.services import Text


@dataclass(frozen=True)
class Competent:
    """The agency and its node; `place` counts on the day, maybe as successor of the one named."""

    agency: str
    node: str
    place: str


class NotCompetent(ValueError):
    """No agency, or not one; `choices` are the places of which one has to be named instead."""

    def __init__(self, text: Text, choices: tuple[Place, ...] = ()) -> None:
        super().__init__(text.en)
        self.text = text
        self.choices = choices


def competent(service: str, place: str, on: date) -> Competent:
    """The agency for a service at a place on a day.

    Raises NotCompetent when nobody decides there or several places took over, UnknownPlace, PlaceNotValid
    for a place that does not exist yet.
    """
    code = _in_force(place, on)
    try:
        named = api.competent_agency(service, code, on)
        agency = agencies.in_charge(named, on).code if named in agencies.agencies() else named
        return Competent(agency, api.node_of(agency), code)
    except api.Refused:
        name = divisions.place(code, on).name
        text = Text(zh="{place}没有办理这个事项的部门", en="No agency handles this service in {place}")
        raise NotCompetent(text.filled({"place": Text(zh=name.zh, en=name.en)})) from None


def _in_force(place: str, on: date) -> str:
    after = divisions.successors(place, on)
    if not after:
        return divisions.place(place, on).code
    if len(after) == 1:
        return after[0].code
    zh, en = "、".join(one.name.zh for one in after), ", ".join(one.name.en for one in after)
    text = Text(
        zh=f"原辖区已分别划入{zh}，请选择其中一个", en=f"The district was divided among {en}; choose one"
    )
    raise NotCompetent(text, after)
