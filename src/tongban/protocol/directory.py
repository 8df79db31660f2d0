"""The federation's directory: who is there, with which keys, who decides and holds what, who may ask whom.

One signed document, versions only ever rise; every reference in it leads somewhere.
"""

import base64
import binascii
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Literal

from cryptography import x509
from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from tongban.protocol.dsse import DocumentError, SignedDocument, open_document, sign_document
from tongban.protocol.evidence import EvidenceType
from tongban.protocol.model import FieldName, Moment, Name, PlaceCode, Strict, Text
from tongban.protocol.refusals import Code, Refused
from tongban.suites import SigningKey, Suite, SuiteUnavailable, VerifyingKey, public_half

DIRECTORY_TYPE = "application/vnd.tongban.directory+json"


class DirectoryError(ValueError):
    """A directory file is forged, older than the one known, or not well-formed."""


class KeyEntry(Strict):
    """A node's public key: suite and validity come from here, whatever a message says."""

    keyid: Name
    suite: Suite = Field(default=Suite.ED25519, strict=False)
    public_key: str
    not_before: Moment
    not_after: Moment
    revoked_at: Moment | None = None

    @model_validator(mode="after")
    def _is_a_key(self) -> "KeyEntry":
        try:
            public_key = base64.b64decode(self.public_key, validate=True)
        except binascii.Error:
            raise ValueError("base64 is expected") from None
        with suppress(SuiteUnavailable):  # a node without that suite still knows the federation
            public_half(self.suite, public_key)
        return self

    def valid_at(self, moment: datetime) -> bool:
        """Whether signatures made at `moment` count."""
        revoked = self.revoked_at is not None and self.revoked_at <= moment
        return self.not_before <= moment < self.not_after and not revoked

    @property
    def verifying_key(self) -> VerifyingKey:
        """The key in a form that verifies."""
        return VerifyingKey(self.keyid, self.suite, base64.b64decode(self.public_key))


def key_entry(key: SigningKey, not_before: datetime, not_after: datetime) -> KeyEntry:
    """The public half of `key` as the directory lists it."""
    public_key = base64.b64encode(key.public_key).decode()
    return KeyEntry(
        keyid=key.keyid, suite=key.suite, public_key=public_key, not_before=not_before, not_after=not_after
    )


