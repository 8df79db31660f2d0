"""Services as data: one folder a service, read and checked here."""

from tongban.services.definition import Definition, EvidenceNeed, Side, Source
from tongban.services.folder import Service, ServiceError, load
from tongban.services.form import AnswerError, Form, Question
from tongban.services.text import Text

__all__ = [
    "AnswerError",
    "Definition",
    "EvidenceNeed",
    "Form",
    "Question",
    "Service",
    "ServiceError",
    "Side",
    "Source",
    "Text",
    "load",
]
