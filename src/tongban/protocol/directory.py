"""The federation's directory: who is there, with which keys, who decides and holds what, who may ask whom.

Every reference in it leads somewhere; what is looked up in it is found in one step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from tongban.protocol.directory_entries import AgencyEntry, Agreement, Handles, Holds, Issues, NodeEntry
from tongban.protocol.directory_keys import KeyEntry, KeyUse
from tongban.protocol.evidence import EvidenceType
from tongban.protocol.model import Moment, Strict
from tongban.protocol.refusals import Code, Refused
from tongban.suites import VerifyingKey


@dataclass(frozen=True)
class _Listed:
    node: str
    entry: KeyEntry
    key: VerifyingKey


@dataclass(frozen=True)
class _Index:
    """The directory's entries by what they are looked up by."""

    nodes: dict[str, NodeEntry]
    keys: dict[str, _Listed]
    agencies: dict[str, AgencyEntry]
    evidence_types: dict[str, EvidenceType]
    agreements: dict[tuple[str, str, str, str], list[Agreement]]
    handles: dict[tuple[str, str], list[Handles]]


class Directory(Strict):
    """All of the federation that a node has to know."""

    version: Annotated[int, Field(ge=1)]
    issued: Moment
    federation_keys: tuple[KeyEntry, ...] = ()
    nodes: tuple[NodeEntry, ...]
    agencies: tuple[AgencyEntry, ...]
    handles: tuple[Handles, ...]
    holds: tuple[Holds, ...]
    evidence_types: tuple[EvidenceType, ...]
    agreements: tuple[Agreement, ...]
    issues: tuple[Issues, ...] = ()

    @model_validator(mode="after")
    def _references_lead_somewhere(self) -> "Directory":
        nodes = _unique("node", (node.id for node in self.nodes))
        _unique("keyid", (key.keyid for node in self.nodes for key in node.keys))
        _unique("keyid", (key.keyid for key in self.federation_keys))
        agencies = _unique("agency", (agency.code for agency in self.agencies))
        types = _unique("evidence type", (kind.name for kind in self.evidence_types))
        _unique("agreement", (agreement.id for agreement in self.agreements))
        _unique("issuer", (entry.issuer for entry in self.issues))
        _known("node", (agency.node for agency in self.agencies), nodes)
        _known("node", (entry.node for entry in self.issues), nodes)
        named = [entry.agency for entry in self.handles + self.holds]
        named += [code for a in self.agreements for code in (a.asking_agency, a.holding_agency)]
        _known("agency", named, agencies)
        _known("evidence type", (entry.evidence_type for entry in self.holds + self.agreements), types)
        for agreement in self.agreements:
            known = {field.name for field in self.evidence_type(agreement.evidence_type).fields}
            _known(f"field of agreement {agreement.id}", agreement.fields, known)
        return self

    @cached_property
    def _index(self) -> _Index:
        agreements: dict[tuple[str, str, str, str], list[Agreement]] = {}
        for entry in self.agreements:
            wanted = (entry.asking_agency, entry.holding_agency, entry.service, entry.evidence_type)
            agreements.setdefault(wanted, []).append(entry)
        handles: dict[tuple[str, str], list[Handles]] = {}
        for handled in self.handles:
            handles.setdefault((handled.service, handled.place), []).append(handled)
        return _Index(
            nodes={node.id: node for node in self.nodes},
            keys={
                key.keyid: _Listed(node.id, key, key.verifying_key)
                for node in self.nodes
                for key in node.keys
            },
            agencies={agency.code: agency for agency in self.agencies},
            evidence_types={kind.name: kind for kind in self.evidence_types},
            agreements=agreements,
            handles=handles,
        )

    def __copy__(self) -> "Directory":
        copied = super().__copy__()
        copied.__dict__.pop("_index", None)  # a copy may be given other entries
        return copied

    def node(self, node_id: str) -> NodeEntry:
        """The node of that id; Refused `unknown-sender` when there is none."""
        found = self._index.nodes.get(node_id)
        if found is None:
            raise Refused(Code.UNKNOWN_SENDER, "sender")
        return found

    def key_at(self, keyid: str, moment: datetime, use: KeyUse = KeyUse.SIGN) -> VerifyingKey:
        """The key of that name for that use, as it was at `moment`; Refused `unknown-key` says what is wrong.

        For a message that arrives, `moment` is now; for a record, when it was received.
        """
        listed = self._index.keys.get(keyid)
        if listed is None:
            raise Refused(Code.UNKNOWN_KEY, "signature parameter keyid", "the directory has no such key")
        fault = listed.entry.fault_at(moment)
        if listed.entry.use is not use:
            fault = f"the key is for {listed.entry.use.value}"
        if fault:
            raise Refused(Code.UNKNOWN_KEY, "signature parameter keyid", fault)
        return listed.key

    def check_owner(self, keyid: str, node: str) -> None:
        """Refuse with `unknown-key` unless the key of that name is `node`'s."""
        listed = self._index.keys.get(keyid)
        if listed is None or listed.node != node:
            raise Refused(Code.UNKNOWN_KEY, "sender", "the key belongs to another node")

    def owner(self, keyid: str) -> str:
        """The node whose key that is; Refused `unknown-key` when it is nobody's."""
        listed = self._index.keys.get(keyid)
        if listed is None:
            raise Refused(Code.UNKNOWN_KEY, "signature parameter keyid", "the directory has no such key")
        return listed.node

    def agency(self, code: str) -> AgencyEntry:
        """The agency of that code; Refused `not-covered` when there is none."""
        found = self._index.agencies.get(code)
        if found is None:
            raise Refused(Code.NOT_COVERED, "agency", "no such agency in the directory")
        return found

    def evidence_type(self, name: str) -> EvidenceType:
        """The evidence type of that name; Refused `not-covered` when there is none."""
        found = self._index.evidence_types.get(name)
        if found is None:
            raise Refused(Code.NOT_COVERED, "evidence_type", "no such evidence type in the directory")
        return found

    def handler(self, service: str, place: str, on: date) -> AgencyEntry:
        """The agency that decides `service` for `place` on that day, or for the city or province above it."""
        for code in _place_and_above(place):
            for entry in self._index.handles.get((service, code), ()):
                if entry.in_force(on):
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
        for entry in self._index.agreements.get((asking, holding, service, evidence_type), ()):
            if entry.in_force(on):
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
