"""The messages between nodes: a question for evidence, its answer, a refusal; strictly parsed.

Parsing raises Refused with the path of what is wrong and nothing of the value that stood there.
"""

import json
import re
from collections.abc import Collection, Container
from datetime import datetime
from operator import not_
from typing import Annotated, Literal, TypeVar
from uuid import UUID, uuid4

import orjson
from pydantic import Field, JsonValue, StringConstraints, ValidationError

from tongban.protocol.dsse import SignedDocument
from tongban.protocol.model import (
    LARGEST_ATTACHMENT,
    CaseReference,
    EvidenceSubject,
    FieldName,
    Moment,
    Name,
    Sha256,
    Strict,
    Text,
)
from tongban.protocol.refusals import Code, Refused

Message = TypeVar("Message", bound=Strict)

VERSION: Literal["1"] = "1"
"""The protocol version that this library speaks."""
MOST_FILES = 20
"""Files that one answer brings along, at most."""


class ConsentBasis(Strict):
    """The question rests on the person's consent, which travels with it."""

    kind: Literal["consent"] = "consent"
    consent: SignedDocument


class StatuteBasis(Strict):
    """The question rests on an article of law."""

    kind: Literal["statute"] = "statute"
    citation: Text


LegalBasis = Annotated[ConsentBasis | StatuteBasis, Field(discriminator="kind")]


class Envelope(Strict):
    """What every message says of itself: from whom to whom, for which case, from when to when.

    `extensions` may hold what two sides agree on beside the protocol. Whoever does not know an extension
    passes over it, unless `critical` names it: then the message is refused.
    """

    version: Literal["1"] = VERSION
    id: UUID
    sender: Name
    receiver: Name
    sender_agency: Name
    receiver_agency: Name
    service: Name
    case_ref: CaseReference
    created: Moment
    expires: Moment
    extensions: dict[Name, JsonValue] = Field(
        default_factory=dict, max_length=20, exclude_if=not_, repr=False
    )
    critical: tuple[Name, ...] = Field(default=(), max_length=20, exclude_if=not_)


class Question(Strict):
    """About whom, which evidence, which of its fields."""

    subject: EvidenceSubject = Field(repr=False)
    evidence_type: Name
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=100)]


class EvidenceRequest(Envelope):
    """One agency asks another for evidence; a re-delivery is the very same bytes."""

    kind: Literal["evidence-request"] = "evidence-request"
    legal_basis: LegalBasis
    purpose: Text
    body: Question


class EvidenceFile(Strict):
    """A file that evidence brings along: the digest by which it is known, how long it is, a name to show."""

    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=LARGEST_ATTACHMENT)]
    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/\\]{1,120}$")]


class Evidence(Strict):
    """What the holding agency's system says: records with exactly the asked fields.

    `files` are those that the records name; they cross beside the messages, as attachments.
    """

    evidence_type: Name
    fields: tuple[FieldName, ...]
    records: Annotated[tuple[dict[FieldName, str | int], ...], Field(max_length=10_000)] = Field(repr=False)
    as_of: Moment
    files: Annotated[tuple[EvidenceFile, ...], Field(max_length=MOST_FILES)] = Field(
        default=(), exclude_if=not_
    )


class EvidenceAnswer(Envelope):
    """The answer to one request."""

    kind: Literal["evidence-answer"] = "evidence-answer"
    in_reply_to: UUID
    body: Evidence


class Refusal(Strict):
    """Why a message was not answered; `in_reply_to` is empty when its id could not be read."""

    version: Literal["1"] = VERSION
    kind: Literal["refusal"] = "refusal"
    sender: Name
    in_reply_to: UUID | None
    code: Code
    retry: bool
    sentence: Text
    path: str
    hint: str
    created: Moment


def answer(
    request: EvidenceRequest,
    records: tuple[dict[str, str | int], ...],
    now: datetime,
    files: tuple[EvidenceFile, ...] = (),
) -> EvidenceAnswer:
    """The answer to `request`; Refused `schema-violated` when the records are not of that form."""
    try:
        return EvidenceAnswer(
            id=uuid4(),
            in_reply_to=request.id,
            sender=request.receiver,
            receiver=request.sender,
            sender_agency=request.receiver_agency,
            receiver_agency=request.sender_agency,
            service=request.service,
            case_ref=request.case_ref,
            created=now,
            expires=request.expires,
            body=Evidence(
                evidence_type=request.body.evidence_type,
                fields=request.body.fields,
                records=records,
                as_of=now,
                files=files,
            ),
        )
    except ValidationError as invalid:
        raise Refused(Code.SCHEMA_VIOLATED, path_of(invalid)) from None


