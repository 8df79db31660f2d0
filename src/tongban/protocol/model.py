"""The strict frozen model that every protocol document is, and the plain types its fields share.

An unknown field, a wrong type or a naive time is refused; errors never repeat what was sent.
"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]
"""A stable name: node, agency, service, evidence type, agreement field."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$")]
"""A GB/T 2260 division code, six digits."""

CaseReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Subject = Annotated[str, StringConstraints(pattern=r"^[0-9]{17}[0-9X]$")]
"""A resident ID number (GB 11643) by shape; it travels inside signed bodies only."""

EvidenceSubject = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$")
]
"""Whom evidence is about, by shape: a person (ID number) or an enterprise (credit code, GB 32100)."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal: the name of bytes that cross beside the messages."""

LARGEST_ATTACHMENT = 128 * 1024 * 1024
"""Bytes of one attachment, at most."""

Moment = AwareDatetime


class Strict(BaseModel):
    """Base of all documents: frozen, strict, closed."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


class Text(Strict):
    """One text in Chinese and in English."""

    zh: Annotated[str, Field(min_length=1, max_length=400)]
    en: Annotated[str, Field(min_length=1, max_length=800)]
