"""Which agency decides a service for a place on a day, and which node speaks for it.

Promises: a place that has ended leads to what took over; where several did, the person says which; an agency
whose place has ended leads to its successor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.node.casework.refusals import Refused
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.places import agencies, divisions
from tongban.places.divisions import Place, PlaceError
from tongban.services import Answer, Definition, Text


@dataclass(frozen=True)
class Competent:
    """The agency and its node; `place` counts on the day, maybe as successor of the one named."""

    agency: str
    node: str
    place: str

    @property
    def name(self) -> Text:
        """The agency's name."""
        return agency_name(self.agency)


class NotCompetent(ValueError):
    """No agency, or not one; `choices` are the places of which one has to be named instead."""

    def __init__(self, text: Text, choices: tuple[Place, ...] = ()) -> None:
        super().__init__(text.en)
        self.text = text
        self.choices = choices


def agency_name(code: str) -> Text:
    """The agency's name by the directory; by the register of agencies once that lists it no more."""
    listed = api.agency_title(code)
    if listed.zh != code or code not in agencies.agencies():
        return Text(zh=listed.zh, en=listed.en)
    name = agencies.agency(code).name
    return Text(zh=name.zh, en=name.en)


def deciding(definition: Definition, answers: Mapping[str, Answer], on: date) -> Competent:
    """The agency of this node that decides an application with these answers.

    The place is the answer that the service names for it, else the node's own. Raises Refused:
    `place-not-covered`, `place-divided`, and `competent-elsewhere` when the agency is another node's.
    """
    answer = answers.get(definition.place_question) if definition.place_question else None
    place = answer if isinstance(answer, str) else this_node().office_place
    try:
        found = competent(definition.code, place, on)
    except NotCompetent as nobody:
        if nobody.choices:
            raise Refused("place-divided", nobody.text) from nobody
        raise Refused("place-not-covered") from nobody
    except PlaceError as unknown:
        raise Refused("place-not-covered") from unknown
    if found.node != this_node().name:
        raise Refused("competent-elsewhere")
    return found


def at_home(definition: Definition, on: date) -> Competent | None:
    """The agency that decides for the node's own place; None when nobody of this node does."""
    try:
        return deciding(definition, {}, on)
    except Refused:
        return None


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
