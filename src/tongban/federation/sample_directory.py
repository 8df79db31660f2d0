"""What the service folders bring into the sample federation's directory.

Promises: nothing here names a service; who decides, who holds what, which kinds of evidence there are and who
may ask whom for them come from the definitions, so that a further folder is in it by itself.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from tongban import protocol, services
from tongban.federation.sides import SIDES, Side
from tongban.protocol import CONTRIBUTION_SPELLS, EvidenceType
from tongban.services import Definition, EvidenceNeed

VALID_FROM = date(2024, 1, 1)
ROOT = Path(services.__file__).parent


@cache
def definitions() -> tuple[Definition, ...]:
    """The definitions of all services, by code."""
    return tuple(service.definition for service in services.load(ROOT).values())


def handles() -> tuple[protocol.Handles, ...]:
    """Which agency decides each service, for the place of each side."""
    return tuple(
        protocol.Handles(
            service=definition.code, place=part.place, agency=part.agency_code, valid_from=VALID_FROM
        )
        for definition in definitions()
        for part in definition.sides
        if side_at(part.place)
    )


def holds() -> tuple[protocol.Holds, ...]:
    """Which agency holds evidence of each kind that a service asks for or takes along, each place once."""
    held = {(need.type, need.place): holder for _, need, holder in _needs()} | dict(_papers())
    return tuple(
        protocol.Holds(evidence_type=kind, place=place, agency=agency, valid_from=VALID_FROM)
        for (kind, place), agency in held.items()
    )


def evidence_types() -> tuple[EvidenceType, ...]:
    """The kinds of evidence: the protocol's own, and those that services bring along.

    Raises ValueError when two services tell one name differently.
    """
    known = {CONTRIBUTION_SPELLS.name: CONTRIBUTION_SPELLS}
    for definition in definitions():
        for brought in definition.evidence_types:
            kind = EvidenceType.model_validate(brought.model_dump(exclude={"fields": {"__all__": {"names"}}}))
            if known.setdefault(kind.name, kind) != kind:
                raise ValueError(f"{definition.code}: evidence type {kind.name} is told otherwise elsewhere")
    return tuple(known.values())


def agreements() -> tuple[protocol.Agreement, ...]:
    """What the agency of a side that decides may ask of the other side's that holds the evidence.

    What each side fetches from its own departments only needs none.
    """
    return tuple(
        _agreement(definition, need, asking=(side, part.agency_code), holding=(holder_side, holder))
        for definition, need, holder in _needs()
        if not need.own_side_only
        for part in definition.sides
        if (side := side_at(part.place)) and (holder_side := side_at(need.place)) and side is not holder_side
    )


def agencies(side: Side) -> tuple[str, ...]:
    """The codes of the agencies at a side that any service names."""
    named = (part for definition in definitions() for part in definition.sides)
    return tuple(dict.fromkeys(part.agency_code for part in named if part.place == side.office_place))


def side_at(place: str) -> Side | None:
    """The side whose office is at this place."""
    return next((side for side in SIDES if side.office_place == place), None)


def _needs() -> Iterator[tuple[Definition, EvidenceNeed, str]]:
    """Every evidence that a service asks for at a side of the sample, with the agency that holds it."""
    for definition in definitions():
        for need in definition.evidence:
            holder = definition.side(need.place)
            if holder and side_at(need.place):
                yield definition, need, holder.agency_code


def _papers() -> Iterator[tuple[tuple[str, str], str]]:
    """What an own department gives along with a statement of account: kind and place, and who has it."""
    for definition in definitions():
        if definition.transfer and definition.transfer.papers:
            for part in definition.sides:
                if side_at(part.place):
                    yield (definition.transfer.papers, part.place), part.agency_code


def _agreement(
    definition: Definition, need: EvidenceNeed, asking: tuple[Side, str], holding: tuple[Side, str]
) -> protocol.Agreement:
    prefixes = f"{asking[0].case_prefix}-{holding[0].case_prefix}"
    return protocol.Agreement(
        id=f"{prefixes}-{definition.code}-{need.key}",
        title=protocol.Text(
            zh=f"核对协议（示例）：{need.title.zh}", en=f"Agreement (sample): {need.title.en}"
        ),
        asking_agency=asking[1],
        holding_agency=holding[1],
        service=definition.code,
        evidence_type=need.type,
        fields=need.fields,
        legal_bases=(need.basis,),
        statutes=(protocol.Text(**need.legal_basis.text.to_json()),) if need.basis == "statute" else (),
        valid_from=VALID_FROM,
    )