class NodeEntry(Strict):
    """A jurisdiction's node: where its gateway is and which keys it signs with.

    `certificates` are PEM: what it proves itself with on a TLS connection chains up to one of them. A node
    without any ends TLS at a proxy and is known by its signatures alone.
    """

    id: Name
    jurisdiction: PlaceCode
    title: Text
    gateway_url: Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.:\[\]-]+$")]
    keys: Annotated[tuple[KeyEntry, ...], Field(min_length=1)]
    certificates: tuple[str, ...] = ()

    @field_validator("certificates")
    @classmethod
    def _are_certificates(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pem in value:
            try:
                certificates = x509.load_pem_x509_certificates(pem.encode())
            except ValueError:
                raise ValueError("a certificate as PEM is expected") from None
            if len(certificates) != 1:
                raise ValueError("one certificate in each entry is expected")
        return value

    @property
    def authority(self) -> str:
        """Host and port of the gateway as requests name it; a scheme's default port is left out."""
        scheme, _, authority = self.gateway_url.partition("://")
        return authority.removesuffix({"http": ":80", "https": ":443"}[scheme])


class AgencyEntry(Strict):
    """An agency (部门) and the node that speaks for it."""

    code: Name
    title: Text
    node: Name
    place: PlaceCode


class _Dated(Strict):
    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the entry holds on that day; `valid_to` is the last day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Handles(_Dated):
    """Which agency decides a service for a place."""

    service: Name
    place: PlaceCode
    agency: Name


class Holds(_Dated):
    """Which agency holds evidence of a type for a place."""

    evidence_type: Name
    place: PlaceCode
    agency: Name


class Agreement(_Dated):
    """What one agency may ask of another: fields, for a service, on which kinds of legal basis."""

    id: str
    title: Text
    asking_agency: Name
    holding_agency: Name
    service: Name
    evidence_type: Name
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    legal_bases: Annotated[tuple[Literal["consent", "statute"], ...], Field(min_length=1)]


class Directory(Strict):
    """All of the federation that a node has to know."""

    version: Annotated[int, Field(ge=1)]
    issued: Moment
    nodes: tuple[NodeEntry, ...]
    agencies: tuple[AgencyEntry, ...]
    handles: tuple[Handles, ...]
    holds: tuple[Holds, ...]
    evidence_types: tuple[EvidenceType, ...]
    agreements: tuple[Agreement, ...]

    @model_validator(mode="after")
    def _references_lead_somewhere(self) -> "Directory":
        nodes = _unique("node", (node.id for node in self.nodes))
        _unique("keyid", (key.keyid for node in self.nodes for key in node.keys))
        agencies = _unique("agency", (agency.code for agency in self.agencies))
        types = _unique("evidence type", (kind.name for kind in self.evidence_types))
        _unique("agreement", (agreement.id for agreement in self.agreements))
        _known("node", (agency.node for agency in self.agencies), nodes)
        named = [entry.agency for entry in self.handles + self.holds]
        named += [code for a in self.agreements for code in (a.asking_agency, a.holding_agency)]
        _known("agency", named, agencies)
        _known("evidence type", (entry.evidence_type for entry in self.holds + self.agreements), types)
        for agreement in self.agreements:
            known = {field.name for field in self.evidence_type(agreement.evidence_type).fields}
            _known(f"field of agreement {agreement.id}", agreement.fields, known)
        return self

    def node(self, node_id: str) -> NodeEntry:
        """The node of that id; Refused `unknown-sender` when there is none."""
        found = next((node for node in self.nodes if node.id == node_id), None)
        if found is None:
            raise Refused(Code.UNKNOWN_SENDER, "sender")
        return found

    def key_at(self, keyid: str, moment: datetime) -> VerifyingKey | None:
        """The key of that name, if some node has it and it is valid at `moment`."""
        return next(
            (
                key.verifying_key
                for node in self.nodes
                for key in node.keys
                if key.keyid == keyid and key.valid_at(moment)
            ),
            None,
        )

    def agency(self, code: str) -> AgencyEntry:
        """The agency of that code; Refused `not-covered` when there is none."""
        found = next((agency for agency in self.agencies if agency.code == code), None)
        if found is None:
            raise Refused(Code.NOT_COVERED, "agency", "no such agency in the directory")
        return found

    def evidence_type(self, name: str) -> EvidenceType:
        """The evidence type of that name; Refused `not-covered` when there is none."""
        found = next((kind for kind in self.evidence_types if kind.name == name), None)
        if found is None:
            raise Refused(Code.NOT_COVERED, "evidence_type", "no such evidence type in the directory")
        return found

    def handler(self, service: str, place: str, on: date) -> AgencyEntry:
        """The agency that decides `service` for `place` on that day, or for the city or province above it."""
        for code in _place_and_above(place):
            for entry in self.handles:
                if entry.service == service and entry.place == code and entry.in_force(on):
                    return self.agency(entry.agency)
        raise Refused(Code.NOT_COVERED, "service", "no agency decides this service for the place")

    def holder(self, evidence_type: str, place: str, on: date) -> AgencyEntry:
        """The agency that holds evidence of the type for `place`, or for the city or province above it."""
        for code in _place_and_above(place):
            for entry in self.holds:
                if entry.evidence_type == evidence_type and entry.place == code and entry.in_force(on):
                    return self.agency(entry.agency)
        raise Refused(Code.NOT_COVERED, "evidence_type", "no agency holds this evidence for the place")

    def agreement(
        self, *, asking: str, holding: str, service: str, evidence_type: str, on: date
    ) -> Agreement:
        """The agreement that lets `asking` ask `holding`; Refused `not-covered` when there is none."""
        wanted = (asking, holding, service, evidence_type)
        for entry in self.agreements:
            offered = (entry.asking_agency, entry.holding_agency, entry.service, entry.evidence_type)
            if offered == wanted and entry.in_force(on):
                return entry
        raise Refused(Code.NOT_COVERED, "service", "no agreement between the two agencies")


def _unique(what: str, names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} stands twice")
        seen.add(name)
    return seen


def _known(what: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{what} {name} is not in the directory")


def _place_and_above(place: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((place, place[:4] + "00", place[:2] + "0000")))


def sign_directory(directory: Directory, federation_key: SigningKey) -> bytes:
    """The directory file, signed with the federation's key."""
    return sign_document(DIRECTORY_TYPE, directory.model_dump_json().encode(), federation_key).to_json()


def open_directory(document: bytes, federation_key: VerifyingKey, *, at_least: int = 0) -> Directory:
    """Read a directory file.

    Raises DirectoryError when the federation's key did not sign it, when its version is below
    `at_least`, or when a member is wrong (the text names it).
    """
    try:
        signed = SignedDocument.from_json(document)
        payload = open_document(
            signed, DIRECTORY_TYPE, lambda keyid: federation_key if keyid == federation_key.keyid else None
        )
        directory = Directory.model_validate_json(payload)
    except DocumentError as forged:
        raise DirectoryError(f"directory: {forged}") from None
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DirectoryError(f"directory: {where}: {first['msg']}") from None
    if directory.version < at_least:
        raise DirectoryError(
            f"directory: version {directory.version} is older than version {at_least}, which is already known"
        )
    return directory
