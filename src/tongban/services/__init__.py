"""Services as data: one folder a service, read and checked here."""

from tongban.services.deciding import Known, Proposed, facts, propose
from tongban.services.definition import Definition, EvidenceNeed, Side, Source
from tongban.services.form import Answer, AnswerError, Form, Question
from tongban.services.loading import load
from tongban.services.ruling import NotComputable, explain
from tongban.services.service import Service, ServiceError
from tongban.services.text import Text, shown

__all__ = [
    "Answer",
    "AnswerError",
    "Definition",
    "EvidenceNeed",
    "Form",
    "Known",
    "NotComputable",
    "Proposed",
    "Question",
    "Service",
    "ServiceError",
    "Side",
    "Source",
    "Text",
    "explain",
    "facts",
    "load",
    "propose",
    "shown",
]
