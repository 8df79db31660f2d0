"""What a run is made of, as data: how many nodes, which faults and errands; drawn or cut down."""

from dataclasses import dataclass, replace
from random import Random

from tongban.federation.simulation.faults import Fault, FaultKind, draw_faults
from tongban.federation.simulation.members import name_of
from tongban.federation.simulation.people import NO_BILL, Errand
from tongban.federation.simulation.settlements import Bill

EVENTS_OF_AN_ERRAND = 30
SECONDS_BETWEEN = 40.0
SHARED_CASES = 3
"""Cases about which nodes talk again and again, so that many conversations are in one thread."""
TRAFFIC = {
    "handover": 30,
    "transfer": 35,
    "subscription": 15,
    "evidence": 15,
    "notice": 10,
    "settlement": 15,
}
"""How often what is opened."""
URGENT, PATIENT = (20.0, 400.0), (300.0, 3000.0)
"""Seconds until a time limit is over: about when people decide, or long after most have."""
CLAIMED_ANEW = 0.5
"""The share of bills that are claimed once more, corrected, after or while they were claimed first."""


@dataclass(frozen=True)
class Aim:
    """What a run is to be about: nothing but these kinds of conversation, and certainly this fault."""

    traffic: tuple[str, ...] = ()
    fault: FaultKind | None = None


ANYTHING = Aim()


@dataclass(frozen=True)
class Plan:
    """One run; the same plan always runs the same. `steps` are the events before all faults end."""

    nodes: int
    seed: int
    steps: int
    faults: tuple[Fault, ...]
    errands: tuple[Errand, ...]
    is_fast: bool = True


def draw(nodes: int, seed: int, steps: int, *, is_fast: bool = True, aim: Aim = ANYTHING) -> Plan:
    """The plan of a seed; with an aim it opens and breaks what the aim says."""
    random = Random(f"{seed} {nodes} {steps}")  # noqa: S311 - repeatable, nothing secret
    count = max(2, steps // EVENTS_OF_AN_ERRAND)
    horizon = SECONDS_BETWEEN * count / max(1.0, nodes / 2) + 600.0
    traffic = {kind: share for kind, share in TRAFFIC.items() if not aim.traffic or kind in aim.traffic}
    errands: list[Errand] = []
    for number in range(count):
        errand = _errand(random, nodes, number, horizon, traffic)
        errands.append(_with_bill(random, errand, errands) if errand.kind == "settlement" else errand)
    errands.sort(key=lambda errand: errand.at)
    faults = draw_faults(random, nodes, horizon, aim.fault)
    return Plan(nodes, seed, steps, faults, tuple(errands), is_fast)


def _with_bill(random: Random, errand: Errand, before: list[Errand]) -> Errand:
    """The errand with a bill of its own, or with one that was claimed before, corrected."""
    billed = random.randrange(100, 10_000)
    claimed = [one for one in before if one.bill is not NO_BILL]
    if not claimed or random.random() >= CLAIMED_ANEW:
        return replace(errand, bill=Bill(f"B-{errand.subject[:17].lstrip('0')}", billed))
    first = random.choice(claimed)
    bill = Bill(first.bill.number, billed)
    return replace(errand, opener=first.opener, partner=first.partner, subject=first.subject, bill=bill)


def _errand(random: Random, nodes: int, number: int, horizon: float, traffic: dict[str, int]) -> Errand:
    opener, partner = random.sample(range(nodes), 2)
    kind = random.choices(tuple(traffic), tuple(traffic.values()))[0]
    case = number if random.random() < 0.5 else random.randrange(number + 1) % SHARED_CASES
    return Errand(
        at=random.uniform(0, 0.7) * horizon,
        kind=kind,
        opener=name_of(opener),
        partner=name_of(partner),
        case_ref=f"C-{case}",
        subject=f"{number + 1:017d}X",
        within=random.uniform(*(URGENT if random.random() < 0.25 else PATIENT)),
    )
