"""The directory's entries: nodes, agencies, who decides and who holds what, who may ask whom for what."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Literal

from cryptography import x509
from pydantic import Field, StringConstraints, field_validator, model_validator

from tongban.protocol.directory_keys import KeyEntry
from tongban.protocol.model import FieldName, Name, PlaceCode, Strict, Text

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=300)]


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
        return _authority(self.gateway_url)


@lru_cache(maxsize=1024)
def _authority(gateway_url: str) -> str:
    scheme, _, authority = gateway_url.partition("://")
    return authority.removesuffix({"http": ":80", "https": ":443"}[scheme])


class AgencyEntry(Strict):
    """An agency (部门) and the node that speaks for it."""

    code: Name
    title: Text
    node: Name
    place: PlaceCode


class Dated(Strict):
    """An entry that holds from one day to another, both included."""

    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the entry holds on that day; `valid_to` is the last day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Handles(Dated):
    """Which agency decides a service for a place."""

    service: Name
    place: PlaceCode
    agency: Name


class Holds(Dated):
    """Which agency holds evidence of a type for a place."""

    evidence_type: Name
    place: PlaceCode
    agency: Name


class Issues(Dated):
    """Which credentials a node issues, under which name, and where it publishes their status.

    `issuer` is the URI that its credentials name in `iss`; `types` are their identifiers (`vct`). The order
    of `lists` never changes, since codes to show refer to them by number. Its keys are those of use
    `credential`.
    """

    node: Name
    issuer: WebAddress
    types: Annotated[tuple[WebAddress, ...], Field(min_length=1)]
    lists: Annotated[tuple[WebAddress, ...], Field(min_length=1)]


class Agreement(Dated):
    """What one agency may ask of another: fields, for a service, on which legal basis.

    Where a statute is a basis, `statutes` names the articles that may be cited.
    """

    id: str
    title: Text
    asking_agency: Name
    holding_agency: Name
    service: Name
    evidence_type: Name
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    legal_bases: Annotated[tuple[Literal["consent", "statute"], ...], Field(min_length=1)]
    statutes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _names_its_statutes(self) -> "Agreement":
        if ("statute" in self.legal_bases) != bool(self.statutes):
            raise ValueError("statutes names the articles exactly where legal_bases lists statute")
        return self