def refusal(refused: Refused, sender: str, in_reply_to: UUID | None, now: datetime) -> Refusal:
    """The refusal as a message."""
    return Refusal(
        sender=sender,
        in_reply_to=in_reply_to,
        code=refused.code,
        retry=refused.retry,
        sentence=refused.sentence,
        path=refused.path,
        hint=refused.hint,
        created=now,
    )


def parse_request(body: bytes) -> EvidenceRequest:
    """A request from its bytes; Refused with the code and path of what is wrong."""
    checked_object(body, ("evidence-request",))
    return _validated(EvidenceRequest, body)


def parse_reply(body: bytes) -> EvidenceAnswer | Refusal:
    """An answer or refusal from its bytes; Refused like `parse_request`."""
    if checked_object(body, ("evidence-answer", "refusal")) == "refusal":
        return _validated(Refusal, body)
    return _validated(EvidenceAnswer, body)


def _validated(model: type[Message], body: bytes) -> Message:
    try:
        return model.model_validate_json(body)
    except ValidationError as invalid:
        raise Refused(Code.SCHEMA_VIOLATED, path_of(invalid)) from None


def read_document(model: type[Message], body: bytes) -> Message:
    """A signed document that goes beside the messages, from its bytes; Refused like `parse_request`."""
    names = _KNOWN_NAMES | model.model_fields.keys()
    checked_object(body, (str(model.model_fields["kind"].default),), names)
    try:
        return model.model_validate_json(body)
    except ValidationError as invalid:
        raise Refused(Code.SCHEMA_VIOLATED, path_of(invalid, names)) from None


def checked_object(body: bytes, known: Collection[str], names: Container[str] | None = None) -> str:
    """The kind of the message in `body`, one of `known`; a path has no others than `names` in it.

    Refused `malformed`, `unknown-version`, `unknown-kind` or `unknown-critical` otherwise, and
    `schema-violated` where a text holds what no database and no page can: U+0000 or half a surrogate pair.
    """
    members = _json_object(body)
    if b"\\u" in body:
        _check_texts(members, names or _KNOWN_NAMES)
    if members.get("version") != VERSION:
        raise Refused(Code.UNKNOWN_VERSION, "version", f"this node speaks {VERSION}")
    kind = members.get("kind")
    if not isinstance(kind, str) or kind not in known:
        raise Refused(Code.UNKNOWN_KIND, "kind", f"expected: {', '.join(known)}")
    if isinstance(members.get("critical"), list) and members["critical"]:
        raise Refused(Code.UNKNOWN_CRITICAL, "critical[0]", "this node knows no extensions")
    return kind


def _json_object(body: bytes) -> dict[str, object]:
    """The members of the object in `body`; in the form that this library writes a fast parser reads it.

    What is written again as the very same bytes repeats no member. All else is read by the strict decoder.
    """
    try:
        parsed = orjson.loads(body)
        is_plain = orjson.dumps(parsed) == body
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        is_plain = False
    if not is_plain:
        try:
            parsed = _decoder.decode(body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Refused(Code.MALFORMED, "body", "a JSON object in UTF-8 without repeated members") from None
    if not isinstance(parsed, dict):
        raise Refused(Code.MALFORMED, "body", "a JSON object is expected")
    return parsed


def _check_texts(members: dict[str, object], names: Container[str]) -> None:
    """Refuse `schema-violated` where a text, or a name, holds U+0000 or half a surrogate pair."""
    left: list[tuple[str, object]] = [("", members)]
    while left:
        path, value = left.pop()
        if isinstance(value, str):
            if _NOT_TEXT.search(value):
                hint = "a text without U+0000 and lone surrogates"
                raise Refused(Code.SCHEMA_VIOLATED, path or "body", hint)
        elif isinstance(value, dict):
            left += [(path, name) for name in value]
            left += [(_inside(path, name, names), member) for name, member in value.items()]
        elif isinstance(value, list):
            left += [(f"{path}[{position}]", item) for position, item in enumerate(value)]


def _inside(path: str, name: str, names: Container[str]) -> str:
    return f"{path}.{name}".lstrip(".") if name in names else path


_NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(_name: str) -> object:
    raise ValueError("not a JSON number")


_decoder = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_no_constant)


def path_of(invalid: ValidationError, names: Container[str] | None = None) -> str:
    """Where the first error is; names that are not among `names` (the evidence messages') are left out."""
    first = invalid.errors(include_input=False, include_url=False, include_context=False)[0]
    known = [part for part in first["loc"] if isinstance(part, int) or part in (names or _KNOWN_NAMES)]
    return ".".join(str(part) for part in known) or "body"


def _names(*models: type[Strict]) -> frozenset[str]:
    return frozenset(name for model in models for name in model.model_fields)


_KNOWN_NAMES = _names(
    EvidenceRequest,
    EvidenceAnswer,
    Refusal,
    Question,
    Evidence,
    EvidenceFile,
    ConsentBasis,
    StatuteBasis,
    SignedDocument,
    Text,
)
