"""Services as data: one folder a service, read and checked here."""

from tongban.services.answers import Answer, FileAnswer, Raw
from tongban.services.deciding import Known, Proposed, facts, lacking, propose
from tongban.services.definition import Definition, EvidenceNeed, Side, Source
from tongban.services.form import Form
from tongban.services.loading import load
from tongban.services.question import AnswerError, Question
from tongban.services.ruling import NotComputable, RuledOut, explain, lists_needed
from tongban.services.service import Service, ServiceError
from tongban.services.settlement import Settlement
from tongban.services.text import Text, shown

__all__ = [
    "Answer",
    "AnswerError",
    "Definition",
    "EvidenceNeed",
    "FileAnswer",
    "Form",
    "Known",
    "NotComputable",
    "Proposed",
    "Question",
    "Raw",
    "RuledOut",
    "Service",
    "ServiceError",
    "Settlement",
    "Side",
    "Source",
    "Text",
    "explain",
    "facts",
    "lacking",
    "lists_needed",
    "load",
    "propose",
    "shown",
]
