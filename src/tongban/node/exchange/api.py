"""What other rooms of the node use of the exchange; the rest is its own affair."""

from tongban.node.exchange.asking import ByConsent, ByStatute, Question, ask, give_consent, stop_asking
from tongban.node.exchange.naming import field_titles, node_title
from tongban.node.exchange.outcomes import Answered, Declined, Outcome, on_outcome
from tongban.node.exchange.waiting import Waiting, settled, waiting
from tongban.protocol import Code, Refused, Text

__all__ = [
    "Answered",
    "ByConsent",
    "ByStatute",
    "Code",
    "Declined",
    "Outcome",
    "Question",
    "Refused",
    "Text",
    "Waiting",
    "ask",
    "field_titles",
    "give_consent",
    "node_title",
    "on_outcome",
    "settled",
    "stop_asking",
    "waiting",
]
