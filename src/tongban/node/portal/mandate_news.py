"""What people are told of a mandate: that it was given, registered at a counter, or ended."""

from tongban.node.casework import notifying
from tongban.node.clock import now
from tongban.node.people.models import Mandate, Person
from tongban.services import Text

PAGE = "/mandates/"
_GIVEN = Text(zh="{name}委托您代办", en="{name} gave you a mandate to act for them")
_ENDED = Text(zh="{name}结束了一项委托", en="{name} ended a mandate")
_REGISTERED = Text(
    zh="窗口登记了您的委托：由{name}代办。不是您本人意愿的，请马上在“代办”页面结束",
    en="A counter registered your mandate: {name} may act for you. If that is not your wish, end it at once",
)
_ENDED_AT_COUNTER = Text(zh="窗口结束了一项委托：{name}", en="A counter ended a mandate: {name}")


def given(mandate: Mandate, giver_name: str) -> None:
    """Tell the agent that they may act."""
    _tell(mandate.agent, _GIVEN, mandate.enterprise.name if mandate.enterprise else giver_name)


def registered(mandate: Mandate) -> None:
    """Tell both people what a counter registered."""
    _tell(giver_of(mandate), _REGISTERED, mandate.agent.name)
    given(mandate, mandate.person.name if mandate.person else "")


def ended(mandate: Mandate, by: Person) -> None:
    """Tell the other one that somebody ended it."""
    other = mandate.agent if mandate.ended_by == Mandate.EndedBy.GIVER else giver_of(mandate)
    _tell(other, _ENDED, by.name)


def ended_at_counter(mandate: Mandate) -> None:
    """Tell both people that a counter ended it."""
    giver = giver_of(mandate)
    _tell(giver, _ENDED_AT_COUNTER, mandate.agent.name)
    name = mandate.enterprise.name if mandate.enterprise else giver.name if giver else ""
    _tell(mandate.agent, _ENDED_AT_COUNTER, name)


def giver_of(mandate: Mandate) -> Person | None:
    """Whom to tell on the giving side: the person represented, or who signed for the enterprise."""
    return mandate.person or mandate.given_by


def _tell(person: Person | None, text: Text, name: str) -> None:
    if person is not None:
        notifying.tell(person.pk, text.filled({"name": Text(zh=name, en=name)}), PAGE, now())
